/** Rows of a list that can be used, and perhaps not as they were meant: told as they are loaded, and in force all the same. */
import { CrosscheckError, type Where } from '../../errors.ts';
import { keyOf } from '../../facts/list/book.ts';
import type { ListEntry, ListFile } from '../../facts/list/model.ts';

/** An entry with the place it was read at. */
export interface Placed {
  entry: ListEntry;
  where: Where;
}

const doubtful = (pointer: string, problem: string, where: Where): CrosscheckError =>
  new CrosscheckError('CC_LIST_ENTRY_DOUBTFUL', { pointer, problem }, { ...where, pointer });

/** A figure with a comma before its decimals or between its thousands; 0,07 is one, 01,02 are codes. */
const commaFigure = /^-?(0|[1-9]\d*|[1-9]\d{0,2}([ .\u00a0\u202f]\d{3})+),\d+$/;

/** Columns of figures, some of which have a comma and so are text, which no rule compares. One word a column, on the first. */
export function commaFigures(placed: readonly Placed[]): CrosscheckError[] {
  const columns = new Map<string, { first: Placed; count: number } | 'text'>();
  for (const one of placed)
    for (const [column, value] of Object.entries(one.entry.values ?? {})) {
      if (typeof value === 'number' || columns.get(column) === 'text') continue;
      const before = columns.get(column);
      if (typeof value !== 'string' || !commaFigure.test(value)) columns.set(column, 'text');
      else if (typeof before === 'object') before.count += 1;
      else columns.set(column, { first: one, count: 1 });
    }
  return [...columns].flatMap(([column, found]) => {
    if (found === 'text') return [];
    const { entry, where } = found.first;
    const more = found.count === 1 ? '' : `, as are ${found.count - 1} more of this column`;
    return [
      doubtful(
        `/values/${column}`,
        `"${entry.values![column]}" is kept as text, which no rule compares with a figure${more}: write a point before decimals and nothing between thousands, such as 1234.5`,
        where,
      ),
    ];
  });
}

const from = ({ entry }: Placed): string => entry.from ?? '';
const to = ({ entry }: Placed): string => entry.to ?? '9999-12-31';

/**
 * Of two entries of one key that are in force on the same day a look-up takes one, and nobody sees the other. Names are
 * looked up by what is like them, and one key may have several.
 */
export function sameKeys(placed: readonly Placed[], match: ListFile['match']): CrosscheckError[] {
  if (match === 'name') return [];
  const byKey = new Map<string, Placed[]>();
  for (const one of placed)
    for (const key of new Set([one.entry.key, ...(one.entry.aliases ?? [])].map(keyOf))) {
      const same = byKey.get(key);
      if (same === undefined) byKey.set(key, [one]);
      else same.push(one);
    }
  return [...byKey].flatMap(([key, same]) => {
    if (same.length === 1) return [];
    // In the order of their beginnings, one that begins before the longest so far has ended meets it.
    const [first, ...later] = same.toSorted((a, b) => (from(a) < from(b) ? -1 : from(a) > from(b) ? 1 : 0));
    let longest = first!;
    return later.flatMap((one) => {
      const other = longest;
      if (to(one) > to(longest)) longest = one;
      if (from(one) > to(other)) return [];
      const when = from(one) === '' ? 'at the same time' : `on ${from(one)}`;
      const { line, record } = other.where;
      const place = line === undefined ? `record ${record}` : `line ${line}`;
      return [
        doubtful(
          '/key',
          `"${key}" stands at ${place} as well, and both are in force ${when}: a look-up takes the one that comes first; let one end before the other begins, or remove one`,
          one.where,
        ),
      ];
    });
  });
}
