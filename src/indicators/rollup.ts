/**
 * Daily roll-ups of `clearance`, and monthly ones of these: what the definitions add up, made by the store itself by day
 * for the dimensions where a day has far fewer keys than declarations. They follow the projections by `changed_day` and
 * are made anew a day at a time, so they are exact and can be thrown away. Whole months are answered from twelve rows a
 * year instead of 365. Open cases as of a day, other filters and rarer dimensions go to the rows; so do percentiles,
 * whose bins are nearly as many as a day's declarations.
 */
import { contentHash } from '../ground/canonical.ts';
import { lastDayOf } from '../projections/calendar.ts';
import { tables } from '../projections/fold.ts';
import { changedDays } from '../projections/project.ts';
import type {
  CollectionSpec,
  DerivedTable,
  Document,
  Filter,
  Groups,
  Measure,
  Store,
  TabulateQuery,
} from '../store/port.ts';
import type { Definition } from './definition.ts';
import { columnOf } from './dimensions.ts';
import type { Asked, Source } from './figure.ts';
import { plan, resolve } from './plan.ts';
import { and } from './where.ts';

/** Columns of `clearance` by which days are rolled up, alone or two together. */
const rolledUp: readonly (readonly string[])[] = [
  [],
  ['office'],
  ['section'],
  ['flow'],
  ['regime'],
  ['procedure'],
  ['chapter'],
  ['criterion'],
  ['firstLane'],
  ['lastLane'],
  ['assessor'],
  ['assigned'],
  ['controller'],
  ['amender'],
  ['firstLane', 'office'],
];

const timeColumns = ['day', 'week', 'month', 'year'] as const;
const isTime = (column: string): boolean => (timeColumns as readonly string[]).includes(column);

type Sum = DerivedTable['measures'][string];

/** Sums of one set of dimensions, by day and by month. */
interface RolledUp {
  columns: readonly string[];
  day: DerivedTable;
  month: DerivedTable;
}

/** What of the definitions can be rolled up, and under which columns: another set of definitions has other roll-ups. */
export interface Layout {
  version: string;
  sets: readonly RolledUp[];
}

const signature = (measure: object, where: Filter | undefined): string =>
  contentHash([measure, where ?? null]).slice(0, 12);

const strip = (measure: Measure): object =>
  Object.fromEntries(Object.entries(measure).filter(([name]) => name !== 'where'));

const conditional = <T extends object>(measure: T, where: Filter | undefined): T =>
  where === undefined ? measure : { ...measure, where };

/** Column of a sum: its meaning in a few letters, so that two indicators that add up the same share it. */
const columnFor = (measure: object, where: Filter | undefined): string => `m${signature(measure, where)}`;

/** A condition that speaks of a day that moves is not the same tomorrow. */
const probeDays = ['2001-01-01', '2002-02-02'] as const;

export function layoutOf(definitions: Iterable<Definition>): Layout {
  const asked = rolledUp.map(() => ({}) as Record<string, Sum>);
  for (const definition of definitions) {
    if (definition.table !== 'clearance') continue;
    const [one, other] = probeDays.map((today) => sumsOf(definition, today));
    const lasting = [...one!].filter(([column]) => other!.has(column));
    const known = definition.dimensions.map((name) => columnOf(definition, name));
    rolledUp.forEach((columns, i) => {
      if (columns.every((column) => known.includes(column)))
        Object.assign(asked[i]!, Object.fromEntries(lasting));
    });
  }
  const version = contentHash([asked, rolledUp]).slice(0, 8);
  return {
    version,
    sets: rolledUp.map((columns, i): RolledUp => {
      const day: DerivedTable = {
        name: ['rollup', version, ...columns, 'day'].join('_'),
        from: tables.clearance.spec,
        groupBy: [...timeColumns, ...columns, 'currency'],
        measures: asked[i]!,
      };
      return {
        columns,
        day,
        month: {
          name: ['rollup', version, ...columns, 'month'].join('_'),
          from: day,
          groupBy: ['month', 'year', ...columns, 'currency'],
          measures: Object.fromEntries(Object.keys(day.measures).map((column) => [column, { sum: column }])),
        },
      };
    }),
  };
}

/** Every sum that the definition's plans ask for, its own condition within each, by column. */
function sumsOf(definition: Definition, today: string): Map<string, Sum> {
  const resolved = resolve(definition, { by: [] }, today);
  const sums = new Map<string, Sum>([
    [columnFor({ count: true }, resolved.own), conditional({ count: true as const }, resolved.own)],
  ]);
  for (const { query } of plan(resolved)) {
    for (const measure of Object.values(query.measures)) {
      if ('distinct' in measure) continue;
      const where = and(resolved.own, measure.where);
      sums.set(columnFor(strip(measure), where), conditional(strip(measure) as Sum, where));
    }
  }
  return sums;
}

const followed: CollectionSpec = { name: 'rollup_cursor', schema: 1, columns: {}, indexes: [] };
interface FollowedDocument extends Document {
  seq: number;
}

/** Days made anew in one step: what keeps a writer waiting no longer than it bears. */
const daysAtOnce = 62;

/** Brings the roll-ups up to the projected rows; answers how many days were made anew. */
export async function rollUp(store: Store, layout: Layout): Promise<number> {
  const cursor = store.collection<FollowedDocument>(followed);
  const marks = store.collection(changedDays);
  let days = 0;
  for (;;) {
    const stored = await cursor.get(layout.version);
    const from = stored?.doc.seq ?? 0;
    const changed = await marks.since(from, daysAtOnce);
    if (changed.length === 0) return days;
    const seq = changed.at(-1)!.seq;
    const marked = changed.map(({ doc }) => doc.id);
    const months = [...new Set(marked.map((day) => day.slice(0, 7)))];
    const byDay = layout.sets.map(({ day }) => day);
    await store.derived.refresh(byDay, 'day', marked, seq);
    for (const { month } of layout.sets) await store.derived.refresh([month], 'month', months, seq);
    days += changed.length;
    await cursor.put([{ id: layout.version, seq }]);
  }
}

/** Answers from roll-ups what they hold, and from the rows the rest. */
export function rollupSource(store: Store, layout: Layout, rest: Source): Source {
  return {
    tabulate: async (asked) => {
      const served = servedBy(asked, layout);
      if (served === undefined) return rest.tabulate(asked);
      return withRows(asked.query, await store.derived.tabulate(served.table, served.query));
    },
  };
}

interface Served {
  table: DerivedTable;
  query: TabulateQuery;
}

function servedBy({ table, query, resolved, from, to }: Asked, { sets }: Layout): Served | undefined {
  if (table !== 'clearance' || resolved.asked !== undefined) return undefined;
  if (query.within !== undefined || query.histograms !== undefined) return undefined;
  const keys = resolved.columns.filter((column) => !isTime(column)).sort();
  const set = sets.find(({ columns }) => columns.join() === keys.join());
  if (set === undefined) return undefined;
  const sums: Record<string, { sum: string }> = {};
  for (const [name, measure] of Object.entries(query.measures)) {
    const column = columnFor(strip(measure), and(resolved.own, measure.where));
    if (!(column in set.day.measures)) return undefined;
    sums[name] = { sum: column };
  }
  const whole = byMonth(query.groupBy ?? [], from, to);
  const where = whole
    ? and(
        from === undefined ? undefined : { column: 'month', op: 'ge', value: from.slice(0, 7) },
        to === undefined ? undefined : { column: 'month', op: 'le', value: to.slice(0, 7) },
      )
    : and(
        from === undefined ? undefined : { column: 'day', op: 'ge', value: from },
        to === undefined ? undefined : { column: 'day', op: 'le', value: to },
      );
  return {
    table: whole ? set.month : set.day,
    query: {
      ...(where === undefined ? {} : { where }),
      groupBy: query.groupBy ?? [],
      // Days on which the definition has no row are no key of the figure.
      measures: { ...sums, _rows: { sum: columnFor({ count: true }, resolved.own) } },
    },
  };
}

/** Whether whole months are asked for, and nothing by less than a month. */
const byMonth = (groupBy: readonly string[], from: string | undefined, to: string | undefined): boolean =>
  !groupBy.includes('day') &&
  !groupBy.includes('week') &&
  (from === undefined || from.endsWith('-01')) &&
  (to === undefined || to === lastDayOf(to));

/** Groups in which the definition has a row. */
function withRows(query: TabulateQuery, { count, keys, values }: Groups): Groups {
  const there = Array.from({ length: count }, (_, i) => i).filter((i) => values._rows![i] !== 0);
  const picked = <T>(column: readonly T[]): T[] => there.map((i) => column[i]!);
  return {
    count: there.length,
    keys: Object.fromEntries(Object.entries(keys).map(([column, all]) => [column, picked(all)])),
    within: [],
    values: Object.fromEntries(Object.keys(query.measures).map((name) => [name, picked(values[name]!)])),
    histograms: {},
  };
}
