/** First digits from a store's histogram: where the law has ground, who lies far from it, and where nothing can be told. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/indicators/judge.ts';
import { definitionOf, soundIndicators } from '../../src/indicators/load.ts';
import type { Cell, Pool } from '../../src/indicators/methods/method.ts';
import { merge } from '../../src/indicators/methods/method.ts';
import { methodOf } from '../../src/indicators/methods/table.ts';
import { digitsBinOf, digitsOfBin } from '../../src/projections/bins.ts';
import { Random } from '../../src/simulate/random.ts';

const definition = definitionOf(soundIndicators(undefined, '2026-04-30'), 'I32');
const figure = definition.figures.find(({ id }) => id === 'digits')!;
const method = methodOf(figure)!;

function cellOf(values: readonly number[]): Cell {
  const counts = new Map<number, number>();
  for (const value of values) {
    const bin = digitsBinOf(value);
    if (bin !== null) counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const bins = [...counts.keys()].sort((a, b) => a - b);
  return {
    inner: '',
    values: { different: new Set(values).size },
    histogram: { bins, counts: bins.map((bin) => counts.get(bin)!) },
  };
}

/** States and notes of importers by the values they declared. */
function told(importers: readonly (readonly number[])[]) {
  const cells = importers.map(cellOf);
  const pool: Pool = new Map([['', merge(cells)]]);
  const computed = cells.map((cell) => method.compute([cell], figure, { pool: () => pool }));
  const [judged] = judge([computed.map(({ evidence }) => ({ n: 500, evidence }))], {
    figure,
    definition,
    compared: true,
  });
  return judged!.map(({ state, note }, i) => ({ state, note, value: computed[i]!.value }));
}

const random = Random.of('first digits');
const natural = (n: number): number[] =>
  Array.from({ length: n }, () => Math.max(1, Math.round(random.lognormal(500_000, 2))));

describe('the bin of first digits', () => {
  it.each([
    [1, 1, 1],
    [9, 9, 9],
    [10, 1, 10],
    [72_345, 7, 72_000],
    [999_999_999, 9, 990_000_000],
  ])('of %d begins with %d and lies from %d on', (value, first, low) => {
    const told = digitsOfBin(digitsBinOf(value)!);
    expect(told.first).toBe(first);
    expect(told.value).toBeCloseTo(low, 6);
  });
  it('is none of nothing, of nought and of what is negative', () => {
    expect([null, 0, -5, 0.4].map(digitsBinOf)).toEqual([null, null, null, null]);
  });
});

describe('first digits of declared values', () => {
  const peers = Array.from({ length: 6 }, () => natural(600));

  it('flag who invents amounts and nobody else', () => {
    const invented = natural(600).map((value) =>
      random.chance(0.3) ? random.integer(900_000, 999_999) : value,
    );
    const states = told([...peers, invented]).map(({ state }) => state);
    expect(states).toEqual([...peers.map(() => 'consistent with peers'), 'look closer']);
  });

  it.each([
    ['too few values', natural(100)],
    ['too narrow a range', Array.from({ length: 400 }, () => random.integer(100_000, 180_000))],
    ['few different amounts', Array.from({ length: 400 }, (_, i) => 10 ** (i % 6))],
  ])('are not applicable where there are %s', (reason, values) => {
    const last = told([...peers, values]).at(-1);
    expect(last).toEqual({ state: 'not applicable', note: `first digits: ${reason}`, value: null });
  });

  it('are not applicable where nobody’s follow the law, as where a tariff sets the values', () => {
    const set = () =>
      Array.from({ length: 400 }, () => random.integer(500_000, 999_999) * 10 ** random.integer(0, 3));
    expect(told([set(), set(), set()]).map(({ note }) => note)).toEqual(
      Array(3).fill('first digits: those of others do not follow the law'),
    );
  });
});
