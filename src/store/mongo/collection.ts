/** The port's collection on a MongoDB collection. */
import { type Document as BsonDocument, Double, type Collection as Driver } from 'mongodb';
import { badArgument, checkId, columnsOf, type Row, rowOf } from '../columns.ts';
import type { Collection, CollectionSpec, Document, Stored } from '../port.ts';
import { checkAggregate, checkFilter, checkTabulate, planFind } from '../query.ts';
import { aggregateWith, runOn } from './aggregate.ts';
import { translated } from './errors.ts';
import { fieldOf, toInteger, toQuery } from './filter.ts';
import { settledUpTo } from './sequence.ts';
import { readerOf } from './shape.ts';
import { tabulateWith } from './tabulate.ts';
import type { MongoWriter, Stored as StoredRecord } from './writer.ts';

/** MongoDB holds 16 MiB a document; the rest is for columns and keys. */
const longestJson = 15 * 2 ** 20;

export interface Access {
  documents: Driver<StoredRecord>;
  records: Driver<StoredRecord>;
  writer: MongoWriter;
  /** Resolves when indexes and upgrades are made. */
  ready(): Promise<void>;
}

/** A row as MongoDB keeps it, in the database's own types. */
export function fieldsOf(spec: CollectionSpec, shape: string): (row: Row) => BsonDocument {
  const columns = columnsOf(spec);
  return (row) => ({
    shape,
    doc: row.json,
    c: Object.fromEntries(
      columns.map(({ name, type }, i) => {
        const value = row.values[i]!;
        if (value === null) return [name, null];
        if (type === 'integer') return [name, toInteger(value as number)];
        return [name, type === 'real' ? new Double(value as number) : value];
      }),
    ),
  });
}

export function mongoCollection<T extends Document>(spec: CollectionSpec, access: Access): Collection<T> {
  const { documents, records, writer } = access;
  const columns = columnsOf(spec);
  const read = readerOf<T>(spec);
  const rows = (docs: readonly T[]): Row[] =>
    docs.map((doc) => {
      const row = rowOf(spec.name, columns, doc);
      if (Buffer.byteLength(row.json) > longestJson)
        throw badArgument(`${spec.name} ${row.id}`, 'the document is longer than 15 MiB');
      return row;
    });
  /** After the collection was made ready, with the driver's errors as the port's. */
  const on = <R>(work: () => Promise<R>): Promise<R> =>
    translated(async () => {
      await access.ready();
      return work();
    });
  const getMany = (ids: readonly string[]) =>
    on(async () => {
      const found = new Map<string, Stored<T>>();
      if (ids.length === 0) return found;
      for await (const record of documents.find({ _id: { $in: [...ids] } }, { projection: { c: 0 } })) {
        found.set(record._id, read(record));
      }
      return found;
    });

  return {
    spec,
    get: async (id) => (await getMany([id])).get(id),
    getMany,
    put: async (docs) => {
      const written = rows(docs);
      if (written.length > 0) await on(() => writer.put(written));
    },
    putIf: async (doc, expected) => {
      const [row] = rows([doc]);
      return on(() => writer.putIf(row!, expected));
    },
    putNew: async (docs) => {
      const written = rows(docs);
      return written.length === 0 ? [] : on(() => writer.putNew(written));
    },
    delete: async (ids) => {
      for (const id of ids) checkId(spec.name, id);
      if (ids.length > 0) await on(() => writer.remove(ids));
    },
    purge: async (where) => {
      const query = toQuery(checkFilter(spec, where));
      return on(async () => (await documents.deleteMany(query)).deletedCount);
    },
    clear: () =>
      on(async () => {
        await documents.deleteMany({});
      }),
    find: async (query) => {
      const plan = planFind(spec, query);
      const sort = Object.fromEntries(
        plan.sort.map(({ column, direction }) => [fieldOf(column), direction === 'asc' ? 1 : -1] as const),
      );
      const found = await on(() =>
        documents
          .find(plan.where === undefined ? {} : toQuery(plan.where), {
            projection: { c: 0 },
            sort,
            limit: plan.limit + 1,
            allowDiskUse: true,
          })
          .toArray(),
      );
      const docs = found.slice(0, plan.limit).map((record) => read(record).doc);
      return found.length > plan.limit ? { docs, next: plan.cursorAt(docs.at(-1)!) } : { docs };
    },
    count: async (where) => {
      const query = where === undefined ? {} : toQuery(checkFilter(spec, where));
      return on(() => documents.countDocuments(query));
    },
    since: (cursor, limit) =>
      on(async () => {
        // What this process was told is durable, it comes upon.
        await writer.givenBack();
        // First how far it is settled, then the documents: the other way round one could slip in between.
        const settled = await settledUpTo(records, spec.name);
        const query = { s: { $gt: cursor, $lte: settled } };
        const found = await documents.find(query, { projection: { c: 0 }, sort: { s: 1 }, limit }).toArray();
        return found.map(read);
      }),
    aggregate: async (query) => {
      const checked = checkAggregate(spec, query);
      return on(() => aggregateWith(runOn(documents), spec.name, checked));
    },
    tabulate: async (query) => {
      const checked = checkTabulate(spec, query);
      return on(() => tabulateWith(documents, spec.name, checked));
    },
  };
}
