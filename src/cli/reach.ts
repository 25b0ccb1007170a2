/**
 * How a command reaches the data: MongoDB where MONGODB_URI says so, else the embedded store in --data; and where a
 * running service holds that, through the service.
 */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CrosscheckError } from '../errors.ts';
import type { Problem } from '../present.ts';
import { databaseFile } from '../store/duckdb/backup.ts';
import { defaultPolicy } from '../store/duckdb/checkpoint.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/port.ts';
import { readRunning } from '../store/running.ts';

export interface ReachOptions {
  data?: string;
}

export type Reach = { kind: 'store'; store: Store } | ({ kind: 'service' } & Service);

export interface Service {
  url: string;
  /** Lets a command of this machine's user in. */
  token?: string;
}

export const dataFolder = (options: ReachOptions): string =>
  resolve(options.data ?? process.env.CROSSCHECK_DATA ?? 'data');

/** Whether anybody said which store is meant; `data` in the working directory otherwise. */
export const isStoreNamed = (options: ReachOptions): boolean =>
  [options.data, process.env.CROSSCHECK_DATA, process.env.MONGODB_URI].some((name) => name !== undefined);

/** Where the draw's secret lies: beside the embedded store. Replicas on MongoDB are given theirs by CROSSCHECK_SECRET. */
export const secretFolder = (options: ReachOptions): string | undefined =>
  process.env.MONGODB_URI !== undefined && options.data === undefined ? undefined : dataFolder(options);

export const withDataOption = (command: Command): Command =>
  command.option(
    '--data <dir>',
    'folder of the embedded store (or CROSSCHECK_DATA; MONGODB_URI for MongoDB)',
  );

/**
 * A command is at its work until it ends, and closing the store makes a checkpoint: one in each moment in which it thinks
 * rather than writes would write the last rows of each table again and again.
 */
const commandCheckpoints = { whenQuiet: defaultPolicy.atMost };

/** Throws CC_STORE_ABSENT; what is there and cannot be looked into, or is half a store, is told by who opens it. */
function refuseAbsent(folder: string): void {
  const absent = (problem: string) => new CrosscheckError('CC_STORE_ABSENT', { folder, problem });
  try {
    if (!readdirSync(folder).some((name) => name.startsWith(databaseFile)))
      throw absent(`the folder is there and has no ${databaseFile}`);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw absent('there is no such folder');
    if (code === 'ENOTDIR') throw absent('that is a file, no folder');
    if (thrown instanceof CrosscheckError) throw thrown;
  }
}

/**
 * A command that has something to put into a store makes one where none is; to any other, a folder without a store is one
 * that was mistyped, and an answer from an empty store would be taken for the truth.
 */
export async function reach(options: ReachOptions, absent: 'refused' | 'made' = 'refused'): Promise<Reach> {
  const mongodbUri = process.env.MONGODB_URI;
  if (mongodbUri !== undefined && options.data === undefined) {
    return { kind: 'store', store: await openStore({ mongodbUri }) };
  }
  const data = dataFolder(options);
  if (absent === 'refused') refuseAbsent(data);
  try {
    return { kind: 'store', store: await openStore({ data, checkpoint: commandCheckpoints }) };
  } catch (thrown) {
    if (!(thrown instanceof CrosscheckError) || thrown.code !== 'CC_STORE_TAKEN') throw thrown;
    const service = readRunning(data);
    if (service === undefined) throw thrown;
    return { kind: 'service', ...service };
  }
}

/** A call to the running service; its problem documents become errors again. */
export async function callService(service: Service, path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  const headers = {
    ...(init?.headers as Record<string, string>),
    ...(service.token === undefined ? {} : { authorization: `Bearer ${service.token}` }),
  };
  try {
    response = await fetch(new URL(path, service.url), { ...init, headers });
  } catch (cause) {
    const problem = `the service at ${service.url} does not answer`;
    throw new CrosscheckError('CC_STORE_UNAVAILABLE', { problem }, {}, cause);
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
    throw new CrosscheckError('CC_SERVICE_ANSWERED', {
      status: response.status,
      code: problem.code ?? 'no code',
      problem: problem.detail ?? 'no detail',
    });
  }
  return response;
}
