/**
 * One collection as a DuckDB table: its making, its upgrade from an older release's shape, and the statements that the
 * writer runs on it. `_collection` says which table holds which collection in which shape. Rewriting a table goes into a
 * new one in the same transaction, so a crash on the way leaves the old one in force.
 */
import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { CrosscheckError } from '../../errors.ts';
import { contentHash } from '../../ground/canonical.ts';
import { type Column, columnsOf, type Row, rowOf } from '../columns.ts';
import type { CollectionSpec, ColumnType } from '../port.ts';
import { upgradeOf } from '../upgrade.ts';
import { type Absence, absence, type Scans } from './absence.ts';
import type { Connection } from './connection.ts';
import { type Target, takeFile } from './lines.ts';
import { type Numbered, openRecent, type Recent } from './recent.ts';
import { filled, Parameters, quote, type Sql, sqlTypes } from './sql.ts';

export interface Table {
  readonly name: string;
  readonly collection: string;
  /** What lines of its rows are read into. */
  readonly target: Target;
  /** The number of the latest write, or more: nothing in the table is beyond it. */
  sequence(): number;
  /** id → version of those that are there. */
  versions(connection: Connection, ids: readonly string[]): Promise<Map<string, number>>;
  /** What look-ups need not ask the table for. */
  readonly absence: Absence;
  /** Whether the id was in the table at a time when a reader may still see it: DuckDB may take it for one that is there. */
  wasRemoved(id: string): boolean;
  /** Rows went that nobody named. */
  forgetAll(): void;
  /** What followers need not ask the table for. */
  readonly recent: Recent;
  /** Gives documents with their new versions the next places in the sequence. */
  number(written: readonly [Row, number][]): Numbered[];
  /** Puts documents into the staging table, which no crash leaves anything of. */
  stage(connection: Connection, written: readonly Numbered[]): Promise<void>;
  /** Puts documents into the table that never were in it; part of a transaction. */
  insert(connection: Connection, written: readonly Numbered[]): Promise<void>;
  /** Moves what was staged into the table. */
  takeStaged(connection: Connection): Promise<void>;
  /** From a file of lines (./lines.ts): documents that were there perhaps, or never; part of a transaction. */
  takeFile(connection: Connection, path: string, perhapsThere: boolean): Promise<void>;
  remove(connection: Connection, ids: readonly string[]): Promise<void>;
  /** Keeps the sequence from falling back when the newest documents go; part of every removal's transaction. */
  rememberSequence(connection: Connection): Promise<void>;
}

const catalogSql =
  'CREATE TABLE IF NOT EXISTS _collection (name VARCHAR PRIMARY KEY, held_in VARCHAR, schema BIGINT, shape VARCHAR, seq BIGINT)';

/** Rows that a rewrite holds in memory at a time. */
const rewritePage = 2_000;

/** TRUNCATE gives no memory back, so the staging table is made anew after so many rows. */
const stagedAtMost = 5_000;
const makeStaging = (staging: string, columns: readonly Column[]): string =>
  `CREATE OR REPLACE TEMP TABLE ${quote(staging)} (${columnList(columns)})`;

/** What the table looks like follows from these alone. */
const shapeOf = (spec: CollectionSpec): string =>
  contentHash([Object.entries(spec.columns), spec.indexes]).slice(0, 16);

/** Runs on the writer's connection, alone. */
export async function openTable(connection: Connection, spec: CollectionSpec, scans: Scans): Promise<Table> {
  const columns = columnsOf(spec);
  const shape = shapeOf(spec);
  await connection.raw.run(catalogSql);
  const parameters = new Parameters();
  const [known] = await connection.rows(
    parameters.sql(
      `SELECT held_in, schema, shape, seq FROM _collection WHERE name = ${parameters.add(spec.name)}`,
    ),
  );
  let name = known === undefined ? spec.name : String(known[0]);
  if (known === undefined) {
    await transaction(connection, async () => {
      await createTable(connection, name, columns, spec);
      await register(connection, spec, name, shape, 0n);
    });
  } else if (Number(known[1]) > spec.schema) {
    throw new CrosscheckError('CC_STORE_NEWER', {
      collection: spec.name,
      found: Number(known[1]),
      known: spec.schema,
    });
  } else if (known[2] !== shape || Number(known[1]) !== spec.schema) {
    const old = name;
    name = `${spec.name}@${spec.schema}-${shape}`;
    await transaction(connection, async () => {
      await createTable(connection, name, columns, spec);
      await rewrite(connection, spec, columns, old, name, Number(known[1]));
      await connection.raw.run(`DROP TABLE ${quote(old)}`);
      await register(connection, spec, name, shape, known[3] as bigint);
    });
  }
  const staging = `_staged_${spec.name}`;
  await connection.raw.run(makeStaging(staging, columns));
  const [highest] = await connection.rows({
    text: `SELECT greatest(coalesce(max(_seq), 0), ${known === undefined ? 0n : (known[3] as bigint)}), count(*) FROM ${quote(name)}`,
    values: [],
    types: [],
  });
  const absent = absence(
    name,
    columns.map((column) => column.name),
    ['id', ...indexedColumns(spec).filter((column) => spec.columns[column]!.type === 'text')],
    Number(highest![1]),
    scans,
  );
  return tableOn(spec.name, name, staging, columns, highest![0] as bigint, absent);
}

function tableOn(
  collection: string,
  name: string,
  staging: string,
  columns: readonly Column[],
  seq: bigint,
  absent: Absence,
): Table {
  let sequence = seq;
  /** Rows put into the staging table since it was made. */
  let staged = 0;
  /** By this process; undefined where rows went that nobody named. */
  let removedHere: Set<string> | undefined = new Set();
  const updates = [...columns.map((column) => column.name), '_version', '_seq', '_doc']
    .map((column) => `${quote(column)} = excluded.${quote(column)}`)
    .join(', ');
  const onConflict = `ON CONFLICT (id) DO UPDATE SET ${updates}`;
  const upsertText = `INSERT INTO ${quote(name)} SELECT * FROM ${quote(staging)} ${onConflict}`;
  const target: Target = { table: name, types: ['VARCHAR', ...columns.map(({ type }) => sqlTypes[type])] };
  const rememberSequence = async (connection: Connection): Promise<void> => {
    const parameters = new Parameters();
    await connection.change(
      parameters.sql(
        `UPDATE _collection SET seq = ${parameters.add(sequence)} WHERE name = ${parameters.add(collection)}`,
      ),
    );
  };
  return {
    name,
    collection,
    target,
    absence: absent,
    recent: openRecent(),
    sequence: () => Number(sequence),
    wasRemoved: (id) => removedHere?.has(id) ?? true,
    forgetAll: () => {
      removedHere = undefined;
    },
    versions: async (connection, ids) => {
      const versions = new Map<string, number>();
      if (ids.length === 0) return versions;
      const rows = await connection.rows(byIds(`SELECT id, _version FROM ${quote(name)}`, ids));
      for (const [id, version] of rows) versions.set(id as string, Number(version));
      return versions;
    },
    number: (written) => {
      absent.add(written.map(([row]) => row));
      return written.map(([row, version]) => {
        sequence += 1n;
        return { row, version: BigInt(version), seq: sequence };
      });
    },
    stage: async (connection, written) => {
      if (staged >= stagedAtMost) {
        await connection.raw.run(makeStaging(staging, columns));
        staged = 0;
      } else if (staged > 0) await connection.raw.run(`TRUNCATE ${quote(staging)}`);
      staged += written.length;
      await append(connection, staging, columns, written);
    },
    insert: (connection, written) => append(connection, name, columns, written),
    takeStaged: async (connection) => {
      await connection.change({ text: upsertText, values: [], types: [] });
    },
    takeFile: (connection, path, perhapsThere) =>
      takeFile(connection, path, { ...target, onConflict: perhapsThere ? onConflict : '' }),
    remove: async (connection, ids) => {
      for (const id of ids) removedHere?.add(id);
      await connection.change(byIds(`DELETE FROM ${quote(name)}`, ids));
      await rememberSequence(connection);
    },
    rememberSequence,
  };
}

/**
 * `head WHERE id IN (…)`: up to a thousand ids as parameters of their own, which DuckDB answers from the index;
 * more as one list, answered by one scan.
 */
export function byIds(head: string, ids: readonly string[]): Sql {
  if (ids.length > 1_024) {
    return {
      text: `${head} WHERE id IN (SELECT unnest($1))`,
      values: [listValue(ids)],
      types: [LIST(VARCHAR)],
    };
  }
  const parameters = new Parameters();
  const places = filled(ids).map((id) => parameters.add(id));
  return parameters.sql(`${head} WHERE id IN (${places.join(', ')})`);
}

const columnList = (columns: readonly Column[]): string =>
  [
    'id VARCHAR',
    ...columns.map(({ name, type }) => `${quote(name)} ${sqlTypes[type]}`),
    '_version BIGINT',
    '_seq BIGINT',
    '_doc VARCHAR',
  ].join(', ');

/** The first columns of the spec's indexes. */
export const indexedColumns = (spec: CollectionSpec): string[] => [
  ...new Set(spec.indexes.flatMap(([first]) => (first === undefined || first === 'id' ? [] : [first]))),
];

/**
 * DuckDB's own indexes answer equality on one column and nothing else (ranges and orders are what zone maps and
 * sorting are for), so an index of several columns becomes one on its first.
 */
async function createTable(
  connection: Connection,
  name: string,
  columns: readonly Column[],
  spec: CollectionSpec,
): Promise<void> {
  await connection.raw.run(
    `CREATE TABLE ${quote(name)} (${columnList(columns).replace('id VARCHAR', 'id VARCHAR PRIMARY KEY')})`,
  );
  for (const first of indexedColumns(spec)) {
    await connection.raw.run(`CREATE INDEX ${quote(`${name}:${first}`)} ON ${quote(name)} (${quote(first)})`);
  }
}

async function register(
  connection: Connection,
  spec: CollectionSpec,
  name: string,
  shape: string,
  seq: bigint,
): Promise<void> {
  const parameters = new Parameters();
  const values = [spec.name, name, BigInt(spec.schema), shape, seq].map((value) => parameters.add(value));
  await connection.change(parameters.sql(`INSERT OR REPLACE INTO _collection VALUES (${values.join(', ')})`));
}

/** Every document of `from` into `to`, with its version and its place in the sequence. */
async function rewrite(
  connection: Connection,
  spec: CollectionSpec,
  columns: readonly Column[],
  from: string,
  to: string,
  schema: number,
): Promise<void> {
  const upgrade = upgradeOf(spec, schema);
  for (let last = -1n; ; ) {
    const parameters = new Parameters();
    const rows = await connection.rows(
      parameters.sql(
        `SELECT _doc, _version, _seq FROM ${quote(from)} WHERE _seq > ${parameters.add(last)} ORDER BY _seq LIMIT ${rewritePage}`,
      ),
    );
    if (rows.length === 0) return;
    last = rows.at(-1)![2] as bigint;
    await append(
      connection,
      to,
      columns,
      rows.map(([json, version, seq]) => ({
        row: rowOf(spec.name, columns, upgrade(JSON.parse(json as string))),
        version: version as bigint,
        seq: seq as bigint,
      })),
    );
  }
}

async function append(
  connection: Connection,
  table: string,
  columns: readonly Column[],
  rows: readonly Numbered[],
): Promise<void> {
  const appender = await connection.raw.createAppender(table);
  const appendValue: Record<ColumnType, (value: never) => void> = {
    text: (value: string) => appender.appendVarchar(value),
    integer: (value: number) => appender.appendBigInt(BigInt(value)),
    real: (value: number) => appender.appendDouble(value),
    boolean: (value: boolean) => appender.appendBoolean(value),
  };
  try {
    for (const { row, version, seq } of rows) {
      appender.appendVarchar(row.id);
      row.values.forEach((value, i) => {
        if (value === null) appender.appendNull();
        else appendValue[columns[i]!.type](value as never);
      });
      appender.appendBigInt(version);
      appender.appendBigInt(seq);
      appender.appendVarchar(row.json);
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
}

export async function transaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.raw.run('BEGIN');
  try {
    const result = await work();
    await connection.raw.run('COMMIT');
    return result;
  } catch (thrown) {
    await connection.raw.run('ROLLBACK').catch(() => {});
    throw thrown;
  }
}
