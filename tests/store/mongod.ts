/** A MongoDB server for tests, where one can be had: MONGOMS_SYSTEM_BINARY, or downloaded by mongodb-memory-server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { MongoClient } from 'mongodb';
import { MongoBinary, MongoMemoryServer } from 'mongodb-memory-server';

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
  const server = starting;
  // The next test file in this process has one of its own.
  starting = undefined;
  await (await server)?.stop();
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
  /** SIGSTOP: connections stay open and nothing is answered any more, as behind a network that drops everything. */
  standStill(): void;
  /** On the same port and files, once it has ended. */
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

/**
 * First and last port from which one is taken: below those that systems give to outgoing connections (Linux from 32768,
 * others from 49152). One of those could be given away while the server is down, to the driver's own attempts to come
 * back even, and the server would then be started where nobody looks for it.
 */
const portRange = { from: 20_000, to: 32_000 } as const;

/** @returns a port that nobody listens on now */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(portRange.from, portRange.to);
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => probe.close(resolve));
    if (free) return port;
  }
}

/** The server's process once it answers; rejects with what it said where it ends before. */
async function spawnServer(port: number, folder: string): Promise<ChildProcess> {
  const binary = await MongoBinary.getPath();
  const child = spawn(binary, ['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said = (said + chunk).slice(-10_000);
      if (/waiting for connections/i.test(said)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(
        new Error(`the MongoDB server on port ${port} ended (${signal ?? code}): ${said.slice(-1_000)}`),
      ),
    );
  });
  return child;
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** Resolves when the process has ended. */
const ended = async (child: ChildProcess): Promise<void> => {
  if (isRunning(child)) await new Promise((resolve) => child.once('exit', resolve));
};

/**
 * Not by mongodb-memory-server: it moves to another port where the one that is asked for is taken, waits ten seconds for a
 * start and no longer, which a busy machine needs, and up to twenty for an end.
 */
export async function restartableMongo(folder: string, database: string): Promise<Restartable | undefined> {
  // Where no server can be had, that was found out and told once.
  if ((await mongoUri('any')) === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  let server = await spawnServer(port, folder);
  // Whatever becomes of the tests, it does not outlive them.
  process.once('exit', () => server.kill('SIGKILL'));
  const uri = `mongodb://127.0.0.1:${port}/`;
  return {
    uri: `${uri}${database}`,
    ahead: (await isLibrary(uri)) ? 300 : 0,
    kill: () => {
      server.kill('SIGKILL');
    },
    standStill: () => {
      server.kill('SIGSTOP');
    },
    start: async () => {
      await ended(server);
      server = await spawnServer(port, folder);
    },
    stop: async () => {
      // Nothing of it is looked at any more.
      server.kill('SIGKILL');
      await ended(server);
    },
  };
}
