/** Hours in an officer's hands are those in which he could have worked, as far as calendars and rosters are known, early or late. */
import { describe, expect, it } from 'vitest';
import { type DeclarationDocument, declarations, events } from '../../src/check/collections.ts';
import { storedPeople } from '../../src/check/people.ts';
import type { ClearanceRow } from '../../src/projections/clearance.ts';
import { tables } from '../../src/projections/fold.ts';
import { project, rebuild } from '../../src/projections/project.ts';
import { openReferences, type ReferenceInput } from '../../src/sources/reference/store.ts';
import { emptyStore } from '../empty-store.ts';
import { event, version } from './trail.ts';

const { store } = await emptyStore();
const people = storedPeople(store);
const surrogates = await people.surrogates(['anna', 'bert', 'nora']);
const anna = surrogates.get('anna')!;
const bert = surrogates.get('bert')!;
const nora = surrogates.get('nora')!;

type Step = Parameters<typeof event>;

/** In an office an hour ahead of UTC, in March 2026, whose second was a Monday. */
async function send(reference: string, office: string, ...steps: Step[]): Promise<void> {
  await store
    .collection<DeclarationDocument>(declarations)
    .put([{ ...version(1, 100), id: `${reference}#1`, reference, office }]);
  await store.collection(events).put(steps.map((step) => ({ ...event(...step), declaration: reference })));
}
const record = (...records: (readonly [kind: string, record: Record<string, unknown>, taken?: 'back'])[]) =>
  openReferences(store, people).put(
    records.map(
      ([kind, each, taken]) => ({ kind, record: each, withdrawn: taken === 'back' }) as ReferenceInput,
    ),
    new Date().toISOString(),
  );
const told = async (reference: string) => {
  const row = (await store.collection<ClearanceRow>(tables.clearance.spec).get(reference))!.doc;
  return [(row.handsSeconds ?? Number.NaN) / 3600, row.handsCounted];
};
const folded = async () => (await project(store)).folded;

const weekdays = (office: string, opens: string, closes: string, from = '2000-01-01') =>
  [1, 2, 3, 4, 5].map((weekday) => ['calendar', { office, weekday, opens, closes, from }] as const);
const holiday = (office: string, day: string) => ['holiday', { office, day, from: day, to: day }] as const;
const shift = (user: string, office: string, day: string, hours?: [string, string], until = day) => {
  const [from, to] = hours ?? ['', ''];
  const times =
    hours === undefined
      ? { from: day, to: day }
      : { from: `${day}T${from}:00+01:00`, to: `${until}T${to}:00+01:00` };
  return ['duty', { user, office, day, ...times }] as const;
};

describe('time in hands', () => {
  it('is told by the clock where neither calendar nor roster is known', async () => {
    await send('BARE', 'BARE', ['REGISTER', '06 16:00'], ['ASSESS', '09 09:00', anna]);
    await project(store);
    expect(await told('BARE')).toEqual([65, 'clock']);
  });

  it('is told by opening hours, without nights, holidays and what waits for an answer', async () => {
    await record(
      ...weekdays('OPEN', '08:00', '17:00'),
      holiday('*', '2026-03-10'),
      holiday('OPEN', '2026-03-11'),
    );
    // Friday 16 to 17, Monday 8 to 17, Thursday 8 to 9: Tuesday and Wednesday were holidays.
    await send('HOLIDAY', 'OPEN', ['REGISTER', '06 16:00'], ['ASSESS', '12 09:00', anna]);
    // The query stood open from Monday 15:00 to Thursday 8:30.
    await send(
      'ASKED',
      'OPEN',
      ['REGISTER', '06 16:00'],
      ['QUERY', '09 15:00', anna],
      ['ANSWER', '12 08:30'],
      ['ASSESS', '12 09:00', anna],
    );
    await project(store);
    expect(await told('HOLIDAY')).toEqual([11, 'open']);
    expect(await told('ASKED')).toEqual([8.5, 'open']);
  });

  it('is told by the roster where it names who assessed, with or without hours', async () => {
    const hours: [string, string] = ['08:00', '17:00'];
    const bothDays = ['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06'];
    await record(
      ...weekdays('WORK', '08:00', '12:00'),
      ...bothDays.map((day) => shift('anna', 'WORK', day, hours)),
      ...['2026-03-02', '2026-03-05'].map((day) => shift('bert', 'WORK', day, hours)),
      // Days alone: where the office's hours are known those count, else the whole days.
      ...['2026-03-02', '2026-03-05'].map((day) => shift('anna', 'LISTED', day)),
      ...weekdays('LISTED', '08:00', '12:00'),
      ...['2026-03-02', '2026-03-05'].map((day) => shift('anna', 'DAYS', day)),
    );
    for (const [reference, office, officer] of [
      ['FULL', 'WORK', anna],
      ['HALF', 'WORK', bert],
      ['LISTED', 'LISTED', anna],
      ['DAYS', 'DAYS', anna],
      ['UNNAMED', 'WORK', nora],
    ] as const)
      await send(reference, office, ['REGISTER', '02 16:00'], ['ASSESS', '05 09:00', officer]);
    await project(store);
    expect(await told('FULL')).toEqual([20, 'duty']);
    expect(await told('HALF')).toEqual([2, 'duty']);
    expect(await told('LISTED')).toEqual([1, 'duty']);
    // To midnight, and from midnight to nine.
    expect(await told('DAYS')).toEqual([17, 'days']);
    // The roster has never heard of her.
    expect(await told('UNNAMED')).toEqual([9, 'open']);
  });

  it('knows a night shift on both its days', async () => {
    await record(
      shift('nora', 'NIGHT', '2026-03-02', ['22:00', '06:00'], '2026-03-03'),
      shift('nora', 'NIGHT', '2026-03-03', ['22:00', '06:00'], '2026-03-04'),
      shift('nora', 'NIGHT', '2026-03-04', ['22:00', '06:00'], '2026-03-05'),
    );
    await send('NIGHT', 'NIGHT', ['REGISTER', '03 05:00'], ['ASSESS', '04 00:30', nora]);
    await send('MORNING', 'NIGHT', ['REGISTER', '04 03:00'], ['ASSESS', '04 05:00', nora]);
    await project(store);
    expect(await told('NIGHT')).toEqual([3.5, 'duty']);
    expect(await told('MORNING')).toEqual([2, 'duty']);
  });

  it('goes by the zone of the office and by the hours that held on each day', async () => {
    await record(
      ['office', { office: 'FAR', from: '2000-01-01', timezone: 'Africa/Maputo' }],
      ...weekdays('FAR', '08:00', '10:00').map(
        ([kind, each]) => [kind, { ...each, to: '2026-03-03' }] as const,
      ),
      ...weekdays('FAR', '08:00', '16:00', '2026-03-04'),
    );
    // From 9:30 on the office's clock, an hour ahead of that of the instant.
    await send('FAR', 'FAR', ['REGISTER', '03 08:30'], ['ASSESS', '04 09:00', anna]);
    await project(store);
    expect(await told('FAR')).toEqual([2.5, 'open']);
  });
});

describe('a roster on which nobody stands for several days', () => {
  const hours: [string, string] = ['08:00', '17:00'];
  const march = (...days: number[]) => days.map((day) => `2026-03-${String(day).padStart(2, '0')}`);
  const around = march(2, 3, 4, 5, 6, 16, 17, 18, 19, 20);
  const both = (office: string, days: readonly string[]) =>
    ['anna', 'bert'].flatMap((user) => days.map((day) => shift(user, office, day, hours)));
  const acrossTheGap: Step[] = [
    ['REGISTER', '06 16:00'],
    ['ASSESS', '16 09:00', anna],
  ];

  it('was not delivered where the office was open: opening hours tell the time of everybody alike, until it comes', async () => {
    await record(...weekdays('LOST', '08:00', '17:00'), ...both('LOST', around));
    await send('LOST', 'LOST', ...acrossTheGap);
    // Within the gap, and on days that lie before it.
    await send('LOST-WITHIN', 'LOST', ['REGISTER', '05 16:00'], ['ASSESS', '09 09:00', anna]);
    await send('LOST-BEFORE', 'LOST', ['REGISTER', '04 16:00'], ['ASSESS', '05 09:00', anna]);
    await project(store);
    expect(await told('LOST')).toEqual([38, 'open']);
    expect(await told('LOST-WITHIN')).toEqual([11, 'open']);
    expect(await told('LOST-BEFORE')).toEqual([2, 'duty']);
    await record(
      ...march(9, 10, 11).map((day) => shift('anna', 'LOST', day, hours)),
      ...march(12, 13).map((day) => shift('bert', 'LOST', day, hours)),
    );
    expect(await folded()).toBe(2);
    expect(await told('LOST')).toEqual([29, 'duty']);
    expect(await told('LOST-WITHIN')).toEqual([11, 'duty']);
  });

  it('is one on leave where one alone is before and behind it', async () => {
    await record(
      ...weekdays('ALONE', '08:00', '17:00'),
      ...around.map((day) => shift('anna', 'ALONE', day, hours)),
    );
    await send('ALONE', 'ALONE', ...acrossTheGap);
    await project(store);
    expect(await told('ALONE')).toEqual([2, 'duty']);
  });

  it('is a closed office where its holidays say so, and where they say so late', async () => {
    await record(...weekdays('SHUT', '08:00', '17:00'), ...both('SHUT', around));
    await send('SHUT', 'SHUT', ...acrossTheGap);
    await send('SHUT-WITHIN', 'SHUT', ['REGISTER', '06 16:00'], ['ASSESS', '09 09:00', anna]);
    await project(store);
    expect(await told('SHUT-WITHIN')).toEqual([2, 'open']);
    // The tenth is one everywhere.
    await record(holiday('SHUT', '2026-03-12'));
    await project(store);
    expect(await told('SHUT')).toEqual([29, 'open']);
    await record(holiday('*', '2026-03-13'));
    await project(store);
    // Two days on which nobody of the office came are no roster lost.
    expect(await told('SHUT')).toEqual([2, 'duty']);
    expect(await told('SHUT-WITHIN')).toEqual([1, 'duty']);
  });

  it('is nothing strange for some days where no opening hours are known, and unknown for a week', async () => {
    await record(
      ...both('LONG', march(2, 3, 4, 5, 6, 14, 15)),
      ...both('SHORT', march(2, 3, 4, 5, 6, 13, 14)),
    );
    await send('LONG', 'LONG', ['REGISTER', '06 16:00'], ['ASSESS', '14 09:00', anna]);
    await send('SHORT', 'SHORT', ['REGISTER', '06 16:00'], ['ASSESS', '13 09:00', anna]);
    await project(store);
    expect(await told('LONG')).toEqual([185, 'clock']);
    expect(await told('SHORT')).toEqual([2, 'duty']);
  });
});

describe('what is recorded late', () => {
  const steps: Step[] = [
    ['REGISTER', '16 16:00'],
    ['ASSESS', '19 09:00', bert],
  ];
  const hours: [string, string] = ['08:00', '17:00'];

  it('tells the rows that it is about anew, and no others', async () => {
    await send('LATE', 'LATE', ...steps);
    await send('EARLIER', 'LATE', ['REGISTER', '02 16:00'], ['ASSESS', '03 09:00', bert]);
    await send('ELSEWHERE', 'OTHER', ...steps);
    await project(store);
    expect(await told('LATE')).toEqual([65, 'clock']);

    await record(...weekdays('LATE', '08:00', '17:00'));
    expect(await folded()).toBe(2);
    expect(await told('LATE')).toEqual([20, 'open']);
    expect(await told('EARLIER')).toEqual([2, 'open']);

    await record(holiday('LATE', '2026-03-17'));
    expect(await folded()).toBe(1);
    expect(await told('LATE')).toEqual([11, 'open']);

    // Of the first day alone nothing is known of how long he was away.
    await record(shift('bert', 'LATE', '2026-03-16', hours));
    expect(await folded()).toBe(1);
    expect(await told('LATE')).toEqual([11, 'open']);
    // Another's record of the last day: now the roster is kept to its end.
    await record(shift('anna', 'LATE', '2026-03-20', hours));
    expect(await folded()).toBe(1);
    expect(await told('LATE')).toEqual([1, 'duty']);
    await record(shift('bert', 'LATE', '2026-03-19', hours));
    expect(await folded()).toBe(1);
    expect(await told('LATE')).toEqual([2, 'duty']);
    expect(await told('ELSEWHERE')).toEqual([65, 'clock']);
  });

  it('may be taken back', async () => {
    const [kind, each] = shift('bert', 'LATE', '2026-03-19', hours);
    await record([kind, each, 'back']);
    await project(store);
    expect(await told('LATE')).toEqual([1, 'duty']);
    const [, day] = holiday('LATE', '2026-03-17');
    const withdrawn: readonly ['holiday', typeof day, 'back'] = ['holiday', day, 'back'];
    const [, first] = shift('bert', 'LATE', '2026-03-16', hours);
    await record(withdrawn, ['duty', first, 'back']);
    await project(store);
    expect(await told('LATE')).toEqual([20, 'open']);
  });

  it('leaves what a rebuild makes', async () => {
    const rows = async () =>
      (await store.collection<ClearanceRow>(tables.clearance.spec).find({ limit: 100 })).docs.sort((a, b) =>
        a.id < b.id ? -1 : 1,
      );
    const before = await rows();
    await rebuild(store);
    expect(await rows()).toEqual(before);
  });
});
