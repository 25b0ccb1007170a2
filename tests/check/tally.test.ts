/** What an office was given before, on replicas: each counts for itself and takes in what the others decided. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CheckDocument } from '../../src/check/document.ts';
import { officeClock } from '../../src/check/office-clock.ts';
import { openTally, type Tally } from '../../src/check/tally.ts';
import type { Finding } from '../../src/engine/finding.ts';
import type { Store } from '../../src/store/port.ts';
import { declaration, overweight } from '../service/harness.ts';
import { startOffice, type TestOffice } from './office.ts';

let office: TestOffice;
/** The same store as two replicas see it: somebody else may write. */
let shared: Store;
const now = '2026-03-02T12:00:00.000Z';
const place = { office: 'XXA1', flow: 'import', occurredAt: '2026-03-02T00:00:00.000Z' };
const red = { lane: 'red', findings: [] };

beforeAll(async () => {
  office = await startOffice();
  shared = { ...office.store, exclusive: false, collection: office.store.collection.bind(office.store) };
});
afterAll(() => office.close());

async function replica(): Promise<Tally> {
  const tally = openTally(shared, 'green');
  await tally.ready(['XXA1'], now);
  return tally;
}

describe('counts of an office', () => {
  it('take in at a refresh what another replica decided, and keep what is still being written', async () => {
    const one = await replica();
    expect(one.ready(['XXA1'], now)).toBeUndefined();
    expect(one.counts(place, now)).toEqual({ declared: 0, lanes: {}, today: {}, unselected: 0 });
    // Decided here, and not in the store yet.
    one.add(place, red, now);
    // Decided elsewhere, and written.
    expect((await office.check(declaration(overweight))).lane).toBe('yellow');
    await one.refresh(now);
    const counted = one.counts(place, now)!;
    expect(counted).toMatchObject({
      declared: 2,
      lanes: { red: 1, yellow: 1 },
      today: { red: 1, yellow: 1 },
    });
  });

  it('have a row that ends with a hit that is selected, and not with what no rule hit', async () => {
    const tally = openTally(office.store, 'green');
    await tally.ready(['XXR1'], now);
    const there = { ...place, office: 'XXR1' };
    const after = (check: Pick<CheckDocument, 'lane' | 'findings'>) => {
      tally.add(there, check, now);
      return tally.counts(there, now)!.unselected;
    };
    const findings = [{ kind: 'risk' }] as Finding[];
    const rows = [
      { lane: 'green', findings },
      { lane: 'green', findings: [] },
      { lane: 'red', findings: [] },
      { lane: 'green', findings },
      { lane: 'red', findings },
    ].map(after);
    expect(rows).toEqual([1, 1, 1, 2, 0]);
  });

  it('are read anew before a decision where the office was quiet here for a while and others decided', async () => {
    const one = await replica();
    const before = one.counts(place, now)!.declared;
    await office.check(declaration(overweight));
    expect(one.ready(['XXA1'], now), 'just read').toBeUndefined();
    const late = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    try {
      await one.ready(['XXA1'], now);
      expect(one.counts(place, now)!.declared).toBe(before + 1);
      // Who alone writes knows all of it.
      const alone = openTally(office.store, 'green');
      await alone.ready(['XXA1'], now);
      late.mockReturnValue(performance.now() + 60_000);
      expect(alone.ready(['XXA1'], now)).toBeUndefined();
    } finally {
      late.mockRestore();
    }
  });

  it('are read anew where the clock was ahead and has begun a day that is not there yet', async () => {
    const alone = openTally(office.store, 'green');
    await alone.ready(['XXA1'], now);
    const { today } = alone.counts(place, now)!;
    expect(today).not.toEqual({});
    const ahead = '2026-03-03T12:00:00.000Z';
    expect(alone.ready(['XXA1'], ahead)).toBeUndefined();
    expect(alone.counts(place, ahead)).toMatchObject({ today: {} });
    await alone.ready(['XXA1'], now);
    expect(alone.counts(place, now)).toMatchObject({ today });
  });

  it('are of a day and a month in the office’s clock', async () => {
    const tally = openTally(office.store, 'green', officeClock({ utcOffset: '+05:45' }));
    await tally.ready(['XXN1'], now);
    const nepal = { ...place, office: 'XXN1' };
    // 23:59 on 31 March there.
    tally.add({ ...nepal, occurredAt: '2026-03-31T10:00:00.000Z' }, red, '2026-03-31T18:14:00.000Z');
    const sameDay = tally.counts(
      { ...nepal, occurredAt: '2026-03-31T10:00:00.000Z' },
      '2026-03-31T18:14:59.000Z',
    );
    expect(sameDay).toMatchObject({ declared: 1, today: { red: 1 } });
    const nextDay = tally.counts(
      { ...nepal, occurredAt: '2026-03-31T10:00:00.000Z' },
      '2026-03-31T18:16:00.000Z',
    );
    expect(nextDay).toMatchObject({ declared: 0, lanes: {}, today: {} });
  });

  it('leave declarations alone that are older than a week, and offices apart', async () => {
    const tally = openTally(office.store, 'green');
    await tally.ready(['XXC3', 'XXC4'], now);
    const there = { ...place, office: 'XXC3' };
    tally.add({ ...there, occurredAt: '2026-02-01T00:00:00.000Z' }, red, now);
    expect(tally.counts(there, now)).toMatchObject({ declared: 0 });
    expect(tally.counts({ ...there, occurredAt: '2026-02-01T00:00:00.000Z' }, now)).toBeUndefined();
    tally.add(there, red, now);
    expect(tally.counts({ ...there, office: 'XXC4' }, now)).toMatchObject({ declared: 0 });
  });

  it('change at midnight of the zone of the office, in summer time too, and are the same after a restart', async () => {
    const clock = () => officeClock({ timeZone: 'Europe/Brussels', timeZones: { XXF1: 'America/New_York' } });
    const at = (instant: string) => ({ occurredAt: instant, flow: 'import' });
    const tally = openTally(office.store, 'green', clock());
    // Half an hour after midnight in Brussels (summer time); in New York it is still the evening before.
    const late = '2026-07-14T22:30:00.000Z';
    await tally.ready(['XXE1', 'XXF1'], late);
    for (const place of ['XXE1', 'XXF1'])
      tally.add({ office: place, ...at('2026-07-14T21:00:00.000Z') }, red, '2026-07-14T21:30:00.000Z');
    expect(tally.counts({ office: 'XXE1', ...at(late) }, late)!.today).toEqual({});
    expect(tally.counts({ office: 'XXF1', ...at(late) }, late)!.today).toEqual({ red: 1 });
  });

  it('are the same after a restart, also of what was old when it came', async () => {
    const declared = async (date: string) =>
      office.check(declaration({ office: 'XXG1', registration: { serial: 'C', number: date, date } }));
    // Of the same month, and older than a week; and new.
    office.clock.now = new Date('2026-03-20T12:00:00Z');
    for (const date of ['2026-03-05', '2026-03-11', '2026-03-13', '2026-03-19']) await declared(date);
    const at = office.clock.now.toISOString();
    const live = openTally(office.store, 'green');
    await live.ready(['XXG1'], '2026-03-20T00:00:00.000Z');
    const there = { office: 'XXG1', flow: 'import', occurredAt: at };
    const alike = openTally(office.store, 'green');
    await alike.ready(['XXG2'], at);
    for (const date of ['2026-03-05', '2026-03-11', '2026-03-13', '2026-03-19'])
      alike.add(
        { office: 'XXG2', flow: 'import', occurredAt: `${date}T00:00:00.000Z` },
        { lane: 'green', findings: [] },
        at,
      );
    expect(live.counts(there, at)).toEqual(alike.counts({ ...there, office: 'XXG2' }, at));
    expect(live.counts(there, at)).toMatchObject({ declared: 2 });
  });
});
