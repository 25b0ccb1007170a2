/**
 * A list as an administration keeps it, CSV or JSON, into a list file. What is wrong with a row is told with its place and
 * its reason, and the rows beside it are kept; only what makes the whole unusable refuses it.
 *
 * CSV: a header with `key` (or `code`, `id`) and, as far as they are there, `name`, `aliases` (apart by ;), `from`, `to`,
 * `grade`, or their French names; every other column becomes a value of the entry. JSON: a list file, or an array of entries.
 */
import { parse } from 'yaml';
import { parseDay } from '../../declaration/dates.ts';
import { validator } from '../../declaration/validate.ts';
import { CrosscheckError } from '../../errors.ts';
import { ListEntry, ListFile } from '../../facts/list/model.ts';
import { delimiterOf, plainName } from '../../ground/column-names.ts';
import { isUnmarkedUtf16, textOf } from '../../ground/text.ts';
import { csvRows, type Row } from '../../intake/csv/rows.ts';
import { defaultLimits } from '../../intake/limits.ts';
import { commaFigures, type Placed, sameKeys } from './doubtful.ts';

/** Everything but the entries; what a file says itself goes before what was asked for. */
export type ListFrame = Omit<ListFile, 'entries'>;

export interface ReadList {
  file: ListFile;
  /** In the order of the rows. */
  refused: CrosscheckError[];
  /** What is in force and perhaps not as it was meant. */
  doubtful: CrosscheckError[];
}

const entryOf = validator(ListEntry, 'CC_LIST_ENTRY_INVALID');
const frameOf = validator(ListFile, 'CC_LIST_INVALID');

/** Grades are typed in small letters too. */
function withGrade(given: unknown): unknown {
  const { grade } = (given ?? {}) as { grade?: unknown };
  if (typeof grade !== 'string') return given;
  const code = grade.trim().toUpperCase();
  if (!/^[A-F][1-6]$/.test(code))
    throw new CrosscheckError(
      'CC_LIST_ENTRY_INVALID',
      {
        pointer: '/grade',
        problem: `"${grade}" is no grade of the Admiralty code: a letter A to F (reliability of the source), a figure 1 to 6 (credibility of what it says)`,
      },
      { pointer: '/grade' },
    );
  return { ...(given as object), grade: code };
}

/** An entry's own checks, and that its days are in order. */
function checkedEntry(given: unknown): ListEntry {
  const entry = entryOf(withGrade(given));
  for (const member of ['from', 'to'] as const) {
    const day = entry[member];
    if (day !== undefined && parseDay(day, 'ymd') !== day)
      throw new CrosscheckError(
        'CC_LIST_ENTRY_INVALID',
        { pointer: `/${member}`, problem: `${day} is no day` },
        { pointer: `/${member}` },
      );
  }
  if (entry.from !== undefined && entry.to !== undefined && entry.from > entry.to)
    throw new CrosscheckError(
      'CC_LIST_ENTRY_INVALID',
      { pointer: '/to', problem: `ends on ${entry.to}, before it begins on ${entry.from}` },
      { pointer: '/to' },
    );
  return entry;
}

/** Throws CC_LIST_INVALID where the frame is no list. */
const whole = (frame: Partial<ListFrame>, entries: ListEntry[]): ListFile => {
  frameOf({ ...frame, entries: [] });
  return { ...(frame as ListFrame), entries };
};

const names: Readonly<Record<keyof Omit<ListEntry, 'values'>, readonly string[]>> = {
  key: ['key', 'code', 'id', 'clé', 'identifiant'],
  name: ['name', 'nom'],
  aliases: ['aliases', 'alias', 'autres noms'],
  from: ['from', 'valid_from', 'du', 'valable du', 'date de début'],
  to: ['to', 'valid_to', 'au', "valable jusqu'au", 'date de fin'],
  grade: ['grade', 'cotation'],
};
const members = new Map(
  Object.entries(names).flatMap(([member, known]) =>
    known.map((name) => [plainName(name), member as keyof typeof names] as const),
  ),
);
const memberOf = (column: string) => members.get(plainName(column));

/** Figures as figures: a column of them is compared by rules. Leading zeros make a code. */
const figureOf = (cell: string): string | number =>
  /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(cell) ? Number(cell) : cell;

function entryFrom(header: readonly string[], cells: readonly string[]): unknown {
  const entry: Record<string, unknown> = {};
  const values: Record<string, string | number> = {};
  for (const [at, column] of header.entries()) {
    const cell = cells[at]!.trim();
    if (cell === '') continue;
    const member = memberOf(column);
    if (member === undefined) values[column] = figureOf(cell);
    else if (member === 'aliases') entry.aliases = cell.split(';').flatMap((alias) => alias.trim() || []);
    else entry[member] ??= cell;
  }
  return { ...entry, ...(Object.keys(values).length === 0 ? {} : { values }) };
}

/** Bytes in which a header ends. */
const mostHeader = 10_000;

/** UTF-16 with its mark, as spreadsheets save "Unicode text", as UTF-8; without its mark it is refused. */
const asUtf8 = (bytes: Uint8Array): Uint8Array =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) ||
  (bytes[0] === 0xfe && bytes[1] === 0xff) ||
  isUnmarkedUtf16(bytes)
    ? Buffer.from(textOf(bytes))
    : bytes;

/**
 * A file of no bytes is an export that failed, not a list of none: that has its header.
 * @param delimiter of cells; what the header has most of, comma, semicolon or tab, where absent.
 */
export async function readCsvList(
  given: Uint8Array,
  frame: Partial<ListFrame>,
  delimiter?: string,
): Promise<ReadList> {
  const bytes = asUtf8(given);
  const head = Buffer.from(bytes.subarray(0, mostHeader)).toString();
  if (head.trim() === '')
    throw new CrosscheckError('CC_LIST_INVALID', {
      pointer: '/entries',
      problem: 'the file is empty; a list without entries is its header alone',
    });
  const placed: Placed[] = [];
  const refused: CrosscheckError[] = [];
  let header: string[] | undefined;
  async function* once() {
    yield bytes;
  }
  const take = ({ cells, line }: Row): void => {
    if (header === undefined) {
      header = cells.map((cell) =>
        cell
          .replace(/^\uFEFF/, '')
          .trim()
          .toLowerCase(),
      );
      if (!header.some((column) => memberOf(column) === 'key'))
        throw new CrosscheckError('CC_LIST_INVALID', {
          pointer: '/entries',
          problem: `the header names none of ${names.key.join(', ')}: ${header.join(', ')}`,
        });
      return;
    }
    try {
      placed.push({ entry: checkedEntry(entryFrom(header, cells)), where: { line } });
    } catch (thrown) {
      if (!(thrown instanceof CrosscheckError)) throw thrown;
      refused.push(thrown.at({ line }));
    }
  };
  for await (const row of csvRows(once(), { delimiter: delimiter ?? delimiterOf(head) }, defaultLimits)) {
    if ('fault' in row) refused.push(row.fault);
    else take(row);
  }
  const file = whole(
    frame,
    placed.map(({ entry }) => entry),
  );
  return { file, refused, doubtful: [...commaFigures(placed), ...sameKeys(placed, file.match)] };
}

/** YAML is read as well, since JSON is a part of it. */
export function readJsonList(text: string, frame: Partial<ListFrame>): ReadList {
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new CrosscheckError(
      'CC_LIST_INVALID',
      { pointer: '/', problem: (cause as Error).message.split('\n')[0]! },
      {},
      cause,
    );
  }
  const { entries: given, ...own } = Array.isArray(value)
    ? { entries: value as unknown[] }
    : ((value ?? {}) as { entries?: unknown });
  if (!Array.isArray(given))
    throw new CrosscheckError('CC_LIST_INVALID', {
      pointer: '/entries',
      problem: 'must be an array of entries',
    });
  const placed: Placed[] = [];
  const refused: CrosscheckError[] = [];
  for (const [index, entry] of given.entries()) {
    try {
      placed.push({ entry: checkedEntry(entry), where: { record: index + 1 } });
    } catch (thrown) {
      if (!(thrown instanceof CrosscheckError)) throw thrown;
      refused.push(thrown.at({ record: index + 1 }));
    }
  }
  const file = whole(
    { ...frame, ...own },
    placed.map(({ entry }) => entry),
  );
  return { file, refused, doubtful: sameKeys(placed, file.match) };
}
