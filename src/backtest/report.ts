/**
 * From counts to what an analyst reads: rates, confusion matrices, precision at a share of inspections, load. Pure
 * arithmetic. Figures that rest on controls speak of controlled declarations alone, and controls were selected, so
 * precision and recall are what history shows, not what a random sample would.
 */
import type { Rule } from '../rules/model.ts';
import { type Dimension, dimensions } from './judge.ts';
import type { ExampleKind, ExampleRef, Tally } from './tally.ts';

export interface Confusion {
  truePositive: number;
  falsePositive: number;
  falseNegative: number;
  trueNegative: number;
}

export interface Quality extends Confusion {
  /** Absent where the denominator is 0. */
  precision?: number;
  recall?: number;
  f1?: number;
  /** Precision over the share of irregular declarations among those drawn at random (`base.from` says where from). */
  lift?: number;
}

export interface GroupRow {
  value: string;
  declarations: number;
  hits: number;
  rate: number;
}

export interface RuleReport {
  /** `*` for any of the rules together. */
  rule: string;
  version?: number;
  status?: Rule['status'];
  title: Record<string, string>;
  declarations: number;
  findings: number;
  /** Of all declarations. */
  rate: number;
  notEvaluated: number;
  by: Record<Dimension, GroupRow[]>;
  /** Other rules that hit the same declarations, most first. */
  overlap: { rule: string; both: number; share: number }[];
  quality?: Quality;
  /** Major units cannot be known here: minor units by currency, and the share of all that controls found. */
  revenue: { currency: string; amount: number; share: number }[];
  /** Hits that nobody had examined, per day on which the office had declarations. */
  extraExaminations: { office: string; total: number; days: number; perDay: number }[];
  examples: Record<ExampleKind, Example[]>;
}

/** What of a declaration stands on the page, so that an example can be looked at without the file. */
export interface Excerpt {
  /** Flow, office, day and the like, by name. */
  header: Record<string, string>;
  /** The first items; number, HS, origin, procedure, value, net mass and description of each. */
  items: string[][];
  moreItems: number;
}

export interface Example extends ExampleRef {
  message?: string;
  excerpt?: Excerpt;
}

export interface InspectionRow {
  /** Of all declarations, those of the highest score. */
  share: number;
  inspected: number;
  /** Expected value where a score is shared by more declarations than fit. */
  precision?: number;
  recall?: number;
  lift?: number;
}

export interface Report {
  rulebook: string;
  declarations: number;
  refused: number;
  /** Records that speak of a declaration elsewhere. */
  answers: number;
  /** Outcomes of theirs that were joined to their declarations; their trails are left out. */
  joined: number;
  /** Controlled declarations with a final outcome. */
  base: { controlled: number; irregular: number; rate?: number; from: 'random controls' | 'all controls' };
  rules: RuleReport[];
  /** By the score of all rules that ran. */
  inspection: InspectionRow[];
  seconds: number;
  declarationsPerSecond: number;
  peakMemoryBytes: number;
  threads: number;
}

/** Fewer random controls than this say nothing: the rate of all controls stands in, and is named so. */
const leastRandom = 100;
const mostOverlaps = 20;
export const inspectionShares = [0.01, 0.02, 0.05, 0.1] as const;

const ratio = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);

export function baseOf(tally: Tally): Report['base'] {
  const { controlled, irregular, randomControlled, randomIrregular } = tally;
  const random = randomControlled >= leastRandom;
  const rate = random ? ratio(randomIrregular, randomControlled) : ratio(irregular, controlled);
  return {
    controlled,
    irregular,
    ...(rate === undefined ? {} : { rate }),
    from: random ? 'random controls' : 'all controls',
  };
}

const defined = <T extends object>(values: T): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

export function qualityOf(counts: Confusion, baseRate: number | undefined): Quality {
  const { truePositive, falsePositive, falseNegative } = counts;
  const precision = ratio(truePositive, truePositive + falsePositive);
  const recall = ratio(truePositive, truePositive + falseNegative);
  const f1 = ratio(2 * truePositive, 2 * truePositive + falsePositive + falseNegative);
  const lift = precision === undefined || !baseRate ? undefined : precision / baseRate;
  return defined({ ...counts, precision, recall, f1, lift });
}

/** Declarations of the highest scores up to each share; of a score that does not fit whole, the expected part. */
export function inspectionOf(tally: Tally, baseRate: number | undefined): InspectionRow[] {
  const byScore = [...tally.scores].sort(([a], [b]) => b - a);
  return inspectionShares.map((share) => {
    let room = tally.declarations * share;
    let inspected = 0;
    let controlled = 0;
    let irregular = 0;
    for (const [, [declarations, ofControlled, ofIrregular]] of byScore) {
      if (room <= 0) break;
      const part = Math.min(1, room / declarations);
      room -= declarations * part;
      inspected += declarations * part;
      controlled += ofControlled * part;
      irregular += ofIrregular * part;
    }
    const precision = ratio(irregular, controlled);
    const lift = precision === undefined || !baseRate ? undefined : precision / baseRate;
    return defined({
      share,
      inspected: Math.round(inspected),
      precision,
      recall: ratio(irregular, tally.irregular),
      lift,
    });
  });
}

function groupRows(tally: Tally, column: number, dimension: Dimension): GroupRow[] {
  const rows = [...tally.groups[dimension]].map(([value, row]): GroupRow => {
    const declarations = row[tally.rules + 1]!;
    const hits = row[column]!;
    return { value, declarations, hits, rate: hits / declarations };
  });
  return rows.sort((a, b) =>
    dimension === 'month' ? (a.value < b.value ? -1 : 1) : b.hits - a.hits || (a.value < b.value ? -1 : 1),
  );
}

function overlapOf(tally: Tally, column: number, rules: readonly Rule[]): RuleReport['overlap'] {
  if (column === tally.rules || tally.pairs.length === 0) return [];
  const hits = tally.hits[column]!;
  return rules
    .map(({ id }, other) => {
      const [low, high] = other < column ? [other, column] : [column, other];
      return { rule: id, both: other === column ? 0 : tally.pairs[low * tally.rules + high]! };
    })
    .filter(({ both }) => both > 0)
    .sort((a, b) => b.both - a.both)
    .slice(0, mostOverlaps)
    .map(({ rule, both }) => ({ rule, both, share: both / hits }));
}

function ruleReport(
  tally: Tally,
  rules: readonly Rule[],
  column: number,
  baseRate: number | undefined,
): RuleReport {
  const rule = rules[column];
  const counts: Confusion = {
    truePositive: tally.truePositive[column]!,
    falsePositive: tally.falsePositive[column]!,
    falseNegative: tally.irregular - tally.truePositive[column]!,
    trueNegative: tally.controlled - tally.irregular - tally.falsePositive[column]!,
  };
  return {
    rule: rule?.id ?? '*',
    ...(rule === undefined ? {} : { version: rule.version, status: rule.status }),
    title: rule?.title ?? { en: 'any of the rules', fr: 'une des règles' },
    declarations: tally.hits[column]!,
    findings: tally.findings[column]!,
    rate: ratio(tally.hits[column]!, tally.declarations) ?? 0,
    notEvaluated: tally.notEvaluated[column]!,
    by: Object.fromEntries(
      dimensions.map((dimension) => [dimension, groupRows(tally, column, dimension)]),
    ) as RuleReport['by'],
    overlap: overlapOf(tally, column, rules),
    ...(tally.controlled === 0 ? {} : { quality: qualityOf(counts, baseRate) }),
    revenue: [...tally.revenue]
      .map(([currency, row]) => ({
        currency,
        amount: row[column]!,
        share: ratio(row[column]!, row[tally.rules + 1]!) ?? 0,
      }))
      .filter(({ amount }) => amount !== 0),
    extraExaminations: [...tally.load]
      .map(([office, { days, extra }]) => ({
        office,
        total: extra[column]!,
        days: days.size,
        perDay: extra[column]! / Math.max(1, days.size),
      }))
      .filter(({ total }) => total > 0)
      .sort((a, b) => b.perDay - a.perDay),
    examples: tally.examples[column]!,
  };
}

export interface ReportContext {
  rulebook: string;
  /** With their own status, for the reader. */
  rules: readonly Rule[];
  judged: readonly number[];
  answers: number;
  joined: number;
  seconds: number;
  threads: number;
  peakMemory: number;
}

export function reportOf(tally: Tally, context: ReportContext): Report {
  const { rulebook, rules, judged, answers, joined, seconds, threads, peakMemory } = context;
  const base = baseOf(tally);
  return {
    rulebook,
    declarations: tally.declarations,
    refused: tally.refused,
    answers,
    joined,
    base,
    rules: judged.map((column) => ruleReport(tally, rules, column, base.rate)),
    inspection: tally.controlled === 0 ? [] : inspectionOf(tally, base.rate),
    seconds,
    declarationsPerSecond: seconds === 0 ? 0 : (tally.declarations + tally.refused) / seconds,
    peakMemoryBytes: peakMemory,
    threads,
  };
}
