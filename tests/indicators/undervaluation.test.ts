/** I32's gap as it is told: who is held against whom, from how many on, and what is said beside it. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/indicators/judge.ts';
import { definitionOf, soundIndicators } from '../../src/indicators/load.ts';
import { type Cell, innerSeparator, merge } from '../../src/indicators/methods/method.ts';
import { methodOf } from '../../src/indicators/methods/table.ts';
import { sharedOf } from '../../src/indicators/readings.ts';
import { binOf } from '../../src/projections/bins.ts';
import { Random } from '../../src/simulate/random.ts';

const definition = definitionOf(soundIndicators(undefined, '2026-04-30'), 'I32');
const figure = definition.figures.find(({ id }) => id === 'gap')!;
const method = methodOf(figure)!;

/** Prices by good. */
type Dealer = Readonly<Record<string, readonly number[]>>;

function cellsOf(dealer: Dealer): Cell[] {
  return Object.entries(dealer).map(([good, prices]) => {
    const counts = new Map<number, number>();
    for (const price of prices) counts.set(binOf(price)!, (counts.get(binOf(price)!) ?? 0) + 1);
    const bins = [...counts.keys()].sort((a, b) => a - b);
    return {
      inner: [good, 'CN'].join(innerSeparator),
      values: { rows: prices.length },
      histogram: { bins, counts: bins.map((bin) => counts.get(bin)!) },
    };
  });
}

function told(dealers: readonly Dealer[], n: readonly number[] | number = 40, people = false) {
  const cells = dealers.map(cellsOf);
  const shared = sharedOf(cells);
  const pool = new Map(shared.map(({ cells: own }) => [own[0]!.inner, merge(own, own[0]!.inner)]));
  const computed = cells.map((own) =>
    method.compute(own, figure, { pool: () => pool, shared: () => shared }),
  );
  const candidates = computed.map(({ evidence }, i) => ({ n: typeof n === 'number' ? n : n[i]!, evidence }));
  const [judged] = judge([candidates], { figure, definition, compared: true, people });
  return judged!.map((each, i) => ({ ...each, value: computed[i]!.value }));
}

const random = Random.of('undervaluation');
/** Of each good so many prices around its own, all of them times a level. */
const dealer = (goods: readonly string[], each: number, level = 1): Dealer =>
  Object.fromEntries(
    goods.map((good) => [
      good,
      Array.from({ length: each }, () =>
        Math.round(random.lognormal(50_000 * level, good === 'shoes' ? 0.4 : 0.08)),
      ),
    ]),
  );
const goods = ['rice', 'shoes', 'tyres', 'tiles', 'paint', 'lamps'];
const honest = Array.from({ length: 15 }, () => dealer(goods, 8, random.lognormal(1, 0.05)));

describe('an importer', () => {
  it('who declares half of what others do is to be looked at, and the others are not', () => {
    const [low, ...others] = told([dealer(goods, 8, 0.5), ...honest]);
    expect(low).toMatchObject({ state: 'look closer' });
    expect(low!.value).toBeLessThan(-50);
    expect(low!.q).toBeLessThan(0.01);
    expect(low!.note).toMatch(/^-\d\d points against the middle of the others’ mean prices, over 6 goods$/);
    expect(low!.limits![0]).toBeLessThan(low!.value!);
    expect(low!.limits![1]).toBeGreaterThan(low!.value!);
    expect(others.map(({ state }) => state)).toEqual(Array(15).fill('consistent with peers'));
  });
  it('who declares twice as much is to be looked at as well', () => {
    const [high] = told([dealer(goods, 8, 2), ...honest]);
    expect(high).toMatchObject({ state: 'look closer' });
    expect(high!.value).toBeGreaterThan(50);
  });
  it('whose prices are most of those known is held against the others and not against his own', () => {
    const [great] = told([dealer(goods, 400, 0.5), ...honest]);
    // The median of everybody is his.
    expect(great!.value).toBeGreaterThan(-25);
    expect(great).toMatchObject({ state: 'look closer' });
    expect(Number.parseInt(great!.note!, 10)).toBeLessThan(-50);
  });
  it('who deals in the dear shoes alone is not told apart by goods that differ as widely', () => {
    const [shoes] = told([dealer(['shoes'], 40, 0.8), ...honest]);
    expect(shoes).toMatchObject({ state: 'consistent with peers' });
  });
  it('with fewer than ten declarations has insufficient data', () => {
    const [few, enough] = told([dealer(goods, 8, 0.5), ...honest], [9, ...Array<number>(15).fill(10)]);
    expect(few).toMatchObject({ state: 'insufficient data' });
    expect(enough).toMatchObject({ state: 'consistent with peers' });
  });
  it('with few prices of what others declare has insufficient data, however many of his own goods', () => {
    const [few] = told([{ ...dealer(['rice'], 9), ...dealer(['pearls'], 50) }, ...honest]);
    expect(few).toMatchObject({
      state: 'insufficient data',
      note: 'too few prices of goods that three others declare too',
    });
  });
  it('of goods that nobody else declares is held against nobody', () => {
    const [alone] = told([dealer(['pearls', 'furs'], 30), ...honest]);
    expect(alone).toMatchObject({
      state: 'not applicable',
      note: 'no goods that three others declare too',
    });
  });
});

describe('what has no peers', () => {
  it('is told without a state: goods are not held against other goods', () => {
    const byGood = goods.map((good) => dealer([good], 40));
    expect(told(byGood).map(({ state }) => state)).toEqual(goods.map(() => undefined));
  });
  it('is an officer, who chooses no prices', () => {
    for (const { state, note } of told([dealer(goods, 8, 0.5), ...honest], 40, true)) {
      expect(state).toBe('not applicable');
      expect(note).toBe('prices are the traders’: no officer chooses the values that he is given');
    }
  });
});
