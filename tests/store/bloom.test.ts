import { describe, expect, it } from 'vitest';
import { type Filter, layerFor, mayHold, newFilter, placesOf, put } from '../../src/store/duckdb/bloom.ts';

const bytesOf = (filter: Filter): number => filter.reduce((sum, { bits }) => sum + bits.length, 0);
const value = (n: number): string => `declaration/2026/${n}`;

describe('a filter that grows', () => {
  const filter = newFilter();
  const most = 200_000;
  it('takes at most six bytes a value, at any size from the first layer on', () => {
    for (let n = 0; n < most; n++) {
      put(filter, placesOf(value(n)));
      if (n % 1_000 === 0) expect(bytesOf(filter)).toBeLessThanOrEqual(6.1 * n + 32_768);
    }
    expect(filter.length).toBeGreaterThan(4);
  });
  it('holds every value that was put in', () => {
    for (let n = 0; n < most; n += 7) expect(mayHold(filter, placesOf(value(n)))).toBe(true);
  });
  it('takes fewer than one in a thousand of the others for present', () => {
    let wrong = 0;
    for (let n = most; n < most + 50_000; n++) wrong += mayHold(filter, placesOf(value(n))) ? 1 : 0;
    expect(wrong).toBeLessThan(50);
  });
  it('is no larger for a value that comes again', () => {
    const before = bytesOf(filter);
    for (let n = 0; n < 50_000; n++) put(filter, placesOf(value(n)));
    expect(bytesOf(filter)).toBe(before);
  });
});

describe('a layer for what is there', () => {
  it.each([0, 1, 10_923, 10_924, 1_000_000])('of %i values has room for them and at most twice that', (n) => {
    const bits = layerFor(n).bits.length * 8;
    expect(bits).toBeGreaterThan(24 * n);
    expect(bits).toBeLessThanOrEqual(Math.max(2 ** 18, 48 * n + 2));
  });
});
