/** The made-up country's own selectivity: which lane, for which cause, under which criterion. The product's engine is not used, so that data do not depend on what is tested with them. */
import type { Case, Conduct } from './case.ts';
import type { Random } from './random.ts';
import { centsForDollar } from './tariff.ts';

export interface Criterion {
  id: string;
  text: string;
  lane: 'red' | 'yellow';
  /** Share of the declarations it meets that it selects. */
  share: number;
  meets: (c: Case) => boolean;
}

/** The first item's declared price over what such goods usually cost. */
const priceRatio = (c: Case): number => {
  const goods = c.declared[0]!;
  const expected = goods.line.unitValue * (goods.quantity || goods.net);
  return goods.price / centsForDollar(c.shipment.currency) / expected;
};

/** Units of the national currency, customs value of a declaration: from here on it is looked at more often. */
export const inspectionThreshold = 12_000_000;

/** Customs value as declared, in national units. */
export const cifOf = (c: Case): number => {
  const { freight, insurance, otherCosts } = c.shipment;
  const price = c.declared.reduce((sum, goods) => sum + goods.price, 0);
  return ((price + freight + insurance + otherCosts) / 100) * c.rate;
};

export const criteria: readonly Criterion[] = [
  {
    id: 'CR-01',
    text: 'goods of high risk',
    lane: 'red',
    share: 0.25,
    meets: (c) => c.flow === 'import' && c.declared[0]!.line.risk >= 1.4,
  },
  {
    id: 'CR-02',
    text: 'trader with irregularities in the last years',
    lane: 'red',
    share: 0.25,
    meets: (c) => c.trader.propensity > 0.22,
  },
  {
    id: 'CR-03',
    text: 'preference claimed',
    lane: 'yellow',
    share: 0.5,
    meets: (c) => c.declared.some((goods) => goods.certificate !== undefined),
  },
  {
    id: 'CR-04',
    text: 'high stake and low price',
    lane: 'yellow',
    share: 0.4,
    meets: (c) => c.flow === 'import' && c.declared[0]!.line.duty >= 0.2 && priceRatio(c) < 0.75,
  },
  {
    id: 'CR-06',
    text: 'value above the threshold of inspection',
    lane: 'yellow',
    share: 0.3,
    meets: (c) => c.flow === 'import' && cifOf(c) >= inspectionThreshold,
  },
  {
    id: 'CR-05',
    text: 'timber for export',
    lane: 'red',
    share: 0.15,
    meets: (c) => c.flow === 'export' && c.declared[0]!.line.hs.startsWith('44'),
  },
];

/** Smallest share of red at random, and top-up of yellow and blue from would-be green, by flow. */
const quotas = {
  import: { random: 0.03, yellow: 0.18, blue: 0.12 },
  export: { random: 0.01, yellow: 0.05, blue: 0.05 },
  transit: { random: 0.01, yellow: 0.08, blue: 0 },
} as const;

export function selectLane(c: Case, random: Random): Pick<Conduct, 'lane' | 'laneCause' | 'criterion'> {
  const quota = quotas[c.flow];
  // Drawn before anything is looked at, so that every case takes the same number of draws.
  const [drawn, top, ...shares] = Array.from({ length: 2 + criteria.length }, () => random.uniform());
  if (drawn! < quota.random) return { lane: 'red', laneCause: 'random' };
  if (!c.trader.authorised) {
    const hit = criteria.find((criterion, i) => shares[i]! < criterion.share && criterion.meets(c));
    if (hit !== undefined) return { lane: hit.lane, laneCause: 'criterion', criterion: hit.id };
    if (top! < quota.yellow) return { lane: 'yellow', laneCause: 'quota' };
  }
  if (c.trader.authorised || top! < quota.yellow + quota.blue) return { lane: 'blue', laneCause: 'quota' };
  return { lane: 'green', laneCause: 'quota' };
}
