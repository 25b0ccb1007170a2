/**
 * The JSON Schemas that are published in schemas/, by which editors complete and check files while they are typed
 * (docs/guide-analyst.md says how). Made from the TypeBox sources by `npm run schemas`; a test holds the two equal.
 */
import { writeFileSync } from 'node:fs';
import { CountryProfile } from './declaration/country-profile.ts';
import { DeclarationRecord } from './declaration/declaration.ts';
import { decorators } from './engine/decorators/table.ts';
import { operators } from './engine/operators/table.ts';
import { factCatalogue } from './facts/catalogue.ts';
import { ListFile } from './facts/list/model.ts';
import { Procedure } from './facts/trail/procedure.ts';
import { fromRoot } from './ground/paths.ts';
import { Definition } from './indicators/definition.ts';
import { publishedSchemas } from './intake/schemas.ts';
import { Rule } from './rules/model.ts';
import { SharedCondition } from './rules/validate.ts';
import { Profile } from './selectivity/model.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Definitions stand at the root, where every editor finds them; inside, TypeBox names them by an id of their own. */
function withRootDefinitions(schema: Json): Json {
  const definitions: { [key: string]: Json } = {};
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    const { $defs, $ref, ...rest } = value;
    if (isObject($defs ?? null)) {
      for (const [name, definition] of Object.entries($defs as { [key: string]: Json })) {
        const { $id: _, ...plain } = definition as { [key: string]: Json };
        definitions[name] = walk(plain);
      }
    }
    const walked = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, walk(each)]));
    return $ref === undefined ? walked : { ...walked, $ref: `#/$defs/${String($ref)}` };
  };
  const root = walk(schema);
  return Object.keys(definitions).length === 0 || !isObject(root) ? root : { ...root, $defs: definitions };
}

/** In conditions, `fact` completes to the catalogue (a let has no dot) and `operator` to the table of operators. */
function withNames(schema: Json): Json {
  const decorated = `^(?:(?:${[...decorators.keys()].join('|')}):)+(?:${[...operators.keys()].join('|')})$`;
  const names: Record<string, Json> = {
    fact: {
      anyOf: [{ enum: [...factCatalogue.keys()] }, { type: 'string', pattern: '^[a-z][A-Za-z0-9]*$' }],
    },
    operator: { anyOf: [{ enum: [...operators.keys()] }, { type: 'string', pattern: decorated }] },
  };
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    const { properties } = value;
    const walked = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each)]));
    if (!isObject(properties ?? null)) return walked;
    const known = Object.entries(walked.properties as { [key: string]: Json }).map(([name, each]) => [
      name,
      names[name] ?? each,
    ]);
    return { ...walked, properties: Object.fromEntries(known) };
  };
  return walk(schema);
}

const published = (title: string, schema: object): Json => {
  const { $id: _, ...rest } = withRootDefinitions(JSON.parse(JSON.stringify(schema))) as {
    [key: string]: Json;
  };
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...rest };
};

/** By file name in schemas/. */
export const schemas: Readonly<Record<string, Json>> = {
  'rule.json': withNames(published('Rule', Rule)),
  'shared-condition.json': withNames(published('Shared condition', SharedCondition)),
  ...(publishedSchemas as Record<string, Json>),
  'declaration-record.json': published('Declaration with trail and outcomes', DeclarationRecord),
  'selectivity-profile.json': published('Selectivity profile', Profile),
  'country.json': published('Country profile', CountryProfile),
  'procedure.json': published('Order of procedure steps', Procedure),
  'list.json': published('List', ListFile),
  'indicator.json': published('Indicator', Definition),
};

export const schemaText = (schema: Json): string => `${JSON.stringify(schema, null, 2)}\n`;

export function writeSchemas(): void {
  for (const [file, schema] of Object.entries(schemas))
    writeFileSync(fromRoot('schemas', file), schemaText(schema));
}
