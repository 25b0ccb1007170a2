/** Figures for many who look at once: one question for all of them, and a new answer when the rows have moved. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collections, events } from '../../src/check/collections.ts';
import { figures } from '../../src/indicators/figure.ts';
import { liveFigures } from '../../src/indicators/live.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { changedDays, project } from '../../src/projections/project.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { fortyContext, storeForty } from './forty/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-live-'));
const { definitions } = soundIndicators(undefined, '2026-04-30');
let store: Store;
let asked = 0;
/** Of them those that went to roll-ups. */
let rolled = 0;
beforeAll(async () => {
  const opened = await openDuckdb(folder);
  await storeForty(opened);
  // Every tabulation of the store, of rows and of roll-ups, is counted.
  store = {
    ...opened,
    derived: {
      ...opened.derived,
      tabulate: (table, query) => {
        asked += 1;
        rolled += 1;
        return opened.derived.tabulate(table, query);
      },
    },
    collection: (spec) => {
      const collection = opened.collection(spec);
      return {
        ...collection,
        tabulate: (query) => {
          asked += 1;
          return collection.tabulate(query);
        },
      } as ReturnType<typeof opened.collection> as never;
    },
  };
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an indicator on many screens', () => {
  it('is asked anew when rows have moved, though nothing is rolled up', async () => {
    const live = liveFigures(store, definitions.values());
    await live.follow();
    const request = { by: ['importer'], from: '2026-01-01', to: '2026-04-30' };
    const questions = async () => {
      asked = 0;
      await figures(live.source, definitions.get('I04')!, request, '2026-04-30');
      return asked;
    };
    expect([await questions(), await questions()]).toEqual([1, 0]);
    await store.collection(changedDays).put([{ id: '2026-03-02' }]);
    await live.follow();
    expect([await questions(), await questions()]).toEqual([1, 0]);
  });

  it('costs one question until something was written, from roll-ups once they follow', async () => {
    const live = liveFigures(store, definitions.values());
    await live.follow();
    const screens = async (id: string, by: string[]) => {
      asked = rolled = 0;
      const request = { by, from: '2026-01-01', to: '2026-04-30' };
      const tables = await Promise.all(
        Array.from({ length: 50 }, () => figures(live.source, definitions.get(id)!, request, '2026-04-30')),
      );
      return { asked, rolled, table: tables[0]! };
    };
    const before = await screens('I05', ['office']);
    expect([before.asked, before.rolled]).toEqual([1, 0]);
    expect((await screens('I05', ['office'])).asked).toBe(0);
    expect((await screens('I04', ['importer'])).asked).toBe(1);
    while (await live.prepare());

    await store.collection<Collections['event']>(events).put([
      {
        id: 'D40-ASSESS-LIVE',
        declaration: 'D01',
        kind: 'CANCEL',
        at: '2026-04-29T08:00:00.000Z',
        local: '2026-04-29T10:00:00+02:00',
        enteredAt: null,
        officer: null,
        recordedAt: '2026-04-29T08:00:00.000Z',
      },
    ]);
    const cancelled = async () =>
      (await screens('I24', ['office'])).table.rows.reduce(
        (sum, row) => sum + row.figures.share!.numerator!,
        0,
      );
    const earlier = await cancelled();
    await project(store, { context: fortyContext });
    await live.follow();
    const after = await screens('I05', ['office']);
    // What moved was read into memory as it moved.
    expect([after.asked, after.rolled]).toEqual([0, 0]);
    expect(await cancelled()).toBe(earlier + 1);
  });
});
