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

  it('forgets no member of objects with ever new names', () => {
    for (let number = 0; number < 3_000; number += 1)
      expect(canonicalJson({ [`z${number}`]: 1, a: number })).toBe(`{"a":${number},"z${number}":1}`);
  });
});
