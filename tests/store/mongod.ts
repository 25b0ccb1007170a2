/** A MongoDB server for tests, where one can be had: MONGOMS_SYSTEM_BINARY, or downloaded by mongodb-memory-server. */
import { mkdirSync } from 'node:fs';
import { MongoClient } from 'mongodb';
import { MongoMemoryServer } from 'mongodb-memory-server';

// The contract holds for every server that the driver speaks to; which one is at hand does not matter.
process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK ??= 'false';

const noServer = (thrown: unknown): undefined => {
  console.warn(`skipped: no MongoDB server for tests (${String(thrown).split('\n', 1)[0]})`);
  return undefined;
};

let starting: Promise<MongoMemoryServer | undefined> | undefined;

/** The address of a database of its own on the test file's server; undefined, with a visible line, where there is none. */
export async function mongoUri(database: string): Promise<string | undefined> {
  starting ??= MongoMemoryServer.create().catch(noServer);
  return (await starting)?.getUri(database);
}

export const stopMongo = async (): Promise<void> => {
  await (await starting)?.stop();
};

/** A server that a test kills and starts again on the same files and port. */
export interface Restartable {
  uri: string;
  /**
   * Milliseconds that an acknowledgement by this server may be ahead of its journal. 0 for a mongod. MongoDB's engine
   * inside a library, which stands in where no mongod can be had, answers `j: true` a moment early: killed at once, it
   * lost the last write of the bare driver in 2 of 8 tries.
   */
  ahead: number;
  /** SIGKILL: the server gets no chance to write anything more. */
  kill(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function isLibrary(uri: string): Promise<boolean> {
  const client = await new MongoClient(uri).connect();
  try {
    const { modules } = await client.db().admin().buildInfo();
    return Array.isArray(modules) && modules.includes('embedded');
  } finally {
    await client.close();
  }
}

export async function restartableMongo(folder: string, database: string): Promise<Restartable | undefined> {
  // Where no server can be had, that was found out and told once.
  if ((await mongoUri('any')) === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  const create = (port?: number) =>
    MongoMemoryServer.create({
      instance: { dbPath: folder, storageEngine: 'wiredTiger', ...(port === undefined ? {} : { port }) },
    });
  let server = await create();
  const port = server.instanceInfo!.port;
  /** Undefined when it ended. */
  const process = () => server.instanceInfo?.instance.mongodProcess;
  const ended = async (): Promise<void> => {
    const dying = process();
    if (dying !== undefined && dying.exitCode === null && dying.signalCode === null)
      await new Promise((resolve) => dying.once('exit', resolve));
  };
  return {
    uri: server.getUri(database),
    ahead: (await isLibrary(server.getUri())) ? 300 : 0,
    kill: () => {
      process()?.kill('SIGKILL');
    },
    start: async () => {
      await ended();
      server = await create(port);
    },
    stop: async () => {
      await server.stop({ doCleanup: false });
    },
  };
}
