/**
 * A segment of the journal into the tables of its collections, in one transaction. The same for a segment that is done and
 * for one that a killed process left; of the latter some rows may be in their tables already.
 */
import type { Connection } from './connection.ts';
import { namesInLines, type Target, takeLines } from './lines.ts';
import { Parameters } from './sql.ts';
import { transaction } from './table.ts';

/**
 * Runs on the writer's connection, alone.
 * @param targets of every collection that the segment has rows of, by name
 * @param again some of it may have been folded before
 */
export async function foldSegment(
  connection: Connection,
  path: string,
  targets: ReadonlyMap<string, Target>,
  { again }: { again?: true } = {},
): Promise<void> {
  const onConflict = again ? 'ON CONFLICT (id) DO NOTHING' : '';
  await transaction(connection, async () => {
    for (const [name, target] of targets) await takeLines(connection, path, name, { ...target, onConflict });
  });
}

/** Those of a segment that an earlier process left: the tables as they were when its lines were written, for an upgrade comes after. */
export async function targetsIn(connection: Connection, path: string): Promise<Map<string, Target>> {
  const targets = new Map<string, Target>();
  for (const name of await namesInLines(connection, path))
    targets.set(name, await targetOf(connection, name));
  return targets;
}

async function targetOf(connection: Connection, name: string): Promise<Target> {
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
