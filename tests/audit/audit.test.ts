import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnchorDocument, anchor, anchorHash, anchors } from '../../src/audit/anchor.ts';
import { type AuditDocument, audit, entryId, hashOf, openAuditLog } from '../../src/audit/log.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
  store = await openDuckdb(folder);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const entry = (object: string) => ({ subject: 'key:1', role: 'administrator', action: 'key.create', object });

async function twoWriters(): Promise<string> {
  const [one, other] = [openAuditLog(store), openAuditLog(store)];
  await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : other).record(entry(`k${n}`))));
  return one.writer;
}

const day = (n: number) => new Date(`2026-03-0${n}T01:00:00Z`);

describe('the audit log', () => {
  it('holds one whole chain for each writer, however many write at once', async () => {
    await twoWriters();
    expect(await verifyAudit(store)).toEqual({ writers: 2, entries: 20, anchors: 0 });
  });

  it('tells a changed entry', async () => {
    const writer = await twoWriters();
    const entries = store.collection<AuditDocument>(audit);
    const third = (await entries.get(entryId(writer, 3)))!.doc;
    await entries.put([{ ...third, object: 'somebody else' }]);
    expect((await verifyAudit(store)).broken).toEqual({
      where: third.id,
      problem: 'its content was changed',
    });
  });

  it('tells a changed entry whose hash was made to fit', async () => {
    const writer = await twoWriters();
    const entries = store.collection<AuditDocument>(audit);
    const third = (await entries.get(entryId(writer, 3)))!.doc;
    const forged = { ...third, object: 'somebody else' };
    await entries.put([{ ...forged, hash: hashOf(forged) }]);
    expect((await verifyAudit(store)).broken?.where).toBe(entryId(writer, 4));
  });

  it('tells an entry that is missing in the middle', async () => {
    const writer = await twoWriters();
    await store.collection<AuditDocument>(audit).delete([entryId(writer, 5)]);
    expect((await verifyAudit(store)).broken).toEqual({
      where: entryId(writer, 6),
      problem: 'entries 5 to 5 are missing',
    });
  });

  it('tells an end that was cut off after an anchor named it, and a whole chain that is gone', async () => {
    const writer = await twoWriters();
    await anchor(store, day(1));
    expect(await verifyAudit(store)).toMatchObject({ writers: 2, entries: 20, anchors: 1 });
    const entries = store.collection<AuditDocument>(audit);
    await entries.delete([entryId(writer, 10)]);
    expect((await verifyAudit(store)).broken?.problem).toBe('an anchor names it, but it is gone');
    await entries.delete(Array.from({ length: 10 }, (_, n) => entryId(writer, n + 1)));
    expect((await verifyAudit(store)).broken?.where).toBe(`${writer}/10`);
  });

  it('writes one anchor a day, each on the one before, and tells a changed one', async () => {
    await twoWriters();
    const first = await anchor(store, day(1));
    expect(await anchor(store, new Date(day(1).getTime() + 3_600_000))).toEqual(first);
    await openAuditLog(store).record(entry('later'));
    await anchor(store, day(2));
    expect(await verifyAudit(store)).toMatchObject({ writers: 3, entries: 21, anchors: 2 });
    await store.collection<AnchorDocument>(anchors).put([{ ...first, heads: first.heads.slice(1) }]);
    expect((await verifyAudit(store)).broken?.where).toBe('anchor 2026-03-01');
  });

  it('tells by a copied anchor what was written anew or cut off with everything after it', async () => {
    await twoWriters();
    await anchor(store, day(1));
    await openAuditLog(store).record(entry('later'));
    const { hash } = await anchor(store, day(2));
    const copies = [{ day: '2026-03-02', hash }];
    expect(await verifyAudit(store, copies)).toMatchObject({ newest: copies[0] });
    expect((await verifyAudit(store, copies)).broken).toBeUndefined();

    // The last anchor and all that came after the first: nothing in the store itself shows it.
    const collection = store.collection<AnchorDocument>(anchors);
    const last = (await collection.get('2026-03-02'))!.doc;
    await collection.delete(['2026-03-02']);
    expect((await verifyAudit(store)).broken).toBeUndefined();
    expect((await verifyAudit(store, copies)).broken).toEqual({
      where: 'anchor 2026-03-02',
      problem: 'it was copied out, and is gone',
    });
    const forged = { ...last, at: day(3).toISOString() };
    await collection.put([{ ...forged, hash: anchorHash(forged) }]);
    expect((await verifyAudit(store)).broken).toBeUndefined();
    expect((await verifyAudit(store, copies)).broken?.problem).toBe('another one was copied out');
  });

  it('has one whole chain where a write failed after part of it was kept', async () => {
    let failures = 1;
    const collection = store.collection<AuditDocument>(audit);
    const flaky = {
      ...store,
      collection: () => ({
        ...collection,
        async put(docs: readonly AuditDocument[]) {
          // As MongoDB may: some are there, and the caller is told of an error.
          await collection.put(docs.slice(0, failures > 0 ? 3 : docs.length));
          failures -= 1;
          if (failures >= 0) throw new Error('the server went away');
        },
      }),
    } as unknown as Store;
    const log = openAuditLog(flaky);
    const first = await Promise.allSettled(['a', 'b', 'c', 'd'].map((object) => log.record(entry(object))));
    expect(first.map(({ status }) => status)).toContain('rejected');
    await log.record(entry('e'));
    expect((await verifyAudit(store)).broken).toBeUndefined();
    const { docs } = await collection.find({ where: { column: 'object', op: 'eq', value: 'e' }, limit: 2 });
    expect(docs).toHaveLength(1);
  });
});
