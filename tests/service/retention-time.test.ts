/** Retention over months on either store: two replicas where it is shared, a clock that moves on, and what stands on what is gone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAuditLog } from '../../src/audit/log.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import {
  type AliasDocument,
  aliases,
  checks,
  type EventDocument,
  events,
} from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { openDrawKeys } from '../../src/check/draw-keys.ts';
import { type OpenDesk, openDesk } from '../../src/check/open-desk.ts';
import { replay } from '../../src/check/replay.ts';
import { verifyCheckDraw } from '../../src/check/verify-draw.ts';
import { editions } from '../../src/indicators/snapshot.ts';
import { type ClearanceRow, clearance } from '../../src/projections/clearance.ts';
import { type FindingRow, finding } from '../../src/projections/finding.ts';
import { project, rebuild } from '../../src/projections/project.ts';
import { type OpenService, openService } from '../../src/service/open.ts';
import { retainOnRecord } from '../../src/service/retention/apply.ts';
import { followRemoved } from '../../src/service/retention/forget.ts';
import type { Retention } from '../../src/service/retention/policy.ts';
import { type UnmaskingDocument, unmaskings } from '../../src/service/unmask.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { openMongo } from '../../src/store/mongo/store.ts';
import type { Store } from '../../src/store/port.ts';
import { mongoUri, stopMongo } from '../store/mongod.ts';
import { declaration, get, type Harness, overweight, post, smallRules } from './harness.ts';

const uri = await mongoUri('retention-time');
const root = mkdtempSync(join(tmpdir(), 'crosscheck-retention-'));
const secret = Buffer.alloc(32, 9);
afterAll(async () => {
  await stopMongo();
  rmSync(root, { recursive: true, force: true });
});

const policy: Retention = {
  id: 'months',
  version: 1,
  title: { en: 'months' },
  owner: 'tests',
  keep: { declaration: 90, figure_edition: 300 },
};
const by = { subject: 'tests', role: 'local' };

interface Replica extends Harness {
  desk: OpenDesk;
  /** What the daily look does about what others removed. */
  forget: (now: Date) => Promise<void>;
}

describe.each([
  ['DuckDB', true],
  ['MongoDB', uri !== undefined],
])('retention on %s', (name, isThere) => {
  if (!isThere) return it.skip('has no server here', () => {});
  const replicas: Replica[] = [];
  const closing: (() => Promise<void>)[] = [];
  /** Both replicas live at this moment. */
  let now = new Date('2026-02-02T08:00:00Z');
  const at = (day: string) => {
    now = new Date(`${day}T08:00:00Z`);
  };

  async function replica(store: Store): Promise<Replica> {
    const opened = await openDesk({ rules: smallRules, store, secret });
    const desk = { ...opened, now: () => now };
    const service: OpenService = await openService({ store, desk, limits: { eventLoopDelayMs: 0 } });
    const forget = followRemoved(store, desk, now);
    closing.push(async () => {
      await service.close();
      opened.close();
    });
    return { ...service, store, desk, folder: root, forget };
  }

  beforeAll(async () => {
    if (name === 'DuckDB') {
      const store = await openDuckdb(join(root, 'duckdb'));
      replicas.push(await replica(store));
      closing.push(() => store.close());
    } else
      for (let i = 0; i < 2; i++) {
        const store = await openMongo(uri!);
        replicas.push(await replica(store));
        closing.push(() => store.close());
      }
  }, 60_000);
  afterAll(async () => {
    for (const close of closing) await close();
  });
  const one = () => replicas[0]!;
  const other = () => replicas.at(-1)!;
  const store = () => one().store;
  const settle = () => Promise.all(replicas.map((each) => each.settle()));

  async function lodge(day: string, change: Record<string, unknown> = {}, released = day) {
    at(day);
    const registration = { serial: 'R', number: String(Math.random()).slice(2, 10), date: day };
    const sent = declaration({ ...overweight, registration, ...change });
    const { status, body } = await post(one(), '/v1/checks', sent);
    expect(status).toBe(200);
    at(released);
    const release = { kind: 'RELEASE', at: `${released}T07:00:00Z`, user: 'anna' };
    await post(one(), `/v1/declarations/${encodeURIComponent(body.declaration)}/events`, [release]);
    return { ...(body as { id: string; declaration: string; lane: string }), sent };
  }
  const retain = async (day: string, dryRun = false) => {
    at(day);
    await settle();
    const done = await retainOnRecord(store(), openAuditLog(store()), by, { policy, version: 'v' }, now, {
      dryRun,
    });
    await Promise.all(replicas.map((each) => each.forget(now)));
    return done.at(-1)!;
  };
  const isHere = async (reference: string) =>
    (await get(other(), `/v1/declarations/${encodeURIComponent(reference)}`)).status === 200;
  const figure = async (from: string, to: string) => {
    const { body } = await get(other(), `/v1/indicators/I01?by=declarant&from=${from}&to=${to}`);
    return { removed: body.removed, figures: body.rows[0]?.figures.count };
  };

  it('keeps what a frozen month stands on, by the days on which somebody acted too, and removes the rest when due', async () => {
    const february = await lodge('2026-02-02');
    // Lodged in one month and released in the next, which is frozen.
    const across = await lodge('2026-02-27', {}, '2026-03-02');
    const march = await lodge('2026-03-10');
    const late = await lodge('2026-06-20');
    await settle();
    at('2026-04-01');
    await store()
      .collection(editions)
      .put([
        {
          id: 'e',
          series: 's',
          indicator: 'I01',
          period: '2026-03',
          edition: 1,
          frozenAt: now.toISOString(),
          content: 'x',
        } as never,
      ]);
    expect(await retain('2026-04-20')).toMatchObject({ removed: 0 });
    expect(await retain('2026-06-30')).toMatchObject({ removed: 1, held: { 'frozen figures': 2 } });
    expect(
      await Promise.all([february, across, march, late].map((each) => isHere(each.declaration))),
    ).toEqual([false, true, true, true]);
    // The month after the last day of the edition both go; what was lodged since is younger than its days.
    expect(await retain('2026-09-01')).toMatchObject({ removed: 0 });
    expect((await retain('2027-02-10')).removed).toBe(3);
    expect(await isHere(march.declaration)).toBe(false);
    const { docs } = await store().collection(editions).find({ limit: 10 });
    expect(docs).toEqual([]);
  });

  it('tells of figures that they stand on less, judges nobody by them, and freezes none', async () => {
    const young = await lodge('2027-03-01', {
      registration: { serial: 'R', number: '1', date: '2027-03-01' },
    });
    await settle();
    const whole = await figure('2027-03-01', '2027-03-31');
    expect(whole).toMatchObject({ removed: undefined, figures: { value: 1 } });
    const partly = async () => figure('2026-02-01', '2027-03-31');
    await expect.poll(async () => (await partly()).figures?.value, { timeout: 15_000 }).toBe(1);
    expect(await partly()).toMatchObject({
      removed: { first: '2026-02-02', last: '2026-06-20' },
      figures: { note: expect.stringContaining('retention') },
    });
    const frozen = await post(one(), '/v1/editions', { indicator: 'I01', period: '2026-03' });
    expect([frozen.status, frozen.body.code]).toEqual([409, 'CC_PERIOD_REMOVED']);
    const pairs = await get(one(), '/v1/indicators/I29/pairs?from=2026-02-01&to=2026-03-31');
    expect([pairs.status, pairs.body.code]).toEqual([409, 'CC_PERIOD_REMOVED']);
    expect(await isHere(young.declaration)).toBe(true);
  });

  it('leaves nothing of a removed declaration in the memory of any replica', async () => {
    const bill = { billOfLading: 'BL 77', consignee: { id: 'M1' } };
    const drawnAs = async ({ id }: { id: string }) =>
      (await store().collection<CheckDocument>(checks).get(id))!.doc.draw!.subject;
    const first = await lodge('2027-04-01', bill);
    await other().desk.refresh();
    const again = await lodge('2027-04-20', bill);
    const drawn = await drawnAs(first);
    expect(await drawnAs(again)).toBe(drawn);
    const taken = other().desk.evidence!.history().taken;
    expect((await retain('2027-08-01')).removed).toBe(3);
    expect(other().desk.evidence!.history().taken).toBeLessThan(taken);
    for (const each of replicas) {
      const registration = { serial: 'R', number: String(Math.random()).slice(2, 10), date: '2027-08-01' };
      const { body } = await post(each, '/v1/checks', declaration({ ...bill, registration }));
      expect(await drawnAs(body)).not.toBe(drawn);
    }
  });

  it('answers clearly of a check that is gone, and its audit log is whole', async () => {
    const gone = await lodge('2027-09-01');
    expect((await get(one(), `/v1/checks/${gone.id}/replay`)).body.same).toBe(true);
    await retain('2028-01-10');
    for (const path of ['', '/replay', '/draw']) {
      const { status, body } = await get(other(), `/v1/checks/${gone.id}${path}`);
      expect([path, status, body.code]).toEqual([path, 404, 'CC_NOT_FOUND']);
    }
    await expect(replay(store(), gone.id)).rejects.toMatchObject({ code: 'CC_NOT_FOUND' });
    await expect(verifyCheckDraw(store(), openDrawKeys(secret, store()), gone.id, now)).rejects.toMatchObject(
      { code: 'CC_NOT_FOUND' },
    );
    expect((await verifyAudit(store())).broken).toBeUndefined();
  });

  it('holds a declaration whose officer somebody proposed to unmask, and for its days after that is confirmed; not for what was refused', async () => {
    const breach = await lodge('2028-02-01');
    await settle();
    const { docs } = await store()
      .collection<FindingRow>(finding.spec)
      .find({ where: { column: 'declaration', op: 'eq', value: breach.declaration }, limit: 1 });
    const proposal: UnmaskingDocument = {
      id: 'N-1',
      finding: docs[0]!.id,
      part: 'examiner' as never,
      office: 'XXA1',
      officer: 'o',
      grounds: 'g',
      proposedBy: 'a',
      proposedAt: now.toISOString(),
      confirmedBy: null,
      confirmedAt: null,
    };
    const ended = { how: 'refused', by: 'b', at: now.toISOString(), grounds: 'g' } as const;
    await store()
      .collection<UnmaskingDocument>(unmaskings)
      .put([{ ...proposal, ended }]);
    expect(await retain('2029-01-01', true)).toMatchObject({ held: { unmasking: 0 } });
    await store().collection<UnmaskingDocument>(unmaskings).put([proposal]);
    expect(await retain('2029-01-01')).toMatchObject({ held: { unmasking: 1 } });
    await store()
      .collection<UnmaskingDocument>(unmaskings)
      .put([{ ...proposal, confirmedBy: 'b', confirmedAt: now.toISOString() }]);
    expect(await retain('2029-03-01')).toMatchObject({ held: { unmasking: 1 } });
    expect(await retain('2029-04-10')).toMatchObject({ removed: 1 });
  });

  it('removes nothing whose rows are being made anew', async () => {
    const suspended = await lodge('2029-05-01');
    await settle();
    at('2030-01-01');
    // As a rebuild has it in its middle: rows are away, the cursor is where it was.
    const row = (await store().collection<ClearanceRow>(clearance.spec).get(suspended.declaration))!.doc;
    await store().collection(clearance.spec).delete([suspended.declaration]);
    const policyNow = { policy, version: 'v' };
    const run = () => retainOnRecord(store(), openAuditLog(store()), by, policyNow, now, { dryRun: false });
    expect((await run()).at(-1)).toMatchObject({ removed: 0, held: { 'not projected': 1 } });
    await store().collection<ClearanceRow>(clearance.spec).put([row]);
    expect((await run()).at(-1)).toMatchObject({ removed: 1 });
  });

  it('keeps what comes while it removes', async () => {
    const answered = await lodge('2030-02-01');
    const lrn = `L-${name}`;
    const amended = await lodge('2030-02-02', { localReference: lrn });
    await settle();
    at('2030-09-01');
    const address = (reference: string) => `/v1/declarations/${encodeURIComponent(reference)}`;
    let came: Promise<Record<string, unknown>[]> | undefined;
    const come = async () => {
      const query = [{ kind: 'QUERY', at: '2030-08-31T07:00:00Z', user: 'anna' }];
      const taken = await post(other(), `${address(answered.declaration)}/events`, query);
      const version = await post(other(), '/v1/checks', { ...amended.sent, currency: 'EUR' });
      // And is followed at once.
      await settle();
      return [taken.body, version.body];
    };
    // Between the look at what is due and its removal.
    const meanwhile: Store = {
      ...store(),
      collection: (spec) => {
        const held = store().collection(spec);
        const purge: typeof held.purge = async (where) => {
          if (spec.name === finding.spec.name) came ??= come();
          await came;
          return held.purge(where);
        };
        return { ...held, purge } as never;
      },
    };
    const run = (on: Store) =>
      retainOnRecord(on, openAuditLog(store()), by, { policy, version: 'v' }, now, { dryRun: false });
    const waiting = async () => {
      const where = { column: 'declaration', op: 'eq', value: answered.declaration } as const;
      const { docs } = await store().collection<EventDocument>(events).find({ where, limit: 10 });
      return docs.map(({ kind }) => kind);
    };
    await run(meanwhile);
    await project(store());
    const [taken, version] = await came!;
    expect(taken).toMatchObject({ events: 1 });
    expect(await waiting()).toEqual(['QUERY']);
    expect(await isHere(answered.declaration)).toBe(false);
    expect((await get(other(), `/v1/checks/${version!.id}`)).body).toMatchObject({ lane: version!.lane });
    expect((await get(other(), `/v1/checks/${amended.id}`)).status).toBe(404);
    const row = await store().collection<ClearanceRow>(clearance.spec).get(amended.declaration);
    expect(row?.doc).toMatchObject({ versions: 1 });
    const alias = await store()
      .collection<AliasDocument>(aliases)
      .find({
        where: { column: 'reference', op: 'eq', value: amended.declaration },
        limit: 10,
      });
    expect(alias.docs).not.toEqual([]);
    // What waits goes when its days are over; what is here without the trail that went stays until it is finished again.
    at('2031-06-01');
    await settle();
    await run(store());
    expect(await waiting()).toEqual([]);
    const { held } = await retain('2031-06-02', true);
    expect(held?.open).toBeGreaterThan(0);
    expect(await isHere(amended.declaration)).toBe(true);
  });

  it('leaves what a rebuild makes again', async () => {
    await settle();
    const rows = async () =>
      (await store().collection<ClearanceRow>(clearance.spec).find({ limit: 100 })).docs;
    const before = await rows();
    await rebuild(store());
    expect(await rows()).toEqual(before);
  });
});
