/** Figures as text: as many decimals as their unit has, and never zero for what is none. */
import { describe, expect, it } from 'vitest';
import type { Unit } from '../../src/indicators/definition.ts';
import { definitionOf, soundIndicators } from '../../src/indicators/load.ts';
import { shownValue, tableLines } from '../../src/indicators/show.ts';
import type { FigureValue } from '../../src/indicators/telling.ts';

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

describe('a table of hours that are known by the clock alone', () => {
  const hours = (told: Partial<FigureValue>): FigureValue => ({
    unit: 'hours',
    value: null,
    denominator: 0,
    n: 0,
    benchmark: null,
    behind: { table: 'clearance', where: { column: 'assessed', op: 'eq', value: 1 } },
    ...told,
  });
  const lines = tableLines(
    {
      indicator: 'I08',
      version: 3,
      class: 'performance',
      by: ['officer'],
      period: { from: null, to: null, asOf: '2026-11-30' },
      figures: ['median', 'clockMedian'],
      rows: [
        {
          key: { officer: 'O-1' },
          figures: {
            median: hours({ state: 'insufficient data' }),
            clockMedian: hours({ value: 21.1, n: 78, limits: [5.3, 27.6], state: 'consistent with peers' }),
          },
        },
      ],
    },
    definitionOf(soundIndicators(), 'I08'),
    'en',
  );

  it('leaves out the figure that nobody has', () => {
    expect(lines[0]).not.toContain('Working hours');
    expect(lines[0]).toContain('by the clock');
  });

  it('has n, limits and state of the figure that is there', () => {
    expect(lines[1]).toMatch(/^O-1 .* 21\.1 +78 +5\.3 to 27\.6 +consistent with peers$/);
  });
});
