/**
 * Figures from daily roll-ups of `clearance` (rollup-layout.ts says of what), which follow the projections. A set of
 * dimensions is rolled up from the first figure on that asks for it, which itself is worked out from the rows: what nobody
 * looks at costs no writer anything. Questions are answered from what is held of the tables in memory (held.ts), by month
 * and, of parts of months, by day. Percentiles have no table, for their bins are nearly as many as a day's declarations:
 * they are held by month as the rows tell them. Open cases as of a day, other filters and rarer dimensions go to the rows.
 */
import { contentHash } from '../ground/canonical.ts';
import { lastDayOf } from '../projections/calendar.ts';
import { tables } from '../projections/fold.ts';
import { changedDays } from '../projections/project.ts';
import type { Groups, Store } from '../store/port.ts';
import type { Asked, Source } from './figure.ts';
import { holdMonths } from './held.ts';
import type { Holding } from './held-sums.ts';
import { plan, resolve } from './plan.ts';
import {
  type Binned,
  binnedBy,
  firstOfMonths,
  inMonthsOf,
  joined,
  piecesOf,
  type Served,
  servedBy,
  withRows,
} from './rollup-answers.ts';
import type { Layout, RolledUp } from './rollup-layout.ts';
import { bringUp, type FollowedDocument, followed, now, versionIn } from './rollup-tables.ts';
import { and } from './where.ts';

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
