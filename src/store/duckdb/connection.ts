/**
 * Connections to the one DuckDB instance. Statements run on threads of libuv and of DuckDB, never on the event loop; a
 * connection runs one at a time. Reads get few connections on purpose: libuv has four threads, the writer needs one at
 * any time, and a slow aggregation must not keep a look-up waiting, so look-ups and aggregations have lanes of their own.
 */
import { basename } from 'node:path';
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api';
import { CrosscheckError } from '../../errors.ts';
import { refusalIn } from '../../ground/system-error.ts';
import type { Sql } from './sql.ts';

export type Rows = DuckDBValue[][];

/** Statements that a connection keeps prepared; the oldest goes when there are more. */
const preparedKept = 100;

export interface Connection {
  /** For appenders and for statements without parameters. */
  readonly raw: DuckDBConnection;
  rows(sql: Sql): Promise<Rows>;
  /** Runs a statement and answers how many rows it changed. */
  change(sql: Sql): Promise<number>;
  close(): void;
}

export function wrap(raw: DuckDBConnection): Connection {
  const prepared = new Map<string, DuckDBPreparedStatement>();
  const statement = async ({ text, values, types }: Sql): Promise<DuckDBPreparedStatement> => {
    const found = prepared.get(text) ?? (await raw.prepare(text));
    prepared.delete(text);
    prepared.set(text, found);
    if (prepared.size > preparedKept) {
      const [oldest, unused] = prepared.entries().next().value!;
      prepared.delete(oldest);
      unused.destroySync();
    }
    found.bind(values, types);
    return found;
  };
  return {
    raw,
    rows: async (sql) => (await (await statement(sql)).run()).getRows(),
    change: async (sql) => (await (await statement(sql)).run()).rowsChanged,
    close: () => raw.closeSync(),
  };
}

/** Hands out a fixed set of connections, first come first served. */
export interface Lane {
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Resolves when nothing runs and nothing waits, and closes the connections. */
  close(): Promise<void>;
}

export function lane(connections: readonly Connection[]): Lane {
  const free = [...connections];
  const waiting: ((connection: Connection) => void)[] = [];
  const running = new Set<Promise<unknown>>();
  const release = (connection: Connection): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next(connection);
  };
  const use = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    const connection =
      free.pop() ?? (await new Promise<Connection>((resolve) => waiting.push((given) => resolve(given))));
    try {
      return await work(connection);
    } catch (thrown) {
      throw unavailable(thrown);
    } finally {
      release(connection);
    }
  };
  return {
    use: (work) => {
      const run = use(work);
      running.add(run);
      const forget = () => running.delete(run);
      run.then(forget, forget);
      return run;
    },
    close: async () => {
      await Promise.allSettled(running);
      for (const connection of connections) connection.close();
    },
  };
}

/** With the name of the file, which no caller chose. */
function refusalOf(thrown: Error): string | undefined {
  const refusal = refusalIn(thrown);
  const { path } = thrown as NodeJS.ErrnoException;
  return refusal === undefined || path === undefined ? refusal : `${basename(path)}: ${refusal}`;
}

/** DuckDB names the kind of an error before the first colon; the rest may quote data, so it stays in the cause. */
export function unavailable(thrown: unknown): unknown {
  // What DuckDB throws is an Error and no more; the kinds of it that JavaScript throws are faults of ours.
  if (!(thrown instanceof Error) || thrown.constructor !== Error) return thrown;
  const problem = refusalOf(thrown) ?? thrown.message.split(':', 1)[0]!.slice(0, 80);
  return new CrosscheckError('CC_STORE_UNAVAILABLE', { problem }, {}, thrown);
}
