/**
 * Derived tables in DuckDB: `DELETE` and `INSERT … SELECT` in one transaction on the writer's connection. What several
 * tables are made of is read once, into a temporary table that holds the part alone.
 */
import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import {
  type CollectionSpec,
  type Derived,
  type DerivedTable,
  type Filter,
  type Groups,
  specOf,
  type TabulateQuery,
} from '../port.ts';
import { checkTabulate } from '../query.ts';
import type { Connection, Lane } from './connection.ts';
import { added, Parameters, quote, type Sql, sqlTypes } from './sql.ts';
import { type Table, transaction } from './table.ts';
import { tabulateOn } from './tabulate.ts';
import type { Writer } from './writer.ts';

const partTable = '_derived_part';

/** Tables that hold no collection. */
const derivedNamesSql =
  "SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND NOT internal AND table_name <> '_collection' " +
  'AND table_name NOT IN (SELECT held_in FROM _collection) ORDER BY table_name';

export interface DerivedAccess {
  writer: Writer;
  scans: Lane;
  tableFor(spec: CollectionSpec): Promise<Table>;
}

export function duckdbDerived({ writer, scans, tableFor }: DerivedAccess): Derived {
  const made = new Map<string, Promise<void>>();
  const make = (table: DerivedTable): Promise<void> => {
    const known = made.get(table.name);
    if (known !== undefined) return known;
    const making = writer.exclusive(async (connection) => {
      const columns = Object.entries(specOf(table).columns).map(
        ([name, { type }]) => `${quote(name)} ${sqlTypes[type]}`,
      );
      await connection.raw.run(`CREATE TABLE IF NOT EXISTS ${quote(table.name)} (${columns.join(', ')})`);
    });
    made.set(table.name, making);
    making.catch(() => made.delete(table.name));
    return making;
  };
  const nameOf = async (source: DerivedTable['from']): Promise<string> => {
    if (!('from' in source)) return (await tableFor(source)).name;
    await make(source);
    return source.name;
  };
  return {
    async refresh(tables, part, values) {
      const [first] = tables;
      if (first === undefined || values.length === 0) return;
      const source = await nameOf(first.from);
      for (const table of tables) await make(table);
      await writer.exclusive((connection) =>
        transaction(connection, async () => {
          const columns = [...new Set(tables.flatMap(columnsRead))].map(quote).join(', ');
          const chosen = (head: string) => ofPart(head, part, values);
          await connection.change(
            chosen(`CREATE OR REPLACE TEMP TABLE ${partTable} AS SELECT ${columns} FROM ${quote(source)}`),
          );
          for (const table of tables) {
            await connection.change(chosen(`DELETE FROM ${quote(table.name)}`));
            await insert(connection, table);
          }
        }),
      );
    },
    async tabulate(table, query): Promise<Groups> {
      const checked: TabulateQuery = checkTabulate(specOf(table), query);
      await make(table);
      return tabulateOn(scans, specOf(table), table.name, checked);
    },
    drop: (chosen) =>
      writer.exclusive(async (connection) => {
        const rows = await connection.rows({ text: derivedNamesSql, values: [], types: [] });
        const names = rows.map(([name]) => String(name)).filter(chosen);
        for (const name of names) {
          await connection.raw.run(`DROP TABLE ${quote(name)}`);
          made.delete(name);
        }
        return names;
      }),
  };
}

/** One part, which is what a change makes anew, is told by zone maps; a list of several is not looked up in them. */
const ofPart = (head: string, part: string, values: readonly string[]): Sql =>
  values.length === 1
    ? { text: `${head} WHERE ${quote(part)} = $1`, values: [...values], types: [VARCHAR] }
    : {
        text: `${head} WHERE ${quote(part)} IN (SELECT unnest($1))`,
        values: [listValue([...values])],
        types: [LIST(VARCHAR)],
      };

async function insert(connection: Connection, table: DerivedTable): Promise<void> {
  const parameters = new Parameters();
  const keys = table.groupBy.map(quote);
  const measures = Object.values(table.measures).map((measure) => added(measure, parameters));
  const columns = Object.keys(specOf(table).columns).map(quote).join(', ');
  await connection.change(
    parameters.sql(
      `INSERT INTO ${quote(table.name)} (${columns}) SELECT ${[...keys, ...measures].join(', ')} ` +
        `FROM ${partTable} GROUP BY ${keys.join(', ')}`,
    ),
  );
}

/** Columns of the source that a table is made of. */
function columnsRead({ groupBy, measures }: DerivedTable): string[] {
  return [
    ...groupBy,
    ...Object.values(measures).flatMap((measure) => [
      ...('sum' in measure ? [measure.sum] : []),
      ...(measure.where === undefined ? [] : columnsIn(measure.where)),
    ]),
  ];
}

function columnsIn(filter: Filter): string[] {
  if ('and' in filter) return filter.and.flatMap(columnsIn);
  if ('or' in filter) return filter.or.flatMap(columnsIn);
  return 'not' in filter ? columnsIn(filter.not) : [filter.column];
}
