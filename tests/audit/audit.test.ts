import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnchorDocument, anchor, anchors } from '../../src/audit/anchor.ts';
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
    expect(await verifyAudit(store)).toEqual({ writers: 2, entries: 20, anchors: 1 });
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
    expect(await verifyAudit(store)).toEqual({ writers: 3, entries: 21, anchors: 2 });
    await store.collection<AnchorDocument>(anchors).put([{ ...first, heads: first.heads.slice(1) }]);
    expect((await verifyAudit(store)).broken?.where).toBe('anchor 2026-03-01');
  });
});
