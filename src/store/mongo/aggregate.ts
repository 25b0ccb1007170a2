/**
 * The port's aggregation as pipelines: one for counts, sums, least and greatest; one more for each distinct count and
 * each histogram, which need the values themselves and would burst the 16 MB of a group's document. The answers meet
 * here. The pipelines read one after the other, so a write between them may be in one and not yet in another.
 */
import type { Document as BsonDocument, Collection } from 'mongodb';
import { exactNumber } from '../columns.ts';
import type { AggregateQuery, AggregateRow, ColumnValue, Filter, Measure } from '../port.ts';
import { fieldOf, toExpression, toQuery } from './filter.ts';

type Run = (pipeline: BsonDocument[]) => Promise<BsonDocument[]>;

export const runOn =
  (collection: Pick<Collection, 'aggregate'>): Run =>
  (pipeline) =>
    collection
      // 64-bit integers as bigint: a sum beyond 2^53 is noticed, not rounded.
      .aggregate(pipeline, { allowDiskUse: true, useBigInt64: true })
      .toArray();

/** `query` was checked against the columns. */
export async function aggregateWith(
  run: Run,
  collection: string,
  query: AggregateQuery,
): Promise<AggregateRow[]> {
  const groupBy = query.groupBy ?? [];
  const groupKey = Object.fromEntries(groupBy.map((column, i) => [`k${i}`, `$${fieldOf(column)}`]));
  const measures = Object.entries(query.measures);
  const plain = measures.filter(([, measure]) => !('distinct' in measure));
  const distinct = measures.filter(
    (entry): entry is [string, Extract<Measure, { distinct: string }>] => 'distinct' in entry[1],
  );
  const histograms = Object.entries(query.histograms ?? {});
  const sortsByDistinct = distinct.some(([name]) => name === query.sort?.measure);

  const main = run([
    ...matching(query.where),
    {
      $group: {
        _id: groupKey,
        ...Object.fromEntries(plain.map(([, measure], i) => [`m${i}`, accumulator(measure)])),
      },
    },
    ...ordering(groupBy.length, sortsByDistinct ? undefined : query.sort, plain),
    ...(query.limit === undefined || query.limit === 0 || sortsByDistinct ? [] : [{ $limit: query.limit }]),
  ]);
  /** Counts of documents per group and value of one column, nulls left out. */
  const perValue = (column: string, where: Filter | undefined): BsonDocument[] => [
    ...matching(query.where, where, { column, op: 'isNotNull' }),
    { $group: { _id: { ...groupKey, v: `$${fieldOf(column)}` }, n: { $sum: 1 } } },
  ];
  const counts = distinct.map(async ([, measure]) => {
    const found = await run([
      ...perValue(measure.distinct, measure.where),
      {
        $group: { _id: Object.fromEntries(groupBy.map((_, i) => [`k${i}`, `$_id.k${i}`])), n: { $sum: 1 } },
      },
    ]);
    return new Map(found.map((row) => [keyOf(row._id), Number(row.n)]));
  });
  const bins = histograms.map(async ([, { bin, where }]) => {
    const byKey = new Map<string, [number, number][]>();
    for (const { _id, n } of await run(perValue(bin, where))) {
      const { v, ...key } = _id;
      const pair: [number, number] = [Number(v), Number(n)];
      const pairs = byKey.get(keyOf(key));
      if (pairs === undefined) byKey.set(keyOf(key), [pair]);
      else pairs.push(pair);
    }
    for (const pairs of byKey.values()) pairs.sort(([a], [b]) => a - b);
    return byKey;
  });
  const [groups, distinctCounts, histogramBins] = await Promise.all([
    main,
    Promise.all(counts),
    Promise.all(bins),
  ]);

  // Of no documents there is no group; asked for no groups, the answer is one row all the same.
  if (groups.length === 0 && groupBy.length === 0) groups.push({ _id: {} });
  const rows = groups.map((group): AggregateRow => {
    const key = keyOf(group._id);
    return {
      key: Object.fromEntries(groupBy.map((column, i) => [column, keyValue(group._id[`k${i}`])])),
      values: Object.fromEntries(
        measures.map(([name, measure]) => [
          name,
          'distinct' in measure
            ? (distinctCounts[distinct.findIndex(([other]) => other === name)]!.get(key) ?? 0)
            : exactNumber(
                group[`m${plain.findIndex(([other]) => other === name)}`] ?? ofNothing(measure),
                collection,
                name,
              ),
        ]),
      ),
      histograms: Object.fromEntries(histograms.map(([name], i) => [name, histogramBins[i]!.get(key) ?? []])),
    };
  });
  if (query.sort !== undefined && sortsByDistinct) {
    const { measure, direction } = query.sort;
    // The rows are in the order of their keys, and sorting keeps that among equals.
    rows.sort((a, b) => (direction === 'asc' ? 1 : -1) * (a.values[measure]! - b.values[measure]!));
  }
  return query.limit === undefined ? rows : rows.slice(0, query.limit);
}

export function matching(...filters: (Filter | undefined)[]): BsonDocument[] {
  const given = filters.filter((filter) => filter !== undefined);
  return given.length === 0 ? [] : [{ $match: toQuery({ and: given }) }];
}

export function accumulator(measure: Measure): BsonDocument {
  const only = (value: unknown, otherwise: unknown) =>
    measure.where === undefined ? value : { $cond: [toExpression(measure.where), value, otherwise] };
  // Accumulators pass nulls over.
  if ('count' in measure) return { $sum: only(1, 0) };
  if ('sum' in measure) return { $sum: only(`$${fieldOf(measure.sum)}`, null) };
  if ('min' in measure) return { $min: only(`$${fieldOf(measure.min)}`, null) };
  if ('max' in measure) return { $max: only(`$${fieldOf(measure.max)}`, null) };
  throw new TypeError('distinct values are counted by a pipeline of their own');
}

const ofNothing = (measure: Measure): number | null => ('count' in measure || 'sum' in measure ? 0 : null);

function ordering(
  keys: number,
  sort: AggregateQuery['sort'],
  plain: readonly [string, Measure][],
): BsonDocument[] {
  const order: [string, 1 | -1][] = Array.from({ length: keys }, (_, i) => [`_id.k${i}`, 1]);
  if (sort !== undefined) {
    order.unshift([
      `m${plain.findIndex(([name]) => name === sort.measure)}`,
      sort.direction === 'asc' ? 1 : -1,
    ]);
  }
  return order.length === 0 ? [] : [{ $sort: Object.fromEntries(order) }];
}

const keyValue = (value: ColumnValue | bigint): ColumnValue =>
  typeof value === 'bigint' ? Number(value) : value;

const keyOf = (key: Record<string, ColumnValue | bigint>): string =>
  JSON.stringify(Object.entries(key).map(([name, value]) => [name, keyValue(value)]));
