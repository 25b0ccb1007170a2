/**
 * What stands between a pair's count and the share of the work that it is held against, beside chance.
 *
 * The share is learnt from the declarations of all others, and of one who declares half of an office's there are no more of
 * these than of his own. Where work is balanced besides, an officer who is given more of the one is given less of the other.
 *
 * Who balances work gives the next declaration to whoever has least: an officer who comes back from leave, or whose shift is
 * quiet, is given all of some hours, and a declarant of those hours meets him oftener than his share of the work tells. The
 * spread between the pairs of all other declarants is what such things make (funnel.ts), and a pair has to stand out from it.
 */
import { type Dispersion, dispersionOf } from './funnel.ts';
import { normalUpper, studentUpper } from './special.ts';

/** What is known of a pair. */
export interface Met {
  declarant: string;
  observed: number;
  n: number;
  expected: number;
  /** Variance of what was expected: how well the officer's share of the work is known. */
  doubt: number;
  /** P(as many) where the share is known and constant. */
  p: number;
}

/** Above it a pair is nothing to look at, whatever else is allowed for. */
const notable = 0.05;

/**
 * @param even the rule gives each officer a constant chance, so that pairs do not differ beyond chance
 * @returns P(as many) with all that allowed for
 */
export function amongPairs(pairs: readonly Met[], even: boolean): (pair: Met) => number {
  const spreads = new Map<string, Dispersion>();
  const spreadWithout = (declarant: string): Dispersion => {
    let spread = spreads.get(declarant);
    if (spread === undefined) {
      const units = pairs.filter((each) => each.declarant !== declarant).map(unitOf);
      spread = dispersionOf('share', 0, units);
      spreads.set(declarant, spread);
    }
    return spread;
  };
  return (pair) => {
    if (pair.p > notable) return pair.p;
    const spread = even ? undefined : spreadWithout(pair.declarant);
    const between = spread?.between ?? 0;
    if (between === 0 && pair.doubt === 0) return pair.p;
    const { observed, size, target } = unitOf(pair);
    const z = (arcsine(observed / size) - arcsine(target)) / Math.sqrt(1 / (4 * size) + between);
    return Math.max(pair.p, between === 0 ? normalUpper(z) : studentUpper(z, spread!.units - 1));
  };
}

/** What is not known of the share is taken off the number of cases. */
function unitOf({ observed, n, expected, doubt }: Met) {
  const target = expected / n;
  const kept = 1 / (1 + doubt / (expected * (1 - target)));
  return { observed: observed * kept, size: n * kept, target };
}

const arcsine = (share: number): number => Math.asin(Math.sqrt(share));
