/**
 * Figures: runs a definition's plans on a store and makes of the integers that come back one row a key, in the order that
 * was asked for. What is told of a key is telling.ts.
 */
import { CrosscheckError } from '../errors.ts';
import { periodBefore, yearBefore } from '../projections/calendar.ts';
import { type TableName, tables } from '../projections/fold.ts';
import type { Groups, Store, TabulateQuery } from '../store/port.ts';
import { setBeside } from './beside.ts';
import type { Definition } from './definition.ts';
import { dimensions } from './dimensions.ts';
import type { FigureRow, FigureTable } from './figure-table.ts';
import { type Keys, keysFrom, keysOf, type Part } from './keys.ts';
import { type FigureRequest, type Plan, plan, type Resolved, resolve } from './plan.ts';
import { sortedBy } from './sorted.ts';
import { comparisons, drillDowns, type FigureValue, tell } from './telling.ts';

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
            ...periodBefore({ from, to }, request.by ?? definition.by ?? []),
            ...(request.asOf === undefined || request.asOf === to ? {} : { asOf: yearBefore(request.asOf) }),
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
  const before =
    wantsBase && from !== undefined && to !== undefined ? periodBefore({ from, to }, resolved.by) : undefined;
  const [groups, base] = await Promise.all([
    send(from, to),
    before === undefined ? undefined : send(before.from, before.to),
  ]);
  return { plan: asked, groups, base };
}
