/**
 * Figures: runs a definition's plans on a store and makes of the integers that come back one row a key, each with value,
 * limits, n, state, benchmark, and the filter by which exactly the declarations behind it are found again.
 */
import { CrosscheckError } from '../errors.ts';
import { yearBefore } from '../projections/calendar.ts';
import { type TableName, tables } from '../projections/fold.ts';
import type { AggregateQuery, AggregateRow, Filter, Store } from '../store/port.ts';
import type { Definition, Unit } from './definition.ts';
import { dimensions } from './dimensions.ts';
import { judge, type State } from './judge.ts';
import { type Cell, innerSeparator, merge } from './methods/method.ts';
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
}

/** Whatever answers aggregate queries on projected tables: a store, or roll-ups in front of it. */
export interface Source {
  aggregate(asked: Asked): Promise<AggregateRow[]>;
}

/** A query with what it was made of, so that roll-ups know whether they can answer it. */
export interface Asked {
  table: TableName;
  query: AggregateQuery;
  plan: Plan;
  resolved: Resolved;
  from: string | undefined;
  to: string | undefined;
}

export const sourceOf = (store: Store): Source => ({
  aggregate: ({ table, query }) => store.collection(tables[table].spec).aggregate(query),
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

/** Matches rows of the year before by their keys; days, weeks, months and years are those of a year before. */
function setBeside(table: FigureTable, earlier: FigureTable): void {
  const keyOf = (key: FigureRow['key'], move: (name: string, value: string) => string): string =>
    JSON.stringify(
      table.by.map((name) => (key[name] === null || key[name] === undefined ? null : move(name, key[name]))),
    );
  const before = new Map(earlier.rows.map((row) => [keyOf(row.key, (_, value) => value), row]));
  for (const row of table.rows) {
    const found = before.get(
      keyOf(row.key, (name, value) => (dimensions[name]?.kind === 'time' ? yearBefore(value) : value)),
    );
    for (const [id, figure] of Object.entries(row.figures)) {
      const previous = found?.figures[id];
      if (previous !== undefined) figure.previous = { value: previous.value, n: previous.n };
    }
  }
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
  const plain = answers[0]!;
  const byFigure = new Map<string, Map<string, FigureValue>>();
  for (const answer of answers) {
    for (const planned of answer.plan.figures) {
      byFigure.set(planned.figure.id, tell(planned, answer, plain, resolved));
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
    rows: [...plain.byKey.keys()].map((key) => ({
      key: Object.fromEntries(partsOf(key).map((part, i) => [resolved.by[i]!, part])),
      figures: Object.fromEntries(ids.map((id) => [id, byFigure.get(id)!.get(key)!])),
    })),
  };
}

/** What a store answered to one plan, by key. */
interface Answer {
  plan: Plan;
  byKey: Map<string, AggregateRow[]>;
  /** Of the same period a year before, where a figure asks for it. */
  base: Map<string, AggregateRow[]>;
}

type Part = string | null;
const partsOf = (key: string): Part[] => JSON.parse(key) as Part[];

async function ask(source: Source, asked: Plan, resolved: Resolved): Promise<Answer> {
  const { from, to } = resolved;
  const wantsBase = asked.figures.some(({ needs }) => needs.base === true);
  const send = (first: string | undefined, last: string | undefined): Promise<AggregateRow[]> => {
    const where = resolved.whereOf(first, last);
    const { where: _, ...rest } = asked.query;
    const query = where === undefined ? rest : { ...rest, where };
    return source.aggregate({ table: asked.table, query, plan: asked, resolved, from: first, to: last });
  };
  const [now, before] = await Promise.all([
    send(from, to),
    wantsBase && from !== undefined && to !== undefined ? send(yearBefore(from), yearBefore(to)) : [],
  ]);
  return { plan: asked, byKey: byKey(now, resolved), base: byKey(before, resolved) };
}

function byKey(rows: readonly AggregateRow[], resolved: Resolved): Map<string, AggregateRow[]> {
  const groups = new Map<string, AggregateRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(resolved.columns.map((column) => row.key[column] ?? null));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** The dimension whose members are compared with each other: the last one that is not time. */
const comparedIndex = (by: readonly string[]): number =>
  by.findLastIndex((name) => dimensions[name]?.kind !== 'time');

/** A row as the method sees it: its own operands, by inner key. */
function cellOf(row: AggregateRow, { figure, needs }: PlannedFigure, inner: readonly string[]): Cell {
  return {
    inner: inner.map((column) => row.key[column] ?? '').join(innerSeparator),
    values: Object.fromEntries(
      Object.keys(needs.operands).map((name) => [name, row.values[`${figure.id}_${name}`] ?? 0]),
    ),
    histogram: row.histograms[figure.id] ?? [],
  };
}

function poolOf(cells: readonly Cell[]): Map<string, Cell> {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const group = groups.get(cell.inner);
    if (group === undefined) groups.set(cell.inner, [cell]);
    else group.push(cell);
  }
  return new Map([...groups].map(([inner, group]) => [inner, merge(group, inner)]));
}

const currencyOf = (row: AggregateRow): string | null =>
  (row.key.currency as string | null | undefined) ?? null;

/** Officers and firms: where the key names none, there is no one to compare. */
const isSomebody = (dimension: string | undefined): boolean => {
  const kind = dimension === undefined ? undefined : dimensions[dimension]?.kind;
  return kind === 'people' || kind === 'party';
};

interface Own {
  key: string;
  n: number;
  currency: string | null;
  /** Amounts in several currencies stand behind it, which are not added. */
  mixed: boolean;
  cells: Cell[];
}

/** Keys that are compared with each other, with what the store answered for each. */
function groupsOf(planned: PlannedFigure, answer: Answer, plain: Answer, resolved: Resolved): Own[][] {
  const compared = comparedIndex(resolved.by);
  const groups = new Map<string, Own[]>();
  for (const [key, [counts]] of plain.byKey) {
    const rows = answer.byKey.get(key) ?? [];
    const currencies = new Set(rows.map(currencyOf).filter((each) => each !== null));
    const [currency = null] = currencies;
    const own: Own = {
      key,
      n: counts!.values[`${planned.figure.id}_n`] ?? 0,
      currency,
      mixed: currencies.size > 1,
      cells: rows
        .filter((row) => currencyOf(row) === currency)
        .map((row) => cellOf(row, planned, answer.plan.inner)),
    };
    const parts = partsOf(key);
    // What nobody did, the system's own assessments above all, is nobody's peer.
    const nobody = isSomebody(resolved.by[compared]) && parts[compared] === null;
    const name = JSON.stringify([nobody, currency, ...parts.filter((_, i) => i !== compared)]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [own]);
    else group.push(own);
  }
  return [...groups.values()];
}

/** One figure for every key, compared within its group of peers. */
function tell(
  planned: PlannedFigure,
  answer: Answer,
  plain: Answer,
  resolved: Resolved,
): Map<string, FigureValue> {
  const { figure, needs } = planned;
  const { money, inner, table } = answer.plan;
  const method = methodOf(figure)!;
  const compared = comparedIndex(resolved.by) >= 0;
  const behind = behindFilter(resolved, needs);
  const groups = groupsOf(planned, answer, plain, resolved);
  const computed = groups.map((group) => {
    const cells = group.flatMap((own) => own.cells);
    const pool = poolOf(cells);
    const results =
      method.together?.(
        group.map((own) => own.cells),
        figure,
      ) ??
      group.map((own) => {
        const base = poolOf((answer.base.get(own.key) ?? []).map((row) => cellOf(row, planned, inner)));
        return method.compute(own.cells, figure, { pool, base });
      });
    const benchmark = compared ? method.compute([...pool.values()], figure, { pool }).value : undefined;
    return { results, benchmark };
  });
  const judged = judge(
    groups.map((group, g) => group.map(({ n }, i) => ({ n, evidence: computed[g]!.results[i]!.evidence }))),
    { figure, definition: resolved.definition, compared },
  );
  const told = new Map<string, FigureValue>();
  groups.forEach((group, g) => {
    const { results, benchmark } = computed[g]!;
    group.forEach(({ key, n, currency, mixed }, i) => {
      const { evidence: _, value, ...result } = results[i]!;
      told.set(key, {
        value: mixed ? null : value,
        unit: figure.unit,
        ...(money && figure.unit === 'money' ? { currency } : {}),
        ...result,
        n,
        ...judged[g]![i],
        ...(benchmark === undefined ? {} : { benchmark }),
        behind: { table, where: and(resolved.where, behind, keyFilter(key, resolved)) },
        ...(mixed ? { note: 'amounts in several currencies are not added' } : {}),
      });
    });
  });
  return told;
}

function keyFilter(key: string, resolved: Resolved): Filter | undefined {
  return and(
    ...partsOf(key).map((part, i): Filter => {
      const column = resolved.columns[i]!;
      return part === null ? { column, op: 'isNull' } : { column, op: 'eq', value: part };
    }),
  );
}
