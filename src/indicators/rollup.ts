/**
 * Daily roll-ups of `clearance`: what the definitions add up, made by the store itself by day for the dimensions where a
 * day has far fewer keys than declarations. They follow the projections by `changed_day` and are made anew a day at a
 * time, so they are exact and can be thrown away. A set of dimensions is rolled up from the first figure on that asks for
 * it, which itself is worked out from the rows: what nobody looks at costs no writer anything. Questions are answered
 * from what is held of the tables in memory (held.ts), by month and, of parts of months, by day. Percentiles have no
 * table, for their bins are nearly as many as a day's declarations: they are held by month as the rows tell them. Open
 * cases as of a day, other filters and rarer dimensions go to the rows.
 */
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import { addDays, lastDayOf } from '../projections/calendar.ts';
import { tables } from '../projections/fold.ts';
import { changedDays } from '../projections/project.ts';
import type {
  CollectionSpec,
  ColumnValue,
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
import { type Holding, holdMonths } from './held.ts';
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
  ['downrouter'],
  ['releaser'],
  ['declarant'],
  ['origin'],
  ['risk'],
  ['firstLane', 'office'],
];

const timeColumns = ['day', 'week', 'month', 'year'] as const;
const isTime = (column: string): boolean => (timeColumns as readonly string[]).includes(column);

type Sum = DerivedTable['measures'][string];

/** Sums of one set of dimensions, by day. */
interface RolledUp {
  columns: readonly string[];
  day: DerivedTable;
}

/** What of the definitions can be rolled up, and under which columns: another set of definitions has other roll-ups. */
export interface Layout {
  version: string;
  sets: readonly RolledUp[];
  /** Histograms that mean the same tomorrow, by their signatures. */
  bins: ReadonlySet<string>;
  definitions: ReadonlyMap<string, Definition>;
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
  const bins = new Set<string>();
  const all = [...definitions];
  for (const definition of all) {
    if (definition.table !== 'clearance') continue;
    const [one, other] = probeDays.map((today) => askedBy(definition, today));
    const lasting = [...one!.sums].filter(([column]) => other!.sums.has(column));
    for (const bin of one!.bins) if (other!.bins.has(bin)) bins.add(bin);
    const known = definition.dimensions.map((name) => columnOf(definition, name));
    rolledUp.forEach((columns, i) => {
      if (columns.every((column) => known.includes(column)))
        Object.assign(asked[i]!, Object.fromEntries(lasting));
    });
  }
  const version = contentHash([asked, rolledUp, 'days']).slice(0, 8);
  return {
    version,
    bins,
    definitions: new Map(all.map((definition) => [definition.id, definition])),
    sets: rolledUp.map((columns, i) => ({
      columns,
      day: {
        name: ['rollup', version, ...columns, 'day'].join('_'),
        from: tables.clearance.spec,
        groupBy: [...timeColumns, ...columns, 'currency'],
        measures: asked[i]!,
      },
    })),
  };
}

/** Every sum that the definition's plans ask for, its own condition within each, by column; and its histograms' signatures. */
function askedBy(definition: Definition, today: string): { sums: Map<string, Sum>; bins: Set<string> } {
  const resolved = resolve(definition, { by: [] }, today);
  const sums = new Map<string, Sum>([
    [columnFor({ count: true }, resolved.own), conditional({ count: true as const }, resolved.own)],
  ]);
  const bins = new Set<string>();
  for (const { query } of plan(resolved)) {
    for (const measure of Object.values(query.measures)) {
      if ('distinct' in measure) continue;
      const where = and(resolved.own, measure.where);
      sums.set(columnFor(strip(measure), where), conditional(strip(measure) as Sum, where));
    }
    for (const { bin, where } of Object.values(query.histograms ?? {}))
      bins.add(columnFor({ bin }, and(resolved.own, where)));
  }
  return { sums, bins };
}

/** How far each set has followed, by the name of its table; a set that is wanted has one. */
const followed: CollectionSpec = { name: 'rollup_cursor', schema: 1, columns: {}, indexes: [] };
interface FollowedDocument extends Document {
  seq: number;
  /** When it was moved, UTC. */
  at: string;
  /** It has caught up once with all that was there. */
  whole: boolean;
  /** Of percentiles, which have no table: who is looked at by what. */
  asked?: { id: string; by: readonly string[] };
}

/** Days made anew in one step: what keeps a writer waiting no longer than it bears. */
const daysAtOnce = 62;

const now = (): string => new Date().toISOString();

/** Brings every set up to the projected rows; answers how many days were made anew. */
export async function rollUp(store: Store, layout: Layout): Promise<number> {
  const { days } = await bringUp(store, layout.sets);
  return days;
}

/** Brings sets up, so many steps of each that is apart from the others; `complete` where there was no more to do. */
async function bringUp(
  store: Store,
  sets: readonly RolledUp[],
  steps = Number.POSITIVE_INFINITY,
): Promise<{ days: number; complete: boolean }> {
  const cursor = store.collection<FollowedDocument>(followed);
  const stored = await cursor.getMany(sets.map(({ day }) => day.name));
  const seqOf = ({ day }: RolledUp): number => stored.get(day.name)?.doc.seq ?? 0;
  let days = 0;
  let complete = true;
  for (const from of new Set(sets.map(seqOf))) {
    const together = sets.flatMap((set) => (seqOf(set) === from ? [set.day] : []));
    const wasWhole = together.every(({ name }) => stored.get(name)?.doc.whole);
    const moved = (seq: number, whole: boolean) =>
      cursor.put(together.map(({ name }) => ({ id: name, seq, at: now(), whole })));
    let seq = from;
    for (let step = 0; ; step++) {
      const changed = await store.collection(changedDays).since(seq, daysAtOnce);
      if (changed.length === 0) {
        if (!wasWhole) await moved(seq, true);
        break;
      }
      if (step === steps) {
        complete = false;
        break;
      }
      const dayNames = changed.map(({ doc }) => doc.id);
      seq = changed.at(-1)!.seq;
      await store.derived.refresh(together, 'day', dayNames, seq);
      await moved(seq, wasWhole);
      days += changed.length;
    }
  }
  return { days, complete };
}

/** Beside this process another release may still follow its own layout; after a week without a word it is gone. */
const forsakenMs = 7 * 86_400_000;

/** Drops what other definitions, or another release, left behind. Answers the names of the tables. */
export async function dropForsaken(store: Store, layout: Layout, today = Date.now()): Promise<string[]> {
  const cursor = store.collection<FollowedDocument>(followed);
  const { docs } = await cursor.find({ limit: 1_000 });
  const kept = new Set([layout.version]);
  for (const { id, at } of docs)
    if (!store.exclusive && today - Date.parse(at) < forsakenMs) kept.add(versionIn(id) ?? id);
  const dropped = await store.derived.drop((name) => {
    const version = versionIn(name);
    return version !== undefined && !kept.has(version);
  });
  await cursor.delete(docs.flatMap(({ id }) => (kept.has(versionIn(id) ?? id) ? [] : [id])));
  return dropped;
}

const versionIn = (name: string): string | undefined => /^rollup_([0-9a-f]{8})_/.exec(name)?.[1];

export interface Rollups extends Source {
  /** Brings what answers up to the projected rows, whoever else does; answers whether rows have moved since the last time. */
  follow(): Promise<boolean>;
  /** Makes a step of what is wanted and does not answer yet, or reads a piece into memory; true where there may be more. */
  prepare(): Promise<boolean>;
}

/** Days told of at once. */
const marksAtOnce = 1_000;
/** Months of which percentiles are read before anybody asks again after a start, the latest included. */
const monthsWarmed = 24;

/** Answers from roll-ups what they hold, and from the rows the rest. */
export function rollupSource(store: Store, layout: Layout, rest: Source): Rollups {
  const held = holdMonths();
  const marks = store.collection(changedDays);
  const cursor = store.collection<FollowedDocument>(followed);
  /** Changes up to here are in what is held. */
  let seen = 0;
  /** Sets that answer, by the names of their tables. */
  const whole = new Set<string>();
  /** What is in memory, or was once. */
  const warmed = new Set<string>();
  /** Whether the set answers now; where nobody asked for it before, it is wanted from now on. */
  const answers = async ({ day: { name } }: RolledUp): Promise<boolean> => {
    if (whole.has(name)) return true;
    const stored = await cursor.get(name);
    if (stored === undefined) await cursor.putNew([{ id: name, seq: 0, at: now(), whole: false }]);
    // One that another replica made must not be behind what is forgotten here already.
    if (stored?.doc.whole !== true || stored.doc.seq < seen) return false;
    whole.add(name);
    return true;
  };
  /** Sets that are wanted, and how far they are. */
  const wanted = async (): Promise<{ set: RolledUp; at: FollowedDocument }[]> => {
    const stored = await cursor.getMany(layout.sets.map(({ day }) => day.name));
    return layout.sets.flatMap((set) => {
      const found = stored.get(set.day.name);
      return found === undefined ? [] : [{ set, at: found.doc }];
    });
  };
  const byMonth = ({ columns, day }: RolledUp): Holding => ({
    name: day.name,
    columns: [...columns, 'currency'],
    unit: 'month',
    histograms: [],
    read: (months) =>
      store.derived.tabulate(day, {
        ...(months === undefined ? {} : { where: months }),
        groupBy: ['month', ...columns, 'currency'],
        measures: Object.fromEntries(Object.keys(day.measures).map((name) => [name, { sum: name }])),
      }),
  });
  /** Of days a figure asks for few measures, and there are many. */
  const byDay = ({ columns, day }: RolledUp, measures: readonly string[]): Holding => ({
    name: [day.name, ...measures].join(),
    columns: [...columns, 'currency'],
    unit: 'day',
    histograms: [],
    read: (months) =>
      store.derived.tabulate(day, {
        ...(months === undefined ? {} : { where: months }),
        groupBy: ['day', ...columns, 'currency'],
        measures: Object.fromEntries(measures.map((name) => [name, { sum: name }])),
      }),
  });
  const added = async (asked: Asked, { set, query }: Served): Promise<Groups> => {
    const groupBy = query.groupBy ?? [];
    const sums = Object.fromEntries(Object.entries(query.measures).map(([name, { sum }]) => [name, sum]));
    const measures = [...new Set(Object.values(sums))].sort();
    const parts = await Promise.all(
      piecesOf(query, asked.from, asked.to).map(async ({ where, months, days }) => {
        const known =
          months === undefined
            ? undefined
            : await held.tabulate({
                holding: days === undefined ? byMonth(set) : byDay(set, measures),
                months,
                ...days,
                groupBy,
                sums,
              });
        return known ?? store.derived.tabulate(set.day, where === undefined ? query : { ...query, where });
      }),
    );
    return parts.length === 1 ? parts[0]! : joined(groupBy, Object.keys(query.measures), parts);
  };
  /** Percentiles of whole months, from the rows' bins. */
  const binned = async (asked: Asked, { columns, months }: Binned): Promise<Groups | undefined> => {
    const { query, resolved } = asked;
    const { groupBy = [], measures, histograms = {} } = query;
    const name = contentHash([resolved.own ?? null, columns, measures, histograms]).slice(0, 16);
    const holding: Holding = {
      name,
      columns,
      unit: 'month',
      histograms: Object.keys(histograms),
      read: (within) => {
        const where = and(resolved.own, within);
        return store.collection(tables.clearance.spec).tabulate({
          ...(where === undefined ? {} : { where }),
          groupBy: ['month', ...columns],
          measures,
          histograms,
        });
      },
    };
    const id = `rollup_${layout.version}_${name}`;
    if (!warmed.has(id)) {
      warmed.add(id);
      const { definition, by } = resolved;
      await cursor.putNew([{ id, seq: 0, at: now(), whole: true, asked: { id: definition.id, by } }]);
    }
    const sums = Object.fromEntries(Object.keys(measures).map((each) => [each, each]));
    return held.tabulate({ holding, months, groupBy, sums });
  };
  const source: Source = {
    tabulate: async (asked) => {
      const percentiles = binnedBy(asked, layout);
      if (percentiles !== undefined) return (await binned(asked, percentiles)) ?? rest.tabulate(asked);
      const served = servedBy(asked, layout);
      if (served === undefined || !(await answers(served.set))) return rest.tabulate(asked);
      const groups = withRows(asked.query, await added(asked, served));
      return asked.query.within === undefined ? groups : inMonthsOf(asked.query, groups);
    },
  };
  /** Reads into memory the next of what was looked at before; false where there was no more. */
  const warmOne = async (): Promise<boolean> => {
    const set = layout.sets.find(({ day: { name } }) => whole.has(name) && !warmed.has(name));
    if (set !== undefined) {
      warmed.add(set.day.name);
      await held.warm(byMonth(set));
      return true;
    }
    const { docs } = await cursor.find({ limit: marksAtOnce });
    const lookedAt = docs.find(
      ({ id, asked }) => asked !== undefined && versionIn(id) === layout.version && !warmed.has(id),
    );
    if (lookedAt === undefined) return false;
    warmed.add(lookedAt.id);
    const definition = layout.definitions.get(lookedAt.asked!.id);
    const [latest] = (await marks.find({ sort: [{ column: 'id', direction: 'desc' }], limit: 1 })).docs;
    if (definition === undefined || latest === undefined) return true;
    const to = lastDayOf(latest.id);
    const from = firstOfMonths(to, monthsWarmed);
    const resolved = resolve(definition, { by: lookedAt.asked!.by, from, to }, to);
    for (const each of plan(resolved)) {
      const asked = { table: each.table, query: each.query, plan: each, resolved, from, to };
      if (binnedBy(asked, layout) !== undefined) await source.tabulate(asked);
    }
    return true;
  };
  return {
    ...source,
    follow: async () => {
      const ready = (await wanted()).filter(({ at }) => at.whole).map(({ set }) => set);
      await bringUp(store, ready);
      const made = (await wanted()).filter(({ set }) => ready.includes(set));
      // Anew, for another release may have dropped what it took for forsaken.
      whole.clear();
      for (const { at } of made) whole.add(at.id);
      // Another replica may have made them anew: up to the cursors all is in the tables, whoever moved them. Where
      // nothing is rolled up yet, rows have moved all the same.
      const upTo = Math.min(...made.map(({ at }) => at.seq));
      const months = new Set<string>();
      while (seen < upTo) {
        const changed = (await marks.since(seen, marksAtOnce)).filter(({ seq }) => seq <= upTo);
        if (changed.length === 0) break;
        for (const { doc } of changed) months.add(doc.id.slice(0, 7));
        seen = changed.at(-1)!.seq;
      }
      held.forget(months);
      await held.renew();
      return months.size > 0;
    },
    prepare: async () => {
      const missing = (await wanted()).filter(({ at }) => !at.whole).map(({ set }) => set);
      if (missing.length > 0 && !(await bringUp(store, missing, 1)).complete) return true;
      for (const { day } of missing) whole.add(day.name);
      return warmOne();
    },
  };
}

interface Served {
  set: RolledUp;
  query: TabulateQuery & { measures: Readonly<Record<string, { sum: string }>> };
}

const setOf = ({ resolved }: Asked, { sets }: Layout): RolledUp | undefined => {
  const keys = resolved.columns.filter((column) => !isTime(column)).sort();
  return sets.find(({ columns }) => columns.join() === keys.join());
};

function servedBy(asked: Asked, layout: Layout): Served | undefined {
  const { table, query, resolved } = asked;
  if (table !== 'clearance' || resolved.asked !== undefined) return undefined;
  const inMonths = query.within?.join() === 'month';
  if ((query.within !== undefined && !inMonths) || query.histograms !== undefined) return undefined;
  const set = setOf(asked, layout);
  if (set === undefined) return undefined;
  const sums: Record<string, { sum: string }> = {};
  for (const [name, measure] of Object.entries(query.measures)) {
    const column = columnFor(strip(measure), and(resolved.own, measure.where));
    if (!(column in set.day.measures)) return undefined;
    sums[name] = { sum: column };
  }
  // Days on which the definition has no row are no key of the figure.
  const measures = { ...sums, _rows: { sum: columnFor({ count: true }, resolved.own) } };
  const groupBy = query.groupBy ?? [];
  const month = inMonths && !groupBy.includes('month') ? ['month'] : [];
  return { set, query: { groupBy: [...groupBy, ...month], measures } };
}

/** A question for percentiles that adds up by month: the columns of its keys besides time, and the months. */
interface Binned {
  columns: readonly string[];
  months: readonly string[];
}

function binnedBy(asked: Asked, layout: Layout): Binned | undefined {
  const { table, query, resolved, from, to } = asked;
  if (table !== 'clearance' || resolved.asked !== undefined) return undefined;
  if (query.histograms === undefined || query.within !== undefined) return undefined;
  const set = setOf(asked, layout);
  if (set === undefined || from === undefined || to === undefined) return undefined;
  const lasting =
    Object.values(query.histograms).every(({ bin, where }) =>
      layout.bins.has(columnFor({ bin }, and(resolved.own, where))),
    ) &&
    Object.values(query.measures).every(
      (measure) => columnFor(strip(measure), and(resolved.own, measure.where)) in set.day.measures,
    );
  const groupBy = query.groupBy ?? [];
  if (!lasting || groupBy.some((column) => column === 'day' || column === 'week')) return undefined;
  const months = monthsWithin(from, to);
  const covered = months.length > 0 && from === `${months[0]}-01` && to === lastDayOf(`${months.at(-1)}-01`);
  const columns = groupBy.filter((column) => !isTime(column)).sort();
  return covered && months.length <= mostMonths ? { columns, months } : undefined;
}

/** A part of a period, in whole months or in days of some, ascending; told by `where` besides. */
interface Piece {
  where: Filter | undefined;
  months?: readonly string[];
  days?: { from: string; to: string };
}

/** Months that are asked for one by one: twenty years of them. */
const mostMonths = 240;

/** Whole months, and the days before and after them; days alone where less than a month is told apart. */
function piecesOf(
  { groupBy = [] }: TabulateQuery,
  from: string | undefined,
  to: string | undefined,
): Piece[] {
  if (from === undefined || to === undefined) return [{ where: between(from, to) }];
  const days = (first: string, last: string): Piece[] =>
    first > last
      ? []
      : [
          {
            where: between(first, last),
            months: monthsWithin(`${first.slice(0, 7)}-01`, lastDayOf(last)),
            days: { from: first, to: last },
          },
        ];
  const months = monthsWithin(from, to);
  const [first, last] = [months[0], months.at(-1)];
  if (months.length > mostMonths) return [{ where: between(from, to) }];
  if (groupBy.includes('day') || groupBy.includes('week') || first === undefined || last === undefined) {
    const pieces = days(from, to);
    return pieces.length === 0 ? [{ where: between(from, to) }] : pieces;
  }
  const begin = `${first}-01`;
  const end = lastDayOf(`${last}-01`);
  return [
    { where: between(begin, end), months },
    ...days(from, addDays(begin, -1)),
    ...days(addDays(end, 1), to),
  ];
}

const between = (from: string | undefined, to: string | undefined): Filter | undefined =>
  and(
    from === undefined ? undefined : { column: 'day', op: 'ge', value: from },
    to === undefined ? undefined : { column: 'day', op: 'le', value: to },
  );

/** The first day of so many months, of which the last one ends on a day. */
function firstOfMonths(end: string, count: number): string {
  let first = `${end.slice(0, 7)}-01`;
  for (let i = 1; i < count; i++) first = `${addDays(first, -1).slice(0, 7)}-01`;
  return first;
}

/** Months of which every day is in the period. */
function monthsWithin(from: string, to: string): string[] {
  const months: string[] = [];
  for (let day = from; day <= to; day = addDays(lastDayOf(day), 1))
    if (day.endsWith('-01') && lastDayOf(day) <= to) months.push(day.slice(0, 7));
  return months;
}

/** Several answers to one question as one: groups of the same key are added up. */
function joined(groupBy: readonly string[], measures: readonly string[], parts: readonly Groups[]): Groups {
  const numbers = new Map<string, number>();
  const keys = groupBy.map((): ColumnValue[] => []);
  const totals = measures.map((): number[] => []);
  for (const part of parts) {
    const columns = groupBy.map((column) => part.keys[column]!);
    for (let i = 0; i < part.count; i++) {
      const key = columns.map((column) => column[i]!);
      const text = JSON.stringify(key);
      let number = numbers.get(text);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(text, number);
        key.forEach((value, k) => {
          keys[k]!.push(value);
        });
        for (const total of totals) total.push(0);
      }
      measures.forEach((name, m) => {
        totals[m]![number]! += part.values[name]![i]!;
      });
    }
  }
  measures.forEach((measure, m) => {
    if (!totals[m]!.every(Number.isSafeInteger))
      throw new CrosscheckError('CC_RESULT_TOO_LARGE', { collection: tables.clearance.spec.name, measure });
  });
  return {
    count: numbers.size,
    keys: Object.fromEntries(groupBy.map((column, i) => [column, keys[i]!])),
    within: [],
    values: Object.fromEntries(measures.map((name, m) => [name, totals[m]!])),
    histograms: {},
  };
}

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

/** Months that were told as keys stand within the keys that were asked for. */
const inMonthsOf = (query: TabulateQuery, groups: Groups): Groups => ({
  ...groups,
  keys: Object.fromEntries((query.groupBy ?? []).map((column) => [column, groups.keys[column]!])),
  within: groups.keys.month as string[],
});
