/** An indicator watched day by day, from the store: its charts are made of what the figure itself is made of. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declarationsBehind } from '../../src/indicators/drill.ts';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import { definitionOf, soundIndicators } from '../../src/indicators/load.ts';
import { watch } from '../../src/indicators/watch.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { storeForty } from './forty/read.ts';

const today = '2026-04-30';
const period = { from: '2026-01-01', to: '2026-04-30' };
const loaded = soundIndicators(undefined, today);
const folder = mkdtempSync(join(tmpdir(), 'crosscheck-watch-'));
let store: Store;
beforeAll(async () => {
  store = await openDuckdb(folder);
  await storeForty(store);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const few = (id: string) => ({ ...definitionOf(loaded, id), minimum: { n: 1, events: 1 } });

describe('the charts of an indicator', () => {
  const ids = [...loaded.definitions.values()].filter((each) => each.watch !== undefined).map(({ id }) => id);

  it('are there for some', () => expect(ids).toEqual(['I13', 'I15', 'I17', 'I20']));

  it.each(ids)('of %s have the cases and outcomes of its figure, officer by officer', async (id) => {
    const definition = few(id);
    const request = { by: ['officer'], ...period };
    const [charts, table] = await Promise.all([
      watch(store, definition, request, today),
      figures(sourceOf(store), definition, request, today),
    ]);
    const figure = definition.watch!.figure;
    const told = table.rows
      .filter(({ key, figures: of }) => key.officer !== null && of[figure]!.denominator !== 0)
      .map(({ key, figures: of }) => [key.officer, of[figure]!.numerator, of[figure]!.denominator]);
    expect(charts.rows.map(({ key, outcomes, n }) => [key.officer, outcomes, n])).toEqual(told);
    for (const { charts: own, n, outcomes } of charts.rows) {
      for (const { points } of own) {
        expect(points.reduce((sum, point) => sum + point.n, 0)).toBe(n);
        expect(points.reduce((sum, point) => sum + point.outcomes, 0)).toBe(outcomes);
        expect(points.map((point) => point.day)).toEqual(points.map((point) => point.day).sort());
      }
    }
  });

  it('lead to the declarations they are made of', async () => {
    const { rows } = await watch(store, few('I17'), { by: ['officer'], ...period }, today);
    expect(rows.length).toBeGreaterThan(0);
    for (const { behind, n } of rows) {
      expect((await declarationsBehind(store, behind, { limit: 100 })).references).toHaveLength(n);
    }
  });

  it('are of somebody, and not of a month', async () => {
    await expect(watch(store, few('I17'), { by: ['month'] }, today)).rejects.toThrow(/day by day/);
    await expect(watch(store, few('I17'), { by: [] }, today)).rejects.toThrow(/name what the charts are of/);
  });

  it('are refused where nothing is watched', async () => {
    await expect(watch(store, few('I05'), { by: ['officer'] }, today)).rejects.toThrow(/watches no figure/);
  });
});
