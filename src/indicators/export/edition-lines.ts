/**
 * Frozen tables as flat lines: the lines of figures or of pairs, each with its edition, when that was frozen, and what the
 * edition before said where this one says something else. Pure.
 */
import type { PairTable } from '../pairs.ts';
import { type Difference, differenceKey, type Edition } from '../snapshot.ts';
import type { Cell, ColumnType, Flat } from './flat.ts';
import { lineColumns, linesOf } from './lines.ts';

const pairColumns = {
  side: 'text',
  from: 'day',
  to: 'day',
  officer: 'text',
  declarant: 'text',
  offices: 'text',
  observed: 'whole',
  n: 'whole',
  expected: 'real',
  excess: 'real',
  outside: 'whole',
  outsideExpected: 'real',
  share: 'real',
  benchmark: 'real',
  p: 'real',
  q: 'real',
  verdict: 'text',
  corroboration: 'text',
} as const satisfies Record<string, ColumnType>;

export const flatPairs = ({ side, from, to, pairs }: PairTable): Flat => ({
  columns: pairColumns,
  lines: pairs.map(({ offices, corroboration, outsideP: _, ...pair }) => ({
    side,
    from,
    to,
    ...pair,
    offices: offices.join(' '),
    corroboration: corroboration
      .map((each) => `${each.sign}: ${each.pair} against ${each.others}, p ${each.p}`)
      .join('; '),
  })),
});

const editionColumns = {
  edition: 'whole',
  frozenAt: 'text',
  changed: 'text',
  before: 'real',
} as const satisfies Record<string, ColumnType>;

/** `changed` is `new`, `changed` or empty; what is gone since the edition before has a line of its own, `gone`. */
export function flatEdition(edition: Edition): Flat {
  const { figures, pairs, differences = [] } = edition;
  const flat: Flat =
    figures !== undefined
      ? { columns: lineColumns, lines: linesOf(figures) }
      : pairs !== undefined
        ? flatPairs(pairs)
        : { columns: {}, lines: [] };
  const by = figures?.by ?? [];
  const told = new Map(differences.map((each) => [differenceKey(each.key, each.figure), each]));
  const stamp = { edition: edition.edition, frozenAt: edition.frozenAt };
  const beside = (difference: Difference | undefined): Record<string, Cell> => ({
    ...stamp,
    changed: difference === undefined ? null : kindOf(difference),
    before: difference?.before ?? null,
  });
  const lines = flat.lines.map((line) => {
    const key =
      pairs === undefined ? [line.key1, line.key2].slice(0, by.length) : [line.officer, line.declarant];
    const id = differenceKey(JSON.stringify(key), pairs === undefined ? String(line.figure) : 'excess');
    const difference = told.get(id);
    told.delete(id);
    return { ...line, ...beside(difference) };
  });
  // What is left was in the edition before and is not in this one.
  const gone = [...told.values()].map((difference) => {
    const key = JSON.parse(difference.key) as (string | null)[];
    const named: Record<string, Cell> =
      pairs === undefined
        ? {
            indicator: edition.indicator,
            dimension1: by[0] ?? null,
            key1: key[0] ?? null,
            dimension2: by[1] ?? null,
            key2: key[1] ?? null,
            figure: difference.figure,
          }
        : { side: pairs.side, officer: key[0] ?? null, declarant: key[1] ?? null };
    return { ...named, ...beside(difference), changed: 'gone' };
  });
  return { columns: { ...flat.columns, ...editionColumns }, lines: [...lines, ...gone] };
}

const kindOf = ({ before, after, n }: Difference): string => {
  const [had, has] = n === undefined ? [before !== null, after !== null] : [n.before > 0, n.after > 0];
  return had ? (has ? 'changed' : 'gone') : 'new';
};

/** What one edition says that another did not, one line a key and figure; n where it alone is another. */
export const flatDifferences = (from: Edition, to: Edition, differences: readonly Difference[]): Flat => ({
  columns: {
    series: 'text',
    from: 'whole',
    to: 'whole',
    key1: 'text',
    key2: 'text',
    figure: 'text',
    before: 'real',
    after: 'real',
    nBefore: 'whole',
    nAfter: 'whole',
  },
  lines: differences.map(({ key, figure, before, after, n }) => {
    const [key1 = null, key2 = null] = JSON.parse(key) as (string | null)[];
    const told = { series: to.series, from: from.edition, to: to.edition, key1, key2, figure, before, after };
    return { ...told, nBefore: n?.before ?? null, nAfter: n?.after ?? null };
  }),
});
