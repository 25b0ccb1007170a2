/** The journal of the embedded store: what is acknowledged from it is there, before and after it is folded, killed or not. */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { restore } from '../../src/store/duckdb/backup.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Collection, CollectionSpec, Store } from '../../src/store/port.ts';
import { type Thing, thing } from './contract.ts';

const root = mkdtempSync(join(tmpdir(), 'crosscheck-journal-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = (): string => join(root, `store${++folders}`);

const spec: CollectionSpec = { ...thing('thing'), journaled: true };
const things = (store: Store): Collection<Thing> => store.collection<Thing>(spec);
const some = (first: number, count: number): Thing[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `t${first + i}`,
    office: `O${i % 3}`,
    amount: first + i,
    weight: 0.1,
    urgent: i % 2 === 0,
    note: 'tab\t, line\n, "quote", \\ and é 漢 😀 \u2028',
  }));
/** Those with something in them: the next one stands ready and empty. */
const segments = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.includes('.journal.'))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).size > 0);

/** The folder as a killed process would leave it. */
const killed = (folder: string): string => {
  const copy = freshFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
};

/** Writes two groups, and answers the folder as it is without them folded. */
async function twoGroups(): Promise<string> {
  const folder = freshFolder();
  const store = await openDuckdb(folder);
  await things(store).putNew(some(0, 3));
  await things(store).putNew(some(3, 2));
  const left = killed(folder);
  await store.close();
  return left;
}

test('what is acknowledged is found by every way of asking before it is folded', async () => {
  const folder = freshFolder();
  const store = await openDuckdb(folder);
  const written = things(store);
  const docs = some(0, 6);
  await written.putNew(docs);
  expect(segments(folder)).toHaveLength(1);
  expect((await written.get('t4'))?.doc).toEqual(docs[4]);
  expect([...(await written.getMany(['t1', 'none', 't2'])).keys()]).toEqual(['t1', 't2']);
  const page = await written.find({
    where: { column: 'office', op: 'eq', value: 'O1' },
    sort: [{ column: 'amount', direction: 'desc' }],
    limit: 5,
  });
  expect(page.docs.map(({ id }) => id)).toEqual(['t4', 't1']);
  expect((await written.since(0, 10)).map(({ doc, version }) => [doc.id, version])).toEqual(
    docs.map(({ id }) => [id, 1]),
  );
  expect(await written.putNew(some(5, 2))).toEqual([false, true]);
  expect(await written.count()).toBe(7);
  expect(segments(folder), 'a count is asked of the table').toEqual([]);
  await store.close();
});

test('the next segment stands ready while one is written, and is used; a store that is closed leaves none', async () => {
  const folder = freshFolder();
  const store = await openDuckdb(folder);
  const written = things(store);
  const names = () => readdirSync(folder).filter((name) => name.includes('.journal.'));
  await written.putNew(some(0, 3));
  await expect.poll(names).toHaveLength(2);
  const [, ready] = names();
  await written.count();
  expect(names()).toEqual([ready]);
  await written.putNew(some(3, 3));
  expect(segments(folder)).toEqual([join(folder, ready!)]);
  await store.close();
  expect(names()).toEqual([]);
});

test('a page is made of what is in the table and of what is not in it yet', async () => {
  const store = await openDuckdb(freshFolder());
  const written = things(store);
  await written.putNew(some(0, 50));
  await written.count();
  await written.putNew(some(50, 50));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await written.find({
      sort: [{ column: 'amount', direction: 'desc' }],
      limit: 7,
      ...(cursor === undefined ? {} : { cursor }),
    });
    seen.push(...page.docs.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== undefined);
  expect(seen).toEqual(
    some(0, 100)
      .map(({ id }) => id)
      .reverse(),
  );
  await store.close();
});

describe('a change of what stands in the journal', () => {
  test('is a version more, at a later place', async () => {
    const store = await openDuckdb(freshFolder());
    const written = things(store);
    await written.putNew(some(0, 3));
    await written.put([{ id: 't1', amount: 77 }]);
    expect(await written.get('t1')).toMatchObject({ doc: { amount: 77 }, version: 2 });
    await expect(written.putIf({ id: 't2', amount: 1 }, 0)).rejects.toMatchObject({
      code: 'CC_VERSION_CONFLICT',
    });
    expect((await written.since(0, 10)).map(({ doc }) => doc.id)).toEqual(['t0', 't2', 't1']);
    await store.close();
  });
  test('that removes it leaves nothing to come back', async () => {
    const folder = freshFolder();
    const store = await openDuckdb(folder);
    await things(store).putNew(some(0, 3));
    await things(store).delete(['t1']);
    const left = await openDuckdb(killed(folder));
    expect((await things(left).find({ limit: 9 })).docs.map(({ id }) => id)).toEqual(['t0', 't2']);
    await left.close();
    await store.close();
  });
});

describe('what a killed process left', () => {
  test('is there at the next start, and goes on from the same place', async () => {
    const left = await twoGroups();
    expect(segments(left)).toHaveLength(1);
    const store = await openDuckdb(left);
    expect(segments(left)).toEqual([]);
    const written = things(store);
    expect((await written.since(0, 10)).map(({ doc, seq }) => [doc, seq])).toEqual(
      some(0, 3)
        .concat(some(3, 2))
        .map((doc, i) => [doc, i + 1]),
    );
    await written.putNew([{ id: 'later' }]);
    expect((await written.get('later'))?.seq).toBe(6);
    await store.close();
  });
  test('is taken once, where it had been folded and not removed', async () => {
    const folder = freshFolder();
    const store = await openDuckdb(folder);
    await things(store).putNew(some(0, 3));
    const [segment] = segments(folder);
    const text = readFileSync(segment!);
    await things(store).count();
    await store.close();
    writeFileSync(segment!, text);
    const again = await openDuckdb(folder);
    expect(await things(again).count()).toBe(3);
    await again.close();
  });
  test('ends before a group that is torn: nobody was told of it', async () => {
    for (const torn of [1, 40, 200]) {
      const left = await twoGroups();
      const [segment] = segments(left);
      truncateSync(segment!, readFileSync(segment!).length - torn);
      const store = await openDuckdb(left);
      expect((await things(store).find({ limit: 9 })).docs.map(({ id }) => id)).toEqual(['t0', 't1', 't2']);
      await store.close();
    }
    const left = await twoGroups();
    appendFileSync(segments(left)[0]!, '#\t12');
    const store = await openDuckdb(left);
    expect(await things(store).count()).toBe(5);
    await store.close();
  });
  test('may hold nothing that was acknowledged, also beside a database that holds nothing', async () => {
    for (const left of ['', '#\t12']) {
      const folder = freshFolder();
      await (await openDuckdb(folder)).close();
      const segment = join(folder, 'crosscheck.journal.0000000001');
      writeFileSync(segment, left);
      const store = await openDuckdb(folder);
      expect(segments(folder)).toEqual([]);
      await things(store).putNew(some(0, 1));
      expect(await things(store).count()).toBe(1);
      await store.close();
    }
  });
  test('is refused where a whole group stands behind a broken one, and the file is left as it is', async () => {
    const left = await twoGroups();
    const [segment] = segments(left);
    const bytes = readFileSync(segment!);
    const place = bytes.indexOf('O1');
    bytes[place] = 'X'.charCodeAt(0);
    writeFileSync(segment!, bytes);
    await expect(openDuckdb(left)).rejects.toMatchObject({
      code: 'CC_JOURNAL_DAMAGED',
      params: { path: segment, position: 0 },
    });
    expect(readFileSync(segment!)).toEqual(bytes);
  });
});

test('what is no line goes to its table with the rest of its group', async () => {
  const folder = freshFolder();
  const store = await openDuckdb(folder);
  const odd: Thing[] = [
    { id: 'nul\u0000', office: 'a\u0000b' },
    { id: 'long', text: 'x'.repeat(600_000) },
  ];
  await things(store).putNew([...odd, ...some(0, 1)]);
  expect(segments(folder)).toEqual([]);
  for (const doc of odd) expect((await things(store).get(doc.id))?.doc).toEqual(doc);
  await store.close();
});

test('ids and values with tabs, lines and quotes come back from the journal as they were', async () => {
  const odd: Thing[] = ['a\tb', 'a\nb', '"', "'", '\\', '#', '\u001f', ' ', 'null', '漢'].map((id) => ({
    id,
    office: id,
    amount: -0.0,
    weight: 1e-300,
    parties: { declarant: null },
  }));
  const store = await openDuckdb(freshFolder());
  await things(store).putNew(odd);
  await things(store).count();
  for (const doc of odd) {
    const found = await things(store).find({
      where: { column: 'office', op: 'eq', value: doc.id },
      limit: 2,
    });
    expect(found.docs.map(({ id }) => id)).toEqual([doc.id]);
  }
  const [row] = await things(store).aggregate({
    where: { column: 'weight', op: 'eq', value: 1e-300 },
    measures: { n: { count: true } },
  });
  expect(row!.values.n).toBe(odd.length);
  await store.close();
});

test('a backup holds what stands in the journal, and no store with a journal is restored over', async () => {
  const folder = freshFolder();
  const store = await openDuckdb(folder);
  await things(store).putNew(some(0, 4));
  const backup = freshFolder();
  expect((await store.backup!(backup)).collections.thing).toBe(4);
  await store.close();
  const target = await twoGroups();
  rmSync(join(target, 'crosscheck.duckdb'));
  rmSync(join(target, 'crosscheck.duckdb.wal'), { force: true });
  await expect(restore(backup, target)).rejects.toMatchObject({ code: 'CC_CONFLICT' });
});

test('a store whose journal takes nothing is not healthy, and is again when it does', async () => {
  const folder = freshFolder();
  const store = await openDuckdb(folder);
  await things(store).putNew(some(0, 1));
  expect(await store.healthy()).toBe(true);
  // Names that are there already cannot be made, as none can on a file system that has become read-only.
  const obstacles = Array.from({ length: 60 }, (_, n) =>
    join(folder, `crosscheck.journal.${String(n + 10).padStart(10, '0')}`),
  );
  for (const path of obstacles) mkdirSync(path);
  let next = 1;
  const put = () =>
    things(store)
      .putNew(some(next++, 1))
      .then(
        () => 'acknowledged',
        ({ code }) => code,
      );
  // Each pause is long enough for what stands in the journal to be folded, and the next group to want a file.
  await vi.waitUntil(async () => (await put()) === 'CC_STORE_UNAVAILABLE', {
    timeout: 30_000,
    interval: 800,
  });
  expect(await store.healthy()).toBe(false);
  for (const path of obstacles) rmSync(path, { recursive: true });
  expect(await store.healthy()).toBe(true);
  expect(await put()).toBe('acknowledged');
  await store.close();
}, 60_000);
