import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, contentHash } from '../../src/ground/canonical.ts';

describe('the canonical form', () => {
  it('does not depend on the order of keys nor on members that are undefined', () => {
    expect(canonicalJson({ b: 1, a: { d: undefined, c: [2, null] } })).toBe('{"a":{"c":[2,null]},"b":1}');
    expect(contentHash({ a: 1, b: 2 })).toBe(contentHash({ b: 2, a: 1 }));
  });

  it('refuses what JSON cannot say, rather than hashing two different numbers alike', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('not a JSON number');
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow('not a JSON number');
  });

  it('is JSON that says the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('sorts members whatever order they come in, of objects with the same members and of ones with a few more', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom('a', 'b', 'c', '10', '9', 'é', '__proto__', '"'), { minLength: 1 }),
        fc.func(fc.nat(9)),
        (names, order) => {
          const shuffled = [...names].sort((a, b) => order(a) - order(b));
          const object = (keys: readonly string[]) => {
            const made: Record<string, unknown> = Object.create(null);
            for (const key of keys) made[key] = key.length;
            return made;
          };
          const expected = [...names].sort().map((name) => `${JSON.stringify(name)}:${name.length}`);
          expect(canonicalJson(object(names))).toBe(`{${expected.join(',')}}`);
          expect(canonicalJson(object(shuffled))).toBe(`{${expected.join(',')}}`);
        },
      ),
    );
  });

  it('is byte for byte what the plain way writes, whatever the characters and however long', () => {
    const plainly = (value: unknown): string => {
      if (Array.isArray(value)) return `[${value.map(plainly).join(',')}]`;
      if (typeof value !== 'object' || value === null) return JSON.stringify(value);
      const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${plainly(member)}`).join(',')}}`;
    };
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('', '"', '\\', '\u007f', '\n', 'Škoda 100%', '税関', '\ud800 alone', 'ab"c'),
    );
    const number = fc.double({ noNaN: true }).filter(Number.isFinite);
    const same = (value: unknown): void => {
      expect(canonicalJson(value)).toBe(plainly(value));
      expect(contentHash(value)).toBe(createHash('sha256').update(plainly(value)).digest('hex'));
    };
    fc.assert(fc.property(fc.dictionary(text, fc.oneof(text, number, fc.array(text)), { maxKeys: 6 }), same));
    // Longer than the room that is there, and than what is kept of it.
    for (const length of [70_000, 3_000_000, 10]) same(['é'.repeat(length), 'e'.repeat(length)]);
  });

  it('forgets no member of objects with ever new names', () => {
    // More than are remembered at a time.
    for (let number = 0; number < 15_000; number += 1)
      expect(canonicalJson({ [`z${number}`]: 1, a: number })).toBe(`{"a":${number},"z${number}":1}`);
  });
});
