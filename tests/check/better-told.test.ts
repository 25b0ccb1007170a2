/** An event that comes again with more told of it: it is one event, and what is known better stands. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventDocument, events } from '../../src/check/collections.ts';
import { type DeclarationRecord, type Office, openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import type { Declaration } from '../../src/declaration/declaration.ts';
import type { TrailEvent } from '../../src/declaration/trail.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { identify } from '../../src/intake/identity.ts';
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
