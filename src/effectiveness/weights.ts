/**
 * Weights from outcomes: how much oftener a rule hits where something was found than where nothing was, as a logarithm of
 * that ratio. Points add up in the score, and logarithms of likelihood ratios are what adds up where rules speak
 * independently. Two things draw a ratio to nothing where there are few controls: half a declaration spread over the
 * table as the rule's hits are, and then as much as its own uncertainty against the spread of all rules' ratios (normal
 * prior of mean 0, DerSimonian and Laird, Controlled Clinical Trials 7, 1986). Pure.
 *
 * The random sample is the ground where it is large enough: among declarations that rules selected, a rule's hits are
 * there because it hit. Elsewhere the ground is named, and the number is to be read as such. Suggestions only.
 */
import { normalOf } from '../indicators/statistics/special.ts';
import type { Sample } from './measure.ts';

export interface Hits {
  rule: string;
  /** Points now. */
  weight: number;
  /** Of the sample's declarations, those that the rule hit. */
  hit: Sample;
}

export interface Suggested {
  rule: string;
  /** Points, 0 to 100. */
  weight: number;
  /** Natural logarithm of the likelihood ratio, shrunken. */
  logRatio: number;
  /** As counted, before the spread of the others drew it. */
  raw: number;
  limits: { low: number; high: number };
}

/** Declarations that are added to the table, spread as the rule's hits are. */
const added = 1;
const heaviest = 100;

interface Ratio extends Hits {
  raw: number;
  variance: number;
}

/**
 * Undefined where nothing can be told apart: the sample has nothing found or nothing conform, or the ratios spread no more
 * than chance alone would have them; all weights at 0 would look like advice to drop the rules.
 */
export function suggestWeights(
  sample: Sample,
  rules: readonly Hits[],
  level = 0.95,
): Suggested[] | undefined {
  const irregular = sample.irregular;
  const regular = sample.judged - sample.irregular;
  if (irregular === 0 || regular === 0) return undefined;
  const ratios = rules.flatMap((each): Ratio[] => {
    const hits = each.hit.judged;
    if (hits === 0) return [];
    const share = hits / sample.judged;
    const inIrregular = each.hit.irregular + added * share;
    const inRegular = hits - each.hit.irregular + added * share;
    const raw = Math.log(inIrregular / (irregular + added)) - Math.log(inRegular / (regular + added));
    const variance = 1 / inIrregular - 1 / (irregular + added) + 1 / inRegular - 1 / (regular + added);
    return [{ ...each, raw, variance: Math.max(variance, 1e-9) }];
  });
  const spread = spreadOf(ratios);
  if (spread === 0) return undefined;
  const z = normalOf(level);
  const shrunk = ratios.map((each) => {
    const kept = spread / (spread + each.variance);
    const half = z * Math.sqrt(kept * each.variance);
    const logRatio = kept * each.raw;
    return { ...each, logRatio, limits: { low: logRatio - half, high: logRatio + half } };
  });
  // The points of all rules together stay what they are, so that the profile's thresholds keep their meaning.
  const speaking = shrunk.filter(({ logRatio }) => logRatio > 0);
  const points = speaking.reduce((sum, { weight }) => sum + weight, 0);
  const evidence = speaking.reduce((sum, { logRatio }) => sum + logRatio, 0);
  const scale = evidence === 0 ? 0 : points / evidence;
  return shrunk.map(({ rule, logRatio, raw, limits }) => ({
    rule,
    weight: Math.min(heaviest, Math.max(0, Math.round(scale * logRatio))),
    logRatio,
    raw,
    limits,
  }));
}

/** Variance of the true ratios around 0: what the observed ones spread beyond their own uncertainty. */
function spreadOf(ratios: readonly Ratio[]): number {
  let squares = 0;
  let weights = 0;
  for (const { raw, variance } of ratios) {
    squares += (raw * raw) / variance;
    weights += 1 / variance;
  }
  return weights === 0 ? 0 : Math.max(0, (squares - ratios.length) / weights);
}
