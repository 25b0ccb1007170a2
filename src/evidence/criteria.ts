/**
 * Criteria of selectivity as they stood at an office over time: a record of the office goes before one of everywhere while
 * it holds. From these it is told whether one was changed and soon changed back around a moment. Pure.
 */
import { momentOf, type ReferenceBook, type ReferenceRecord } from '../sources/reference/book.ts';

type Criterion = ReferenceRecord<'criterion'>;

/** From its moment on, until the next. */
interface Standing {
  /** As the book compares moments. */
  from: string;
  record: Criterion | undefined;
}

const same = (a: Criterion | undefined, b: Criterion | undefined): boolean =>
  a?.text === b?.text && a?.share === b?.share && a?.lane === b?.lane && isActive(a) === isActive(b);

const isActive = (record: Criterion | undefined): boolean => record !== undefined && record.active !== false;

/** What was switched on or had its share raised lets nothing pass that was stopped before. */
const isOnlyStricter = (during: Criterion | undefined, before: Criterion): boolean =>
  !isActive(before) ||
  (during !== undefined &&
    same({ ...before, share: during.share }, during) &&
    shareOf(during) > shareOf(before));

const shareOf = ({ share = 1 }: Criterion): number => share;

const keysOf = (criterion: string, office: string | undefined): string[] =>
  office === undefined ? [`${criterion}|`] : [`${criterion}|${office}`, `${criterion}|`];

/** Records of a criterion, of the office and of everywhere. */
export const recordsOf = (criterion: string, office: string | undefined, book: ReferenceBook): Criterion[] =>
  keysOf(criterion, office).flatMap((key) => book.history('criterion', key));

/** The first moment at which what holds to another one holds no more. */
const after = (to: string): string =>
  to.includes('T')
    ? new Date(Date.parse(to) + 1).toISOString()
    : new Date(Date.parse(`${to}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

function standingsOf(criterion: string, office: string | undefined, book: ReferenceBook): Standing[] {
  const keys = keysOf(criterion, office);
  const moments = recordsOf(criterion, office, book).flatMap(({ from, to }) => [
    momentOf(from),
    ...(to === undefined ? [] : [after(to)]),
  ]);
  const standings: Standing[] = [];
  for (const from of [...new Set(moments)].sort()) {
    const record = keys.map((key) => book.asOf('criterion', key, from)).find((found) => found !== undefined);
    if (standings.length === 0 || !same(standings.at(-1)!.record, record)) standings.push({ from, record });
  }
  return standings;
}

/** Hours that a change lasted that was in force at the moment, and let something pass; undefined where it was not taken back. */
export function revertedAfter(
  criterion: string,
  office: string | undefined,
  at: string,
  book: ReferenceBook,
): number | undefined {
  const standings = standingsOf(criterion, office, book);
  const place = standings.findLastIndex(({ from }) => from <= at);
  const [before, during, back] = [standings[place - 1], standings[place], standings[place + 1]];
  if (before?.record === undefined || during === undefined || back === undefined) return undefined;
  if (!same(before.record, back.record) || isOnlyStricter(during.record, before.record)) return undefined;
  return (Date.parse(back.from) - Date.parse(during.from)) / 3_600_000;
}

/** A change that stood longer than a week was no slip of hours. */
const weekMs = 7 * 86_400_000;

/** Criteria of the office and of everywhere that changed in the week before a moment. */
export function changedBefore(office: string | undefined, at: string, book: ReferenceBook): string[] {
  const since = new Date(Date.parse(at) - weekMs).toISOString();
  const keys = ['', ...(office === undefined ? [] : [office])].flatMap((of) =>
    book.keysBegun('criterion', { office: of }, since, at),
  );
  const changed = keys.flatMap((key) => {
    const record = book.asOf('criterion', key, at);
    // What began within the week may be withdrawn since, or not known yet.
    return record !== undefined && momentOf(record.from) >= since ? record.criterion : [];
  });
  return [...new Set(changed)];
}
