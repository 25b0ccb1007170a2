/**
 * A rule as read, held against src/rules/model.ts by Ajv. `conditions` is left to the lints of the condition tree, which
 * can say more than "matches none of five shapes"; a test keeps their verdict equal to the schema's.
 */
import { Ajv, type ErrorObject } from 'ajv';
import Type from 'typebox';
import { timeKindOf, times } from '../declaration/dates.ts';
import { didYouMean, nearest } from './did-you-mean.ts';
import { Example, FactReference, Rule, Texts } from './model.ts';
import type { Path } from './source.ts';

/** What a file in rules/shared/ holds: one condition under the name by which rules call it. */
export const SharedCondition = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z][A-Za-z0-9-]*$', description: 'as in `condition: name`' }),
    purpose: Texts,
    conditions: Rule.properties.conditions,
  },
  { $id: 'shared-condition', title: 'Shared condition', additionalProperties: false },
);

export interface SchemaProblem {
  kind: 'unknown key' | 'missing key' | 'wrong value';
  /** Of the key or value complained about; of its parent for a missing key. */
  path: Path;
  /** The key, where one is unknown or missing. */
  key?: string;
  message: string;
  fix?: string;
}

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
const withoutConditions = <T extends { properties: object }>(schema: T) => ({
  ...schema,
  $id: undefined,
  properties: { ...schema.properties, conditions: {} },
});
const checkRule = ajv.compile(withoutConditions(Rule));
const checkShared = ajv.compile(withoutConditions(SharedCondition));
const checkConditions = ajv.compile({ ...Rule.properties.conditions });

/** The keys that each object of a rule may have, by its path with list indices and free names as `*`. */
const keysAt: Record<string, readonly string[]> = {
  '': Object.keys(Rule.properties),
  applies: Object.keys(Rule.properties.applies.properties),
  'examples/*': Object.keys(Example.properties),
  'let/*': Object.keys(FactReference.properties),
};

const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

const spot = (path: Path): string =>
  path.map((part, i) => (typeof part === 'number' || path[i - 1] === 'let' ? '*' : part)).join('/');

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const articles: Record<string, string> = {
  array: 'a list',
  object: 'a mapping of keys and values',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

/** What the patterns of the model mean in words; a pattern that is not here is shown as it is. */
const patternWords: [RegExp, string][] = [
  [/A-Z\]\{2,5\}/, 'an id of 2 to 5 capitals, a dash and 3 digits, such as VAL-001'],
  [/0-9A-Z\]\{0,4\}/, 'a procedure of up to 4 digits, with * for "begins with"'],
  [/0-9\]\{1,12\}/, 'the first digits of an HS code, such as 0207 or 85*'],
];

function wrongValue(error: ErrorObject, path: Path): { message: string; fix?: string } {
  const name = path.length === 0 ? 'the file' : path.map(String).join('.');
  const value = shown(error.data);
  switch (error.keyword) {
    case 'enum': {
      const allowed = (error.params.allowedValues as unknown[]).map(String);
      return {
        message: `${name} is ${value}, which is none of ${allowed.join(', ')}`,
        fix: didYouMean(String(error.data), allowed),
      };
    }
    case 'type':
      return {
        message: `${name} is ${value} and must be ${articles[String(error.params.type)] ?? error.params.type}`,
        fix:
          error.params.type === 'string' && typeof error.data === 'number'
            ? 'Write it in quotes: without them YAML reads a number and drops leading zeros.'
            : error.params.type === 'array'
              ? `Write it in brackets: [${String(error.data ?? '')}].`
              : undefined,
      };
    case 'pattern': {
      const time = timeKindOf(error.params.pattern);
      const words =
        time === undefined
          ? patternWords.find(([sign]) => sign.test(String(error.params.pattern)))?.[1]
          : times[time].plain;
      return { message: `${name} is ${value} and must be ${words ?? `like ${error.params.pattern}`}` };
    }
    case 'minItems':
    case 'minProperties':
    case 'minLength':
      return { message: `${name} is empty` };
    default:
      return { message: `${name} is ${value}: ${error.message ?? error.keyword}` };
  }
}

function problemOf(error: ErrorObject): SchemaProblem | undefined {
  const path = pathOf(error.instancePath);
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty);
    return {
      kind: 'unknown key',
      path: [...path, key],
      key,
      message: `\`${key}\` is no key of ${path.length === 0 ? 'a rule' : path.map(String).join('.')}`,
      fix:
        didYouMean(key, keysAt[spot(path)] ?? []) ??
        'Remove it, or see docs/guide-analyst.md for the keys there are.',
    };
  }
  if (error.keyword === 'required') {
    const key = String(error.params.missingProperty);
    return {
      kind: 'missing key',
      path,
      key,
      message: `${path.length === 0 ? 'the rule' : path.map(String).join('.')} has no \`${key}\``,
    };
  }
  // A union repeats what its members said; one message for the value is enough.
  if (/\/anyOf\/\d+/.test(error.schemaPath)) return undefined;
  if (error.keyword === 'anyOf')
    return {
      kind: 'wrong value',
      path,
      message: `${path.map(String).join('.')} is ${shown(error.data)}, which has the wrong shape`,
      fix:
        path[0] === 'let'
          ? 'A `let` is an expression as text, or { fact: name, params: { … } }.'
          : 'A parameter is text, a number, true or false, or a list of them.',
    };
  if (error.keyword === 'propertyNames') return undefined;
  return { kind: 'wrong value', path, ...wrongValue(error, path) };
}

/** A misspelt key is both unknown and missing; it is told once. */
function problemsOf(errors: readonly ErrorObject[] | null | undefined): SchemaProblem[] {
  const problems = (errors ?? []).map(problemOf).filter((problem) => problem !== undefined);
  const meant = new Set(
    problems
      .filter(({ kind }) => kind === 'unknown key')
      .map(
        ({ path, key }) =>
          `${spot(path.slice(0, -1))} ${nearest(key!, keysAt[spot(path.slice(0, -1))] ?? [])}`,
      ),
  );
  return problems.filter(
    ({ kind, path, key }) => kind !== 'missing key' || !meant.has(`${spot(path)} ${key}`),
  );
}

/** What the schema says against a rule, its conditions aside; an empty list where nothing. */
export function ruleProblems(value: unknown): SchemaProblem[] {
  return checkRule(value) ? [] : problemsOf(checkRule.errors);
}

export function sharedProblems(value: unknown): SchemaProblem[] {
  return checkShared(value) ? [] : problemsOf(checkShared.errors);
}

/** True where the tree has the shape that the engine compiles. */
export const conditionsFit = (value: unknown): boolean => checkConditions(value);
