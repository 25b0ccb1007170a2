/** The quick yes against Ajv: it says yes to what keeps the model, and never where Ajv says no. */
import { Ajv } from 'ajv';
import fc from 'fast-check';
import Type, { type TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { Declaration, DeclarationRecord } from '../../src/declaration/declaration.ts';
import { plainlyValid } from '../../src/declaration/plainly-valid.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { smallForm } from '../../src/simulate/options.ts';

const ajv = new Ajv({ strict: true, allowUnionTypes: true });
const judge = ajv.compile(DeclarationRecord);
const isPlain = plainlyValid(DeclarationRecord);

const records: object[] = [];
for await (const record of simulate({ ...smallForm, days: 3, declarations: 20 }).records())
  records.push(JSON.parse(JSON.stringify(record)));

/** Every place in a value, by its members from the root. */
function placesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesOf(member, [...path, key]))];
}

function changed(
  record: object,
  path: readonly string[],
  change: (holder: Record<string, unknown>, key: string) => void,
): unknown {
  const copy = { root: structuredClone(record) } as Record<string, unknown>;
  let holder = copy;
  let key = 'root';
  for (const next of path) {
    holder = holder[key] as Record<string, unknown>;
    key = next;
  }
  change(holder, key);
  return copy.root;
}

const odd = [
  undefined,
  null,
  '',
  'x',
  'x'.repeat(81),
  '😀'.repeat(60),
  'é'.repeat(10_001),
  0,
  -1,
  1.5,
  1e300,
  true,
  [],
  {},
  ['x'],
  { x: 1 },
  '2026-02-30',
  'EUR',
  'import',
];

describe('the quick yes', () => {
  it('takes every record of an administration', () => {
    expect(records.length).toBeGreaterThan(10);
    expect(records.map((record) => [isPlain(record), judge(record)])).toEqual(
      records.map(() => [true, true]),
    );
  });

  it('is never said where Ajv says no, whatever is changed, left out or added anywhere', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.constantFrom(...odd),
        fc.constantFrom('set', 'drop', 'add'),
        (which, where, value, how) => {
          const record = records[which % records.length]!;
          const places = placesOf(record);
          const broken = changed(record, places[where % places.length]!, (holder, key) => {
            if (how === 'set') holder[key] = value;
            else if (how === 'drop') delete holder[key];
            else if (typeof holder[key] === 'object' && holder[key] !== null)
              Object.assign(holder[key], { odd: value });
          });
          const valid = judge(broken);
          if (!valid) refused++;
          if (isPlain(broken)) expect(valid).toBe(true);
        },
      ),
      { numRuns: 3000, examples: [[0, 1, undefined, 'drop']] },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it.each<[string, TSchema, unknown, boolean]>([
    ['a text as long as it may be', Type.String({ maxLength: 3 }), 'abc', true],
    ['letters of two units, which Ajv counts once', Type.String({ maxLength: 3 }), '😀😀😀', false],
    ['a text that must not be empty', Type.String({ minLength: 1 }), 'a', true],
    ['an empty one there', Type.String({ minLength: 1 }), '', false],
    ['one letter of two units where two letters are wanted', Type.String({ minLength: 2 }), '😀', false],
    ['no finite number', Type.Number(), Number.POSITIVE_INFINITY, false],
    ['a list where an object belongs', Type.Object({}, { additionalProperties: false }), [], false],
    [
      'a member named __proto__',
      Type.Object({}, { additionalProperties: false }),
      JSON.parse('{"__proto__":1}'),
      false,
    ],
    ['a schema with a keyword it does not know', Type.Number({ multipleOf: 2 }), 4, false],
    ['an object that may have more', Type.Object({}), {}, false],
  ])('%s', (_, schema, value, said) => {
    expect(plainlyValid(schema)(value)).toBe(said);
    if (said) expect(new Ajv().compile(schema)(value)).toBe(true);
  });

  it('knows every keyword of the model: no part of it waits for Ajv alone', () => {
    const schema = JSON.stringify(Declaration);
    const keywords = new Set(
      [...schema.matchAll(/"(anyOf|oneOf|allOf|\$ref|multipleOf|exclusiveMinimum|uniqueItems)":/g)].map(
        ([, name]) => name,
      ),
    );
    expect([...keywords]).toEqual([]);
  });
});
