import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../src/check/collections.ts';
import type { Desk } from '../../src/check/desk.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { type DrawKeyDocument, drawKeys, openDrawKeys } from '../../src/check/draw-keys.ts';
import { type DegradedDocument, degradedChecks } from '../../src/check/fallback.ts';
import { openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { verifyCheckDraw } from '../../src/check/verify-draw.ts';
import { identify } from '../../src/intake/identity.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { declaration, overweight, smallRules } from '../service/harness.ts';

const secret = Buffer.alloc(32, 7);
const eve = new Date('2026-03-01T12:00:00Z');
const noon = new Date('2026-03-02T12:00:00Z');
const after = new Date('2026-03-03T00:00:01Z');

let folder: string;
let store: Store;
let desk: Desk & { close(): void };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
  store = await openDuckdb(folder);
  const opened = await openDesk({ rules: smallRules });
  desk = { ...opened, keys: openDrawKeys(secret, store), now: () => noon };
  await desk.keys!.commit(eve);
});
afterAll(async () => {
  desk.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function check(content: Record<string, unknown>) {
  const declared = content as Parameters<typeof identify>[0];
  const identity = identify({ ...declared, format: 'json' });
  const [lodged] = await openOffice(desk, store).lodge([
    {
      kind: 'declaration',
      identity,
      declaration: { ...declared, format: 'json' },
      trail: [],
      outcomes: [],
      where: {},
    },
  ]);
  return lodged!.check;
}

describe('the draw of a check', () => {
  it('is told the day after, with a key that gives it and was committed to the day before', async () => {
    const { id, draw } = await check(declaration());
    const verdict = await verifyCheckDraw(store, desk.keys!, id, after);
    expect(verdict).toMatchObject({ holds: true, committedBefore: true, subject: draw!.subject });
    // Worked out again as an auditor would, with nothing of ours.
    const digits = createHmac('sha256', Buffer.from(verdict.key, 'hex'))
      .update(`2026-03-02\n${verdict.subject}`)
      .digest('hex');
    expect(Number.parseInt(digits.slice(0, 12), 16) / 2 ** 48).toBe(verdict.value);
  });

  it('is not told before its day is over', async () => {
    const { id } = await check(declaration());
    await expect(verifyCheckDraw(store, desk.keys!, id, noon)).rejects.toThrow(
      expect.objectContaining({ code: 'CC_KEY_NOT_REVEALED' }),
    );
  });

  it('stays the same for a new version, whatever its content and its day', async () => {
    const first = declaration();
    const before = await check(first);
    const changed = await check({ ...first, ...overweight });
    expect(changed.version).toBe(2);
    expect(changed.draw).toEqual(before.draw);
  });

  it('does not hold when the published commitment was changed', async () => {
    const { id } = await check(declaration());
    const commitments = store.collection<DrawKeyDocument>(drawKeys);
    const published = (await commitments.get('2026-03-02'))!.doc;
    await commitments.put([{ ...published, commitment: '0'.repeat(64) }]);
    expect(await verifyCheckDraw(store, desk.keys!, id, after)).toMatchObject({ holds: false });
    await commitments.put([published]);
  });

  it('does not hold for a registration that is not the declaration’s, or on another day, though the key gives it', async () => {
    const { id, declaration: reference } = await check(declaration());
    const collection = store.collection<CheckDocument>(checks);
    const { doc } = (await collection.get(id))!;
    expect(await verifyCheckDraw(store, desk.keys!, id, after)).toMatchObject({ subjectOf: reference });
    const chosen = [
      desk.keys!.draw('XXA1/2026/C/999999', '2026-03-02'),
      desk.keys!.draw(doc.draw!.subject, '2026-03-01'),
    ];
    for (const draw of chosen) {
      await collection.put([{ ...doc, draw }]);
      expect(await verifyCheckDraw(store, desk.keys!, id, after)).toMatchObject({
        holds: false,
        subjectOf: null,
        problem: expect.stringContaining('no declaration'),
      });
    }
    await collection.put([doc]);
  });

  it('of the same goods under another reference, of a draft and of a degraded answer is told for what it is', async () => {
    const goods = { billOfLading: 'B 77', consignee: { id: 'C7' } };
    const first = await check(declaration(goods));
    const again = await check(declaration(goods));
    const verified = (id: string) => verifyCheckDraw(store, desk.keys!, id, after);
    expect(await verified(again.id)).toMatchObject({ holds: true, subjectOf: first.declaration });
    const { registration: _, ...unregistered } = declaration({ localReference: 'draft 1' });
    expect(await verified((await check(unregistered)).id)).toMatchObject({ holds: true, undrawn: true });
    const answer = { id: 'D-1', redone: first.id } as DegradedDocument;
    await store.collection<DegradedDocument>(degradedChecks).put([answer]);
    expect(await verified('D-1')).toMatchObject({ check: first.id, holds: true });
  });

  it('is told to be one that nobody can verify where the secret is not the one whose keys were published', async () => {
    expect(await desk.keys!.isPublished(noon)).toBe(true);
    expect(await openDrawKeys(Buffer.alloc(32, 8), store).isPublished(noon)).toBe(false);
  });

  it('falls into lanes in the share of the profile', async () => {
    const lanes: Record<string, number> = {};
    const records = Array.from({ length: 600 }, () => declaration() as Parameters<typeof identify>[0]).map(
      (one) => ({
        kind: 'declaration' as const,
        identity: identify({ ...one, format: 'json' }),
        declaration: { ...one, format: 'json' as const },
        trail: [],
        outcomes: [],
        where: {},
      }),
    );
    for (const { check: each } of await openOffice(desk, store).lodge(records))
      lanes[each.lane] = (lanes[each.lane] ?? 0) + 1;
    // 2 % red and 2 % yellow of 600: far outside 1 to 30 would be a draw that does not draw. The key is fixed.
    for (const lane of ['red', 'yellow']) {
      expect(lanes[lane]).toBeGreaterThan(1);
      expect(lanes[lane]).toBeLessThan(30);
    }
  });
});
