/**
 * Derived tables in MongoDB: `$group` and `$merge` in the server. A row's id is its keys, so two replicas that make the
 * same part write the same rows; the stamp keeps the older answer from standing over the newer, and rows that a part no
 * longer has go with their older stamp.
 */
import type { Document as BsonDocument, Db, Collection as Driver } from 'mongodb';
import { type Derived, type DerivedTable, specOf } from '../port.ts';
import { checkTabulate } from '../query.ts';
import { accumulator } from './aggregate.ts';
import { translated } from './errors.ts';
import { fieldOf } from './filter.ts';
import { tabulateWith } from './tabulate.ts';

export function mongoDerived(database: Db): Derived {
  const ready = new Map<string, Promise<unknown>>();
  const indexed = (documents: Driver, part: string): Promise<unknown> => {
    const known = ready.get(documents.collectionName);
    if (known !== undefined) return known;
    const making = documents.createIndex({ [fieldOf(part)]: 1 });
    ready.set(documents.collectionName, making);
    making.catch(() => ready.delete(documents.collectionName));
    return making;
  };
  return {
    refresh: (tables, part, values, stamp) =>
      translated(async () => {
        for (const table of tables) {
          const documents = database.collection(table.name);
          await indexed(documents, part);
          await database
            .collection(table.from.name)
            .aggregate(pipelineOf(table, part, values, stamp), { allowDiskUse: true })
            .toArray();
          await documents.deleteMany({ [fieldOf(part)]: { $in: [...values] }, stamp: { $lt: stamp } });
        }
      }),
    tabulate: (table, query) => {
      const checked = checkTabulate(specOf(table), query);
      return translated(() => tabulateWith(database.collection(table.name), table.name, checked));
    },
    drop: (chosen) =>
      translated(async () => {
        const found = await database.listCollections({}, { nameOnly: true }).toArray();
        const names = found.map(({ name }) => name).filter(chosen);
        for (const name of names) {
          await database.dropCollection(name);
          ready.delete(name);
        }
        return names.sort();
      }),
  };
}

function pipelineOf(
  table: DerivedTable,
  part: string,
  values: readonly string[],
  stamp: number,
): BsonDocument[] {
  const measures = Object.entries(table.measures);
  return [
    { $match: { [fieldOf(part)]: { $in: [...values] } } },
    {
      $group: {
        _id: Object.fromEntries(table.groupBy.map((column, i) => [`k${i}`, `$${fieldOf(column)}`])),
        ...Object.fromEntries(measures.map(([, measure], i) => [`m${i}`, accumulator(measure)])),
      },
    },
    {
      $project: {
        stamp: { $literal: stamp },
        c: Object.fromEntries([
          ...table.groupBy.map((column, i) => [column, `$_id.k${i}`]),
          ...measures.map(([name], i) => [name, `$m${i}`]),
        ]),
      },
    },
    {
      $merge: {
        into: table.name,
        on: '_id',
        whenMatched: [{ $replaceWith: { $cond: [{ $gte: ['$$new.stamp', '$stamp'] }, '$$new', '$$ROOT'] } }],
        whenNotMatched: 'insert',
      },
    },
  ];
}
