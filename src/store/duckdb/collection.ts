/** The port's collection on a DuckDB table. */

import type { DuckDBMapValue } from '@duckdb/node-api';
import { CrosscheckError } from '../../errors.ts';
import { checkId, columnsOf, exactNumber, rowOf } from '../columns.ts';
import type { AggregateRow, Collection, CollectionSpec, ColumnValue, Document, Stored } from '../port.ts';
import { checkAggregate, checkFilter, planFind } from '../query.ts';
import type { Connection, Lane } from './connection.ts';
import { aggregateSql, countSql, findSql, Parameters, purgeSql, quote } from './sql.ts';
import { byIds, type Table, transaction } from './table.ts';
import type { Writer } from './writer.ts';

/** What a collection works with; `table` makes the table at first use. */
export interface Access {
  writer: Writer;
  lookups: Lane;
  scans: Lane;
  table(): Promise<Table>;
}

export function duckdbCollection<T extends Document>(spec: CollectionSpec, access: Access): Collection<T> {
  const columns = columnsOf(spec);
  const stored = ([json, version, seq]: unknown[]): Stored<T> => ({
    doc: JSON.parse(json as string),
    version: Number(version),
    seq: Number(seq),
  });
  const rows = (docs: readonly T[]) => docs.map((doc) => rowOf(spec.name, columns, doc));
  const getMany = async (ids: readonly string[]): Promise<Map<string, Stored<T>>> => {
    const { name } = await access.table();
    const found = new Map<string, Stored<T>>();
    if (ids.length === 0) return found;
    const sql = byIds(`SELECT id, _doc, _version, _seq FROM ${quote(name)}`, ids);
    for (const [id, ...rest] of await access.lookups.use((connection) => connection.rows(sql))) {
      found.set(id as string, stored(rest));
    }
    return found;
  };
  const removeWhere = async (sqlOf: (table: string) => ReturnType<typeof purgeSql>): Promise<number> => {
    const table = await access.table();
    return access.writer.exclusive(async (connection: Connection) => {
      let removed = 0;
      await transaction(connection, async () => {
        removed = await connection.change(sqlOf(table.name));
        await table.rememberSequence(connection);
      });
      return removed;
    });
  };

  return {
    spec,
    get: async (id) => (await getMany([id])).get(id),
    getMany,
    put: async (docs) => {
      const written = rows(docs);
      if (written.length === 0) return;
      const table = await access.table();
      await access.writer.write(
        table,
        written.map((row) => row.id),
        (draft) => {
          for (const row of new Map(written.map((each) => [each.id, each])).values()) draft.write(row);
        },
      );
    },
    putIf: async (doc, expected) => {
      const row = rowOf(spec.name, columns, doc);
      const table = await access.table();
      return access.writer.write(table, [row.id], (draft) => {
        const found = draft.version(row.id);
        if (found !== expected)
          throw new CrosscheckError('CC_VERSION_CONFLICT', {
            collection: spec.name,
            id: row.id,
            found,
            expected,
          });
        return draft.write(row);
      });
    },
    putNew: async (docs) => {
      const written = rows(docs);
      if (written.length === 0) return [];
      const table = await access.table();
      return access.writer.write(
        table,
        written.map((row) => row.id),
        (draft) =>
          written.map((row) => {
            const isNew = draft.version(row.id) === 0;
            if (isNew) draft.write(row);
            return isNew;
          }),
      );
    },
    delete: async (ids) => {
      for (const id of ids) checkId(spec.name, id);
      if (ids.length === 0) return;
      const table = await access.table();
      await access.writer.write(table, ids, (draft) => {
        for (const id of ids) draft.remove(id);
      });
    },
    purge: (where) => {
      const checked = checkFilter(spec, where);
      return removeWhere((table) => purgeSql(table, checked));
    },
    clear: async () => {
      await removeWhere((table) => purgeSql(table, { and: [] }));
    },
    find: async (query) => {
      const plan = planFind(spec, query);
      const { name } = await access.table();
      const found = await access.lookups.use((connection) => connection.rows(findSql(name, plan)));
      const docs: T[] = found.slice(0, plan.limit).map(([json]) => JSON.parse(json as string));
      return found.length > plan.limit ? { docs, next: plan.cursorAt(docs.at(-1)!) } : { docs };
    },
    count: async (where) => {
      const checked = where === undefined ? undefined : checkFilter(spec, where);
      const { name } = await access.table();
      const [row] = await access.scans.use((connection) => connection.rows(countSql(name, checked)));
      return Number(row![0]);
    },
    since: async (cursor, limit) => {
      const { name } = await access.table();
      const parameters = new Parameters();
      const sql = parameters.sql(
        `SELECT _doc, _version, _seq FROM ${quote(name)} WHERE _seq > ${parameters.add(BigInt(cursor))} ORDER BY _seq LIMIT ${Math.trunc(limit)}`,
      );
      return (await access.lookups.use((connection) => connection.rows(sql))).map(stored);
    },
    aggregate: async (query) => {
      const checked = checkAggregate(spec, query);
      const { name } = await access.table();
      const found = await access.scans.use((connection) => connection.rows(aggregateSql(name, checked)));
      const keys = checked.groupBy ?? [];
      const measures = Object.entries(checked.measures);
      const histograms = Object.keys(checked.histograms ?? {});
      return found.map((row): AggregateRow => {
        const values = row.slice(keys.length) as (bigint | null)[];
        const bins = row.slice(keys.length + measures.length) as (DuckDBMapValue | null)[];
        return {
          key: Object.fromEntries(keys.map((key, i) => [key, keyValue(row[i] as ColumnValue | bigint)])),
          values: Object.fromEntries(
            measures.map(([measure, asked], i) => [
              measure,
              // A sum of nothing is null in SQL, and 0 in the port.
              exactNumber('sum' in asked ? (values[i] ?? 0n) : values[i]!, spec.name, measure),
            ]),
          ),
          histograms: Object.fromEntries(
            histograms.map((histogram, i) => [histogram, pairs(bins[i] ?? null)]),
          ),
        };
      });
    },
  };
}

const keyValue = (value: ColumnValue | bigint): ColumnValue =>
  typeof value === 'bigint' ? Number(value) : value;

const pairs = (map: DuckDBMapValue | null): [number, number][] =>
  (map?.entries ?? [])
    .map(({ key, value }): [number, number] => [Number(key), Number(value)])
    .sort(([a], [b]) => a - b);
