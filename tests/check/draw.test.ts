import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Desk } from '../../src/check/desk.ts';
import { type DrawKeyDocument, drawKeys, openDrawKeys } from '../../src/check/draw-keys.ts';
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
