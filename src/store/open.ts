/** Which store a command or the service works on: the embedded one in a folder. */
import { type DuckdbOptions, openDuckdb } from './duckdb/store.ts';
import type { Store } from './port.ts';

export interface OpenOptions extends DuckdbOptions {
  /** Folder of the embedded store; made when it is not there. */
  data?: string;
}

export const defaultData = 'data';

/** CC_STORE_TAKEN when another process holds the embedded store; running.ts tells where its service listens. */
export const openStore = ({ data, ...options }: OpenOptions): Promise<Store> =>
  openDuckdb(data ?? defaultData, options);
