/** Which files of a folder are dumps of which tables, told by their names. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CrosscheckError } from '../errors.ts';

export type TableFormat = 'csv' | 'ndjson' | 'parquet';

export interface TableFile {
  path: string;
  /** As shown in messages: the path within the folder. */
  name: string;
  format: TableFormat;
  bytes: number;
}

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
export function filesOf(folder: string): TableFile[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (thrown) {
    throw new CrosscheckError('CC_FILE_UNREADABLE', { file: folder, problem: String(thrown) }, {}, thrown);
  }
  return names.sort().flatMap((name) => {
    const match = fileName.exec(name.split(/[\\/]/).at(-1)!);
    const path = join(folder, name);
    const about = match === null ? undefined : statSync(path);
    return about?.isFile() === true
      ? [{ path, name, format: formats[match![2]!.toLowerCase()]!, bytes: about.size }]
      : [];
  });
}

/** The files of a table, by any of the names that the mapping gives it. */
export function filesFor(table: readonly string[], files: readonly TableFile[]): TableFile[] {
  const wanted = new Set(table.map((name) => name.toUpperCase()));
  return files.filter(({ name }) => {
    const base = name.split(/[\\/]/).at(-1)!;
    const whole = base.replace(/\.[^.]+(\.gz)?$/i, '').toUpperCase();
    return wanted.has(whole) || wanted.has(fileName.exec(base)![1]!.toUpperCase());
  });
}
