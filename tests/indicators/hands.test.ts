/** Who works as much in an hour of his as others do in theirs has the same time in hands, however few his hours are. */
import { describe, expect, it } from 'vitest';
import {
  type DeclarationDocument,
  declarations,
  type EventDocument,
  events,
} from '../../src/check/collections.ts';
import { storedPeople } from '../../src/check/people.ts';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import { definitionOf, soundIndicators } from '../../src/indicators/load.ts';
import { project } from '../../src/projections/project.ts';
import { openReferences } from '../../src/sources/reference/store.ts';
import { emptyStore } from '../empty-store.ts';
import { event, version } from '../projections/trail.ts';

const today = '2026-05-31';
const period = { from: '2026-03-01', to: '2026-05-31' };
const definition = definitionOf(soundIndicators(undefined, today), 'I08');

const hour = 3_600_000;
/** The second of March 2026, a Monday, at midnight in an office an hour ahead of UTC. */
const monday = Date.parse('2026-03-02T00:00:00+01:00');
const weekday = (day: number): boolean => day % 7 < 5;
const local = (instant: number): string => `${new Date(instant + hour).toISOString().slice(0, 19)}+01:00`;
const dayText = (day: number): string => local(monday + day * 24 * hour).slice(0, 10);

/** Somebody's or an office's hours of a day, counted from the Monday; undefined where there are none. */
type Hours = (day: number) => readonly [from: number, to: number] | undefined;
const office: Hours = (day) => (weekday(day) ? [8, 17] : undefined);
/** Monday and Tuesday, and Wednesday until noon. */
const half: Hours = (day) => (day % 7 === 2 ? [8, 12] : day % 7 < 2 ? [8, 17] : undefined);

/** The instant at which so many hours of work are done, begun at an instant: walked quarter by quarter. */
function after(begin: number, work: number, hours: Hours): number {
  let [at, left] = [begin, Math.round(work * 4)];
  for (; left > 0; at += hour / 4) {
    const since = (at - monday) / hour;
    const day = Math.floor(since / 24);
    const own = hours(day);
    const clock = since - day * 24;
    if (own !== undefined && clock >= own[0] && clock < own[1]) left -= 1;
  }
  return at;
}

interface Worker {
  officer: string;
  office: string;
  hours: Hours;
}

/** A hundred and sixty cases each in eight weeks, registered while the office is open, of one to ten hours of work. */
function casesOf({ officer, office: place, hours }: Worker) {
  return Array.from({ length: 160 }, (_, i) => {
    const reference = `${place}-${officer}-${String(i).padStart(3, '0')}`;
    const registered = monday + (7 * Math.floor(i / 20) + (i % 5)) * 24 * hour + (9 + (i % 4) * 2) * hour;
    const assessed = after(registered, 1 + (i % 10), hours);
    const step = (kind: 'REGISTER' | 'ASSESS', at: number, who: string | null): EventDocument => ({
      ...event(kind, '02 08:00', who),
      declaration: reference,
      at: new Date(at).toISOString(),
      local: local(at),
    });
    return {
      declaration: {
        ...version(1, 100),
        id: `${reference}#1`,
        reference,
        office: place,
      } as DeclarationDocument,
      events: [step('REGISTER', registered, null), step('ASSESS', assessed, officer)],
    };
  });
}

type Record_ = readonly [kind: string, record: Record<string, unknown>];
const calendar = (place: string): Record_[] =>
  [1, 2, 3, 4, 5].map((day) => [
    'calendar',
    { office: place, weekday: day, opens: '08:00', closes: '17:00', from: '2000-01-01' },
  ]);
const days = Array.from({ length: 80 }, (_, day) => day);
const roster = (account: string, { office: place, hours }: Worker): Record_[] =>
  days.flatMap((day): Record_[] => {
    const own = hours(day);
    if (own === undefined) return [];
    const at = (clock: number): string => `${dayText(day)}T${String(clock).padStart(2, '0')}:00:00+01:00`;
    return [['duty', { user: account, office: place, day: dayText(day), from: at(own[0]), to: at(own[1]) }]];
  });

const stores = [await emptyStore(), await emptyStore(), await emptyStore(), await emptyStore()];

async function tell(
  accounts: readonly Omit<Worker, 'officer'>[],
  by: 'officer' | 'office',
  recordsOf: (account: string, worker: Worker) => readonly Record_[],
) {
  const { store } = stores.pop()!;
  const people = storedPeople(store);
  const names = accounts.map((_, i) => `account${i}`);
  const surrogates = await people.surrogates(names);
  const workers = accounts.map((each, i) => ({ ...each, officer: surrogates.get(names[i]!)! }));
  const cases = workers.flatMap(casesOf);
  await store.collection<DeclarationDocument>(declarations).put(cases.map(({ declaration }) => declaration));
  await store.collection<EventDocument>(events).put(cases.flatMap((each) => each.events));
  const records = workers.flatMap((worker, i) => recordsOf(names[i]!, worker));
  await openReferences(store, people).put(
    records.map(([kind, record]) => ({ kind, record })),
    '2026-05-01T00:00:00.000Z',
  );
  await project(store);
  const table = await figures(sourceOf(store), definition, { by: [by], ...period }, today);
  return (key: string | number) =>
    table.rows.find((row) => row.key[by] === (typeof key === 'string' ? key : workers[key]!.officer))!
      .figures;
}

describe('an officer on half time', () => {
  const last = 8;
  const team = [...Array.from({ length: last }, () => office), half].map((hours) => ({
    office: 'PORT',
    hours,
  }));

  it('has the time in hands of his colleagues, where the roster has his days', async () => {
    const of = await tell(team, 'officer', (account, worker) => [
      ...calendar('PORT'),
      ...roster(account, worker),
    ]);
    for (const figure of ['median', 'p90'] as const) {
      const values = team.map((_, i) => of(i)[figure]!.value);
      expect(new Set(values).size, `${figure} ${values}`).toBe(1);
      expect(team.map((_, i) => of(i)[figure]!.state)).toEqual(team.map(() => 'consistent with peers'));
    }
    // Of one to ten hours, to a percent.
    expect(Math.abs(of(last).median!.value! - 5.5)).toBeLessThan(0.06);
    expect(of(last)).toMatchObject({ median: { n: 160 }, clockMedian: { n: 0, value: null } });
  });

  it('was told to be looked at by the clock, which is all there is without calendar and roster', async () => {
    const of = await tell(team, 'officer', () => []);
    expect(of(last)).toMatchObject({
      median: { n: 0, value: null },
      clockMedian: { n: 160, state: 'look closer' },
    });
    expect(of(last).clockMedian!.value).toBeGreaterThan(2 * of(0).clockMedian!.value!);
  });
});

describe('an office with a week of holidays', () => {
  const closed: Hours = (day) => (day >= 7 && day < 14 ? undefined : office(day));
  const staff = [
    ...[office, office].map((hours) => ({ office: 'PORT', hours })),
    ...[closed, closed].map((hours) => ({ office: 'RIVER', hours })),
  ];
  const holidays = days
    .filter((day) => weekday(day) && closed(day) === undefined)
    .map(
      (day): Record_ => [
        'holiday',
        { office: 'RIVER', day: dayText(day), from: dayText(day), to: dayText(day) },
      ],
    );

  it('has the time in hands of another that does the same in as many hours', async () => {
    const of = await tell(staff, 'office', () => [...calendar('PORT'), ...calendar('RIVER'), ...holidays]);
    for (const figure of ['median', 'p90'] as const) {
      expect(of('RIVER')[figure]!.value).toBe(of('PORT')[figure]!.value);
      expect(of('RIVER')[figure]!.n).toBe(320);
    }
    const byClock = await tell(staff, 'office', () => []);
    expect(byClock('RIVER').clockMedian!.value).toBeGreaterThan(1.3 * byClock('PORT').clockMedian!.value!);
  });
});
