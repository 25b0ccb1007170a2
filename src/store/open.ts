/** Which store a command or the service works on: MongoDB where an address is given, else the embedded one in a folder. */
import { badArgument } from './columns.ts';
import { type DuckdbOptions, openDuckdb } from './duckdb/store.ts';
import { openMongo } from './mongo/store.ts';
import type { Store } from './port.ts';

export interface OpenOptions extends DuckdbOptions {
  /** Folder of the embedded store; made when it is not there. */
  data?: string;
  /** A MongoDB connection string with the database's name (`MONGODB_URI`); it wins over `data`. */
  mongodbUri?: string;
}

export const defaultData = 'data';

/**
 * CC_STORE_TAKEN when another process holds the embedded store; running.ts tells where its service listens. What the
 * caller leaves open of memory and threads, CROSSCHECK_STORE_MEMORY (such as 2GB) and CROSSCHECK_STORE_THREADS say.
 */
export async function openStore({ data, mongodbUri, ...options }: OpenOptions): Promise<Store> {
  if (mongodbUri !== undefined) return openMongo(mongodbUri);
  return openDuckdb(data ?? defaultData, { ...fromEnvironment(process.env), ...options });
}

function fromEnvironment(environment: NodeJS.ProcessEnv): DuckdbOptions {
  const { CROSSCHECK_STORE_MEMORY: memory, CROSSCHECK_STORE_THREADS: threads } = environment;
  if (memory !== undefined && !/^[1-9]\d* ?([KMGT]i?B)$/i.test(memory))
    throw badArgument('CROSSCHECK_STORE_MEMORY', `"${memory}" is no size such as 2GB`);
  if (threads !== undefined && !/^[1-9]\d{0,3}$/.test(threads))
    throw badArgument('CROSSCHECK_STORE_THREADS', `"${threads}" is no number of threads`);
  return {
    ...(memory === undefined ? {} : { memoryLimit: memory }),
    ...(threads === undefined ? {} : { threads: Number(threads) }),
  };
}
