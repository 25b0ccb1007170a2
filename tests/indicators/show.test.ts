/** Figures as text: as many decimals as their unit has, and never zero for what is none. */
import { describe, expect, it } from 'vitest';
import type { Unit } from '../../src/indicators/definition.ts';
import { shownValue } from '../../src/indicators/show.ts';

describe('a value as text', () => {
  it.each<[number | null, Unit, string]>([
    [12.34, 'hours', '12.3'],
    [0.05, 'hours', '0.1'],
    [0.0331, 'hours', '0.03'],
    [-0.0331, 'days', '-0.03'],
    [0.0004, 'percent', '0.0004'],
    [0.0000001, 'ratio', '0.000000'],
    [0, 'hours', '0.0'],
    [3, 'count', '3'],
    [0.25, 'count', '0.25'],
    [null, 'hours', ''],
  ])('%s %s is told as %s', (value, unit, text) => {
    expect(shownValue({ unit }, value)).toBe(text);
  });

  it('of money has the minor digits of its currency', () => {
    expect(shownValue({ unit: 'money', currency: 'EUR' }, 123_456)).toBe('1234.56');
    expect(shownValue({ unit: 'money', currency: 'JPY' }, 123_456)).toBe('123456');
  });
});
