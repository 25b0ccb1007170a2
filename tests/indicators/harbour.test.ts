/**
 * Data from a third program (other/harbour.ts), with what real administrations have: nobody in it is accused oftener than
 * is stated, under any assignment rule and with any roster, and frauds that are planted in it are found.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import { definitionOf, soundIndicators } from '../../src/indicators/load.ts';
import { pairTable } from '../../src/indicators/pairs.ts';
import type { AssignmentRule } from '../../src/indicators/statistics/pairs.ts';
import { watch } from '../../src/indicators/watch.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { type Harbour, type HarbourOptions, harbour, storeHarbour } from './other/harbour.ts';

const today = '2025-12-31';
const period = { from: '2025-01-01', to: today };
const loaded = soundIndicators(undefined, today);
const onOfficers = [...loaded.definitions.values()].filter(({ dimensions }) =>
  dimensions.includes('officer'),
);
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function at<T>(options: HarbourOptions, work: (store: Store, made: Harbour) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-harbour-'));
  folders.push(folder);
  const store = await openDuckdb(folder);
  try {
    const made = harbour(options);
    await storeHarbour(store, made);
    return await work(store, made);
  } finally {
    await store.close();
  }
}

/** Each told as `family: who`. */
async function accusations(store: Store, made: Harbour): Promise<string[]> {
  const told: string[] = [];
  for (const definition of onOfficers) {
    for (const by of [['officer'], ['office', 'officer']]) {
      if (!by.every((name) => definition.dimensions.includes(name))) continue;
      const table = await figures(sourceOf(store), definition, { by, ...period }, today);
      for (const figure of table.figures)
        for (const row of table.rows)
          if (row.figures[figure]!.state === 'look closer')
            told.push(`${definition.id} ${figure} by ${by}: ${row.key.officer}`);
    }
    if (definition.watch === undefined) continue;
    const charts = await watch(store, definition, { by: ['officer'], ...period }, today);
    for (const row of charts.rows)
      if (row.state === 'look closer') told.push(`${definition.id} watched: ${row.key.officer}`);
  }
  for (const roster of ['hours', 'days', 'none'] as const)
    for (const side of ['officer', 'assigner'] as const) {
      const knowledge = made.knowledge(roster);
      const { pairs } = await pairTable(store, { ...period, side, knowledge });
      for (const pair of pairs)
        if (pair.verdict === 'look closer')
          told.push(`pairs of ${side}, roster of ${roster}: ${pair.officer} ${pair.declarant}`);
    }
  return told;
}

describe('an administration with shifts, specialists, half-timers and gaps, in which nobody does wrong', () => {
  it('is accused of hardly anything, under each assignment rule and with each roster', async () => {
    const alarms = new Map<string, string[]>();
    const rules: AssignmentRule[] = ['random', 'workload', 'section', 'chief'];
    for (const [i, rule] of rules.entries())
      await at({ seed: 1 + i, rule, days: 150 }, async (store, made) => {
        // Plain and adjusted, by office and over all: one accusation in different words.
        const told = new Set(
          (await accusations(store, made)).map((each) => each.replace(/^(I\d\d).*:/, '$1:')),
        );
        for (const each of told) {
          const [family, who] = each.split(': ');
          alarms.set(family!, [...(alarms.get(family!) ?? []), `${rule} ${who}`]);
        }
      });
    const words = JSON.stringify([...alarms]);
    // At 5 % a family, three runs of four are seen in one of two thousand, of some twenty families in one of a hundred.
    expect(
      [...alarms].filter(([, told]) => new Set(told.map((each) => each.split(' ')[0])).size >= 3),
      words,
    ).toEqual([]);
    // And of the eighty families of the four runs four are expected, ten in less than one of a hundred.
    expect([...alarms.values()].flat().length, words).toBeLessThan(10);
  }, 240_000);
});

describe('the same administration with frauds planted in it', () => {
  const fraud = {
    pair: { declarant: 'PB1', officer: 'PORT-G3', stake: 8_000 },
    blind: 'PORT-G1',
    gamer: 'LAND-3',
    harasser: 'LAND-BUSY',
  };

  it.each(['random', 'workload'] as const)(
    'shows who did it, and his broker, under the rule: %s',
    async (rule) => {
      await at({ seed: 11, rule, days: 270, fraud }, async (store, made) => {
        const flagged = async (id: string, figure: string): Promise<(string | null)[]> => {
          const table = await figures(
            sourceOf(store),
            definitionOf(loaded, id),
            { by: ['officer'], ...period },
            today,
          );
          return table.rows
            .filter((row) => row.figures[figure]!.state === 'look closer')
            .map(({ key }) => key.officer!);
        };
        expect(await flagged('I17', 'ratio')).toContain(fraud.blind);
        expect(await flagged('I20', 'share')).toContain(fraud.gamer);
        expect(await flagged('I13', 'share')).toContain(fraud.harasser);
        for (const roster of ['hours', 'days', 'none'] as const) {
          const { pairs } = await pairTable(store, {
            ...period,
            side: 'officer',
            knowledge: made.knowledge(roster),
          });
          const told = pairs.filter(({ verdict }) => verdict === 'look closer');
          expect(told[0], roster).toMatchObject({
            officer: fraud.pair.officer,
            declarant: fraud.pair.declarant,
          });
          // Nobody else is accused with him.
          expect(
            told.slice(1).map(({ officer, declarant }) => `${officer} ${declarant}`),
            roster,
          ).toEqual([]);
        }
      });
    },
    120_000,
  );
});
