/**
 * A quick yes for values that keep their schema: one walk over what is there, a look-up a member. It never says yes where
 * Ajv says no (tests/declaration/plainly-valid.test.ts); where it does not say yes, Ajv judges and says what is wrong.
 * It knows the keywords that the canonical model uses, and says no to every value under a schema with any other.
 */
import type { TSchema } from 'typebox';

export type Plainly = (value: unknown) => boolean;

interface Keywords {
  readonly [keyword: string]: unknown;
}

const never: Plainly = () => false;
const always: Plainly = () => true;

/** Keywords that say nothing of a value. */
const silent = new Set(['$id', '$schema', 'title', 'description', 'default', 'examples']);

function knows(schema: Keywords, keywords: readonly string[]): boolean {
  return Object.keys(schema).every((key) => silent.has(key) || keywords.includes(key));
}

const limit = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

function text(schema: Keywords): Plainly {
  if (!knows(schema, ['type', 'minLength', 'maxLength', 'pattern'])) return never;
  // Length is counted in characters, of which a text has at most as many as units and at least half as many.
  const least = limit(schema.minLength, 0) * 2;
  const most = limit(schema.maxLength, Number.POSITIVE_INFINITY);
  const fits = (value: unknown): value is string =>
    typeof value === 'string' &&
    value.length <= most &&
    (value.length >= least || (least === 2 && value !== ''));
  if (schema.pattern === undefined) return fits;
  const pattern = new RegExp(String(schema.pattern), 'u');
  return (value) => fits(value) && pattern.test(value);
}

function number(schema: Keywords): Plainly {
  if (!knows(schema, ['type', 'minimum', 'maximum'])) return never;
  const least = limit(schema.minimum, Number.NEGATIVE_INFINITY);
  const most = limit(schema.maximum, Number.POSITIVE_INFINITY);
  const isKind = schema.type === 'integer' ? Number.isInteger : Number.isFinite;
  return (value) => isKind(value) && (value as number) >= least && (value as number) <= most;
}

function list(schema: Keywords): Plainly {
  if (!knows(schema, ['type', 'items', 'maxItems', 'minItems'])) return never;
  const least = limit(schema.minItems, 0);
  const most = limit(schema.maxItems, Number.POSITIVE_INFINITY);
  const each = plainly(schema.items as Keywords);
  return (value) => {
    if (!Array.isArray(value) || value.length > most || value.length < least) return false;
    for (let i = 0; i < value.length; i++) if (!each(value[i])) return false;
    return true;
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function object(schema: Keywords): Plainly {
  const patterns = schema.patternProperties as Readonly<Record<string, Keywords>> | undefined;
  if (patterns !== undefined)
    return knows(schema, ['type', 'patternProperties']) &&
      Object.values(patterns).every((each) => plainly(each) === always)
      ? isObject
      : never;
  if (!knows(schema, ['type', 'properties', 'required', 'additionalProperties'])) return never;
  if (schema.additionalProperties !== false) return never;
  const members = new Map(
    Object.entries((schema.properties ?? {}) as Record<string, Keywords>).map(([name, member]) => [
      name,
      plainly(member),
    ]),
  );
  const required = (schema.required ?? []) as readonly string[];
  return (value) => {
    if (!isObject(value)) return false;
    for (const name in value) {
      const member = members.get(name);
      if (member === undefined || !member(value[name])) return false;
    }
    for (const name of required) if (value[name] === undefined) return false;
    return true;
  };
}

const kinds: Readonly<Record<string, (schema: Keywords) => Plainly>> = {
  string: text,
  number,
  integer: number,
  boolean: (schema) => (knows(schema, ['type']) ? (value) => value === true || value === false : never),
  array: list,
  object,
};

function plainly(schema: Keywords): Plainly {
  if (knows(schema, [])) return always;
  if (Array.isArray(schema.enum)) {
    const allowed = new Set(schema.enum);
    return knows(schema, ['enum', 'type']) && schema.enum.every((each) => typeof each === 'string')
      ? (value) => allowed.has(value)
      : never;
  }
  return kinds[String(schema.type)]?.(schema) ?? never;
}

export const plainlyValid = (schema: TSchema): Plainly => plainly(schema as unknown as Keywords);
