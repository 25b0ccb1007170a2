/** Retention and goods under suspense: nobody looks overdue because what discharged him was removed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collections, declarations, events, outcomes } from '../../src/check/collections.ts';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { type ClearanceRow, clearance } from '../../src/projections/clearance.ts';
import { project, rebuild } from '../../src/projections/project.ts';
import { retain } from '../../src/service/retention/apply.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { euros, event, outcome, version } from '../projections/trail.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-retention-'));
let store: Store;
const policy = { id: 'x', version: 1, title: { en: 'x' }, owner: 'x', keep: { declaration: 365 } };
const later = new Date('2028-01-01T00:00:00Z');

const goods = { number: 1, hs: '61091000', origin: 'BD', netMass: 100, cif: euros(1000) };
const entry = (number: string): Partial<Declaration> => ({
  office: 'PORT',
  registration: { number, date: '2026-03-02' },
  warehouse: { delay: 10 },
  items: [{ ...goods, procedure: '7100', taxes: [{ code: 'DUTY', amount: euros(400), payable: false }] }],
});
const takes = (number: string): Partial<Declaration> => ({
  items: [{ ...goods, procedure: '4071', previous: [{ office: 'PORT', year: '2026', number }] }],
});

async function write(reference: string, day: string, extra: Partial<Declaration>): Promise<void> {
  const document = version(1, undefined, extra);
  await store
    .collection<Collections['declaration']>(declarations)
    .put([{ ...document, id: `${reference}#1`, reference, consignee: 'M1' }]);
  await store.collection<Collections['event']>(events).put([
    { ...event('REGISTER', `${day} 08:00`), declaration: reference },
    { ...event('RELEASE', `${day} 09:00`), declaration: reference },
  ]);
}
const row = async (reference: string) =>
  (await store.collection<ClearanceRow>(clearance.spec).get(reference))?.doc;
const held = async () => (await retain(store, policy, later, { dryRun: true })).at(-1)!;

beforeAll(async () => {
  store = await openDuckdb(folder);
  await write('PORT/2026/17', '02', entry('17'));
  await write('PORT/2026/20', '05', takes('17'));
  await write('PORT/2026/18', '02', entry('18'));
  // Appealed: it stays for as long as that lasts.
  await store
    .collection<Collections['outcome']>(outcomes)
    .put([{ ...outcome('02 12:00', { status: 'appealed' }), declaration: 'PORT/2026/17' }]);
  await project(store);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('retention', () => {
  it('keeps what took goods out of an entry for as long as the entry, which stays discharged', async () => {
    expect(await held()).toMatchObject({
      removed: 0,
      held: { disputed: 1, 'entry kept': 1, 'under suspense': 1 },
    });
    await retain(store, policy, later, { dryRun: false });
    await rebuild(store);
    expect(await row('PORT/2026/17')).toMatchObject({ dischargedDay: '2026-03-05' });
  });

  it('keeps goods that are still under suspense, released into the warehouse long ago', async () => {
    expect(await row('PORT/2026/18')).toMatchObject({ suspense: 1, balance: 40_000 });
  });

  it('removes both when the entry has nothing left that holds it, the entry first', async () => {
    await store.collection<Collections['outcome']>(outcomes).put([
      {
        ...outcome('03 12:00', { status: 'final', result: 'conform' }),
        declaration: 'PORT/2026/17',
      },
    ]);
    await project(store);
    await retain(store, policy, later, { dryRun: false });
    await retain(store, policy, later, { dryRun: false });
    expect(await row('PORT/2026/17')).toBeUndefined();
    expect(await row('PORT/2026/20')).toBeUndefined();
    expect(await row('PORT/2026/18')).toBeDefined();
  });
});
