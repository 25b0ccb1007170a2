/**
 * What every store must do, run against each adapter. A case that only one adapter needs does not belong here. Numbers,
 * orders and pages are compared with what is written out here, so both adapters agree with each other to the last digit.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Collection, CollectionSpec, ColumnValue, Filter, Store } from '../../src/store/port.ts';

export interface Thing {
  id: string;
  office?: string | null;
  lane?: string | null;
  amount?: number | null;
  weight?: number | null;
  urgent?: boolean | null;
  parties?: { declarant?: string | null };
  [more: string]: unknown;
}

export const thing = (name: string): CollectionSpec => ({
  name,
  schema: 1,
  columns: {
    office: { type: 'text' },
    lane: { type: 'text' },
    amount: { type: 'integer' },
    weight: { type: 'real' },
    urgent: { type: 'boolean' },
    declarant: { type: 'text', path: 'parties.declarant' },
  },
  indexes: [['office', 'lane'], ['declarant']],
});

const six: Thing[] = [
  {
    id: 'a',
    office: 'NORTH',
    lane: 'green',
    amount: 10,
    weight: 1.5,
    urgent: true,
    parties: { declarant: 'D1' },
  },
  { id: 'b', office: 'NORTH', lane: 'red', amount: -3, weight: 0.1, urgent: false },
  { id: 'c', office: 'SOUTH', lane: null, amount: 7, weight: 0.2, urgent: true, parties: {} },
  { id: 'd', office: 'SOUTH', lane: 'green', amount: null, weight: -2, parties: { declarant: 'D2' } },
  { id: 'e', lane: 'red', amount: 0, urgent: false, parties: { declarant: null } },
  { id: 'f', office: 'North', lane: 'Red', amount: 7, weight: 1e300, urgent: null },
];

export function contract(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store;
    let counter = 0;
    const fresh = (): Collection<Thing> => store.collection<Thing>(thing(`thing${++counter}`));
    const filled = async (docs: readonly Thing[] = six): Promise<Collection<Thing>> => {
      const things = fresh();
      await things.put(docs);
      return things;
    };
    const ids = async (things: Collection<Thing>, where: Filter): Promise<string> =>
      (await things.find({ where, limit: 100 })).docs.map((doc) => doc.id).join('');

    beforeAll(async () => {
      store = await open();
    });
    afterAll(async () => {
      await store?.close();
    });

    describe('documents by key', () => {
      test('what was put is there, unchanged, as version 1', async () => {
        const things = await filled();
        expect((await things.get('a'))?.doc).toEqual(six[0]);
        expect((await things.get('a'))?.version).toBe(1);
        expect(await things.get('nobody')).toBeUndefined();
      });
      test('getMany answers those that are there', async () => {
        const things = await filled();
        expect([...(await things.getMany(['c', 'x', 'a', 'a'])).keys()].sort()).toEqual(['a', 'c']);
        expect((await things.getMany([])).size).toBe(0);
      });
      test('many single look-ups at once each get their own document, to change as they like', async () => {
        const things = await filled(Array.from({ length: 600 }, (_, i) => ({ id: `t${i}`, amount: i })));
        const found = await Promise.all(
          Array.from({ length: 1_200 }, (_, i) =>
            things.get(i < 600 ? `t${i}` : `t${i - 600}${i % 2 ? '' : 'x'}`),
          ),
        );
        expect(found.slice(0, 600).map((each) => each?.doc.amount)).toEqual(
          Array.from({ length: 600 }, (_, i) => i),
        );
        expect(found.slice(600).map((each) => each?.doc.amount)).toEqual(
          Array.from({ length: 600 }, (_, i) => (i % 2 ? i : undefined)),
        );
        found[1]!.doc.amount = -1;
        expect(found[601]!.doc.amount).toBe(1);
      });
      test('a second put replaces the whole document and counts the version', async () => {
        const things = await filled();
        await things.put([{ id: 'a', office: 'EAST' }]);
        expect(await things.get('a')).toMatchObject({ doc: { id: 'a', office: 'EAST' }, version: 2 });
        expect((await things.get('a'))?.doc.lane).toBeUndefined();
        expect(await things.count()).toBe(6);
        expect(await ids(things, { column: 'office', op: 'eq', value: 'NORTH' })).toBe('b');
      });
      test('of equal ids in one put the last stands, as one version', async () => {
        const things = fresh();
        await things.put([
          { id: 'x', amount: 1 },
          { id: 'y', amount: 2 },
          { id: 'x', amount: 3 },
        ]);
        expect(await things.get('x')).toMatchObject({ doc: { amount: 3 }, version: 1 });
        expect(await things.count()).toBe(2);
      });
      test('putNew writes what is new, keeps what was there, and says which is which', async () => {
        const things = await filled();
        const again = await things.putNew([
          { id: 'a', amount: 99 },
          { id: 'g', amount: 1 },
          { id: 'g', amount: 2 },
        ]);
        expect(again).toEqual([false, true, false]);
        expect((await things.get('a'))?.doc.amount).toBe(10);
        expect((await things.get('g'))?.doc.amount).toBe(1);
        expect(await things.putNew([])).toEqual([]);
      });
      test('putIf writes on the expected version alone', async () => {
        const things = fresh();
        expect(await things.putIf({ id: 'x', amount: 1 }, 0)).toBe(1);
        expect(await things.putIf({ id: 'x', amount: 2 }, 1)).toBe(2);
        await expect(things.putIf({ id: 'x', amount: 3 }, 1)).rejects.toMatchObject({
          code: 'CC_VERSION_CONFLICT',
          params: { id: 'x', found: 2, expected: 1 },
        });
        await expect(things.putIf({ id: 'x', amount: 3 }, 0)).rejects.toMatchObject({
          code: 'CC_VERSION_CONFLICT',
        });
        await expect(things.putIf({ id: 'z' }, 1)).rejects.toMatchObject({
          code: 'CC_VERSION_CONFLICT',
          params: { found: 0 },
        });
        expect((await things.get('x'))?.doc.amount).toBe(2);
      });
      test('deleted documents are gone, and begin again at version 1', async () => {
        const things = await filled();
        await things.delete(['a', 'b', 'nobody']);
        await things.delete([]);
        expect(await things.get('a')).toBeUndefined();
        expect(await things.count()).toBe(4);
        expect(await things.putIf({ id: 'a' }, 0)).toBe(1);
      });
      test('clear leaves nothing, purge what does not match', async () => {
        const things = await filled();
        expect(await things.purge({ column: 'office', op: 'eq', value: 'NORTH' })).toBe(2);
        expect(await things.count()).toBe(4);
        await things.clear();
        expect(await things.count()).toBe(0);
        expect((await things.find({ limit: 5 })).docs).toEqual([]);
      });
    });

    describe('content', () => {
      const odd: Thing[] = [
        { id: 'dots.and$', 'a.b': 1, $set: { $where: '1' }, '': 'empty key' },
        JSON.parse('{"id":"proto","__proto__":{"amount":5},"constructor":{"prototype":1}}'),
        { id: 'quote\'"`\\;--', text: "'); DROP TABLE thing; --" },
        { id: 'nul\u0000inside', text: 'a\u0000b', 'key\u0000': 1 },
        { id: '😀', text: '😀é\u0301 \u202e العربية', lone: '\ud800', parties: { declarant: '\ud800x' } },
        { id: ' ', text: ' spaces \n\t' },
        {
          id: 'numbers',
          big: 9007199254740991,
          small: 5e-324,
          large: 1.7976931348623157e308,
          zero: 0,
          tenth: 0.1,
        },
        { id: 'deep', nested: JSON.parse(`${'['.repeat(300)}1${']'.repeat(300)}`) },
        { id: 'x'.repeat(900), long: 'é'.repeat(100_000) },
      ];
      test('comes back byte for byte, whatever its keys and characters', async () => {
        const things = await filled(odd);
        for (const doc of odd) {
          expect(JSON.stringify((await things.get(doc.id))?.doc), doc.id).toBe(JSON.stringify(doc));
        }
        expect(await things.count()).toBe(odd.length);
        expect(({} as Thing).amount).toBeUndefined();
        // A column reads own members alone: nothing comes in through __proto__.
        expect(await ids(things, { column: 'amount', op: 'isNotNull' })).toBe('');
      });
      test('half a surrogate pair in a column is stored and asked for as U+FFFD', async () => {
        const things = await filled(odd);
        for (const value of ['\ud800x', '\ufffdx'])
          expect(await ids(things, { column: 'declarant', op: 'eq', value })).toBe('😀');
      });
      test.each([
        ['an id that is no text', { id: 5 as unknown as string }],
        ['an empty id', { id: '' }],
        ['an id with half a surrogate pair', { id: 'a\udfff' }],
        ['text in an integer column', { id: 'a', amount: '12' as unknown as number }],
        ['a fraction in an integer column', { id: 'a', amount: 1.5 }],
        ['an integer that a double cannot tell', { id: 'a', amount: 2 ** 53 }],
        ['a number in a boolean column', { id: 'a', urgent: 1 as unknown as boolean }],
      ])('refuses %s, and nothing of its call is written', async (_title, doc: Thing) => {
        const things = fresh();
        await expect(things.put([{ id: 'good' }, doc])).rejects.toMatchObject({ code: 'CC_BAD_ARGUMENT' });
        expect(await things.count()).toBe(0);
      });
    });

    describe('filters', () => {
      const cases: [string, Filter, string][] = [
        ['equal tells case apart', { column: 'office', op: 'eq', value: 'NORTH' }, 'ab'],
        ['not equal leaves nulls out', { column: 'office', op: 'ne', value: 'NORTH' }, 'cdf'],
        [
          'not equal or null takes them in',
          { column: 'office', op: 'ne', value: 'NORTH', orNull: true },
          'cdef',
        ],
        ['not takes in what is null inside', { not: { column: 'office', op: 'eq', value: 'NORTH' } }, 'cdef'],
        ['not of not equal is equal or null', { not: { column: 'office', op: 'ne', value: 'NORTH' } }, 'abe'],
        ['less leaves nulls out', { column: 'amount', op: 'lt', value: 7 }, 'be'],
        ['less or null takes them in', { column: 'amount', op: 'lt', value: 0, orNull: true }, 'bd'],
        ['at most', { column: 'amount', op: 'le', value: 7 }, 'bcef'],
        ['greater', { column: 'amount', op: 'gt', value: 7 }, 'a'],
        ['at least', { column: 'amount', op: 'ge', value: 7 }, 'acf'],
        ['an integer column against a fraction', { column: 'amount', op: 'gt', value: 6.5 }, 'acf'],
        ['a real column', { column: 'weight', op: 'le', value: 0.2 }, 'bcd'],
        ['a real column against an integer', { column: 'weight', op: 'eq', value: -2 }, 'd'],
        ['a boolean column', { column: 'urgent', op: 'eq', value: false }, 'be'],
        ['a boolean column in order', { column: 'urgent', op: 'lt', value: true }, 'be'],
        ['a nested column', { column: 'declarant', op: 'ge', value: 'D2' }, 'd'],
        ['one of', { column: 'lane', op: 'in', value: ['red', 'blue'] }, 'be'],
        ['one of, or null', { column: 'lane', op: 'in', value: ['red'], orNull: true }, 'bce'],
        ['one of none', { column: 'lane', op: 'in', value: [] }, ''],
        ['one of none, or null', { column: 'lane', op: 'in', value: [], orNull: true }, 'c'],
        ['not one of', { not: { column: 'lane', op: 'in', value: ['red', 'green'] } }, 'cf'],
        ['a prefix', { column: 'office', op: 'prefix', value: 'NO' }, 'ab'],
        ['the empty prefix leaves nulls out', { column: 'office', op: 'prefix', value: '' }, 'abcdf'],
        ['a prefix or null', { column: 'office', op: 'prefix', value: 'S', orNull: true }, 'cde'],
        ['a prefix is no pattern', { column: 'office', op: 'prefix', value: 'N.*' }, ''],
        ['null', { column: 'lane', op: 'isNull' }, 'c'],
        ['null where the member is absent', { column: 'declarant', op: 'isNull' }, 'bcef'],
        ['not null', { column: 'amount', op: 'isNotNull' }, 'abcef'],
        [
          'and, or, not together',
          {
            and: [
              {
                or: [
                  { column: 'office', op: 'isNull' },
                  { column: 'amount', op: 'gt', value: 5 },
                ],
              },
              { not: { column: 'urgent', op: 'eq', value: true } },
            ],
          },
          'ef',
        ],
        ['an empty and holds', { and: [] }, 'abcdef'],
        ['an empty or does not', { or: [] }, ''],
        ['not of an empty or holds', { not: { or: [] } }, 'abcdef'],
        ['by id', { column: 'id', op: 'gt', value: 'd' }, 'ef'],
        ['values are no code', { column: 'office', op: 'eq', value: "' OR 1=1 --" }, ''],
      ];
      let things: Collection<Thing>;
      beforeAll(async () => {
        things = await filled();
      });
      test.each(cases)('%s', async (_title, where, found) => {
        expect(await ids(things, where)).toBe(found);
        expect(await things.count(where)).toBe(found.length);
      });
      test.each([
        ['an unknown column', { column: 'nope', op: 'isNull' }],
        ['an inherited name', { column: 'constructor', op: 'isNull' }],
        ['text for a number', { column: 'amount', op: 'eq', value: '7' }],
        ['a number for text', { column: 'office', op: 'in', value: [7] }],
        ['a number that is none', { column: 'weight', op: 'lt', value: Number.NaN }],
        ['a prefix of a number', { column: 'amount', op: 'prefix', value: '1' }],
      ] as [string, Filter][])('refuses %s', async (_title, where) => {
        await expect(things.find({ where, limit: 1 })).rejects.toMatchObject({ code: 'CC_BAD_ARGUMENT' });
      });
    });

    describe('order and pages', () => {
      test('nulls come first ascending and last descending; ties by id', async () => {
        const things = await filled();
        const sorted = async (column: string, direction: 'asc' | 'desc') =>
          (await things.find({ sort: [{ column, direction }], limit: 10 })).docs
            .map((doc) => doc.id)
            .join('');
        expect(await sorted('amount', 'asc')).toBe('dbecfa');
        expect(await sorted('amount', 'desc')).toBe('acfebd');
        expect(await sorted('urgent', 'asc')).toBe('dfbeac');
        expect(await sorted('weight', 'desc')).toBe('facbde');
      });
      test('text is ordered by code point, not by language or UTF-16', async () => {
        const texts = [
          '',
          'B',
          'Z',
          'a',
          'b',
          'é',
          'z\u0000',
          'z',
          '\uffee',
          '😀',
          '\u{10ffff}',
          'ab',
          'e\u0301',
          '10',
          '9',
          ' ',
        ];
        const things = await filled(texts.map((office, i) => ({ id: `t${i}`, office })));
        const byPoint = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const { docs } = await things.find({ sort: [{ column: 'office', direction: 'asc' }], limit: 50 });
        expect(docs.map((doc) => doc.office)).toEqual(byPoint);
        const beyond = await things.find({
          where: { column: 'office', op: 'gt', value: '\uffee' },
          limit: 50,
        });
        expect(beyond.docs.map((doc) => doc.office).sort()).toEqual(['\u{10ffff}', '😀'].sort());
        const prefixed = async (value: string) =>
          (await things.count({ column: 'office', op: 'prefix', value })).toString();
        expect(await prefixed('\u{10ffff}')).toBe('1');
        expect(await prefixed('z')).toBe('2');
        expect(await prefixed('e')).toBe('1');
      });
      test.each([
        [[{ column: 'amount', direction: 'desc' as const }]],
        [
          [
            { column: 'lane', direction: 'asc' as const },
            { column: 'weight', direction: 'desc' as const },
          ],
        ],
        [
          [
            { column: 'urgent', direction: 'desc' as const },
            { column: 'id', direction: 'desc' as const },
          ],
        ],
        [[]],
      ])('pages by %j show each document once, in order', async (sort) => {
        const things = await filled();
        const whole = (await things.find({ sort, limit: 100 })).docs.map((doc) => doc.id);
        for (const limit of [1, 2, 3, 6]) {
          const seen: string[] = [];
          let cursor: string | undefined;
          do {
            const page = await things.find({ sort, limit, ...(cursor === undefined ? {} : { cursor }) });
            expect(page.docs.length).toBeGreaterThan(0);
            seen.push(...page.docs.map((doc) => doc.id));
            cursor = page.next;
          } while (cursor !== undefined);
          expect(seen).toEqual(whole);
        }
      });
      test('a page goes on behind its place when documents come in before it', async () => {
        const things = await filled();
        const sort = [{ column: 'amount', direction: 'asc' as const }];
        const first = await things.find({ sort, limit: 3 });
        await things.put([{ id: 'new', amount: -100 }]);
        const rest = await things.find({ sort, limit: 10, cursor: first.next! });
        expect([...first.docs, ...rest.docs].map((doc) => doc.id).join('')).toBe('dbecfa');
      });
      test.each(['', 'rubbish', Buffer.from('["x",null,"a"]').toString('base64url'), '__proto__'])(
        'refuses the cursor %j',
        async (cursor) => {
          const things = await filled();
          await expect(things.find({ limit: 1, cursor })).rejects.toMatchObject({ code: 'CC_BAD_ARGUMENT' });
        },
      );
      test('refuses a cursor of another query', async () => {
        const things = await filled();
        const { next } = await things.find({ limit: 1, sort: [{ column: 'amount', direction: 'asc' }] });
        await expect(
          things.find({ limit: 1, sort: [{ column: 'weight', direction: 'asc' }], cursor: next! }),
        ).rejects.toMatchObject({ code: 'CC_BAD_ARGUMENT' });
      });
      test.each([0, -1, 1.5, Number.NaN])('refuses a page of %d', async (limit) => {
        await expect(fresh().find({ limit })).rejects.toMatchObject({ code: 'CC_BAD_ARGUMENT' });
      });
    });

    describe('since', () => {
      const drain = async (things: Collection<Thing>, from = 0, page = 3): Promise<[string[], number]> => {
        const seen: string[] = [];
        let cursor = from;
        for (;;) {
          const next = await things.since(cursor, page);
          if (next.length === 0) return [seen, cursor];
          for (const { doc, seq } of next) {
            expect(seq).toBeGreaterThan(cursor);
            cursor = seq;
            seen.push(doc.id);
          }
        }
      };
      test('tells what was written after the cursor, in order, a rewritten document at its last place', async () => {
        const things = fresh();
        for (const doc of six) await things.put([doc]);
        const [all, cursor] = await drain(things);
        expect(all.join('')).toBe('abcdef');
        expect(await things.since(cursor, 10)).toEqual([]);
        await things.put([{ id: 'c', amount: 1 }]);
        await things.putNew([{ id: 'a' }, { id: 'g' }]);
        expect((await drain(things, cursor))[0].join('')).toBe('cg');
        expect((await drain(things))[0].join('')).toBe('abdefcg');
      });
      test('goes on after the newest documents were removed', async () => {
        const things = await filled();
        const [, cursor] = await drain(things);
        await things.clear();
        await things.put([{ id: 'later' }]);
        expect((await drain(things, cursor))[0]).toEqual(['later']);
      });
      test('misses nothing while many writers write', async () => {
        const things = fresh();
        const seen = new Set<string>();
        let cursor = 0;
        const read = async (): Promise<number> => {
          const next = await things.since(cursor, 50);
          for (const { doc, seq } of next) {
            expect(seq).toBeGreaterThan(cursor);
            cursor = seq;
            seen.add(doc.id);
          }
          return next.length;
        };
        let writing = true;
        const reader = (async () => {
          while (writing) await read();
          while ((await read()) > 0);
        })();
        await Promise.all(
          Array.from({ length: 12 }, async (_, writer) => {
            for (let i = 0; i < 25; i++) await things.put([{ id: `${writer}-${i}` }, { id: `shared-${i}` }]);
          }),
        );
        writing = false;
        await reader;
        expect(seen.size).toBe(12 * 25 + 25);
      });
    });

    test('the same question is answered from what is there now, however far from what was there before', async () => {
      const things = fresh();
      const ask = async () => [
        await things.count(),
        await things.count({ column: 'amount', op: 'gt', value: -1_000 }),
        await things.count({ column: 'office', op: 'isNotNull' }),
        await things.count({ column: 'office', op: 'lt', value: 'M' }),
        (await things.find({ where: { column: 'weight', op: 'lt', value: 1e9 }, limit: 50 })).docs.length,
        (await things.find({ limit: 50, sort: [{ column: 'amount', direction: 'asc' }] })).docs
          .map(({ id }) => id)
          .join(''),
        (await things.getMany(['b', 'zz', '!'])).size,
        (await things.aggregate({ groupBy: ['office'], measures: { sum: { sum: 'amount' } } })).map(
          ({ values }) => values.sum,
        ),
      ];
      expect(await ask()).toEqual([0, 0, 0, 0, 0, '', 0, []]);
      await things.put([
        { id: 'a', office: 'A', amount: 1, weight: 1 },
        { id: 'b', office: 'B', amount: 2, weight: 2 },
      ]);
      expect(await ask()).toEqual([2, 2, 2, 2, 2, 'ab', 1, [1, 2]]);
      await things.put([{ id: 'zz', office: 'Z', amount: -5_000, weight: 1e300 }]);
      expect(await ask()).toEqual([3, 2, 3, 2, 2, 'zzab', 2, [1, 2, -5_000]]);
      await things.put([
        { id: '!', amount: 2 ** 50 },
        { id: 'a', office: '😀'.repeat(20), amount: -(2 ** 50) },
      ]);
      expect(await ask()).toEqual([4, 2, 3, 1, 1, 'azzb!', 3, [2 ** 50, 2, -5_000, -(2 ** 50)]]);
    });

    describe('aggregation', () => {
      test('counts, sums, least, greatest and distinct of everything, without the nulls', async () => {
        const things = await filled();
        expect(
          await things.aggregate({
            measures: {
              n: { count: true },
              sum: { sum: 'amount' },
              least: { min: 'amount' },
              greatest: { max: 'amount' },
              offices: { distinct: 'office' },
              amounts: { distinct: 'amount' },
              green: { count: true, where: { column: 'lane', op: 'eq', value: 'green' } },
              notGreen: { count: true, where: { not: { column: 'lane', op: 'eq', value: 'green' } } },
              redSum: { sum: 'amount', where: { column: 'lane', op: 'eq', value: 'red' } },
            },
          }),
        ).toEqual([
          {
            key: {},
            values: {
              n: 6,
              sum: 21,
              least: -3,
              greatest: 10,
              offices: 3,
              amounts: 4,
              green: 2,
              notGreen: 4,
              redSum: -3,
            },
            histograms: {},
          },
        ]);
      });
      test('of nothing is one row: sums 0, least and greatest null', async () => {
        const things = fresh();
        const query = {
          measures: {
            n: { count: true },
            sum: { sum: 'amount' },
            least: { min: 'amount' },
            d: { distinct: 'lane' },
          },
          histograms: { h: { bin: 'amount' } },
        } as const;
        const nothing = { key: {}, values: { n: 0, sum: 0, least: null, d: 0 }, histograms: { h: [] } };
        expect(await things.aggregate(query)).toEqual([nothing]);
        await things.put(six);
        expect(await things.aggregate({ ...query, where: { or: [] } })).toEqual([nothing]);
        expect(await things.aggregate({ ...query, groupBy: ['office'], where: { or: [] } })).toEqual([]);
      });
      test('by groups, null being one of its own and first; a sum of nulls alone is 0', async () => {
        const things = await filled();
        const rows = await things.aggregate({
          groupBy: ['office', 'lane'],
          measures: { n: { count: true }, sum: { sum: 'amount' }, most: { max: 'amount' } },
        });
        expect(rows.map((row) => [row.key.office, row.key.lane, ...Object.values(row.values)])).toEqual([
          [null, 'red', 1, 0, 0],
          ['NORTH', 'green', 1, 10, 10],
          ['NORTH', 'red', 1, -3, -3],
          ['North', 'Red', 1, 7, 7],
          ['SOUTH', null, 1, 7, 7],
          ['SOUTH', 'green', 1, 0, null],
        ]);
      });
      test('a group in which a measure matches nothing stays, with 0', async () => {
        const things = await filled();
        const rows = await things.aggregate({
          groupBy: ['office'],
          measures: { red: { count: true, where: { column: 'lane', op: 'eq', value: 'red' } } },
        });
        expect(rows.map((row) => [row.key.office, row.values.red])).toEqual([
          [null, 1],
          ['NORTH', 1],
          ['North', 0],
          ['SOUTH', 0],
        ]);
      });
      test.each<[string, ColumnValue[]]>([
        ['urgent', [null, false, true]],
        ['weight', [null, -2, 0.1, 0.2, 1.5, 1e300]],
        ['amount', [null, -3, 0, 7, 10]],
        ['id', ['a', 'b', 'c', 'd', 'e', 'f']],
      ])('groups by %s in the column’s own type and order', async (column, keys) => {
        const things = await filled();
        const rows = await things.aggregate({ groupBy: [column], measures: { n: { count: true } } });
        expect(rows.map((row) => row.key[column])).toEqual(keys);
      });
      test('groups ordered by a measure, nulls first ascending and last descending, ties by key, cut at the limit', async () => {
        const things = await filled();
        const by = async (direction: 'asc' | 'desc', limit = 10) =>
          (
            await things.aggregate({
              groupBy: ['id'],
              measures: { amount: { max: 'amount' }, d: { distinct: 'office' } },
              sort: { measure: 'amount', direction },
              limit,
            })
          )
            .map((row) => row.key.id)
            .join('');
        expect(await by('asc')).toBe('dbecfa');
        expect(await by('desc')).toBe('acfebd');
        expect(await by('desc', 2)).toBe('ac');
        expect(await by('desc', 0)).toBe('');
      });
      test('a sum of nothing is 0 in the order of groups too', async () => {
        const things = await filled([
          { id: 'a', amount: -1 },
          { id: 'b', amount: null },
          { id: 'c', amount: 1 },
        ]);
        const rows = await things.aggregate({
          groupBy: ['id'],
          measures: { sum: { sum: 'amount' } },
          sort: { measure: 'sum', direction: 'desc' },
        });
        expect(rows.map(({ key, values }) => [key.id, values.sum])).toEqual([
          ['c', 1],
          ['b', 0],
          ['a', -1],
        ]);
      });
      test('histograms are counts of bins, ascending, without nulls, by group and filter', async () => {
        const things = await filled();
        const rows = await things.aggregate({
          groupBy: ['office'],
          measures: { n: { count: true } },
          histograms: {
            all: { bin: 'amount' },
            green: { bin: 'amount', where: { column: 'lane', op: 'eq', value: 'green' } },
          },
        });
        expect(
          rows.map((row) => [row.key.office, row.values.n, row.histograms.all, row.histograms.green]),
        ).toEqual([
          [null, 1, [[0, 1]], []],
          [
            'NORTH',
            2,
            [
              [-3, 1],
              [10, 1],
            ],
            [[10, 1]],
          ],
          ['North', 1, [[7, 1]], []],
          ['SOUTH', 2, [[7, 1]], []],
        ]);
      });
      test('sums of large integers are exact, in whatever order, and one beyond 2^53 is refused', async () => {
        const big = Number.MAX_SAFE_INTEGER;
        const things = await filled([
          { id: 'a', amount: big },
          { id: 'b', amount: big },
          { id: 'c', amount: -big },
          { id: 'd', amount: 1 },
          { id: 'e', amount: -1 },
        ]);
        const sum = async (where: Filter) =>
          (await things.aggregate({ where, measures: { sum: { sum: 'amount' } } }))[0]!.values.sum;
        expect(await sum({ and: [] })).toBe(big);
        expect(await sum({ column: 'id', op: 'in', value: ['b', 'e'] })).toBe(big - 1);
        await expect(sum({ column: 'id', op: 'in', value: ['b', 'd'] })).rejects.toMatchObject({
          code: 'CC_RESULT_TOO_LARGE',
          params: { measure: 'sum' },
        });
        const least = await things.aggregate({
          measures: { least: { min: 'amount' }, most: { max: 'amount' } },
        });
        expect(least[0]!.values).toEqual({ least: -big, most: big });
      });
      test.each([
        ['a sum of text', { measures: { m: { sum: 'office' } } }],
        ['a sum of reals', { measures: { m: { sum: 'weight' } } }],
        ['bins of text', { measures: {}, histograms: { h: { bin: 'lane' } } }],
        ['an unknown group', { groupBy: ['nope'], measures: {} }],
        ['an unknown order', { measures: {}, sort: { measure: 'm', direction: 'asc' as const } }],
      ])('refuses %s', async (_title, query) => {
        await expect(fresh().aggregate(query)).rejects.toMatchObject({ code: 'CC_BAD_ARGUMENT' });
      });
    });

    describe('many', () => {
      test('ten thousand documents go in, are counted, paged, summed and replaced', async () => {
        const count = 10_000;
        const docs = Array.from({ length: count }, (_, i) => ({
          id: `id-${i}`,
          office: `O${i % 7}`,
          amount: i,
          text: 'x'.repeat(100),
        }));
        const things = await filled(docs);
        expect(await things.count()).toBe(count);
        const rows = await things.aggregate({
          groupBy: ['office'],
          measures: { n: { count: true }, sum: { sum: 'amount' } },
        });
        expect(rows.map((row) => row.values.n)).toEqual([1429, 1429, 1429, 1429, 1428, 1428, 1428]);
        expect(rows.reduce((sum, row) => sum + row.values.sum!, 0)).toBe((count * (count - 1)) / 2);
        let seen = 0;
        let cursor: string | undefined;
        do {
          const page = await things.find({ limit: 3_000, ...(cursor === undefined ? {} : { cursor }) });
          seen += page.docs.length;
          cursor = page.next;
        } while (cursor !== undefined);
        expect(seen).toBe(count);
        await things.put(docs.slice(0, 2_500).map((doc) => ({ ...doc, amount: 0 })));
        expect(await things.count({ column: 'amount', op: 'eq', value: 0 })).toBe(2_500);
        expect((await things.getMany(docs.slice(0, 2_000).map((doc) => doc.id))).size).toBe(2_000);
        await things.delete(docs.slice(0, 5_000).map((doc) => doc.id));
        expect(await things.count()).toBe(5_000);
      });
      test('an indexed column is filtered, sorted and paged alike whether few or many documents share its value', async () => {
        const things = await filled(
          Array.from({ length: 4_000 }, (_, i) => ({
            id: `t${i}`,
            office: i % 400 === 0 ? 'RARE' : 'COMMON',
            lane: i % 3 === 0 ? 'red' : 'green',
            amount: (i * 7) % 4_000,
          })),
        );
        for (const [office, expected] of [
          ['RARE', 3],
          ['COMMON', 1_330],
        ] as const) {
          const where: Filter = {
            and: [
              { column: 'lane', op: 'eq', value: 'red' },
              {
                or: [
                  { column: 'amount', op: 'ge', value: 10 },
                  { column: 'amount', op: 'lt', value: 3 },
                ],
              },
              { column: 'office', op: 'in', value: [office] },
            ],
          };
          const amounts: number[] = [];
          let cursor: string | undefined;
          do {
            const page = await things.find({
              where,
              sort: [{ column: 'amount', direction: 'desc' }],
              limit: office === 'RARE' ? 2 : 500,
              ...(cursor === undefined ? {} : { cursor }),
            });
            amounts.push(...page.docs.map((doc) => doc.amount!));
            cursor = page.next;
          } while (cursor !== undefined);
          expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
          expect(new Set(amounts).size).toBe(amounts.length);
          expect(amounts.length).toBe(await things.count(where));
          expect(Math.abs(amounts.length - expected)).toBeLessThan(10);
        }
      });
      test('of many writers who count up one document each succeeds once a version', async () => {
        const things = await filled([{ id: 'counter', amount: 0 }]);
        let conflicts = 0;
        const countUp = async (): Promise<void> => {
          for (;;) {
            const { doc, version } = (await things.get('counter'))!;
            try {
              await things.putIf({ ...doc, amount: doc.amount! + 1 }, version);
              return;
            } catch (thrown) {
              expect(thrown).toMatchObject({ code: 'CC_VERSION_CONFLICT' });
              conflicts++;
            }
          }
        };
        await Promise.all(Array.from({ length: 20 }, countUp));
        expect(await things.get('counter')).toMatchObject({ doc: { amount: 20 }, version: 21 });
        expect(conflicts).toBeGreaterThan(0);
      });
      test('of many writers who bring the same new document one is told that it was new', async () => {
        const things = fresh();
        const told = await Promise.all(
          Array.from({ length: 20 }, (_, i) => things.putNew([{ id: 'same', amount: i }])),
        );
        expect(told.flat().filter(Boolean).length).toBe(1);
        expect((await things.get('same'))?.doc.amount).toBe(told.findIndex(([isNew]) => isNew));
      });
      test('writers to many collections at once keep their documents apart', async () => {
        const many = Array.from({ length: 5 }, fresh);
        await Promise.all(many.flatMap((things, i) => six.map((doc) => things.put([{ ...doc, amount: i }]))));
        for (const [i, things] of many.entries()) {
          expect(await things.count({ column: 'amount', op: 'eq', value: i })).toBe(6);
        }
      });
    });

    describe('the store', () => {
      test('is healthy while it is open', async () => {
        expect(await store.healthy()).toBe(true);
      });
      test('gives one handle per collection and keeps documents under it', async () => {
        const spec = thing('handle');
        await store.prepare([spec]);
        await store.collection<Thing>(spec).put([{ id: 'a' }]);
        expect(await store.collection<Thing>(spec).count()).toBe(1);
      });
    });
  });
}
