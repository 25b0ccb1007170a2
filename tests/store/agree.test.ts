/** Random documents and random queries: both stores answer what the model answers, to the last digit and in the same order. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { openMongo } from '../../src/store/mongo/store.ts';
import type {
  AggregateQuery,
  AggregateRow,
  Collection,
  Filter,
  Groups,
  Measure,
  Sort,
  Store,
  TabulateQuery,
} from '../../src/store/port.ts';
import { type Thing, thing } from './contract.ts';
import { journaled } from './journaled.ts';
import { aggregated, type Columns, found } from './model.ts';
import { mongoUri, stopMongo } from './mongod.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-agree-'));
const stores: Store[] = [];
let collections: Collection<Thing>[] = [];

beforeAll(async () => {
  stores.push(await openDuckdb(join(folder, 'store')));
  stores.push(journaled(await openDuckdb(join(folder, 'journaled'))));
  const uri = await mongoUri('agree');
  if (uri !== undefined) stores.push(await openMongo(uri));
  collections = stores.map((store) => store.collection<Thing>(thing('thing')));
});
afterAll(async () => {
  for (const store of stores) await store.close();
  await stopMongo();
  rmSync(folder, { recursive: true, force: true });
});

// Few values, so that filters hit and groups have members; among them the odd ones.
const texts = ['', 'A', 'a', 'AB', 'Ab', 'é', '\uffee', '😀', '$A', 'A.b', 'A\u0000', '10', '9'];
const integers = [0, 1, -1, 2, 10, 2 ** 31, -(2 ** 31) - 1, 2 ** 45, -(2 ** 45)];
const reals = [0, 0.1, -0.1, 1, 1e-300, 1e300, 2 ** 53, 3.5];
const values = {
  office: fc.constantFrom(...texts),
  lane: fc.constantFrom(...texts),
  declarant: fc.constantFrom(...texts),
  amount: fc.constantFrom(...integers),
  weight: fc.constantFrom(...reals),
  urgent: fc.boolean(),
};
type Name = keyof typeof values;
const names = Object.keys(values) as Name[];
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 3 });

const row = fc
  .record({
    office: maybe(values.office),
    lane: maybe(values.lane),
    declarant: maybe(values.declarant),
    amount: maybe(values.amount),
    weight: maybe(values.weight),
    urgent: maybe(values.urgent),
  })
  .map((columns) => columns as Omit<Columns, 'id'>);
const rows = fc
  .array(row, { maxLength: 40 })
  .map((each) => each.map((columns, i) => ({ ...columns, id: `${texts[i % texts.length]}${i}` }) as Columns));

const anyName = fc.constantFrom(...names);
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  anyName.chain((column) =>
    fc.record({
      column: fc.constant(column),
      op: fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge'),
      value: values[column] as fc.Arbitrary<string | number | boolean>,
      orNull: fc.boolean(),
    }),
  ),
  anyName.chain((column) =>
    fc.record({
      column: fc.constant(column),
      op: fc.constant('in' as const),
      value: fc.array(values[column] as fc.Arbitrary<string | number | boolean>, { maxLength: 3 }),
      orNull: fc.boolean(),
    }),
  ),
  fc.record({
    column: fc.constantFrom('office', 'lane', 'declarant', 'id'),
    op: fc.constant('prefix' as const),
    value: fc.constantFrom(...texts),
    orNull: fc.boolean(),
  }),
  fc.record({ column: anyName, op: fc.constantFrom('isNull' as const, 'isNotNull' as const) }),
);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ and: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ not: tie('filter') }),
  ),
}));

const narrowed = <T extends object>(measure: T) =>
  fc
    .option(filter, { nil: undefined })
    .map((where) => (where === undefined ? measure : { ...measure, where }) as Measure);
const measure: fc.Arbitrary<Measure> = fc.oneof(
  narrowed({ count: true }),
  narrowed({ sum: 'amount' }),
  narrowed({ min: 'amount' }),
  narrowed({ max: 'amount' }),
  anyName.chain((column) => narrowed({ distinct: column })),
);
const aggregate: fc.Arbitrary<AggregateQuery> = fc
  .record({
    where: filter,
    groupBy: fc.uniqueArray(anyName, { maxLength: 2 }),
    measures: fc.record({ a: measure, b: measure }),
    bins: fc.option(filter, { nil: undefined }),
    sort: fc.option(
      fc.record({ measure: fc.constantFrom('a', 'b'), direction: fc.constantFrom('asc', 'desc') }),
      { nil: undefined },
    ),
    limit: fc.option(fc.nat(5), { nil: undefined }),
  })
  .map(({ bins, sort, limit, ...query }) => ({
    ...query,
    histograms: { h: { bin: 'amount', ...(bins === undefined ? {} : { where: bins }) } },
    ...(sort === undefined ? {} : { sort }),
    ...(limit === undefined ? {} : { limit }),
  }));
const find = fc.record({
  where: filter,
  sort: fc.array(
    fc.record({ column: anyName, direction: fc.constantFrom('asc' as const, 'desc' as const) }),
    { maxLength: 3 },
  ),
  limit: fc.integer({ min: 1, max: 15 }),
});

const docOf = ({ declarant, ...columns }: Columns): Thing => ({
  ...columns,
  parties: { declarant: declarant as string | null },
});

async function pages(
  things: Collection<Thing>,
  query: { where: Filter; sort: Sort[]; limit: number },
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await things.find({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.docs.map((doc) => doc.id));
    cursor = page.next;
  } while (cursor !== undefined);
  return ids;
}

/** Least and greatest are not tabulated, nor is what has no whole number for an answer. */
const tabulable = ({ measures }: AggregateQuery): boolean =>
  Object.values(measures).every((one) => !('min' in one) && !('max' in one));

const byKey = (rows: readonly AggregateRow[]): AggregateRow[] =>
  [...rows].sort((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1));

/** Groups as the rows of `aggregate`. */
const rowsOf = ({ count, keys, values, histograms }: Groups): AggregateRow[] =>
  Array.from({ length: count }, (_, i) => ({
    key: Object.fromEntries(Object.entries(keys).map(([column, all]) => [column, all[i]!])),
    values: Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all[i]!])),
    histograms: Object.fromEntries(
      Object.entries(histograms).map(([name, all]) => [
        name,
        all[i]!.bins.map((bin, j): [number, number] => [bin, all[i]!.counts[j]!]),
      ]),
    ),
  }));

test('both stores answer random queries on random documents as the model does', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.array(find, { minLength: 4, maxLength: 4 }),
      fc.array(aggregate, { minLength: 8, maxLength: 8 }),
      async (documents, finds, aggregates) => {
        for (const [i, things] of collections.entries()) {
          const where = `on ${stores[i]!.kind}`;
          await things.clear();
          await things.put(documents.map(docOf));
          for (const query of finds) {
            expect(await pages(things, query), where).toEqual(found(documents, query.where, query.sort));
            expect(await things.count(query.where), where).toBe(found(documents, query.where, []).length);
          }
          for (const query of aggregates)
            expect(await things.aggregate(query), where).toEqual(aggregated(documents, query));
          for (const query of aggregates.filter(tabulable)) {
            const { sort: _, limit: __, histograms, ...counts } = query;
            // Bins stay within a million of zero; amounts do not.
            const binned = documents.every(({ amount }) => Math.abs(Number(amount)) < 2 ** 20);
            const whole: AggregateQuery = binned ? { ...counts, histograms: histograms ?? {} } : counts;
            expect(byKey(rowsOf(await things.tabulate(whole as TabulateQuery))), where).toEqual(
              // The row that `aggregate` answers of nothing is no group.
              found(documents, query.where, []).length === 0 ? [] : byKey(aggregated(documents, whole)),
            );
          }
        }
      },
    ),
    // A slow machine tries fewer; a disagreement that was found is told at once rather than made small for minutes.
    { numRuns: 25, interruptAfterTimeLimit: 15_000 },
  );
}, 60_000);

test('what groups are told apart by within their keys comes back as the texts it is', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (documents) => {
      const expected = new Map<string, number>();
      for (const { declarant, office, lane } of documents) {
        const key = JSON.stringify([declarant, office ?? '', lane ?? '']);
        expected.set(key, (expected.get(key) ?? 0) + 1);
      }
      for (const [i, things] of collections.entries()) {
        await things.clear();
        await things.put(documents.map(docOf));
        const { count, keys, within, values } = await things.tabulate({
          groupBy: ['declarant'],
          within: ['office', 'lane'],
          measures: { n: { count: true } },
        });
        // Null and nothing are two groups of one text.
        const told = new Map<string, number>();
        for (let group = 0; group < count; group++) {
          const texts = within.map(({ texts, of }) => texts[of[group]!]);
          const key = JSON.stringify([keys.declarant![group], ...texts]);
          told.set(key, (told.get(key) ?? 0) + values.n![group]!);
        }
        expect(told, `on ${stores[i]!.kind}`).toEqual(expected);
      }
    }),
    { numRuns: 10 },
  );
}, 120_000);

test('a text with a separator in it is one stratum, and not the beginning of another', async () => {
  for (const [i, things] of collections.entries()) {
    await things.clear();
    const base = { declarant: 'D1', amount: 1 };
    await things.put(
      [
        { ...base, office: 'A\u001fB', lane: 'red' },
        { ...base, office: 'A', lane: 'B' },
      ].map((one, id) => docOf({ ...one, id: `W${id}` } as Parameters<typeof docOf>[0])),
    );
    const { count, within } = await things.tabulate({
      within: ['office', 'lane'],
      measures: { n: { count: true } },
    });
    const lanes = Array.from({ length: count }, (_, group) => within[1]!.texts[within[1]!.of[group]!]);
    expect(lanes.sort(), `on ${stores[i]!.kind}`).toEqual(['B', 'red']);
    expect(new Set(within[0]!.texts).size).toBe(2);
  }
});
