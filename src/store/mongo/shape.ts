/**
 * How a collection lies in MongoDB, and how it gets there from what an older release wrote. Every document says in which
 * shape it is (`schema-hash of columns`); the collection's record, shared with the sequence, says which shape all of them
 * have. Documents of an older schema are read through their upgrade even before they are rewritten, so replicas can
 * start one after the other.
 */
import type { AnyBulkWriteOperation, Collection as Driver } from 'mongodb';
import { CrosscheckError } from '../../errors.ts';
import { contentHash } from '../../ground/canonical.ts';
import { columnsOf, rowOf } from '../columns.ts';
import type { CollectionSpec, Document, Stored, StoredJson } from '../port.ts';
import { upgradeOf } from '../upgrade.ts';
import { fieldOf } from './filter.ts';
import type { Fields, Stored as StoredRecord } from './writer.ts';

/** Documents rewritten in one bulk. */
const rewritePage = 1_000;

export const shapeOf = (spec: CollectionSpec): string =>
  `${spec.schema}-${contentHash(Object.entries(spec.columns)).slice(0, 16)}`;

const schemaOf = (shape: string): number => Number(shape.split('-', 1)[0]);

export function readerOf<T extends Document>(spec: CollectionSpec): (record: StoredRecord) => Stored<T> {
  return (record) => {
    const parsed: StoredJson = JSON.parse(record.doc);
    const schema = schemaOf(record.shape);
    const doc = schema === spec.schema ? parsed : upgradeOf(spec, schema)(parsed);
    return { doc: doc as unknown as T, version: Number(record.v), seq: Number(record.s) };
  };
}

/** Makes the indexes, and rewrites what is in another shape. */
export async function makeReady(
  spec: CollectionSpec,
  documents: Driver<StoredRecord>,
  records: Driver<StoredRecord>,
  fields: Fields,
): Promise<void> {
  const shape = shapeOf(spec);
  const record = await records.findOne({ _id: spec.name }, { projection: { shape: 1 } });
  const found = record?.shape === undefined ? undefined : String(record.shape);
  if (found !== undefined && schemaOf(found) > spec.schema)
    throw new CrosscheckError('CC_STORE_NEWER', {
      collection: spec.name,
      found: schemaOf(found),
      known: spec.schema,
    });
  await documents.createIndexes([
    { key: { s: 1 }, name: 's' },
    ...[...spec.indexes, ...(spec.ranges ?? [])].map((columns) => ({
      key: Object.fromEntries(columns.map((column) => [fieldOf(column), 1] as const)),
      name: columns.join('+'),
    })),
  ]);
  if (found === shape) return;
  if (found !== undefined) await rewrite(spec, shape, documents, fields);
  await records.updateOne({ _id: spec.name }, { $set: { shape } }, { upsert: true });
}

/** Keeps versions and places in the sequence; a document that somebody wrote meanwhile is in the new shape already. */
async function rewrite(
  spec: CollectionSpec,
  shape: string,
  documents: Driver<StoredRecord>,
  fields: Fields,
): Promise<void> {
  const columns = columnsOf(spec);
  let operations: AnyBulkWriteOperation<StoredRecord>[] = [];
  const flush = async (): Promise<void> => {
    if (operations.length > 0) await documents.bulkWrite(operations, { ordered: false });
    operations = [];
  };
  for await (const record of documents.find({ shape: { $ne: shape } }, { projection: { c: 0 } })) {
    const upgraded = upgradeOf(spec, schemaOf(record.shape))(JSON.parse(record.doc));
    operations.push({
      updateOne: {
        filter: { _id: record._id, v: record.v, s: record.s },
        update: { $set: fields(rowOf(spec.name, columns, upgraded)) },
      },
    });
    if (operations.length >= rewritePage) await flush();
  }
  await flush();
}
