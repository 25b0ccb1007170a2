/** How much history is held: as far back as rules look, of what is older the first and last days, and nothing that retention took away. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { declarations } from '../../src/check/collections.ts';
import { longestOf } from '../../src/evidence/open.ts';
import { factCall } from '../../src/facts/call.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changedClean, event, openWorld, version, type World } from './world.ts';

const ofConsignee = { of: 'consignee' };
const countCall = (days: number, offset = 0) =>
  factCall(factCatalogue.get('history.count')!, { ...ofConsignee, days, offset });
const on = '2026-03-02';
const now = new Date(`${on}T20:00:00Z`);
const lodged = (day: string, more: Record<string, unknown> = {}) =>
  changedClean({ 'declaration.acceptedAt': day, ...more });

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const asked = () => ({ declaration: lodged(on), on });
const count = (days: number) => world.value('history.count', { ...ofConsignee, days }, asked());

describe('the history in memory', () => {
  it('reaches as far back as the rulebook looks, and three years at least', () => {
    expect(longestOf({ declaration: [countCall(30)], item: [] })).toBe(1_096);
    expect(longestOf({ declaration: [countCall(1_826)], item: [countCall(365, 90)] })).toBe(1_826);
  });

  it('is cut to that when it was longer by more than a season, and answers the same within it', async () => {
    await world.put({
      declarations: [
        version('OLD', '2016-05-05', lodged('2016-05-05')),
        version('OLDER', '2014-05-05', lodged('2014-05-05')),
        version('NEW', '2026-02-02', lodged('2026-02-02')),
      ],
      events: [event('OLD', 'OFFENCE', '2016-05-06')],
    });
    expect(await count(10_000)).toBe(3);
    const first = await world.value('history.firstSeen', ofConsignee, asked());
    const last = await world.value('history.lastSeen', ofConsignee, asked());

    world.evidence.keepFor({ declaration: [countCall(1_826)], item: [] });
    await world.evidence.trim(now);
    expect(world.evidence.memory!.traces.versions.reference.length()).toBe(1);
    expect(await count(1_826)).toBe(1);
    expect(await world.value('history.firstSeen', ofConsignee, asked())).toBe(first);
    expect(await world.value('history.lastSeen', ofConsignee, asked())).toBe(last);
    const item = { of: 'consignee+hs6' };
    expect(await world.value('item.history.firstSeen', item, asked())).toBe(first);
  });

  it('is left as it is for a season', async () => {
    await world.put({ declarations: [version('EDGE', '2021-02-01', lodged('2021-02-01'))] });
    await world.evidence.warm();
    world.evidence.keepFor({ declaration: [countCall(1_826)], item: [] });
    const before = world.evidence.memory!.view();
    await world.evidence.trim(now);
    expect(world.evidence.memory!.view()).toBe(before);
  });

  it('remembers the last day of an importer whose every declaration is older', async () => {
    await world.put({ declarations: [version('OLD', '2016-05-05', lodged('2016-05-05'))] });
    await world.evidence.warm();
    const last = await world.value('history.lastSeen', ofConsignee, asked());
    world.evidence.keepFor({ declaration: [], item: [] });
    await world.evidence.trim(now);
    expect(last).toBeGreaterThan(3_000);
    expect(await world.value('history.lastSeen', ofConsignee, asked())).toBe(last);
  });

  it('holds old entries under suspense, since goods still come out of them', async () => {
    const entry = lodged('2016-05-05', {
      'declaration.mrn': 'MRN-E',
      items: [{ 'item.procedure': '7100' }, { 'item.procedure': '7100' }],
    });
    await world.put({
      declarations: [version('E', '2016-05-05', entry), version('H', '2016-05-05', lodged('2016-05-05'))],
    });
    await world.evidence.warm();
    world.evidence.keepFor({ declaration: [], item: [] });
    await world.evidence.trim(now);
    const out = lodged(on, { items: [{ 'item.procedure': '4071', 'item.previousReference': 'MRN-E' }, {}] });
    expect(world.evidence.memory!.traces.versions.reference.length()).toBe(1);
    expect(await world.value('item.ledger.remaining', { measure: 'netMass' }, { declaration: out, on })).toBe(
      0,
    );
  });

  it('forgets what was removed from the store, while what comes in meanwhile is seen', async () => {
    await world.put({
      declarations: [
        version('GONE', '2026-01-01', lodged('2026-01-01')),
        version('KEPT', '2026-02-02', lodged('2026-02-02')),
      ],
    });
    expect(await count(365)).toBe(2);
    await world.store.collection(declarations).purge({ column: 'reference', op: 'eq', value: 'GONE' });
    const renewing = world.evidence.renew(now);
    await world.put({ declarations: [version('LATE', '2026-02-20', lodged('2026-02-20'))] });
    await renewing;
    expect(await count(365)).toBe(2);
  });
});
