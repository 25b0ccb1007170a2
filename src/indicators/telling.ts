/**
 * What is told of a key: value, limits, n, state and benchmark among those it is compared with, and the filter by which
 * exactly the declarations behind it are found again. Made of the integers that a store answered (figure.ts asks). Pure.
 */
import type { TableName } from '../projections/fold.ts';
import type { Filter } from '../store/port.ts';
import { columnsOf, summed } from './cells.ts';
import type { Candidate } from './compared.ts';
import type { FigureSpec, Unit } from './definition.ts';
import { dimensions } from './dimensions.ts';
import { judge, type State } from './judge.ts';
import type { Keys, Part } from './keys.ts';
import type { Computed, Needs, Pool } from './methods/method.ts';
import { methodOf } from './methods/table.ts';
import { behindFilter, type PlannedFigure, type Resolved } from './plan.ts';
import { type Own, readingOf } from './readings.ts';
import type { Sorted } from './sorted.ts';
import { and } from './where.ts';

/** The rows behind a figure: whoever counts their declarations finds its n. */
export interface DrillDown {
  table: TableName;
  where: Filter | undefined;
  /** They would tell a person whom the phase of the office does not name. */
  withheld?: true;
}

export interface FigureValue {
  /** In the figure's unit; null where there is nothing to divide by, or amounts in several currencies. */
  value: number | null;
  unit: Unit;
  /** Of an amount, ISO 4217; amounts are in minor units. */
  currency?: string | null;
  numerator?: number;
  denominator?: number;
  /** Declarations behind it. */
  n: number;
  /** Of observed over expected. */
  expected?: number;
  /** 95 % limits of the value, exact or by order statistics; null where there is no upper one. */
  limits?: [number, number | null];
  /** What the peers show: everybody in the same comparison. */
  benchmark?: number | null;
  /** The value drawn towards its peers as far as n is small. */
  shrunk?: number;
  /** Chance of a difference like this among peers that do not differ, and its false discovery rate within the table. */
  p?: number;
  q?: number;
  state?: State;
  behind: DrillDown;
  note?: string;
  /** The same figure a year before; a row that was not there then has none. */
  previous?: { value: number | null; n: number };
}

/** The dimension whose members are compared with each other: the last one that is not time. */
const comparedIndex = (by: readonly string[]): number =>
  by.findLastIndex((name) => dimensions[name]?.kind !== 'time');

/** Officers and firms: where the key names none, there is no one to compare. */
const isSomebody = (dimension: string | undefined): boolean => {
  const kind = dimension === undefined ? undefined : dimensions[dimension]?.kind;
  return kind === 'people' || kind === 'party';
};

interface Telling {
  keys: Keys;
  /** Keys that are compared with each other. */
  compared: readonly (readonly Own[])[];
  /** The answer that counts, the figure's own, and its own of a year before. */
  counted: Sorted;
  answered: Sorted;
  before: Sorted | undefined;
  /** The link of each key. */
  drillDown: (needs: Needs) => (key: number) => DrillDown;
  resolved: Resolved;
}

const noCurrency: readonly string[] = [];

/** Keys that are compared with each other; where amounts are told, those of one currency. */
export function comparisons(
  keys: Keys,
  { by }: Resolved,
  currenciesOf?: readonly (readonly string[])[],
): readonly (readonly Own[])[] {
  const compared = comparedIndex(by);
  const people = isSomebody(by[compared]);
  const alone = by.length === 1 && compared === 0;
  const groups = new Map<string, Own[]>();
  keys.parts.forEach((parts, key) => {
    const currencies = currenciesOf?.[key] ?? noCurrency;
    const currency = currencies.length === 0 ? null : currencies[0]!;
    // What nobody did, the system's own assessments above all, is nobody's peer.
    const nobody = people && parts[compared] === null ? 'nobody ' : '';
    const others = alone ? '' : JSON.stringify(parts.filter((_, i) => i !== compared));
    const name = currency === null && alone ? nobody : `${nobody}${currency} ${others}`;
    const own: Own = { key, currency, mixed: currencies.length > 1 };
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [own]);
    else group.push(own);
  });
  return [...groups.values()];
}

/** What a method makes of each in one comparison, by its place, and what everybody together shows. */
interface Computing {
  of(place: number): Computed;
  benchmark: number | null | undefined;
}

/** One figure for every key, in their order, compared within its group of peers. */
export function tell(planned: PlannedFigure, telling: Telling): FigureValue[] {
  const { figure, needs, money } = planned;
  const { resolved, counted, compared: groups } = telling;
  const compared = comparedIndex(resolved.by);
  const declarations = summed(counted, `${figure.id}_n`);
  const behind = telling.drillDown(needs);
  const isMoney = money && figure.unit === 'money';
  const computing = computingOf(planned, telling);
  const told: FigureValue[] = new Array(telling.keys.parts.length);
  const values: FigureValue[][] = [];
  const candidates: Candidate[][] = [];
  for (const group of groups) {
    const { of, benchmark } = computing(group);
    const [own, peers]: [FigureValue[], Candidate[]] = [[], []];
    for (let i = 0; i < group.length; i++) {
      const { key, currency, mixed } = group[i]!;
      const computed = of(i);
      const n = declarations(key);
      const one = figureValue(computed, n, figure.unit, compared < 0 ? undefined : benchmark, behind(key));
      if (mixed) {
        one.value = null;
        one.note = 'amounts in several currencies are not added';
      }
      if (isMoney) one.currency = currency;
      own.push(one);
      peers.push({ n, evidence: computed.evidence });
      told[key] = one;
    }
    values.push(own);
    candidates.push(peers);
  }
  const people = dimensions[resolved.by[compared] ?? '']?.kind === 'people';
  judge(candidates, { figure, definition: resolved.definition, compared: compared >= 0, people }, values);
  const why = untold[figure.method];
  if (why !== undefined)
    for (const one of told)
      if (one.value === null && one.n > 0 && one.note === undefined && one.state === undefined)
        one.note = why;
  return told;
}

function computingOf(
  planned: PlannedFigure,
  { answered, before }: Telling,
): (group: readonly Own[]) => Computing {
  const { figure } = planned;
  const method = methodOf(figure)!;
  const benchmarkOf = (pool: () => Pool, group: readonly Own[]): number | null =>
    method.compute([...pool().values()], figure, { pool, currency: group[0]?.currency ?? null }).value;
  if (method.together !== undefined)
    return (group) => {
      const results = method.together!(columnsOf(answered, group, planned), figure);
      return { of: (place) => results[place]!, benchmark: method.benchmark };
    };
  if (method.adjusted !== undefined && planned.inner.length > 0) {
    // Of everybody it is the plain figure, which looks into nothing.
    const plain = readingOf(answered, { ...planned, inner: [] });
    return (group) => {
      const results = method.adjusted!(columnsOf(answered, group, planned), figure);
      return { of: (place) => results[place]!, benchmark: benchmarkOf(plain(group).pool, group) };
    };
  }
  const reading = readingOf(answered, planned);
  const readingBefore = before === undefined ? undefined : readingOf(before, planned);
  return (group) => {
    const { cellsOf, pool, shared } = reading(group);
    const cellsBefore = readingBefore?.(group).cellsOf;
    return {
      of: (place) => {
        const { currency } = group[place]!;
        return method.compute(
          cellsOf(place),
          figure,
          cellsBefore === undefined
            ? { pool, shared, currency }
            : { pool, shared, currency, base: cellsBefore(place) },
        );
      },
      benchmark: benchmarkOf(pool, group),
    };
  };
}

/** Why there is no value although there are declarations, where neither a state nor the method's own note says so. */
const untold: Partial<Record<FigureSpec['method'], string>> = {
  standardised: 'nothing to compare with: no others on the same work',
  lift: 'nothing to compare with: no hit of a random control, or no hits of another kind',
  added: 'nothing to compare with: nothing paid in the same period of the year before',
  logGap: 'too few prices of the same goods',
  firstDigits: 'first digits are judged group by group',
};

/**
 * In one piece, by a function of its own: thousands of keys that grow member by member, or are made by a new function for
 * each figure, cost more than what is told of them. How it stands among its peers is written into it, and what few have.
 */
function figureValue(
  { value, numerator, denominator, expected, note }: Computed,
  n: number,
  unit: Unit,
  benchmark: number | null | undefined,
  behind: DrillDown,
): FigureValue {
  const told: FigureValue = {
    value,
    unit,
    numerator,
    denominator,
    n,
    limits: undefined,
    benchmark,
    p: undefined,
    q: undefined,
    state: undefined,
    behind,
  };
  if (expected !== undefined) told.expected = expected;
  if (note !== undefined) told.note = note;
  return told;
}

/**
 * Figures that stand on the same rows share their links, and all links the part that picks the key: ten thousand traders
 * times a handful of figures is many.
 */
export function drillDowns({ parts }: Keys, resolved: Resolved): Telling['drillDown'] {
  const { columns, definition, where } = resolved;
  const made = new Map<string, readonly DrillDown[]>();
  const picking = (own: readonly Part[], i: number): Filter => {
    const value = own[i]!;
    return value === null ? { column: columns[i]!, op: 'isNull' } : { column: columns[i]!, op: 'eq', value };
  };
  const picks = columns.length === 1 ? parts.map((own) => picking(own, 0)) : undefined;
  const linksOn = (rows: Filter | undefined): DrillDown[] => {
    const { table } = definition;
    if (picks === undefined)
      return parts.map((own) => ({ table, where: and(where, rows, ...own.map((_, i) => picking(own, i))) }));
    const common = [where, rows].filter((filter) => filter !== undefined);
    const [first, second] = common;
    if (first === undefined) return picks.map((pick) => ({ table, where: pick }));
    return second === undefined
      ? picks.map((pick) => ({ table, where: { and: [first, pick] } }))
      : picks.map((pick) => ({ table, where: { and: [first, second, pick] } }));
  };
  return (needs) => {
    const name = JSON.stringify(needs.behind);
    const known = made.get(name) ?? linksOn(behindFilter(resolved, needs));
    made.set(name, known);
    return (key) => known[key]!;
  };
}
