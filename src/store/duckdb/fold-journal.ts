/**
 * A segment of the journal into the tables of its collections, in one transaction. The same for a segment that is done and
 * for one that a killed process left; of the latter some rows may be in their tables already.
 */
import type { Connection } from './connection.ts';
import { namesInLines, takeLines, withLines } from './lines.ts';
import { Parameters } from './sql.ts';
import { transaction } from './table.ts';

/**
 * Runs on the writer's connection, alone.
 * @param again some of it may have been folded before
 */
export async function foldSegment(
  connection: Connection,
  path: string,
  { again }: { again?: true } = {},
): Promise<void> {
  const onConflict = again ? 'ON CONFLICT (id) DO NOTHING' : '';
  await withLines(connection, path, async () => {
    const names = await namesInLines(connection);
    await transaction(connection, async () => {
      for (const name of names) {
        const { table, types } = await tableOf(connection, name);
        await takeLines(connection, name, { table, types, onConflict });
      }
    });
  });
}

/** The table as it was when the lines were written: an upgrade comes after this. */
async function tableOf(connection: Connection, name: string): Promise<{ table: string; types: string[] }> {
  const parameters = new Parameters();
  const rows = await connection.rows(
    parameters.sql(
      'SELECT held_in, list(data_type ORDER BY column_index)::VARCHAR[] FROM _collection JOIN duckdb_columns() ON table_name = held_in ' +
        `WHERE database_name = current_database() AND NOT internal AND name = ${parameters.add(name)} GROUP BY held_in`,
    ),
  );
  const [table, types] = rows[0] as [string, { items: string[] }];
  // Without version, place and document.
  return { table, types: types.items.slice(0, -3) };
}
