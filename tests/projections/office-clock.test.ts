/** Days and hours are told by the clock on the office's wall, however a system writes the same instants. */
import { describe, expect, it } from 'vitest';
import { type DeclarationDocument, declarations, events, outcomes } from '../../src/check/collections.ts';
import { storedPeople } from '../../src/check/people.ts';
import type { ActRow } from '../../src/projections/act.ts';
import type { ClearanceRow } from '../../src/projections/clearance.ts';
import { tables } from '../../src/projections/fold.ts';
import { project } from '../../src/projections/project.ts';
import { openReferences } from '../../src/sources/reference/store.ts';
import { readWhere } from '../../src/store/pages.ts';
import { emptyStore } from '../empty-store.ts';
import { event, outcome, version } from './trail.ts';

const { store } = await emptyStore();

/** The same instants, as a system writes them that knows UTC alone. */
const written =
  (reference: string, zulu: boolean) =>
  <T extends { declaration: string; at: string; local: string; id: string }>(document: T): T => ({
    ...document,
    id: `${document.id}-${reference}`,
    declaration: reference,
    ...(zulu ? { local: document.at } : {}),
  });

async function send(reference: string, office: string, zulu: boolean): Promise<void> {
  const as = written(reference, zulu);
  await store
    .collection<DeclarationDocument>(declarations)
    .put([{ ...version(1, 100), id: `${reference}#1`, reference, office }]);
  // Half past midnight, half past six and half past five in the evening on a clock an hour ahead of UTC.
  await store
    .collection(events)
    .put([
      as(event('REGISTER', '03 00:30')),
      as(event('LANE', '03 00:30', null, { to: 'blue', cause: 'criterion' })),
      as(event('INSPECT', '03 06:30', 'anna')),
      as(event('ASSESS', '03 17:30', 'anna')),
      as(event('RELEASE', '04 00:10', 'anna')),
    ]);
  await store.collection(outcomes).put([as(outcome('05 00:10', { control: 'post-clearance' }))]);
}

const told = async (reference: string) => {
  const row = (await store.collection<ClearanceRow>(tables.clearance.spec).get(reference))!.doc;
  const acts = await readWhere(store.collection<ActRow>(tables.act.spec), 'declaration', [reference]);
  const { day, hours, registeredDay, assessedDay, sameDay, auditDue, auditDone } = row;
  const night = acts.filter((act) => act.night === 1).map(({ kind }) => kind);
  return {
    day,
    hours,
    registeredDay,
    assessedDay,
    sameDay: sameDay ?? 0,
    auditDue,
    auditDone,
    night: night.sort(),
  };
};

const office = (from: string, timezone?: string) => ({
  kind: 'office' as const,
  record: { office: 'PORT', from, ...(timezone === undefined ? {} : { timezone }) },
});
const record = (...records: ReturnType<typeof office>[]) =>
  openReferences(store, storedPeople(store)).put(records, new Date().toISOString());

describe('an office whose zone is known', () => {
  it('has the same days and nights in instants with its offset and in UTC, told before or after', async () => {
    await send('LOCAL', 'PORT', false);
    await send('ZULU', 'PORT', true);
    await send('ELSEWHERE', 'POST', true);
    await project(store);
    const local = await told('LOCAL');
    expect(local).toMatchObject({
      day: '2026-03-03',
      assessedDay: '2026-03-03',
      sameDay: 1,
      auditDone: '2026-03-05',
    });
    // Nobody has said which clock hangs there: an instant is read as it was written.
    expect(await told('ZULU')).toMatchObject({
      day: '2026-03-02',
      sameDay: 0,
      night: ['INSPECT', 'RELEASE'],
    });

    await record(office('2020-01-01', 'Africa/Lagos'));
    await project(store);
    expect(await told('ZULU')).toEqual(local);
    expect(await told('LOCAL')).toEqual(local);
    expect(await told('ELSEWHERE')).toMatchObject({ day: '2026-03-02' });

    await send('LATER', 'PORT', true);
    await project(store);
    expect(await told('LATER')).toEqual(local);
  });

  it('is read again only where a record tells another clock', async () => {
    await record(office('2020-01-01', 'Africa/Lagos'), office('2026-03-20'));
    expect((await project(store)).folded).toBe(0);
  });
});
