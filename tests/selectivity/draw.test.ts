import { describe, expect, it } from 'vitest';
import { commitmentOf, draw, drawValue, verifyDraw } from '../../src/selectivity/draw.ts';

const key = Buffer.from('a key of one day, made for tests');

describe('the draw', () => {
  it('is the same for the same day and subject, and verified with the revealed key', () => {
    const record = draw(key, '2026-03-01', 'PORT/2026/C/17');
    expect(draw(key, '2026-03-01', 'PORT/2026/C/17')).toEqual(record);
    expect(record.commitment).toBe(commitmentOf(key));
    expect(verifyDraw(record, key)).toBe(true);
  });

  it('is not verified with another key, another subject or other digits', () => {
    const record = draw(key, '2026-03-01', 'PORT/2026/C/17');
    expect(verifyDraw(record, Buffer.from('another key'))).toBe(false);
    expect(verifyDraw({ ...record, subject: 'PORT/2026/C/18' }, key)).toBe(false);
    expect(verifyDraw({ ...record, digits: '000000000000' }, key)).toBe(false);
  });

  it('falls evenly over the unit interval', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let n = 0; n < 10_000; n += 1) {
      const value = drawValue(draw(key, '2026-03-01', `PORT/2026/C/${n}`));
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
      tenths[Math.floor(value * 10)]! += 1;
    }
    // Chi-square with 9 degrees of freedom: 27.9 is the 99.9 % point; the key is fixed, so this never flickers.
    const chiSquare = tenths.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(27.9);
  });
});
