/** Figures as a Parquet file. DuckDB writes it from memory; no store is touched. */
import { resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { CrosscheckError } from '../../errors.ts';
import type { FigureTable } from '../figure.ts';
import { type Line, lineColumns, linesOf } from './lines.ts';

/** Throws CC_FILE_UNREADABLE where the file cannot be written. */
export async function writeParquet(tables: readonly FigureTable[], file: string): Promise<void> {
  const columns = Object.entries(lineColumns) as [keyof Line, 'text' | 'real'][];
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const declared = columns
      .map(([name, type]) => `"${name}" ${type === 'text' ? 'VARCHAR' : 'DOUBLE'}`)
      .join(', ');
    await connection.run(`CREATE TABLE figure (${declared})`);
    const appender = await connection.createAppender('figure');
    for (const line of tables.flatMap(linesOf)) {
      for (const [name] of columns) {
        const value = line[name];
        if (value === null) appender.appendNull();
        else if (typeof value === 'number') appender.appendDouble(value);
        else appender.appendVarchar(value);
      }
      appender.endRow();
    }
    appender.closeSync();
    await connection.run(
      `COPY figure TO '${resolve(file).replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
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
