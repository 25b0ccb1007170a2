/**
 * The counts of a backtest: integers alone, so that any number of workers count apart and are added up to the same
 * result. Per rule there is a column, and one more for "any of them". Pure.
 */
import type { Dimension, Judged } from './judge.ts';
import { dimensions } from './judge.ts';

/** A declaration that stands for many, found again by file and byte. */
export interface ExampleRef {
  reference: string;
  file?: string;
  /** Of its line in an NDJSON file. */
  offset?: number;
  length?: number;
}

export const exampleKinds = ['confirmed', 'falseAlarm', 'missed', 'unexamined'] as const;
export type ExampleKind = (typeof exampleKinds)[number];

export interface Tally {
  /** Number of rules; column `rules` is "any". */
  rules: number;
  declarations: number;
  refused: number;
  /** Declarations with a finding, per column. */
  hits: Float64Array;
  /** Findings, an item each. */
  findings: Float64Array;
  /** Declarations of which the rule could not be evaluated. */
  notEvaluated: Float64Array;
  /** By value of the dimension: hits per column, declarations last. */
  groups: Record<Dimension, Map<string, Float64Array>>;
  /** Declarations hit by both, row × column; empty where there are too many rules for a matrix. */
  pairs: Float64Array;
  controlled: number;
  irregular: number;
  randomControlled: number;
  randomIrregular: number;
  /** Of declarations with a final outcome. */
  truePositive: Float64Array;
  falsePositive: Float64Array;
  /** Minor units found by controls, per column, all of them last. */
  revenue: Map<string, Float64Array>;
  /** By score: declarations, controlled, irregular. */
  scores: Map<number, [declarations: number, controlled: number, irregular: number]>;
  /** By office: its days, and hits that nobody examined, per column. */
  load: Map<string, { days: Set<string>; extra: Float64Array }>;
  /** Per column and kind, the first few. */
  examples: Record<ExampleKind, ExampleRef[]>[];
}

/** More rules than this have no matrix of pairs: 1,000 squared doubles are 8 MB a worker. */
export const mostPairedRules = 1000;
/** Of each kind and rule. */
export const keptExamples = 5;

const perDimension = <T>(make: () => T): Record<Dimension, T> =>
  Object.fromEntries(dimensions.map((dimension) => [dimension, make()])) as Record<Dimension, T>;

export function emptyTally(rules: number): Tally {
  const column = () => new Float64Array(rules + 1);
  return {
    rules,
    declarations: 0,
    refused: 0,
    hits: column(),
    findings: column(),
    notEvaluated: column(),
    groups: perDimension(() => new Map()),
    pairs: new Float64Array(rules <= mostPairedRules ? rules * rules : 0),
    controlled: 0,
    irregular: 0,
    randomControlled: 0,
    randomIrregular: 0,
    truePositive: column(),
    falsePositive: column(),
    revenue: new Map(),
    scores: new Map(),
    load: new Map(),
    examples: Array.from({ length: rules + 1 }, () => ({
      confirmed: [],
      falseAlarm: [],
      missed: [],
      unexamined: [],
    })),
  };
}

export interface Seen {
  judged: Judged;
  /** Rules that hit, each once, in ascending order. */
  hit: readonly number[];
  findings: readonly number[];
  notEvaluated: readonly number[];
  score: number;
  /** Asked for only where the declaration is kept as an example. */
  example(): ExampleRef;
}

const cell = <K>(map: Map<K, Float64Array>, key: K, width: number): Float64Array => {
  let row = map.get(key);
  if (row === undefined) {
    row = new Float64Array(width);
    map.set(key, row);
  }
  return row;
};

const bump = (row: Float64Array, column: number, by = 1): void => {
  row[column] = row[column]! + by;
};

const kindOf = ({ controlled, irregular, examined }: Judged, hit: boolean): ExampleKind | undefined => {
  if (controlled) return hit ? (irregular ? 'confirmed' : 'falseAlarm') : irregular ? 'missed' : undefined;
  return hit && !examined ? 'unexamined' : undefined;
};

/** @param wanted columns of which examples are kept */
export function count(tally: Tally, seen: Seen, wanted: readonly number[]): void {
  const { rules } = tally;
  const { judged, hit, score } = seen;
  const columns = hit.length === 0 ? hit : [...hit, rules];
  tally.declarations++;
  for (const column of columns) bump(tally.hits, column);
  for (const rule of seen.findings) bump(tally.findings, rule);
  tally.findings[rules]! += seen.findings.length;
  for (const rule of seen.notEvaluated) bump(tally.notEvaluated, rule);
  if (seen.notEvaluated.length > 0) bump(tally.notEvaluated, rules);
  for (const dimension of dimensions) {
    const row = cell(tally.groups[dimension], judged.groups[dimension], rules + 2);
    for (const column of columns) bump(row, column);
    bump(row, rules + 1);
  }
  if (tally.pairs.length > 0)
    for (const [i, first] of hit.entries())
      for (let j = i + 1; j < hit.length; j++) bump(tally.pairs, first * rules + hit[j]!);
  countControl(tally, judged, columns, score);
  countLoad(tally, judged, columns);
  keepExamples(tally, seen, wanted);
}

function countControl(tally: Tally, judged: Judged, columns: readonly number[], score: number): void {
  const scored = tally.scores.get(score) ?? [0, 0, 0];
  tally.scores.set(score, scored);
  scored[0]++;
  if (!judged.controlled) return;
  scored[1]++;
  tally.controlled++;
  if (judged.random) tally.randomControlled++;
  if (judged.irregular) {
    scored[2]++;
    tally.irregular++;
    if (judged.random) tally.randomIrregular++;
  }
  const counts = judged.irregular ? tally.truePositive : tally.falsePositive;
  for (const column of columns) bump(counts, column);
  for (const [currency, amount] of judged.revenue) {
    const row = cell(tally.revenue, currency, tally.rules + 2);
    for (const column of columns) bump(row, column, amount);
    bump(row, tally.rules + 1, amount);
  }
}

function countLoad(tally: Tally, judged: Judged, columns: readonly number[]): void {
  const { office } = judged.groups;
  let load = tally.load.get(office);
  if (load === undefined) {
    load = { days: new Set(), extra: new Float64Array(tally.rules + 1) };
    tally.load.set(office, load);
  }
  if (judged.day !== undefined) load.days.add(judged.day);
  if (!judged.examined) for (const column of columns) bump(load.extra, column);
}

function keepExamples(tally: Tally, { judged, hit, example }: Seen, wanted: readonly number[]): void {
  // Without a hit only a missed irregularity says something.
  if (hit.length === 0 && !judged.irregular) return;
  let ref: ExampleRef | undefined;
  for (const column of wanted) {
    const isHit = column === tally.rules ? hit.length > 0 : hit.includes(column);
    const kind = kindOf(judged, isHit);
    const list = kind === undefined ? undefined : tally.examples[column]![kind];
    if (list === undefined || list.length >= keptExamples) continue;
    ref ??= example();
    list.push(ref);
  }
}

const addRow = (into: Float64Array, from: Float64Array): void => {
  for (let i = 0; i < from.length; i++) into[i] = into[i]! + from[i]!;
};

/** Adds what came later in the input; examples of what came first stand. */
export function merge(into: Tally, from: Tally): void {
  for (const key of [
    'declarations',
    'refused',
    'controlled',
    'irregular',
    'randomControlled',
    'randomIrregular',
  ] as const)
    into[key] += from[key];
  for (const key of ['hits', 'findings', 'notEvaluated', 'pairs', 'truePositive', 'falsePositive'] as const)
    addRow(into[key], from[key]);
  for (const dimension of dimensions)
    for (const [value, row] of from.groups[dimension])
      addRow(cell(into.groups[dimension], value, row.length), row);
  for (const [currency, row] of from.revenue) addRow(cell(into.revenue, currency, row.length), row);
  for (const [score, counts] of from.scores) {
    const there = into.scores.get(score) ?? [0, 0, 0];
    into.scores.set(score, [there[0] + counts[0], there[1] + counts[1], there[2] + counts[2]]);
  }
  for (const [office, { days, extra }] of from.load) {
    const there = into.load.get(office) ?? { days: new Set<string>(), extra: new Float64Array(extra.length) };
    into.load.set(office, there);
    for (const day of days) there.days.add(day);
    addRow(there.extra, extra);
  }
  for (const [column, kinds] of from.examples.entries())
    for (const kind of exampleKinds) {
      const list = into.examples[column]![kind];
      list.push(...kinds[kind].slice(0, keptExamples - list.length));
    }
}
