/**
 * The store on MongoDB, for many service replicas. Every write is acknowledged by a majority with its journal synced
 * (`w: majority, j: true`), reads come from the primary and see what a majority holds. Nothing here needs a transaction,
 * so a lost connection costs the calls under way a clear error and nothing else: the driver reconnects by itself.
 */
import { MongoClient } from 'mongodb';
import type { Collection, CollectionSpec, Document, Store } from '../port.ts';
import { fieldsOf, mongoCollection } from './collection.ts';
import { mongoDerived } from './derived.ts';
import { translated } from './errors.ts';
import { makeReady, shapeOf } from './shape.ts';
import { type MongoWriter, type Stored, startWriter } from './writer.ts';

/** Milliseconds in which a server must be found, or the call fails. */
const patience = 5_000;

/**
 * What the address says wins. The driver watches each server, and what waits on the connections of one that does not answer
 * its watch is ended: with its own usual times, 10 s between two looks and 30 s of waiting, a machine that vanished behind
 * the network would be waited for that long.
 */
const patiences = {
  serverSelectionTimeoutMS: patience,
  connectTimeoutMS: patience,
  heartbeatFrequencyMS: patience,
} as const;

const unsaid = (uri: string): Partial<typeof patiences> =>
  Object.fromEntries(
    Object.entries(patiences).filter(([name]) => !new RegExp(`[?&]${name}=`, 'i').test(uri)),
  );

/** Where the sequence and shape of each collection are kept. */
const recordsName = '_collection';

/** `uri` names the database: mongodb://host:port/crosscheck. */
export async function openMongo(uri: string): Promise<Store> {
  return translated(async () => {
    const client = new MongoClient(uri, {
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      ...unsaid(uri),
      appName: 'crosscheck',
    });
    await client.connect();
    return storeOn(client);
  });
}

function storeOn(client: MongoClient): Store {
  const database = client.db();
  const records = database.collection<Stored>(recordsName);
  const opened = new Map<
    string,
    { collection: Collection<Document>; writer: MongoWriter; ready(): Promise<void> }
  >();
  const open = (spec: CollectionSpec) => {
    const found = opened.get(spec.name);
    if (found !== undefined) return found;
    const documents = database.collection<Stored>(spec.name);
    const fields = fieldsOf(spec, shapeOf(spec));
    const writer = startWriter(spec.name, documents, records, fields);
    let making: Promise<void> | undefined;
    const ready = (): Promise<void> => {
      making ??= makeReady(spec, documents, records, fields).catch((thrown: unknown) => {
        // What failed is tried again by the next call.
        making = undefined;
        throw thrown;
      });
      return making;
    };
    const made = {
      collection: mongoCollection<Document>(spec, { documents, records, writer, ready }),
      writer,
      ready,
    };
    opened.set(spec.name, made);
    return made;
  };
  return {
    kind: 'mongo',
    exclusive: false,
    collection: <T extends Document>(spec: CollectionSpec) =>
      open(spec).collection as unknown as Collection<T>,
    derived: mongoDerived(database),
    prepare: (specs) =>
      translated(async () => {
        for (const spec of specs) await open(spec).ready();
      }),
    healthy: () =>
      database.command({ hello: 1 }, { timeoutMS: patience }).then(
        (answer) => answer.isWritablePrimary === true || answer.msg === 'isdbgrid',
        () => false,
      ),
    close: async () => {
      await Promise.all([...opened.values()].map(({ writer }) => writer.idle()));
      await client.close();
    },
  };
}
