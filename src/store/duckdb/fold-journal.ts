/**
 * A segment of the journal into the tables of its collections, in one transaction: DuckDB reads the file itself, off the event
 * loop. The same for a segment that is done and for one that a killed process left; of the latter some rows may be in
 * their tables already.
 */
import type { Connection, Rows } from './connection.ts';
import { Parameters, quote } from './sql.ts';
import { transaction } from './table.ts';

const segmentTable = '_journal_segment';

/** A line may be as long as a plain document and its columns, in bytes; ./journal.ts bounds its characters. */
const longestLine = 4 * 2 ** 20;

const ask = (connection: Connection, text: string, ...given: string[]): Promise<Rows> => {
  const parameters = new Parameters();
  for (const value of given) parameters.add(value);
  return connection.rows(parameters.sql(text));
};

/**
 * Runs on the writer's connection, alone.
 * @param again some of it may have been folded before
 */
export async function foldSegment(
  connection: Connection,
  path: string,
  { again }: { again?: true } = {},
): Promise<void> {
  await connection.raw.run(
    `CREATE OR REPLACE TEMP TABLE ${segmentTable} AS SELECT * FROM read_csv(${literal(path)}, auto_detect = false, header = false, ` +
      `delim = '\t', quote = '', escape = '', new_line = '\\n', max_line_size = ${longestLine}, ` +
      "columns = {'collection': 'VARCHAR', 'version': 'BIGINT', 'seq': 'BIGINT', 'columns': 'VARCHAR', 'doc': 'VARCHAR'})",
  );
  try {
    const held = await ask(
      connection,
      `SELECT name, held_in FROM _collection WHERE name IN (SELECT DISTINCT collection FROM ${segmentTable}) ORDER BY name`,
    );
    await transaction(connection, async () => {
      for (const [name, table] of held)
        await foldInto(connection, String(name), String(table), again ? ' ON CONFLICT (id) DO NOTHING' : '');
    });
  } finally {
    await connection.raw.run(`DROP TABLE ${segmentTable}`);
  }
}

async function foldInto(
  connection: Connection,
  collection: string,
  table: string,
  onConflict: string,
): Promise<void> {
  // Of the table as it was when the lines were written: an upgrade comes after this.
  const types = await ask(
    connection,
    'SELECT data_type FROM duckdb_columns() WHERE NOT internal AND database_name = current_database() AND table_name = $1 ORDER BY column_index',
    table,
  );
  const declared = types.slice(0, -3).map(([type], i) => `CAST(value[${i + 1}] AS ${String(type)})`);
  const places = declared.map((_, i) => `'$[${i}]'`).join(', ');
  const parameters = new Parameters();
  await connection.change(
    parameters.sql(
      `INSERT INTO ${quote(table)} SELECT ${declared.join(', ')}, version, seq, doc FROM (` +
        `SELECT json_extract_string(columns, [${places}]) AS value, version, seq, doc ` +
        `FROM ${segmentTable} WHERE collection = ${parameters.add(collection)})${onConflict}`,
    ),
  );
}

/** A path as a pattern that means that file alone. */
const literal = (path: string): string =>
  `'${path.replace(/[[*?]/g, (special) => `[${special}]`).replaceAll("'", "''")}'`;
