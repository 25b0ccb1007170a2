/**
 * The column mapping of one table of declarations (profiles/sources/ID.yaml): which column feeds which field of the
 * canonical model. Fields are written as in the mappings of extracts (src/mapping/mapping.ts) and their kind follows from
 * the model at the field's path; what differs is that there is one table, read as a stream.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { parseDocument } from 'yaml';
import { validator } from '../../declaration/validate.ts';
import { CrosscheckError } from '../../errors.ts';
import { fromRoot } from '../../ground/paths.ts';
import { readText } from '../../ground/text.ts';
import { CodeTable, csvShape, Field, textShape, When } from '../../mapping/mapping.ts';
import { mappingPath } from '../../mapping/named.ts';
import { dateFormat } from '../../mapping/values.ts';

const closed = { additionalProperties: false } as const;
const optional = Type.Optional;
const Fields = Type.Record(Type.String(), Field);

const Made = Type.Object({ when: optional(When), fields: Fields }, closed);

export const ColumnMapping = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    version: Type.Integer({ minimum: 1 }),
    title: Type.String({ minLength: 1 }),
    origin: Type.String({ minLength: 1, description: 'where the description of the columns comes from' }),
    country: optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'country profile' })),
    row: Type.Enum(['declaration', 'item'], {
      description: 'what a row is: a declaration with its only item, or one item of it',
    }),
    key: optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description:
          'rows of items: the columns that name the declaration. Rows of one declaration follow each other',
      }),
    ),
    ...textShape,
    csv: csvShape(
      'a comma where absent',
      Type.String({ minLength: 1, description: 'as TextDecoder names it; UTF-8 where absent' }),
    ),
    codes: optional(Type.Record(Type.String(), CodeTable)),
    declaration: Fields,
    item: Fields,
    events: optional(Type.Array(Made)),
    outcomes: optional(Type.Array(Made)),
  },
  { $id: 'column-mapping', title: 'Column mapping', ...closed },
);
export type ColumnMapping = Static<typeof ColumnMapping>;

/** Ids of the column mappings in profiles/sources; the others there are of table extracts. */
export const shippedColumnMappings = (): string[] => {
  const folder = fromRoot('profiles', 'sources');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && /^row:/m.test(readFileSync(join(folder, name), 'utf8')))
    .map((name) => basename(name, '.yaml'))
    .sort();
};

/** `korea`, or the path of a file. Throws CC_SOURCE_MAPPING_UNKNOWN, or CC_MAPPING_INVALID with pointer and, in broken YAML, the line. */
export function loadColumnMapping(idOrPath: string): ColumnMapping {
  const path = mappingPath(idOrPath, shippedColumnMappings());
  return parseColumnMapping(readText(path), path);
}

export function parseColumnMapping(text: string, file: string): ColumnMapping {
  const document = parseDocument(text, { uniqueKeys: true });
  const refuse = (pointer: string, problem: string, line?: number, column?: number): never => {
    throw new CrosscheckError('CC_MAPPING_INVALID', { file, pointer, problem }, { file, line, column });
  };
  const broken = document.errors[0];
  if (broken !== undefined) {
    const [position] = broken.linePos ?? [];
    refuse('/', broken.message.split('\n')[0]!, position?.line, position?.col);
  }
  const mapping = validator(ColumnMapping, 'CC_MAPPING_INVALID', { file })(document.toJS());
  for (const [index, format] of mapping.dates.entries()) {
    if (dateFormat(format) === undefined) refuse(`/dates/${index}`, `${format} holds an unknown directive`);
  }
  if (mapping.row === 'item' && mapping.key === undefined) refuse('/key', 'rows of items need a key');
  return mapping;
}
