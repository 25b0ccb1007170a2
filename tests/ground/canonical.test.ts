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
});
