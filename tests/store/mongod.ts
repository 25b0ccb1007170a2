/** A MongoDB server for tests, where one can be had: MONGOMS_SYSTEM_BINARY, or downloaded by mongodb-memory-server. */
import { MongoMemoryServer } from 'mongodb-memory-server';

// The contract holds for every server that the driver speaks to; which one is at hand does not matter.
process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK ??= 'false';

let starting: Promise<MongoMemoryServer | undefined> | undefined;

/** The address of a database of its own on the test file's server; undefined, with a visible line, where there is none. */
export async function mongoUri(database: string): Promise<string | undefined> {
  starting ??= MongoMemoryServer.create().catch((thrown: unknown) => {
    console.warn(`skipped: no MongoDB server for tests (${String(thrown).split('\n', 1)[0]})`);
    return undefined;
  });
  return (await starting)?.getUri(database);
}

export const stopMongo = async (): Promise<void> => {
  await (await starting)?.stop();
};
