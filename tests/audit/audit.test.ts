import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anchor } from '../../src/audit/anchor.ts';
import { type AnchorDocument, anchorHash, anchors } from '../../src/audit/anchors.ts';
import { type AuditDocument, audit, entryId, hashOf, openAuditLog } from '../../src/audit/log.ts';
import { anchorPattern, verifyAudit } from '../../src/audit/verify.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { CollectionSpec, Store } from '../../src/store/port.ts';

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

  it('is held against copies of days that there are alone', () => {
    const isCopy = (day: string) => new RegExp(anchorPattern).test(`${day}=${'a'.repeat(64)}`);
    expect(['2026-03-01', '2028-02-29', '2026-13-01', '2026-02-30', '2026-3-1'].map(isCopy)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
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

  it('tells entries that were put in later: behind an old chain, as a chain of their own, or between two', async () => {
    const at = (text: string) => () => new Date(text);
    const old = openAuditLog(store, at('2026-03-01T08:00:00Z'));
    for (const object of ['a', 'b', 'c']) await old.record(entry(object));
    await anchor(store, new Date('2026-03-02T00:05:00Z'));
    // After the anchor, and within what a late write may take before it.
    await openAuditLog(store, at('2026-03-01T23:30:00Z')).record(entry('late'));
    await openAuditLog(store, at('2026-03-02T08:00:00Z')).record(entry('today'));
    expect((await verifyAudit(store)).broken).toBeUndefined();

    const entries = store.collection<AuditDocument>(audit);
    const last = (await entries.get(entryId(old.writer, 3)))!.doc;
    const behind = { ...last, id: entryId(old.writer, 4), number: 4, object: 'd', previous: last.hash };
    await entries.put([{ ...behind, hash: hashOf(behind) }]);
    const problem = 'it is older than the anchor of 2026-03-02, which does not know it';
    expect((await verifyAudit(store)).broken).toEqual({ where: behind.id, problem });
    await entries.delete([behind.id]);

    const own = openAuditLog(store, at('2026-03-01T09:00:00Z'));
    await own.record(entry('forged'));
    // Our own writer says of itself that it came after the anchor; who forges an older entry leaves that out.
    const id = entryId(own.writer, 1);
    const { after, ...older } = (await entries.get(id))!.doc;
    expect(after).toBe('2026-03-02');
    expect(await verifyAudit(store)).toMatchObject({ behind: { entries: 1, first: id } });
    await entries.put([{ ...older, hash: hashOf(older) }]);
    expect((await verifyAudit(store)).broken).toEqual({ where: id, problem });
    await entries.delete([entryId(own.writer, 1)]);

    const second = (await entries.get(entryId(old.writer, 2)))!.doc;
    await entries.put([{ ...second, id: `${second.id}x` }]);
    expect((await verifyAudit(store)).broken?.where).toContain(`${old.writer}/`);
    await entries.delete([`${second.id}x`]);
    expect((await verifyAudit(store)).broken).toBeUndefined();
  });

  it('tells entries that changed places, and an anchor taken out of the middle or changed in one head', async () => {
    const writer = await twoWriters();
    for (const n of [1, 2, 3]) {
      await anchor(store, day(n));
      await openAuditLog(store).record(entry(`of day ${n}`));
    }
    const entries = store.collection<AuditDocument>(audit);
    const [two, three] = [2, 3].map((n) => entryId(writer, n));
    const [second, third] = [(await entries.get(two!))!.doc, (await entries.get(three!))!.doc];
    await entries.put([
      { ...third, id: two!, number: 2 },
      { ...second, id: three!, number: 3 },
    ]);
    expect((await verifyAudit(store)).broken?.where).toBe(two);
    await entries.put([second, third]);
    expect((await verifyAudit(store)).broken).toBeUndefined();

    const collection = store.collection<AnchorDocument>(anchors);
    const middle = (await collection.get('2026-03-02'))!.doc;
    await collection.delete([middle.id]);
    expect((await verifyAudit(store)).broken?.where).toBe('anchor 2026-03-03');
    const [head, ...rest] = middle.heads;
    await collection.put([{ ...middle, heads: [{ ...head!, hash: '0'.repeat(64) }, ...rest] }]);
    expect((await verifyAudit(store)).broken?.where).toBe('anchor 2026-03-02');
    await collection.put([middle]);
    expect((await verifyAudit(store)).broken).toBeUndefined();
  });

  it('is whole after a clock went ahead by years and came back, and tells of it', async () => {
    const at = (text: string) => new Date(text);
    const log = (text: string) => openAuditLog(store, () => at(text));
    await log('2026-03-01T08:00:00Z').record(entry('before'));
    await anchor(store, at('2026-03-01T08:05:00Z'));
    await log('2031-07-01T08:00:00Z').record(entry('ahead'));
    await anchor(store, at('2031-07-01T08:05:00Z'));
    // Set right: the day's anchor stands, and the next days' follow.
    await log('2026-03-01T09:00:00Z').record(entry('back'));
    expect((await verifyAudit(store)).broken).toBeUndefined();
    for (const day of ['02', '03', '04']) {
      await anchor(store, at(`2026-03-${day}T00:05:00Z`));
      await log(`2026-03-${day}T09:00:00Z`).record(entry(day));
    }
    const verdict = await verifyAudit(store);
    expect(verdict).toMatchObject({ entries: 6, anchors: 5, ahead: ['2031-07-01'], behind: { entries: 4 } });
    expect(verdict.broken).toBeUndefined();
    expect(verdict.newest?.day).toBe('2026-03-04');
    // And when that day has come.
    await anchor(store, at('2031-07-01T00:05:00Z'));
    await log('2031-07-01T09:00:00Z').record(entry('later'));
    await anchor(store, at('2031-07-02T00:05:00Z'));
    expect((await verifyAudit(store)).broken).toBeUndefined();

    // What names an anchor is known to the next, as everything else is.
    const entries = store.collection<AuditDocument>(audit);
    const { docs } = await entries.find({ where: { column: 'object', op: 'eq', value: '02' }, limit: 1 });
    const forged = { ...docs[0]!, object: 'forged', number: 2, previous: docs[0]!.hash };
    forged.id = entryId(forged.writer, 2);
    await entries.put([{ ...forged, hash: hashOf(forged) }]);
    expect((await verifyAudit(store)).broken).toMatchObject({ where: forged.id });
  });

  it('is whole where an anchor of a clock that is ahead is made while an entry is written', async () => {
    const collection = store.collection<AuditDocument>(audit);
    let made = 0;
    const raced = {
      ...store,
      collection: (spec: CollectionSpec) =>
        spec !== audit
          ? store.collection(spec)
          : {
              ...collection,
              async put(docs: readonly AuditDocument[]) {
                // The writer has asked for the newest anchor, and its entries are not there yet.
                made += 1;
                if (made === 1) await anchor(store, day(2));
                await collection.put(docs);
              },
            },
    } as unknown as Store;
    const log = openAuditLog(raced, () => new Date('2026-03-01T22:00:00Z'));
    await Promise.all(['a', 'b'].map((object) => log.record(entry(object))));
    await log.record(entry('c'));
    const verdict = await verifyAudit(store);
    expect(verdict.broken).toBeUndefined();
    expect(verdict).toMatchObject({ entries: 3, behind: { entries: 3 } });
    await anchor(store, day(3));
    expect((await verifyAudit(store)).broken).toBeUndefined();
  });

  it('is whole where what failed is written again hours later, after an anchor that does not know it', async () => {
    let time = new Date('2026-03-01T20:00:00Z');
    const collection = store.collection<AuditDocument>(audit);
    let away = true;
    const flaky = {
      ...store,
      collection: (spec: CollectionSpec) =>
        spec !== audit
          ? store.collection(spec)
          : {
              ...collection,
              async put(docs: readonly AuditDocument[]) {
                if (away) throw new Error('the server went away');
                await collection.put(docs);
              },
            },
    } as unknown as Store;
    const log = openAuditLog(flaky, () => time);
    await expect(log.record(entry('refused'))).rejects.toThrow('went away');
    await anchor(store, day(2));
    away = false;
    time = new Date('2026-03-02T08:00:00Z');
    await log.record(entry('later'));
    const verdict = await verifyAudit(store);
    expect(verdict.broken).toBeUndefined();
    expect(verdict).toMatchObject({ entries: 2, behind: { entries: 1, first: entryId(log.writer, 1) } });
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
