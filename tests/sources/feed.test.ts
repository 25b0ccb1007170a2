import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { passingPeople } from '../../src/check/people.ts';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { absenceIsKnown, completeUntil } from '../../src/sources/completeness.ts';
import { type FeedOptions, type FeedReport, knownWatermarks, openFeed } from '../../src/sources/feed.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { csv, type Told, tell, writeWorld } from './truth.ts';

const root = mkdtempSync(join(tmpdir(), 'feed-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let store: Store;
let run = 0;
beforeEach(async () => {
  store = await openDuckdb(join(root, `store-${++run}`));
});
afterEach(() => store.close());

const people = passingPeople();
async function take(
  folder: string,
  options: Partial<FeedOptions> = {},
): Promise<{ records: IntakeRecord[]; report: FeedReport }> {
  const feed = await openFeed(store, people, folder, {
    mapping: 'asycuda-world',
    currency: 'XAF',
    timezone: 'Africa/Douala',
    now: new Date('2026-02-01T00:00:00Z'),
    ...options,
  });
  const records: IntakeRecord[] = [];
  for await (const record of feed.records) records.push(record);
  return { records, report: await feed.finish() };
}

/** Every declaration of one office on its day: what happened, moved to a day of January. */
const on = (told: readonly Told[], day: string): Told[] =>
  told.map((d) => ({
    ...d,
    office: 'DLA01',
    steps: d.steps.map((step, index) => ({ ...step, at: `${day} 08:${String(index + 10)}:00` })),
  }));

const put = (folder: string, name: string, columns: string[], rows: (string | number)[][]) =>
  writeFileSync(join(folder, name), csv(columns, rows));

describe('an extract into a store', () => {
  it('reads again only what has changed, by the marks of the last run', async () => {
    const folder = join(root, 'again');
    const told = tell(60);
    const days = [...on(told.slice(0, 40), '2026-01-06'), ...on(told.slice(40), '2026-01-09')];
    writeWorld(days, folder);
    const first = await take(folder);
    expect(first.records.length).toBe(60);
    expect(first.report.extract.marks.history).toBe('2026-01-09');

    // The day of the mark is read again: it may not have been complete.
    const second = await take(folder);
    expect(second.records.length).toBe(20);
    expect(second.records).toEqual(first.records.filter((record) => record.kind !== 'refused').slice(40));

    // An old declaration moves on: it comes out again, whole.
    days[3]!.steps.push({ kind: 'REROUTE', at: '2026-01-10 09:00:00', user: 'X', to: 'red' });
    writeWorld(days, folder);
    const third = await take(folder);
    expect(third.records.length).toBe(21);
    const everything = await take(folder, { full: true });
    expect(everything.records.length).toBe(60);
  });

  it('a day whose inspection acts have not arrived tells no absence; the next day it does', async () => {
    const folder = join(root, 'acts');
    const told = on(tell(20), '2026-01-06');
    writeWorld(told, folder);
    const act = told.find((d) => d.found !== undefined)!;
    writeWorld(
      told.map(({ found: _, ...d }) => d),
      folder,
    );
    put(
      folder,
      'complete.csv',
      ['feed', 'office', 'until'],
      [
        ['trail', '*', '2026-01-06'],
        ['inspection', '*', '2026-01-05'],
      ],
    );
    await take(folder);
    const release = act.steps.at(-1)!.at.replace(' ', 'T');
    const until = async () => completeUntil(await knownWatermarks(store), 'DLA01', 'INSPECT');
    expect(await until()).toBe('2026-01-05');
    expect(absenceIsKnown(await until(), release)).toBe(false);
    expect(completeUntil(await knownWatermarks(store), 'DLA01', 'ASSESS')).toBe('2026-01-06');

    writeWorld(told, folder);
    put(folder, 'complete.csv', ['feed', 'office', 'until'], [['inspection', '*', '2026-01-06']]);
    const next = await take(folder);
    expect(
      next.records.some(
        (record) => record.kind === 'declaration' && record.trail.some(({ kind }) => kind === 'INSPECT'),
      ),
    ).toBe(true);
    expect(await until()).toBe('2026-01-06');
    expect(absenceIsKnown(await until(), release)).toBe(true);
  });

  it('control totals that are not met are reported and hold the watermark', async () => {
    const folder = join(root, 'totals');
    writeWorld([...on(tell(10), '2026-01-06'), ...on(tell(25, 9).slice(10), '2026-01-07')], folder);
    put(
      folder,
      'control_totals.csv',
      ['feed', 'office', 'day', 'count'],
      [
        ['declaration', 'DLA01', '2026-01-06', 10],
        ['declaration', 'DLA01', '2026-01-07', 16],
      ],
    );
    const { report } = await take(folder);
    expect(report.mismatches).toEqual([
      { feed: 'declaration', office: 'DLA01', day: '2026-01-07', what: 'count', expected: 16, found: 15 },
    ]);
    expect(completeUntil(await knownWatermarks(store), 'DLA01', 'declaration')).toBe('2026-01-06');
  });

  it('days on which an open office sent nothing are gaps, weekends and holidays are none', async () => {
    const folder = join(root, 'gaps');
    const told = tell(30);
    // A Thursday, the Friday after next but one weekend: Friday 9, Monday 12 and Tuesday 13 are missing, the 14th is a holiday.
    writeWorld([...on(told.slice(0, 10), '2026-01-08'), ...on(told.slice(10), '2026-01-15')], folder);
    const plain = join(root, 'holidays');
    writeWorld([], plain);
    put(folder, 'holiday.csv', ['office', 'day', 'name'], [['*', '2026-01-14', 'made up']]);
    const { report: none } = await take(folder, { mapping: 'reference' });
    expect(none.references.written).toBe(1);
    const { report } = await take(folder);
    expect(report.gaps.filter(({ feed }) => feed === 'declaration')).toEqual([
      { feed: 'declaration', office: 'DLA01', from: '2026-01-09', to: '2026-01-13', days: 3 },
    ]);
  });
});
