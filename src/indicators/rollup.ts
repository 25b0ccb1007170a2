/**
 * Daily roll-ups of `clearance`: what the definitions add up, precomputed by day for the dimensions where a day has far
 * fewer keys than declarations. They follow the projections by `changed_day` and are recomputed whole days at a time,
 * so they are exact and can be thrown away. Open cases as of a day, other filters and rarer dimensions go to the rows;
 * so do percentiles, whose bins are nearly as many as a day's declarations.
 */
import { contentHash } from '../ground/canonical.ts';
import { tables } from '../projections/fold.ts';
import { changedDays } from '../projections/project.ts';
import type {
  Collection,
  CollectionSpec,
  ColumnValue,
  Document,
  Filter,
  Groups,
  Measure,
  Store,
  TabulateQuery,
} from '../store/port.ts';
import type { Definition } from './definition.ts';
import type { Asked, Source } from './figure.ts';
import { plan, resolve } from './plan.ts';
import { and } from './where.ts';

/** Columns of `clearance` by which days are rolled up, alone or two together. */
const rolledUp: readonly (readonly string[])[] = [
  [],
  ['office'],
  ['flow'],
  ['regime'],
  ['firstLane'],
  ['assessor'],
  ['assigned'],
  ['controller'],
  ['firstLane', 'office'],
];

const timeColumns = ['day', 'week', 'month', 'year'] as const;
const keyColumns = ['key1', 'key2'] as const;

/** What of the definitions can be rolled up, and under which columns: another set of definitions has other roll-ups. */
export interface Layout {
  rows: CollectionSpec;
  /** Column of each sum by its signature. */
  columns: ReadonlyMap<string, { column: string; measure: Measure }>;
}

interface RollupRow extends Document {
  day: string;
  [column: string]: ColumnValue;
}

const signature = (measure: object, where: Filter | undefined): string =>
  contentHash([measure, where ?? null]).slice(0, 12);

const strip = (measure: Measure): object =>
  Object.fromEntries(Object.entries(measure).filter(([name]) => name !== 'where'));

const conditional = <T extends object>(measure: T, where: Filter | undefined): T =>
  where === undefined ? measure : { ...measure, where };

/** A condition that speaks of a day that moves is not the same tomorrow. */
const probeDays = ['2001-01-01', '2002-02-02'] as const;

export function layoutOf(definitions: Iterable<Definition>): Layout {
  const columns = new Map<string, { column: string; measure: Measure }>();
  for (const definition of definitions) {
    if (definition.table !== 'clearance') continue;
    const [one, other] = probeDays.map((today) => measuresOf(definition, today));
    for (const [sign, measure] of one!) {
      if (other!.has(sign)) columns.set(sign, { column: `m${sign}`, measure });
    }
  }
  const version = contentHash([[...columns.keys()].sort(), rolledUp]).slice(0, 8);
  const text = { type: 'text' } as const;
  const integer = { type: 'integer' } as const;
  const shared = {
    dimensions: text,
    key1: text,
    key2: text,
    currency: text,
    ...Object.fromEntries(timeColumns.map((column) => [column, text])),
  };
  return {
    columns,
    rows: {
      name: `rollup_${version}`,
      schema: 1,
      columns: {
        ...shared,
        ...Object.fromEntries([...columns.values()].map(({ column }) => [column, integer])),
      },
      indexes: [['dimensions', 'day']],
    },
  };
}

/** Every sum that the definition's plans ask for, its own condition within each. */
function measuresOf(definition: Definition, today: string) {
  const resolved = resolve(definition, { by: [] }, today);
  const sums = new Map<string, Measure>();
  const rows: Measure = conditional({ count: true as const }, resolved.own);
  sums.set(signature(strip(rows), resolved.own), rows);
  for (const { query } of plan(resolved)) {
    for (const measure of Object.values(query.measures)) {
      if ('distinct' in measure || 'min' in measure || 'max' in measure) continue;
      const where = and(resolved.own, measure.where);
      sums.set(signature(strip(measure), where), conditional(strip(measure) as Measure, where));
    }
  }
  return sums;
}

const followed: CollectionSpec = { name: 'rollup_cursor', schema: 1, columns: {}, indexes: [] };
interface FollowedDocument extends Document {
  seq: number;
}

/** Brings the roll-ups up to the projected rows; answers how many days were recomputed. */
export async function rollUp(store: Store, layout: Layout): Promise<number> {
  const cursor = store.collection<FollowedDocument>(followed);
  const marks = store.collection(changedDays);
  let days = 0;
  for (;;) {
    const stored = await cursor.get(layout.rows.name);
    const from = stored?.doc.seq ?? 0;
    const changed = await marks.since(from, 1_000);
    if (changed.length === 0) return days;
    await recompute(
      store,
      layout,
      changed.map(({ doc }) => doc.id),
    );
    days += changed.length;
    await cursor.put([{ id: layout.rows.name, seq: changed.at(-1)!.seq }]);
  }
}

const idOf = (dimensions: string, values: readonly (ColumnValue | undefined)[]): string =>
  [dimensions, ...values.map((value) => value ?? '\u0000')].join('|');

async function recompute(store: Store, layout: Layout, days: readonly string[]): Promise<void> {
  const rows = store.collection(tables.clearance.spec);
  const of: Filter = { column: 'day', op: 'in', value: days };
  const measures = Object.fromEntries(
    [...layout.columns.values()].map(({ column, measure }) => [column, measure]),
  );
  for (const columns of rolledUp) {
    const dimensions = columns.join(' ');
    const found = await rows.aggregate({
      where: of,
      groupBy: [...columns, 'currency', ...timeColumns],
      measures,
    });
    const sums: RollupRow[] = [];
    for (const { key, values } of found) {
      const shared = {
        day: String(key.day),
        week: key.week ?? null,
        month: key.month ?? null,
        year: key.year ?? null,
        currency: key.currency ?? null,
        dimensions,
        ...Object.fromEntries(columns.map((column, i) => [keyColumns[i]!, key[column] ?? null])),
      };
      const id = idOf(
        dimensions,
        [...columns, 'currency', 'day'].map((column) => key[column]),
      );
      // Sums of nothing are left out: most measures are of few rows.
      const some = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 0));
      sums.push({ id, ...shared, ...some });
    }
    await replaceDays(store.collection<RollupRow>(layout.rows), dimensions, of, sums);
  }
}

async function replaceDays(
  collection: Collection<RollupRow>,
  dimensions: string,
  days: Filter,
  rows: readonly RollupRow[],
): Promise<void> {
  const fresh = new Set(rows.map(({ id }) => id));
  const stale: string[] = [];
  const where = and({ column: 'dimensions', op: 'eq', value: dimensions }, days)!;
  let next: string | undefined;
  do {
    const page = await collection.find({
      where,
      limit: 10_000,
      ...(next === undefined ? {} : { cursor: next }),
    });
    stale.push(...page.docs.map(({ id }) => id).filter((id) => !fresh.has(id)));
    next = page.next;
  } while (next !== undefined);
  if (rows.length > 0) await collection.put(rows);
  if (stale.length > 0) await collection.delete(stale);
}

/** Answers from roll-ups what they hold, and from the rows the rest. */
export function rollupSource(store: Store, layout: Layout, rest: Source): Source {
  return {
    tabulate: async (asked) => {
      const served = servedBy(asked, layout);
      if (served === undefined) return rest.tabulate(asked);
      return assemble(asked, served, await store.collection(layout.rows).tabulate(served.query));
    },
  };
}

interface Served {
  query: TabulateQuery;
  /** Column of the roll-up for each column that was grouped by. */
  columnOf: ReadonlyMap<string, string>;
}

function servedBy({ table, query, resolved, from, to }: Asked, layout: Layout): Served | undefined {
  if (table !== 'clearance' || resolved.asked !== undefined || query.within !== undefined) return undefined;
  if (query.histograms !== undefined) return undefined;
  const isTime = (column: string): boolean => (timeColumns as readonly string[]).includes(column);
  const keys = resolved.columns.filter((column) => !isTime(column)).sort();
  const columns = rolledUp.find((set) => set.join() === keys.join());
  if (columns === undefined) return undefined;
  const columnOf = new Map<string, string>(
    (query.groupBy ?? []).map((column) => [
      column,
      columns.includes(column) ? keyColumns[columns.indexOf(column)]! : column,
    ]),
  );
  const where = and(
    { column: 'dimensions', op: 'eq', value: columns.join(' ') },
    from === undefined ? undefined : { column: 'day', op: 'ge', value: from },
    to === undefined ? undefined : { column: 'day', op: 'le', value: to },
  )!;
  const measures: Record<string, TabulateQuery['measures'][string]> = {};
  for (const [name, measure] of Object.entries(query.measures)) {
    const found = layout.columns.get(signature(strip(measure), and(resolved.own, measure.where)));
    if (found === undefined) return undefined;
    measures[name] = { sum: found.column };
  }
  return {
    query: {
      where,
      groupBy: [...columnOf.values()],
      // Days on which the definition has no row are no key of the figure.
      measures: { ...measures, rows: { sum: rowsColumn(layout, resolved.own) } },
    },
    columnOf,
  };
}

/** The column that counts the definition's own rows. */
const rowsColumn = (layout: Layout, own: Filter | undefined): string =>
  layout.columns.get(signature({ count: true }, own))!.column;

function assemble({ query }: Asked, { columnOf }: Served, rolled: Groups): Groups {
  const there = Array.from({ length: rolled.count }, (_, i) => i).filter((i) => rolled.values.rows![i] !== 0);
  const picked = <T>(column: readonly T[]): T[] => there.map((i) => column[i]!);
  return {
    count: there.length,
    keys: Object.fromEntries([...columnOf].map(([column, name]) => [column, picked(rolled.keys[name]!)])),
    within: [],
    values: Object.fromEntries(
      Object.keys(query.measures).map((name) => [name, picked(rolled.values[name]!)]),
    ),
    histograms: {},
  };
}
