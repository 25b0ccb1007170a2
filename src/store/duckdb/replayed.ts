/**
 * What DuckDB leaves undone when it opens a file whose log holds something, as after a killed process. What it replays it keeps
 * for an index until somebody uses that index, and closing the file forgets it (1.5.6): rows are then in their table and in none
 * of its indexes, so that look-ups by an index miss them, and the first change of one of them ends with a fault for which the
 * database is given up, at every start anew.
 */
import type { Connection } from './connection.ts';
import { quote } from './sql.ts';

interface Index {
  table: string;
  name: string;
  sql: string;
}

/** Indexes beside the primary keys, which do not suffer from this. */
async function indexes(connection: Connection): Promise<Index[]> {
  const rows = await connection.rows({
    text: 'SELECT table_name, index_name, sql FROM duckdb_indexes() WHERE NOT is_primary ORDER BY ALL',
    values: [],
    types: [],
  });
  return rows.map(([table, name, sql]) => ({ table: String(table), name: String(name), sql: String(sql) }));
}

/** Uses the indexes of each table once: a look-up by one takes what was replayed into all. */
export async function useIndexes(connection: Connection): Promise<void> {
  for (const table of new Set((await indexes(connection)).map((index) => index.table)))
    await connection.raw.run(`SELECT id FROM ${quote(table)} WHERE id = ''`);
}

/** What an index that was made anew is called, and the one that is made in its place in turn: never is there none. */
const otherName = (name: string): string =>
  name.endsWith(again) ? name.slice(0, -again.length) : name + again;
const again = ':again';

/** Makes all indexes anew from the rows; answers how many. For a store that lost rows of some in a release of before. */
export async function remakeIndexes(connection: Connection): Promise<number> {
  const found = await indexes(connection);
  for (const { name, sql } of found) {
    const made = otherName(name);
    await connection.raw.run(`DROP INDEX IF EXISTS ${quote(made)}`);
    await connection.raw.run(sql.replace(quote(name), quote(made)));
    await connection.raw.run(`DROP INDEX ${quote(name)}`);
  }
  return found.length;
}
