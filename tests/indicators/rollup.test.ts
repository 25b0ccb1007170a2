import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collections, events } from '../../src/check/collections.ts';
import { dimensionsOf } from '../../src/indicators/dimensions.ts';
import { figures, type Source, sourceOf } from '../../src/indicators/figure.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { type Rollups, rollupSource } from '../../src/indicators/rollup.ts';
import { layoutOf } from '../../src/indicators/rollup-layout.ts';
import { dropForsaken, rollUp } from '../../src/indicators/rollup-tables.ts';
import { project } from '../../src/projections/project.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { openMongo } from '../../src/store/mongo/store.ts';
import type { Store } from '../../src/store/port.ts';
import { mongoUri, stopMongo } from '../store/mongod.ts';
import { fortyContext, storeForty } from './forty/read.ts';

const today = '2026-04-30';
const period = { from: '2026-01-01', to: '2026-04-30' };
const { definitions } = soundIndicators(undefined, today);
const layout = layoutOf(definitions.values());

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-rollup-'));
const uri = await mongoUri('rollup');
let store: Store;
const stores: Store[] = [];
const kinds = ['DuckDB', ...(uri === undefined ? [] : ['MongoDB'])];
beforeAll(async () => {
  stores.push(await openDuckdb(folder));
  if (uri !== undefined) stores.push(await openMongo(uri));
  for (const each of stores) await storeForty(each);
  store = stores[0]!;
});
afterAll(async () => {
  for (const each of stores) await each.close();
  await stopMongo();
  rmSync(folder, { recursive: true, force: true });
});

/** Counts how often the rows themselves had to be asked. */
function counted(): { source: Rollups; asked: () => number } {
  let asked = 0;
  const rows = sourceOf(store);
  return {
    source: rollupSource(store, layout, {
      tabulate: (query) => {
        asked += 1;
        return rows.tabulate(query);
      },
    }),
    asked: () => asked,
  };
}

describe.each(kinds)('daily roll-ups on %s', (kind) => {
  beforeAll(() => {
    store = stores[kinds.indexOf(kind)]!;
  });
  it('follow the projections day by day', async () => {
    expect(await rollUp(store, layout)).toBeGreaterThan(15);
    expect(await rollUp(store, layout)).toBe(0);
  });

  it('give the same figures as the rows, for every indicator by every dimension and month', async () => {
    const { source } = counted();
    for (const definition of definitions.values()) {
      if (definition.table !== 'clearance') continue;
      for (const dimension of dimensionsOf(definition)) {
        for (const by of dimension === 'month'
          ? [['month'], ['office', 'month']]
          : [[dimension], [dimension, 'month']]) {
          if (by.includes('office') && !definition.dimensions.includes('office')) continue;
          const [rolled, scanned] = await Promise.all([
            figures(source, definition, { by, ...period }, today),
            figures(sourceOf(store), definition, { by, ...period }, today),
          ]);
          expect(rolled, `${definition.id} by ${by}`).toEqual(scanned);
        }
      }
    }
  }, 120_000);

  it('answer what they hold without the rows, and nothing else', async () => {
    const told = async (id: string, request: object) => {
      const { source, asked } = counted();
      await figures(source, definitions.get(id)!, { ...period, ...request }, today);
      return asked();
    };
    expect(await told('I01', { by: ['officer'] })).toBe(0);
    expect(await told('I05', { by: ['section'] })).toBe(0);
    // Each officer is held against others on the same work, which the days of a roll-up do not tell.
    expect(await told('I05', { by: ['officer'] })).toBe(1);
    expect(await told('I34', { by: ['office', 'month'] })).toBe(0);
    expect(await told('I05', { by: ['office', 'lane'] })).toBe(0);
    expect(await told('I05', { by: ['officer'], where: ['lane = red'] })).toBe(1);
    expect(await told('I04', { by: ['importer'] })).toBe(1);
    // Percentiles are held by month; of parts of months they need the rows' bins. Stock is told as of a day.
    expect(await told('I04', { by: ['office'] })).toBe(0);
    expect(await told('I04', { by: ['office', 'week'] })).toBe(1);
    expect(await told('I04', { by: ['office'], to: '2026-04-12' })).toBe(1);
    expect(await told('I07', { by: ['office'] })).toBe(1);
  });

  it('give the same figures for periods that begin and end within months, and for open ones', async () => {
    const { source, asked } = counted();
    for (const [from, to] of [
      ['2026-02-11', '2026-04-09'],
      ['2026-03-05', '2026-03-20'],
      ['2026-03-01', '2026-04-12'],
      ['2026-03-30', '2026-04-01'],
      [undefined, '2026-04-30'],
      [undefined, '2026-04-12'],
      ['2026-03-01', undefined],
      [undefined, undefined],
    ]) {
      const within = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      for (const by of [['section'], ['office', 'month'], ['year'], ['week'], []]) {
        const told = (of: Source) => figures(of, definitions.get('I05')!, { by, ...within }, today);
        expect(await told(source), `${from} to ${to} by ${by}`).toEqual(await told(sourceOf(store)));
      }
      const amounts = (of: Source) =>
        figures(of, definitions.get('I03')!, { by: ['office'], ...within }, today);
      expect(await amounts(source), `${from} to ${to}`).toEqual(await amounts(sourceOf(store)));
    }
    expect(asked()).toBe(0);
  });

  it('are made of what was asked for, from the first question on, which goes to the rows', async () => {
    const other = layoutOf([definitions.get('I01')!, definitions.get('I05')!]);
    let asked = 0;
    const rows = sourceOf(store);
    const source = rollupSource(store, other, {
      tabulate: (query) => {
        asked += 1;
        return rows.tabulate(query);
      },
    });
    const told = () => figures(source, definitions.get('I01')!, { by: ['office'], ...period }, today);
    await source.follow();
    const first = await told();
    expect(asked).toBe(1);
    while (await source.prepare());
    expect(await told()).toEqual(first);
    expect(asked).toBe(1);
    const dropped = await store.derived.drop((name) => name.startsWith(`rollup_${other.version}_`));
    expect(dropped).toEqual([`rollup_${other.version}_office_day`]);
  });

  it('leave no table of an older layout behind', async () => {
    const older = layoutOf([definitions.get('I05')!]);
    await rollUp(store, older);
    await store
      .collection({ name: 'rollup_cursor', schema: 1, columns: {}, indexes: [] })
      .put(
        older.sets.map(
          ({ day }) => ({ id: day.name, seq: 1, at: '2026-01-01T00:00:00.000Z', whole: true }) as never,
        ),
      );
    const dropped = await dropForsaken(store, layout);
    expect(dropped).toContain(`rollup_${older.version}_office_day`);
    expect(dropped.every((name) => name.startsWith(`rollup_${older.version}_`))).toBe(true);
    expect(await dropForsaken(store, layout)).toEqual([]);
    expect(await rollUp(store, layout)).toBe(0);
  });

  it('move a declaration to another day when its registration comes late, and leave nothing on the first', async () => {
    await store.collection<Collections['event']>(events).put([
      {
        id: 'D19-EARLIER',
        declaration: 'D19',
        kind: 'REGISTER',
        at: '2026-03-01T07:00:00.000Z',
        local: '2026-03-01T08:00:00+01:00',
        enteredAt: null,
        officer: null,
        recordedAt: '2026-03-31T07:00:00.000Z',
      },
      {
        id: 'D01-CANCEL',
        declaration: 'D01',
        kind: 'CANCEL',
        at: '2026-04-29T08:00:00.000Z',
        local: '2026-04-29T10:00:00+02:00',
        enteredAt: null,
        officer: null,
        recordedAt: '2026-04-29T08:00:00.000Z',
      },
    ]);
    const { source, asked } = counted();
    await source.follow();
    const byMonth = () =>
      figures(source, definitions.get('I24')!, { by: ['month'], ...period }, today).then(({ rows }) =>
        rows.map(({ key, figures: { share } }) => [key.month, share!.numerator]),
      );
    const before = await byMonth();
    await project(store, { context: fortyContext });
    // Another process brings them up; what is held here of the months is forgotten all the same.
    expect(await rollUp(store, layout)).toBe(3);
    expect(await byMonth()).toEqual(before);
    expect(await source.follow()).toBe(true);
    expect(await source.follow()).toBe(false);
    expect(await byMonth()).not.toEqual(before);
    const rolled = await figures(source, definitions.get('I01')!, { by: ['day'], ...period }, today);
    expect(asked()).toBe(0);
    expect(rolled).toEqual(
      await figures(sourceOf(store), definitions.get('I01')!, { by: ['day'], ...period }, today),
    );
    expect(rolled.rows[0]!.key.day).toBe('2026-03-01');
  });
});

describe('the year before', () => {
  beforeAll(() => {
    store = stores[0]!;
  });
  it('stands beside each figure of a series, month by month', async () => {
    const table = await figures(
      sourceOf(store),
      definitions.get('I01')!,
      { by: ['month'], ...period, previousYear: true },
      today,
    );
    expect(
      table.rows.map(({ key, figures: { count } }) => [key.month, count!.value, count!.previous]),
    ).toEqual([
      ['2026-03', 26, { value: 4, n: 4 }],
      ['2026-04', 10, undefined],
    ]);
  });
});

describe('tops', () => {
  it('are in order of their figure, the greatest first', async () => {
    const table = await figures(sourceOf(store), definitions.get('T03')!, { ...period }, today);
    expect(table.rows.map(({ key, figures: { value } }) => [key.origin, value!.value])).toEqual([
      ['JP', 7_700_000],
      ['BD', 3_300_000],
      ['CN', 1_150_000],
      ['BR', 1_000_000],
    ]);
    const two = await figures(
      sourceOf(store),
      definitions.get('T03')!,
      { by: ['origin'], sort: 'tax', limit: 2, ...period },
      today,
    );
    expect(two.rows.map(({ key }) => key.origin)).toEqual(['JP', 'BD']);
    await expect(
      figures(sourceOf(store), definitions.get('T03')!, { by: ['origin'], sort: 'beauty' }, today),
    ).rejects.toThrow(/no figure of T03/);
  });
});
