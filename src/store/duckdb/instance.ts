/**
 * DuckDB's instance of the store's file. A checkpoint writes the last row group of every table that has a key anew, whatever was
 * added: of 122,880 declarations, as many as DuckDB has in one, hundreds of megabytes for a few kilobytes (1.5.6). How many rows
 * a group takes can only be said where a file is attached, so the instance itself is of nothing, and the file is attached to it.
 * Groups of another size, which older releases wrote, are read as they are.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import { putBack, wasCut } from './before-image.ts';
import { type Connection, wrap } from './connection.ts';

/** A multiple of DuckDB's vector of 2,048. */
const rowsInGroup = 16_384;

/** What the file is called within its instance: as where it were opened by itself. */
const catalog = 'crosscheck';

/** Of a file of which no checkpoint was cut short. Throws DuckDB's own errors. */
export async function instanceOf(path: string, options: Record<string, string>): Promise<DuckDBInstance> {
  for (;;) {
    if (wasCut(path)) await putBack(path);
    const instance = await attached(path, options);
    if (!wasCut(path)) return instance;
    // Cut short by another process since it was looked for.
    await leaveLog(await connectTo(instance));
    instance.closeSync();
  }
}

async function attached(path: string, options: Record<string, string>): Promise<DuckDBInstance> {
  // Of an instance of nothing it would be in the folder that the process was started in.
  const instance = await DuckDBInstance.create(':memory:', { temp_directory: `${path}.tmp`, ...options });
  try {
    const connection = await instance.connect();
    await connection.run(
      `ATTACH '${path.replaceAll("'", "''")}' AS ${catalog} (ROW_GROUP_SIZE ${rowsInGroup})`,
    );
    connection.closeSync();
    return instance;
  } catch (thrown) {
    instance.closeSync();
    throw thrown;
  }
}

export async function connectTo(instance: DuckDBInstance): Promise<Connection> {
  const connection = await instance.connect();
  await connection.run(`USE ${catalog}`);
  return wrap(connection);
}

/** For a database that is closed as a killed process leaves it. */
export const leaveLog = ({ raw }: Connection) => raw.run('PRAGMA disable_checkpoint_on_shutdown');
