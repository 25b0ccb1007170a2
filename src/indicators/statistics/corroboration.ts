/**
 * What stands beside a pair that meets too often: were the declarant's declarations with this officer faster, less often
 * an offence, less often corrected, and more undervalued to begin with, than the same declarant's with other officers?
 * Those four went with corruption in Madagascar (customs-practice 3.1, 3.2, 3.6). None of them is proof, and the pair's
 * figure is not changed by them.
 */
import { rankSumLower } from './rank-sum.ts';
import { hypergeometric } from './stratified.ts';

/** One declaration of the declarant, after control. Undefined where it is not known. */
export interface ControlledCase {
  officer: string;
  /** Hours from registration to assessment, and how they were counted: of different kinds they are not compared. */
  hours?: number;
  counted?: string;
  offence: boolean;
  corrected: boolean;
  /** ln(declared unit value / reference); negative where undervalued. */
  valueGap?: number;
}

export interface Corroboration {
  sign: 'faster' | 'fewer offences' | 'fewer corrections' | 'undervalued';
  /** With this officer, and with all others: median, or share. */
  pair: number;
  others: number;
  /** One-sided, in the direction of the sign; 1 where it cannot be told. */
  p: number;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** The first of those that there are most of. */
function commonest<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce<[T | undefined, number]>(
    (most, each) => (each[1] > most[1] ? each : most),
    [undefined, 0],
  )[0];
}

export function corroborate(officer: string, cases: readonly ControlledCase[]): Corroboration[] {
  const mine = cases.filter((each) => each.officer === officer);
  const others = cases.filter((each) => each.officer !== officer);
  const counted = commonest(mine.flatMap((each) => (each.hours === undefined ? [] : [each.counted])));
  const lower = (
    sign: Corroboration['sign'],
    value: (each: ControlledCase) => number | undefined,
  ): Corroboration => {
    const known = (list: readonly ControlledCase[]) => list.map(value).filter((each) => each !== undefined);
    const [a, b] = [known(mine), known(others)];
    return { sign, pair: median(a), others: median(b), p: rankSumLower(a, b)?.p ?? 1 };
  };
  const fewer = (sign: Corroboration['sign'], is: (each: ControlledCase) => boolean): Corroboration => {
    const [a, b] = [mine.filter(is).length, others.filter(is).length];
    // Fisher's exact test: as few among the officer's, given how many there are in all.
    const distribution = hypergeometric({ total: cases.length, officer: mine.length, declarant: a + b });
    let p = 0;
    for (let k = 0; k <= a; k++) p += distribution[k] ?? 0;
    return { sign, pair: a / mine.length, others: b / others.length, p: Math.min(1, p) };
  };
  return [
    lower('faster', (each) => (each.counted === counted ? each.hours : undefined)),
    fewer('fewer offences', (each) => each.offence),
    fewer('fewer corrections', (each) => each.corrected),
    lower('undervalued', (each) => each.valueGap),
  ];
}
