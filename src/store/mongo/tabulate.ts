/**
 * The port's tabulation as pipelines: one for counts and sums, one more for each distinct count and each histogram (see
 * aggregate.ts). Numbers come back as the driver's own, which keeps what is beyond 2^53 as a Long.
 */
import type { Document as BsonDocument, Collection as Driver } from 'mongodb';
import { exactNumber } from '../columns.ts';
import { askedOnce, binsOf, codedOf, groupKey, noBins } from '../groups.ts';
import type { Bins, ColumnValue, Filter, Groups, TabulateQuery } from '../port.ts';
import { accumulator, matching } from './aggregate.ts';
import { fieldOf } from './filter.ts';

type Measure = TabulateQuery['measures'][string];

/** `query` was checked against the columns. */
export const tabulateWith = (
  documents: Pick<Driver, 'aggregate'>,
  collection: string,
  query: TabulateQuery,
): Promise<Groups> => askedOnce(query, (once) => tabulated(documents, collection, once));

async function tabulated(
  documents: Pick<Driver, 'aggregate'>,
  collection: string,
  query: TabulateQuery,
): Promise<Groups> {
  const run = (pipeline: BsonDocument[]): Promise<BsonDocument[]> =>
    documents.aggregate(pipeline, { allowDiskUse: true }).toArray();
  const groupBy = query.groupBy ?? [];
  const columns = [...groupBy, ...(query.within ?? [])];
  const groupKeys = Object.fromEntries(columns.map((column, i) => [`k${i}`, `$${fieldOf(column)}`]));
  const measures = Object.entries(query.measures);
  const plain = measures.filter(([, measure]) => !('distinct' in measure));
  const distinct = measures.filter(
    (entry): entry is [string, Extract<Measure, { distinct: string }>] => 'distinct' in entry[1],
  );
  const histograms = Object.entries(query.histograms ?? {});
  const perValue = (column: string, where: Filter | undefined): BsonDocument[] => [
    ...matching(query.where, where, { column, op: 'isNotNull' }),
    { $group: { _id: { ...groupKeys, v: `$${fieldOf(column)}` }, n: { $sum: 1 } } },
  ];
  const read = (found: readonly BsonDocument[]): Pick<Groups, 'keys' | 'within'> & { key: KeyOf } => {
    const columnsOf = columns.map((_, i) => found.map((row) => keyValue(row._id[`k${i}`])));
    const keys = columnsOf.slice(0, groupBy.length);
    const within = columnsOf
      .slice(groupBy.length)
      .map((column) => codedOf(column.map((text) => (text ?? '') as string)));
    return {
      keys: Object.fromEntries(groupBy.map((column, i) => [column, keys[i]!])),
      within,
      key: groupKey(keys, within),
    };
  };
  const [main, counted, binned] = await Promise.all([
    run([
      ...matching(query.where),
      {
        $group: {
          _id: groupKeys,
          ...Object.fromEntries(plain.map(([, measure], i) => [`m${i}`, accumulator(measure)])),
        },
      },
    ]),
    Promise.all(
      distinct.map(([, measure]) =>
        run([
          ...perValue(measure.distinct, measure.where),
          {
            $group: {
              _id: Object.fromEntries(columns.map((_, i) => [`k${i}`, `$_id.k${i}`])),
              n: { $sum: 1 },
            },
          },
        ]),
      ),
    ),
    Promise.all(histograms.map(([, { bin, where }]) => run(perValue(bin, where)))),
  ]);
  const groups = read(main);
  const values = new Map(
    plain.map(([name], i) => [
      name,
      main.map((row) => exactNumber(Number(row[`m${i}`] ?? 0), collection, name)!),
    ]),
  );
  distinct.forEach(([name], d) => {
    const { key } = read(counted[d]!);
    const counts = new Map(counted[d]!.map((row, i) => [key(i), Number(row.n)]));
    values.set(
      name,
      main.map((_, i) => counts.get(groups.key(i)) ?? 0),
    );
  });
  return {
    count: main.length,
    keys: groups.keys,
    within: groups.within,
    values: Object.fromEntries(values),
    histograms: Object.fromEntries(
      histograms.map(([name], h) => [
        name,
        binsByGroup(binned[h]!, read(binned[h]!).key, main.length, groups.key),
      ]),
    ),
  };
}

type KeyOf = (group: number) => ColumnValue;

function binsByGroup(found: readonly BsonDocument[], foundKey: KeyOf, count: number, groupOf: KeyOf): Bins[] {
  const pairs = new Map<ColumnValue, { bin: number; count: number }[]>();
  found.forEach((row, i) => {
    const pair = { bin: Number(row._id.v), count: Number(row.n) };
    const key = foundKey(i);
    const before = pairs.get(key);
    if (before === undefined) pairs.set(key, [pair]);
    else before.push(pair);
  });
  const bins = new Map([...pairs].map(([key, own]) => [key, binsOf(own)]));
  return Array.from({ length: count }, (_, i) => bins.get(groupOf(i)) ?? noBins);
}

/** Integer columns are Longs in the database, which the driver makes numbers where it can. */
const keyValue = (value: ColumnValue | { toNumber(): number } | undefined): ColumnValue =>
  value === undefined ? null : value !== null && typeof value === 'object' ? value.toNumber() : value;
