/**
 * Figures: runs a definition's plans on a store and makes of the integers that come back one row a key, each with value,
 * limits, n, state, benchmark, and the filter by which exactly the declarations behind it are found again.
 */
import { CrosscheckError } from '../errors.ts';
import { yearBefore } from '../projections/calendar.ts';
import { type TableName, tables } from '../projections/fold.ts';
import type { RemovedSpan } from '../projections/removed.ts';
import type { Filter, Groups, Store, TabulateQuery } from '../store/port.ts';
import { setBeside } from './beside.ts';
import { columnsOf, type Keys, keysFrom, keysOf, type Part, type Sorted, sortedBy, summed } from './cells.ts';
import type { Candidate } from './compared.ts';
import type { Definition, FigureSpec, Unit } from './definition.ts';
import { dimensions } from './dimensions.ts';
import { judge, type State } from './judge.ts';
import type { Computed, Needs, Pool } from './methods/method.ts';
import { methodOf } from './methods/table.ts';
import {
  behindFilter,
  type FigureRequest,
  type Plan,
  type PlannedFigure,
  plan,
  type Resolved,
  resolve,
} from './plan.ts';
import { type Own, readingOf } from './readings.ts';
import { and } from './where.ts';

/** The rows behind a figure: whoever counts their declarations finds its n. */
export interface DrillDown {
  table: TableName;
  where: Filter | undefined;
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

export interface FigureRow {
  key: Record<string, string | null>;
  /** By figure id, in the definition's order. */
  figures: Record<string, FigureValue>;
}

export interface FigureTable {
  indicator: string;
  version: number;
  class: Definition['class'];
  by: string[];
  period: { from: string | null; to: string | null; asOf: string };
  /** Ids of the figures; the first is the indicator's principal one. */
  figures: string[];
  rows: FigureRow[];
  /** First and last day of the period of which retention removed declarations; absent where it is whole. */
  removed?: RemovedSpan;
}

/** Whatever answers questions on projected tables: a store, or roll-ups in front of it. */
export interface Source {
  tabulate(asked: Asked): Promise<Groups>;
}

/** A query with what it was made of, so that roll-ups know whether they can answer it. */
export interface Asked {
  table: TableName;
  query: TabulateQuery;
  plan: Plan;
  resolved: Resolved;
  from: string | undefined;
  to: string | undefined;
}

export const sourceOf = (store: Store): Source => ({
  tabulate: ({ table, query }) => store.collection(tables[table].spec).tabulate(query),
});

/**
 * The figures of a definition as they are asked for: rows in order of their keys, or of a figure where `sort` or the
 * definition's `top` says so. `today` is the as-of day of a request that names neither it nor a last day.
 */
export async function figures(
  source: Source,
  definition: Definition,
  request: FigureRequest,
  today: string,
): Promise<FigureTable> {
  const { from, to } = request;
  const [table, earlier] = await Promise.all([
    told(source, definition, request, today),
    request.previousYear === true && from !== undefined && to !== undefined
      ? told(
          source,
          definition,
          {
            ...request,
            from: yearBefore(from),
            to: yearBefore(to),
            ...(request.asOf === undefined ? {} : { asOf: yearBefore(request.asOf) }),
          },
          today,
        )
      : undefined,
  ]);
  if (earlier !== undefined) setBeside(table, earlier);
  return ranked(table, definition, request);
}

/** Greatest first; what has no value comes last. */
function ranked(table: FigureTable, definition: Definition, request: FigureRequest): FigureTable {
  const top = request.by === undefined ? definition.top : undefined;
  const figure = request.sort ?? top?.figure;
  const limit = request.limit ?? top?.limit;
  if (figure !== undefined) {
    if (!table.figures.includes(figure)) {
      const problem = `${figure} is no figure of ${definition.id}: ${table.figures.join(', ')}`;
      throw new CrosscheckError('CC_BAD_ARGUMENT', { name: 'sort', problem });
    }
    const value = (row: FigureRow): number => row.figures[figure]?.value ?? Number.NEGATIVE_INFINITY;
    table.rows.sort((a, b) => value(b) - value(a));
  }
  return limit === undefined ? table : { ...table, rows: table.rows.slice(0, limit) };
}

async function told(
  source: Source,
  definition: Definition,
  request: FigureRequest,
  today: string,
): Promise<FigureTable> {
  const resolved = resolve(definition, request, today);
  const answers = await Promise.all(plan(resolved).map((each) => ask(source, each, resolved)));
  const [counts] = answers;
  const keys = keysOf(counts!.groups, resolved.columns);
  const counted = sortedBy(keys, counts!.groups);
  const byFigure = new Map<string, FigureValue[]>();
  const drillDown = drillDowns(keys, resolved);
  const plain = comparisons(keys, resolved);
  for (const { plan: asked, groups, base } of answers) {
    const answered = groups === counts!.groups ? counted : sortedBy(keys, groups);
    const before = base === undefined ? undefined : sortedBy(ofYearBefore(keys, resolved.by), base);
    const byCurrency = asked.money ? comparisons(keys, resolved, answered.currencies) : plain;
    for (const planned of asked.figures) {
      const compared = planned.money ? byCurrency : plain;
      byFigure.set(
        planned.figure.id,
        tell(planned, { keys, compared, counted, answered, before, drillDown, resolved }),
      );
    }
  }
  const ids = definition.figures.map(({ id }) => id).filter((id) => byFigure.has(id));
  return {
    indicator: definition.id,
    version: definition.version,
    class: definition.class,
    by: [...resolved.by],
    period: { from: resolved.from ?? null, to: resolved.to ?? null, asOf: resolved.asOf },
    figures: ids,
    rows: rowsOf(keys, resolved.by, ids, byFigure),
  };
}

function rowsOf(
  { parts }: Keys,
  by: readonly string[],
  ids: readonly string[],
  byFigure: ReadonlyMap<string, readonly FigureValue[]>,
): FigureRow[] {
  const values = ids.map((id) => byFigure.get(id)!);
  // Copies of a whole object and not ones that grow: thousands of rows are made.
  const blank = {
    key: Object.fromEntries(by.map((name): [string, Part] => [name, null])),
    figures: Object.fromEntries(ids.map((id, i) => [id, values[i]![0]!])),
  };
  return parts.map((own, k) => {
    const row: FigureRow = { key: { ...blank.key }, figures: { ...blank.figures } };
    for (let i = 0; i < by.length; i++) row.key[by[i]!] = own[i]!;
    for (let i = 0; i < ids.length; i++) row.figures[ids[i]!] = values[i]![k]!;
    return row;
  });
}

/** The same keys as they were called a year before. */
const ofYearBefore = (keys: Keys, by: readonly string[]): Keys =>
  keysFrom(
    keys.parts.map((parts) =>
      parts.map((part, i) =>
        part !== null && dimensions[by[i]!]?.kind === 'time' ? yearBefore(part) : part,
      ),
    ),
    keys.columns,
  );

/** What a store answered to one plan, and to the same of a year before where a figure asks for it. */
interface Answer {
  plan: Plan;
  groups: Groups;
  base: Groups | undefined;
}

async function ask(source: Source, asked: Plan, resolved: Resolved): Promise<Answer> {
  const { from, to } = resolved;
  const wantsBase = asked.figures.some(({ needs }) => needs.base === true);
  const send = (first: string | undefined, last: string | undefined): Promise<Groups> => {
    const where = resolved.whereOf(first, last);
    const { where: _, ...rest } = asked.query;
    const query = where === undefined ? rest : { ...rest, where };
    return source.tabulate({ table: asked.table, query, plan: asked, resolved, from: first, to: last });
  };
  const [groups, base] = await Promise.all([
    send(from, to),
    wantsBase && from !== undefined && to !== undefined ? send(yearBefore(from), yearBefore(to)) : undefined,
  ]);
  return { plan: asked, groups, base };
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
function comparisons(
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
function tell(planned: PlannedFigure, telling: Telling): FigureValue[] {
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
    const { cellsOf, pool } = reading(group);
    const cellsBefore = readingBefore?.(group).cellsOf;
    return {
      of: (place) => {
        const { currency } = group[place]!;
        return method.compute(
          cellsOf(place),
          figure,
          cellsBefore === undefined ? { pool, currency } : { pool, currency, base: cellsBefore(place) },
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

/** Figures that stand on the same rows share their links: ten thousand traders times a handful of figures is many. */
function drillDowns({ parts }: Keys, resolved: Resolved): Telling['drillDown'] {
  const { columns, definition, where } = resolved;
  const made = new Map<string, readonly DrillDown[]>();
  const filterOf = (value: Part, i: number): Filter => {
    const column = columns[i]!;
    return value === null ? { column, op: 'isNull' } : { column, op: 'eq', value };
  };
  return (needs) => {
    const name = JSON.stringify(needs.behind);
    let links = made.get(name);
    if (links === undefined) {
      const rows = behindFilter(resolved, needs);
      links = parts.map((own) => ({
        table: definition.table,
        where: and(where, rows, ...own.map(filterOf)),
      }));
      made.set(name, links);
    }
    const known = links;
    return (key) => known[key]!;
  };
}
