/** Which files of a folder, or of a list, are dumps of which tables, told by their names. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CrosscheckError } from '../errors.ts';
import { whyUnreadable } from '../ground/system-error.ts';

export type TableFormat = 'csv' | 'ndjson' | 'parquet';

export interface TableFile {
  path: string;
  /** As shown in messages: the path within the folder. */
  name: string;
  format: TableFormat;
  bytes: number;
}

/** A folder with all that is in it, or files one by one, wherever they lie. */
export type Dumps = string | readonly string[];

/** As reports name them. */
export const titleOf = (dumps: Dumps): string =>
  typeof dumps === 'string' ? dumps : dumps.map((path) => basename(path)).join(', ');

const formats: Record<string, TableFormat> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
  parquet: 'parquet',
};

/** A schema before the name, a number or date behind it: `AWUNADM.SAD_ITEM_2026-01.csv.gz`, `SAD_ITEM (1).csv`. */
const fileName =
  /^(?:[A-Za-z0-9$#-]+\.)?([A-Za-z][A-Za-z0-9_$-]*?)(?:[._-]?(?:part[._-]?)?\d[\dT_-]*)?(?: ?\(\d+\))?\.(csv|tsv|txt|ndjson|jsonl|json|parquet)(\.gz)?$/i;

/** Throws CC_FILE_UNREADABLE where the folder cannot be listed. */
export function filesOf(dumps: Dumps): TableFile[] {
  return namesIn(dumps).flatMap(({ name, path }) => {
    const match = fileName.exec(basename(path));
    const about = match === null ? undefined : statSync(path, { throwIfNoEntry: false });
    return about?.isFile() === true
      ? [{ path, name, format: formats[match![2]!.toLowerCase()]!, bytes: about.size }]
      : [];
  });
}

/** In the order of their names. */
export function namesIn(dumps: Dumps): { name: string; path: string }[] {
  if (typeof dumps !== 'string')
    return dumps
      .map((path) => ({ name: basename(path), path }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  try {
    const names = readdirSync(dumps, { recursive: true, encoding: 'utf8' });
    return names.sort().map((name) => ({ name, path: join(dumps, name) }));
  } catch (thrown) {
    throw new CrosscheckError(
      'CC_FILE_UNREADABLE',
      { file: dumps, problem: whyUnreadable(thrown) },
      {},
      thrown,
    );
  }
}

/** The files of a table, by any of the names that the mapping gives it. */
export function filesFor(tables: readonly string[], files: readonly TableFile[]): TableFile[] {
  const wanted = new Set(tables.map((name) => name.toUpperCase()));
  return files.filter(({ name }) => {
    const base = name.split(/[\\/]/).at(-1)!;
    const whole = base.replace(/\.[^.]+(\.gz)?$/i, '').toUpperCase();
    const table = fileName.exec(base)?.[1]?.toUpperCase();
    return wanted.has(whole) || (table !== undefined && wanted.has(table));
  });
}
