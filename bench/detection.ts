/**
 * Detection: recall and precision of each planted pattern at three strengths, and false alarms where nothing is planted.
 * Patterns that do not touch the same things are planted together, a tenth of those who could taking part in each;
 * counts are summed over the seeds. Numbers in docs/detection.md are this benchmark's.
 */
import { simulate } from '../src/simulate/administration.ts';
import { assignmentRules, smallForm } from '../src/simulate/options.ts';
import { study } from './detection/cases.ts';
import { type Detector, detectors } from './detection/detectors.ts';
import { nullTest } from './detection/null.ts';
import { findingsOf, nothingFound } from './detection/product.ts';
import { type BenchCase, type BenchResult, machine } from './result.ts';

const together: readonly (readonly string[])[] = [
  ['collusive-pairs', 'overdue-warehouse', 'reused-certificates', 'criteria-changed'],
  ['rubber-stamping', 'undervaluation', 'shared-accounts'],
  ['fruitless-rerouting', 'neighbour-codes', 'release-before-payment'],
  ['red-without-examination', 'origin-fraud', 'batch-rerouting'],
  ['night-work', 'target-gaming', 'threshold-bunching'],
];

const strengths = [0.25, 0.5, 1] as const;
/** Administrations of each strength, from which seed on; and of the null test, of each rule: the soak test takes 200. */
const seeds = Number(process.env.DETECTION_SEEDS ?? 2);
const from = Number(process.env.DETECTION_FROM ?? 1);
const administrations = Number(process.env.DETECTION_NULL ?? 20);
/** `DETECTION_CASES=collusive-pairs,night-work` takes these alone, planted beside those they always stand beside. */
const cases = process.env.DETECTION_CASES?.split(',') ?? together.flat();
const rate = 0.1;

interface Score {
  planted: number;
  flagged: number;
  right: number;
  /** Planted ones that a test of each alone would tell; undefined where nothing is tested. */
  alone: number | undefined;
}

const keyOf = ({ pattern, by }: Detector, strength: number): string => `${pattern} ${by} ${strength}`;

export async function run(): Promise<BenchResult> {
  const scores = new Map<string, Score>();
  for (const strength of strengths) {
    for (const patterns of together.filter((group) => group.some((pattern) => cases.includes(pattern)))) {
      for (let seed = from; seed < from + seeds; seed++) {
        const simulation = simulate({
          ...smallForm,
          seed: `detection ${seed}`,
          days: 270,
          offices: 3,
          officers: 30,
          declarations: 6_000,
          misconduct: patterns.map((pattern) => ({ pattern, rate, strength })),
        });
        const asked = detectors.filter(
          ({ pattern }) => patterns.includes(pattern) && cases.includes(pattern),
        );
        const rules = [...new Set(asked.flatMap(({ rules }) => rules ?? []))];
        const found = rules.length === 0 ? nothingFound : await findingsOf(simulation, rules);
        const seen = { ...(await study(simulation)), found };
        const truths = new Map(simulation.truth().map((truth) => [truth.pattern, truth]));
        for (const detector of asked) {
          const truth = truths.get(detector.pattern)!;
          const key = keyOf(detector, strength);
          const score = scores.get(key) ?? { planted: 0, flagged: 0, right: 0, alone: undefined };
          const flagged = detector.flag(seen);
          const alone = detector.alone?.(seen);
          const planted = detector.truth(truth, seen);
          score.planted += planted.length;
          score.flagged += flagged.size;
          score.right += planted.filter((name) => flagged.has(name)).length;
          if (alone !== undefined)
            score.alone = (score.alone ?? 0) + planted.filter((name) => alone.has(name)).length;
          scores.set(key, score);
        }
      }
    }
  }
  const results: BenchCase[] = [];
  for (const detector of detectors) {
    const { pattern, by, unit } = detector;
    if (!cases.includes(pattern)) continue;
    for (const strength of strengths) {
      const { planted, flagged, right, alone } = scores.get(keyOf(detector, strength))!;
      const name = `${pattern}, strength ${strength}, ${by}`;
      results.push({
        case: `${name}: recall of ${planted} ${unit}s`,
        value: (100 * right) / planted,
        unit: '%',
      });
      results.push({
        case: `${name}: precision of ${flagged} flags`,
        value: flagged === 0 ? Number.NaN : (100 * right) / flagged,
        unit: '%',
      });
      if (alone !== undefined)
        results.push({
          case: `${name}: told by a test of each alone`,
          value: (100 * alone) / planted,
          unit: '%',
        });
    }
  }
  for (const rule of assignmentRules) {
    for (const { family, runs, alarms } of await nullTest(rule, administrations)) {
      if (runs === 0) continue;
      results.push({
        case: `nothing planted, ${rule}, ${family}: families of ${runs} with a flag`,
        value: (100 * alarms) / runs,
        unit: '%',
      });
    }
  }
  return { name: 'detection', machine: machine(), results };
}
