/** Which store a command or the service works on: MongoDB where an address is given, else the embedded one in a folder. */
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

/** CC_STORE_TAKEN when another process holds the embedded store; running.ts tells where its service listens. */
export const openStore = ({ data, mongodbUri, ...options }: OpenOptions): Promise<Store> =>
  mongodbUri === undefined ? openDuckdb(data ?? defaultData, options) : openMongo(mongodbUri);
