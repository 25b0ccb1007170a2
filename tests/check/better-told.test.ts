/** An event that comes again with more told of it: it is one event, and what is known better stands. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventDocument, events, type OutcomeDocument, outcomes } from '../../src/check/collections.ts';
import { type Office, openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import type { Declaration } from '../../src/declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../../src/declaration/trail.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { identify } from '../../src/intake/identity.ts';
import type { DeclarationRecord } from '../../src/intake/record.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';

const folder = mkdtempSync(join(tmpdir(), 'better-'));
let store: Store;
let office: Office;
let close: () => void;
beforeAll(async () => {
  store = await openDuckdb(folder);
  const desk = await openDesk({ store, rules: fromRoot('tests', 'fixtures', 'rules-small') });
  close = desk.close;
  office = openOffice(desk, store);
});
afterAll(async () => {
  close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const declaration: Declaration = {
  format: 'extract',
  flow: 'import',
  country: 'XX',
  office: 'XXA1',
  currency: 'XTS',
  registration: { serial: 'C', number: '1', date: '2026-03-02' },
  items: [{ number: 1, hs: '85171300' }],
};
const lodge = (more: Partial<TrailEvent>) => {
  const event: TrailEvent = {
    id: 'r1',
    kind: 'REROUTE',
    at: '2026-03-02T10:00:00+01:00',
    to: 'green',
    ...more,
  };
  const record: DeclarationRecord = {
    kind: 'declaration',
    identity: identify(declaration),
    declaration,
    trail: [event],
    outcomes: [],
    where: {},
  };
  return office.lodge([record], { olderContent: 'known' });
};
const stored = async (): Promise<EventDocument[]> =>
  (await store.collection<EventDocument>(events).find({ limit: 10 })).docs;

describe('a re-route that comes again', () => {
  it('takes over its cause when that is known, stays recorded when it was, and loses nothing when less is told', async () => {
    await lodge({ user: 'EX1' });
    const [first] = await stored();
    expect(first!.cause).toBeUndefined();
    await lodge({ user: 'EX1', from: 'red', cause: 'control-closed' });
    const expected = { ...first, from: 'red', cause: 'control-closed' };
    expect(await stored()).toEqual([expected]);
    await lodge({});
    expect(await stored()).toEqual([expected]);
  });

  it('what is said otherwise stands', async () => {
    await lodge({ cause: 'discretionary-down' });
    expect((await stored()).map(({ cause }) => cause)).toEqual(['discretionary-down']);
  });
});

describe('an event or outcome that comes again by itself', () => {
  const reference = identify(declaration).reference;
  const receive = (to: string, trail: TrailEvent[], found: Outcome[] = []) =>
    office.receive([{ kind: 'answer', declaration: to, aliases: [], trail, outcomes: found, where: {} }]);
  const reroute: TrailEvent = { id: 'r2', kind: 'REROUTE', at: '2026-03-02T12:00:00+01:00', to: 'yellow' };
  const control: Outcome = {
    id: 'c1',
    control: 'physical',
    result: 'quantity',
    status: 'provisional',
    at: '2026-03-02T13:00:00+01:00',
  };
  const eventOf = async (to: string) =>
    (await stored()).find(
      ({ declaration: name, kind, at }) => name === to && kind === 'REROUTE' && at > '2026-03-02T10',
    );
  const outcomeOf = async () =>
    (await store.collection<OutcomeDocument>(outcomes).find({ limit: 10 })).docs.map(({ status }) => status);

  it('is taken over as it is with its declaration', async () => {
    expect(await receive(reference, [reroute], [control])).toMatchObject([{ events: 1, outcomes: 1 }]);
    const first = await eventOf(reference);
    const told = await receive(
      reference,
      [{ ...reroute, user: 'EX1', from: 'red', cause: 'control-closed' }],
      [{ ...control, status: 'final' }],
    );
    // Another word on the control is kept beside the one before it, with the moment of its record.
    expect(told).toMatchObject([{ known: true, events: 0, outcomes: 1, repeated: 1 }]);
    const better = await eventOf(reference);
    expect(better).toMatchObject({
      ...first,
      from: 'red',
      cause: 'control-closed',
      officer: better!.officer,
    });
    expect(better!.officer).not.toBeNull();
    expect((await outcomeOf()).sort()).toEqual(['final', 'provisional']);
    expect(await receive(reference, [], [control, { ...control, status: 'final' }])).toMatchObject([
      { outcomes: 0, repeated: 2 },
    ]);
    await receive(reference, [reroute]);
    expect(await eventOf(reference)).toEqual(better);
  });

  it('is told once where one message says it twice, the later word standing', async () => {
    await receive(reference, [
      { ...reroute, cause: 'discretionary-down' },
      { ...reroute, cause: 'control-closed', reason: 'papers came' },
    ]);
    expect(await eventOf(reference)).toMatchObject({ cause: 'control-closed', reason: 'papers came' });
    expect((await stored()).filter(({ at }) => at === '2026-03-02T11:00:00.000Z')).toHaveLength(1);
  });

  it('is better told before its declaration is here', async () => {
    const name = 'XX/XXA1/2026/C/77';
    await receive(name, [reroute]);
    const told = await receive(name, [{ ...reroute, cause: 'control-closed' }]);
    expect(told).toMatchObject([{ known: false, events: 0, repeated: 1 }]);
    expect(await eventOf(name)).toMatchObject({ cause: 'control-closed' });
  });

  it('leads to a check where it changes a finding, once', async () => {
    const act = (kind: 'SCAN' | 'RELEASE') =>
      receive(reference, [{ id: 'a1', kind, at: '2026-03-02T15:00:00+01:00' }]);
    const rulesOf = ([received]: Awaited<ReturnType<typeof act>>) =>
      received!.superseding?.check.findings.map(({ rule }) => rule);
    expect(rulesOf(await act('SCAN')) ?? []).not.toContain('CON-903');
    expect(rulesOf(await act('RELEASE'))).toContain('CON-903');
    expect(rulesOf(await act('RELEASE'))).toBeUndefined();
  });
});
