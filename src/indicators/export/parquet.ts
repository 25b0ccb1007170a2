/** Flat lines as a Parquet file. DuckDB writes it from memory; no store is touched. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DuckDBDateValue, DuckDBInstance } from '@duckdb/node-api';
import { CrosscheckError } from '../../errors.ts';
import type { Flat } from './flat.ts';

const types = { text: 'VARCHAR', day: 'DATE', whole: 'BIGINT', real: 'DOUBLE' } as const;

const msPerDay = 86_400_000;

/** Throws CC_FILE_UNREADABLE where the file cannot be written. */
export async function writeParquet(flat: Flat, file: string): Promise<void> {
  const columns = Object.entries(flat.columns);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const declared = columns.map(([name, type]) => `"${name}" ${types[type]}`).join(', ');
    await connection.run(`CREATE TABLE line (${declared})`);
    const appender = await connection.createAppender('line');
    for (const line of flat.lines) {
      for (const [name, type] of columns) {
        const value = line[name] ?? null;
        if (value === null) appender.appendNull();
        else if (typeof value === 'string') {
          if (type === 'day') appender.appendDate(new DuckDBDateValue(Date.parse(value) / msPerDay));
          else appender.appendVarchar(value);
        } else if (type === 'whole') appender.appendBigInt(BigInt(value));
        else appender.appendDouble(value);
      }
      appender.endRow();
    }
    appender.closeSync();
    await connection.run(
      `COPY line TO '${resolve(file).replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
    );
  } catch (cause) {
    throw new CrosscheckError(
      'CC_FILE_UNREADABLE',
      { file, problem: (cause as Error).message },
      { file },
      cause,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The same as bytes, by way of a file that is gone again. */
export async function parquetOf(flat: Flat): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'crosscheck-parquet-'));
  try {
    const file = join(folder, 'lines.parquet');
    await writeParquet(flat, file);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
