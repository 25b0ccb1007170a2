/** A clock that is set back or leaps ahead: what is remembered, put off, removed or frozen by it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { anchor } from '../../src/audit/anchor.ts';
import { type AuditDocument, audit } from '../../src/audit/log.ts';
import { declarations } from '../../src/check/collections.ts';
import { type OpenDesk, openDesk } from '../../src/check/open-desk.ts';
import { sourceOf } from '../../src/indicators/figure.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { type Edition, editions } from '../../src/indicators/snapshot.ts';
import { clearance } from '../../src/projections/clearance.ts';
import { openPace } from '../../src/projections/pace.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { daily } from '../../src/service/daily.ts';
import { monthly } from '../../src/service/monthly.ts';
import type { LoadedRetention } from '../../src/service/retention/policy.ts';
import { deliver } from '../../src/service/webhooks/deliver.ts';
import { presentPosition } from '../../src/service/webhooks/follow.ts';
import {
  type DeliveryDocument,
  deliveries,
  type WebhookDocument,
  webhooks,
} from '../../src/service/webhooks/model.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Document, Store } from '../../src/store/port.ts';
import { startOffice } from '../check/office.ts';
import { declaration, smallRules } from './harness.ts';

const hour = 3_600_000;
const day = 24 * hour;

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosscheck-clock-'));
  store = await openDuckdb(folder);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a clock that is set back', () => {
  it('does not make a revoked key good for longer than it is remembered', async () => {
    let steady = 0;
    const [here, elsewhere] = [openKeys(store, () => steady), openKeys(store)];
    const now = new Date('2026-03-02T12:00:00Z');
    const { key, document } = await here.create({ label: 'x', role: 'system', days: 1 }, 'tests', now);
    expect(await here.verify(key, now)).toMatchObject({ role: 'system' });
    await elsewhere.revoke(document.id, now);
    steady += 5_001;
    expect(await here.verify(key, new Date(now.getTime() - hour))).toBeUndefined();
  });

  it('does not hold up projections, or who waits for them', async () => {
    let now = 10 * hour;
    const pace = openPace(() => now);
    pace.wrote();
    const reached = pace.reached();
    const rest = pace.rest(60_000);
    now -= hour;
    const writing = setInterval(() => pace.wrote(), 5);
    try {
      expect(await Promise.race([rest.then(() => 'rested'), pause(3_000, 'still resting')])).toBe('rested');
      expect(pace.lagMs()).toBe(0);
      pace.folded(now);
      expect(await Promise.race([reached.then(() => 'told'), pause(1_000, 'still waiting')])).toBe('told');
    } finally {
      clearInterval(writing);
    }
  });

  it('does not put off a letter that was recorded while it was ahead', async () => {
    const now = new Date('2026-03-02T12:00:00Z');
    const dueAt = (ms: number) => new Date(now.getTime() + ms).toISOString();
    const letter = (id: string, due: string) =>
      ({
        id,
        webhook: 'w',
        waiting: 'w',
        kind: 'ping',
        object: id,
        office: null,
        state: 'waiting',
        attempts: 0,
        createdAt: due,
        dueAt: due,
        settledAt: null,
        status: null,
        problem: null,
      }) as DeliveryDocument;
    await store
      .collection<DeliveryDocument>(deliveries)
      .put([letter('a year ahead', dueAt(365 * day)), letter('to be tried again', dueAt(24 * 1.2 * hour))]);
    await store.collection<WebhookDocument>(webhooks).put([{ id: 'w', active: true } as WebhookDocument]);
    await deliver('w', {
      store,
      // What it would tell is not there any more: settled without a call.
      contents: { eventFor: async () => undefined },
      allowed: new Set(),
      now: () => now,
      signal: new AbortController().signal,
      attempted: () => {},
    } as unknown as Parameters<typeof deliver>[1]);
    const { docs } = await store
      .collection<DeliveryDocument>(deliveries)
      .find({ where: { column: 'waiting', op: 'eq', value: 'w' }, limit: 10 });
    expect(docs.map(({ id }) => id)).toEqual(['to be tried again']);
  });

  it('does not have who subscribes told what was written before', async () => {
    const office = await startOffice();
    try {
      office.clock.now = new Date('2031-03-02T12:00:00Z');
      await office.check(declaration());
      office.clock.now = new Date('2026-03-02T12:00:00Z');
      for (let n = 0; n < 9; n += 1) await office.check(declaration());
      expect(await presentPosition(office.store)).toMatchObject({ check: 10 });
    } finally {
      await office.close();
    }
  });
});

describe('what cannot be undone', () => {
  const policy: LoadedRetention = {
    policy: { id: 'short', version: 1, title: { en: 'short' }, owner: 'tests', keep: { declaration: 30 } },
    version: 'v',
  } as LoadedRetention;
  let desk: OpenDesk;
  let now: Date;
  /** Actions on record, and the codes of what was refused, after one look. */
  const look = async (): Promise<{ done: string[]; refused: unknown[] }> => {
    const refused: unknown[] = [];
    const stop = daily(
      store,
      { ...desk, now: () => now },
      (error) => refused.push((error as { code?: string }).code),
      policy,
    );
    const done = async () =>
      (await store.collection<AuditDocument>(audit).find({ limit: 100 })).docs.map(({ action }) => action);
    const before = (await done()).length;
    await vi.waitFor(
      async () =>
        expect(refused.length + (await done()).length).toBeGreaterThanOrEqual(
          before + (refused.length > 0 ? 1 : 2),
        ),
      10_000,
    );
    stop();
    return { done: (await done()).slice(before).sort(), refused };
  };
  beforeEach(async () => {
    now = new Date('2026-03-02T12:00:00Z');
    desk = await openDesk({ rules: smallRules, store });
    await store.collection<Document>(declarations).put([]);
  });
  afterEach(() => desk.close());

  it('waits for a day where the clock tells a day to which none of those before leads', async () => {
    expect(await look()).toMatchObject({ done: ['retention.begin', 'retention.end'], refused: [] });
    now = new Date('2029-03-02T12:00:00Z');
    expect(await look()).toMatchObject({ done: [], refused: expect.arrayContaining(['CC_CLOCK_UNSURE']) });
    // It was right after all.
    now = new Date('2029-03-03T12:00:00Z');
    expect(await look()).toMatchObject({ done: ['retention.begin', 'retention.end'], refused: [] });
    // And over a weekend of standing still.
    now = new Date('2029-03-06T12:00:00Z');
    expect(await look()).toMatchObject({ done: ['retention.begin', 'retention.end'], refused: [] });
  });

  it('waits where a clock that was ahead was set right, until the day after', async () => {
    await anchor(store, new Date('2031-01-01T00:00:00Z'));
    expect((await look()).refused).toContain('CC_CLOCK_UNSURE');
    now = new Date('2026-03-03T00:10:00Z');
    expect(await look()).toMatchObject({ done: ['retention.begin', 'retention.end'], refused: [] });
  });

  it('a month is not frozen where the clock may have leapt, and is the day after', async () => {
    const definition = soundIndicators().definitions.get('I01')!;
    const row = (day: string) => ({ id: day, day, month: day.slice(0, 7), office: 'XXA1', flow: 'import' });
    await store.collection<Document>(clearance.spec).put(['2026-02-10', '2026-03-10', '2029-02-10'].map(row));
    /** Months that are frozen, and what was refused, after the first look of a service. */
    const lookAtMonths = async (): Promise<{ frozen: string[]; refused: unknown[] }> => {
      const refused: unknown[] = [];
      const count = () => store.collection<Edition>(editions).count();
      const before = await count();
      vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'clearTimeout'] });
      let stop: () => Promise<void>;
      try {
        stop = monthly({
          store,
          figures: sourceOf(store),
          projected: async () => {},
          definitions: [definition],
          now: () => now,
          onError: (error) => refused.push((error as { code?: string }).code),
        });
        vi.advanceTimersByTime(60_000);
      } finally {
        vi.useRealTimers();
      }
      await vi.waitUntil(async () => refused.length > 0 || (await count()) > before, 10_000);
      await stop();
      const { docs } = await store.collection<Edition>(editions).find({ limit: 100 });
      return { frozen: docs.map(({ period }) => period).sort(), refused };
    };
    now = new Date('2026-03-06T12:00:00Z');
    expect(await lookAtMonths()).toEqual({ frozen: ['2026-02'], refused: [] });
    // Three years on by a clock that leapt: of that month hardly anything is here, and it would be frozen so.
    now = new Date('2029-03-06T12:00:00Z');
    expect(await lookAtMonths()).toEqual({ frozen: ['2026-02'], refused: ['CC_CLOCK_UNSURE'] });
    // Set right: the day on which it is has none before it that is led to from the one that was ahead.
    now = new Date('2026-04-06T12:00:00Z');
    expect(await lookAtMonths()).toEqual({ frozen: ['2026-02'], refused: ['CC_CLOCK_UNSURE'] });
    now = new Date('2026-04-07T12:00:00Z');
    expect(await lookAtMonths()).toEqual({ frozen: ['2026-02', '2026-03'], refused: [] });
  });
});
