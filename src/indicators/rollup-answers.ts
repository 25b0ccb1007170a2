/**
 * Which questions roll-ups can answer, in which pieces of whole months and of days, and how the pieces become one answer.
 * Pure; rollup.ts asks them.
 */
import { CrosscheckError } from '../errors.ts';
import { addDays, lastDayOf } from '../projections/calendar.ts';
import { tables } from '../projections/fold.ts';
import { codedOf } from '../store/groups.ts';
import type { ColumnValue, Filter, Groups, TabulateQuery } from '../store/port.ts';
import type { Asked } from './figure.ts';
import { columnFor, isTime, type Layout, type RolledUp, strip } from './rollup-layout.ts';
import { and } from './where.ts';

export interface Served {
  set: RolledUp;
  query: TabulateQuery & { measures: Readonly<Record<string, { sum: string }>> };
}

const setOf = ({ resolved }: Asked, { sets }: Layout): RolledUp | undefined => {
  const keys = resolved.columns.filter((column) => !isTime(column)).sort();
  return sets.find(({ columns }) => columns.join() === keys.join());
};

export function servedBy(asked: Asked, layout: Layout): Served | undefined {
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
export interface Binned {
  columns: readonly string[];
  months: readonly string[];
}

export function binnedBy(asked: Asked, layout: Layout): Binned | undefined {
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
export function piecesOf(
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
export function firstOfMonths(end: string, count: number): string {
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
export function joined(
  groupBy: readonly string[],
  measures: readonly string[],
  parts: readonly Groups[],
): Groups {
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
export function withRows(query: TabulateQuery, { count, keys, values }: Groups): Groups {
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
export const inMonthsOf = (query: TabulateQuery, groups: Groups): Groups => ({
  ...groups,
  keys: Object.fromEntries((query.groupBy ?? []).map((column) => [column, groups.keys[column]!])),
  within: [codedOf(groups.keys.month as string[])],
});
