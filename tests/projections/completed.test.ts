/** A day whose inspection acts have not arrived, and the next, on which they have: what the rules say, through the whole path. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyReport } from '../../src/check/import.ts';
import { openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { movedSince } from '../../src/projections/completed.ts';
import { finding } from '../../src/projections/finding.ts';
import { takeExtract } from '../../src/projections/take-extract.ts';
import type { WatermarkDocument } from '../../src/sources/completeness.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { csv, type Told, tell, writeWorld } from '../sources/truth.ts';

const root = mkdtempSync(join(tmpdir(), 'completed-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rule = 'CON-001';
const day = '2026-01-06';
const at = (minute: number) => `${day} 09:${String(minute).padStart(2, '0')}:00`;

/** Red to the end: inspected or not, then assessed, paid and released. */
const red = (id: number, inspected: boolean): Told => {
  const { found: _, ...like } = tell(1)[0]!;
  const examiner = 'DLA01.EX1';
  return {
    ...like,
    id,
    office: 'DLA01',
    number: String(id),
    lane: 'red',
    examiner,
    steps: [
      { kind: 'REGISTER', at: at(0), user: like.declarant },
      { kind: 'LANE', at: at(1), user: 'SYSTEM', to: 'red' },
      { kind: 'ASSIGN', at: at(1), user: 'SYSTEM', to: examiner },
      ...(inspected ? [{ kind: 'INSPECT', at: at(20), user: examiner, result: 'conform' }] : []),
      { kind: 'ASSESS', at: at(30), user: examiner },
      { kind: 'PAY', at: at(40), user: 'DLA01.CASH' },
      { kind: 'RELEASE', at: at(50), user: 'DLA01.GATE' },
    ],
    ...(inspected ? { found: { result: 'conform', duty: 0, fine: 0 } } : {}),
  };
};
const without = ({ found: _, ...told }: Told): Told => told;
const complete = (folder: string, rows: [feed: string, until: string][]) =>
  writeFileSync(
    join(folder, 'complete.csv'),
    csv(
      ['feed', 'office', 'until'],
      rows.map(([feed, until]) => [feed, 'DLA01', until]),
    ),
  );

describe('a trail that is complete further than before', () => {
  let run = 0;
  let folder: string;
  let clock: Date;
  let nightly: () => Promise<{ found: string[]; checkedAgain: number }>;
  beforeEach(async () => {
    folder = join(root, `extract-${++run}`);
    const store = await openDuckdb(join(root, `store-${run}`));
    const desk = await openDesk({ store });
    const office = openOffice({ ...desk, now: () => clock }, store);
    nightly = async () => {
      const options = { mapping: 'asycuda-world', currency: 'XAF', timezone: 'Africa/Douala', now: clock };
      const taken = await takeExtract(
        { store, office, refresh: desk.refresh, dumps: folder, options },
        emptyReport(),
      );
      const { docs } = await store.collection<{ id: string; declaration: string }>(finding.spec).find({
        where: {
          and: [
            { column: 'rule', op: 'eq', value: rule },
            { column: 'current', op: 'eq', value: 1 },
          ],
        },
        limit: 100,
      });
      return { found: docs.map(({ declaration }) => declaration).sort(), checkedAgain: taken.checkedAgain };
    };
    return async () => {
      desk.close();
      await store.close();
    };
  });

  it('finds no act missing on the day on which acts have not arrived, and does on the next where one is', async () => {
    const [never, late] = [red(1, false), red(2, true)];
    writeWorld([never, without(late)], folder);
    complete(folder, [
      ['trail', day],
      ['inspection', '2026-01-05'],
    ]);
    clock = new Date('2026-01-07T02:00:00Z');
    expect((await nightly()).found).toEqual([]);

    writeWorld([never, late], folder);
    complete(folder, [
      ['trail', day],
      ['inspection', day],
    ]);
    clock = new Date('2026-01-08T02:00:00Z');
    expect((await nightly()).found).toEqual(['DLA01/2026/C1']);
  });

  it('checks again what nothing new came to, when the source says no more than that its acts are complete', async () => {
    writeWorld([red(1, false)], folder);
    complete(folder, [
      ['trail', day],
      ['inspection', '2026-01-05'],
    ]);
    clock = new Date('2026-01-07T02:00:00Z');
    expect((await nightly()).found).toEqual([]);

    rmSync(folder, { recursive: true });
    writeWorld([], folder);
    complete(folder, [['inspection', day]]);
    clock = new Date('2026-01-08T02:00:00Z');
    expect(await nightly()).toEqual({ found: ['DLA01/2026/C1'], checkedAgain: 1 });
    clock = new Date('2026-01-09T02:00:00Z');
    expect((await nightly()).checkedAgain).toBe(0);
  });
});

describe('which offices moved', () => {
  const mark = (source: string, office: string, until: string, recordedAt: string): WatermarkDocument => ({
    id: '',
    source,
    feed: 'trail',
    office,
    until,
    basis: 'claimed',
    recordedAt,
  });

  it('takes the earliest day that was complete and the last word on it', () => {
    const marks = [
      mark('a', 'X', '2026-01-05', '2026-01-06T00:00:00.000Z'),
      mark('a', 'X', '2026-01-06', '2026-01-07T00:00:00.000Z'),
      mark('b', 'X', '2026-01-04', '2026-01-08T00:00:00.000Z'),
      mark('a', 'Y', '2026-01-06', '2026-01-07T00:00:00.000Z'),
    ];
    const seen = new Map([
      ['a|trail|X', '2026-01-05'],
      ['b|trail|X', '2026-01-03'],
      ['a|trail|Y', '2026-01-06'],
    ]);
    expect(movedSince(marks, seen)).toEqual({
      moved: [{ office: 'X', after: '2026-01-03', since: '2026-01-08T00:00:00.000Z' }],
      now: [
        { id: 'a|trail|X', until: '2026-01-06' },
        { id: 'b|trail|X', until: '2026-01-04' },
      ],
    });
  });

  it('where nothing was complete before, everything is looked at', () => {
    const marks = [
      mark('a', 'X', '2026-01-06', '2026-01-07T00:00:00.000Z'),
      mark('b', 'X', '2026-01-06', '2026-01-07T00:00:00.000Z'),
    ];
    expect(movedSince(marks, new Map([['b|trail|X', '2026-01-05']])).moved).toEqual([
      { office: 'X', after: undefined, since: '2026-01-07T00:00:00.000Z' },
    ]);
  });
});
