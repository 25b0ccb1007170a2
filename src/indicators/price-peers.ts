/**
 * Prices against the prices of others who deal in the same goods: the cells of a comparison as statistics/price-levels.ts
 * takes them, and what can be told of each. Pure; what it answers is put beside the other figures by judge.ts.
 */
import { binStep } from '../projections/bins.ts';
import type { Candidate } from './compared.ts';
import { furthest } from './methods/log-gap.ts';
import type { Shared } from './methods/method.ts';
import type { Tail } from './statistics/limits.ts';
import {
  fewestOthers,
  type Good,
  levelChances,
  type PriceLevel,
  type Prices,
  priceLevels,
} from './statistics/price-levels.ts';
import type { Verdict } from './statistics/verdict.ts';

interface PriceJudged {
  /** Where nothing is tested. */
  state?: Verdict;
  note?: string;
  /** Declarations, or the prices of goods that others declare too where these are fewer. */
  n: number;
  p?: number;
}

/**
 * @param leastN declarations below which nobody is compared.
 * @returns one for each, undefined where nobody's goods are anybody else's: goods, chapters and origins are no peers.
 */
export function pricesAmong(
  group: readonly Candidate[],
  leastN: number,
  tail: Tail,
): PriceJudged[] | undefined {
  // All of a comparison stand on the same.
  const told = group.find(({ evidence }) => evidence?.kind === 'prices')?.evidence;
  if (told?.kind !== 'prices') return undefined;
  const levels = priceLevels(goodsOf(told.goods()), group.length, { step: binStep, furthest });
  if (levels.every((level) => level === undefined)) return undefined;
  const judged = group.map(({ n }, i): PriceJudged => {
    if (n < leastN) return { n, state: 'insufficient data' };
    const level = levels[i];
    if (level === undefined)
      return { n, state: 'not applicable', note: 'no goods that three others declare too' };
    const compared = Math.min(n, level.prices);
    return compared < leastN
      ? {
          n: compared,
          state: 'insufficient data',
          note: 'too few prices of goods that three others declare too',
        }
      : { n: compared };
  });
  const tested = judged.flatMap(({ state }, i) => (state === undefined ? [i] : []));
  const chances = levelChances(
    tested.map((i) => levels[i]!),
    tail,
  );
  tested.forEach((i, place) => {
    judged[i]!.p = chances[place]!;
    judged[i]!.note = wordsOf(levels[i]!);
  });
  return judged;
}

/** The figure is held against everybody's median, in which its own prices are; who is judged is held against the others. */
const wordsOf = ({ apart, goods }: PriceLevel): string =>
  `${Math.round(apart * 100)} points against the middle of the others’ mean prices, over ${goods} goods`;

function goodsOf(shared: readonly Shared[]): Good[] {
  const goods: Good[] = [];
  for (const { places, cells } of shared) {
    if (places.length <= fewestOthers) continue;
    const units: number[] = [];
    const prices: Prices[] = [];
    for (let i = 0; i < cells.length; i++) {
      const { histogram } = cells[i]!;
      if (histogram.bins.length === 0) continue;
      units.push(places[i]!);
      prices.push(histogram);
    }
    goods.push({ units, prices });
  }
  return goods;
}
