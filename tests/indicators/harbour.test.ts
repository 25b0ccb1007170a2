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
import { clopperPearson } from '../../src/indicators/statistics/binomial.ts';
import type { AssignmentRule } from '../../src/indicators/statistics/pair-tally.ts';
import { usualDiscoveryRate } from '../../src/indicators/statistics/verdict.ts';
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

/** One table of one administration: everybody in it who could be told anything of, and who was told to be looked at. */
interface Family {
  name: string;
  tested: number;
  accused: string[];
}

async function familiesOf(store: Store, made: Harbour): Promise<Family[]> {
  const families: Family[] = [];
  const add = (name: string, told: readonly { who: string; state: string | undefined; tested: boolean }[]) =>
    families.push({
      name,
      tested: told.filter(({ tested }) => tested).length,
      accused: told.filter(({ state }) => state === 'look closer').map(({ who }) => who),
    });
  for (const definition of onOfficers) {
    // As a month is frozen and as phases let it be read: by office, which is compared within itself.
    const by = definition.dimensions.includes('office') ? ['office', 'officer'] : ['officer'];
    const table = await figures(sourceOf(store), definition, { by, ...period }, today);
    for (const figure of table.figures)
      add(
        `${definition.id} ${figure}`,
        table.rows.map(({ key, figures }) => {
          const { state, q } = figures[figure]!;
          return { who: key.officer!, state, tested: q !== undefined };
        }),
      );
    if (definition.watch === undefined) continue;
    const charts = await watch(store, definition, { by: ['officer'], ...period }, today);
    add(
      `${definition.id} watched`,
      charts.rows.map(({ key, state, charts }) => ({ who: key.officer!, state, tested: charts.length > 0 })),
    );
  }
  for (const roster of ['hours', 'days', 'none'] as const)
    for (const side of ['officer', 'assigner'] as const) {
      const knowledge = made.knowledge(roster);
      const { pairs } = await pairTable(store, { ...period, side, knowledge });
      add(
        `pairs of ${side}, roster of ${roster}`,
        pairs.map(({ officer, declarant, verdict }) => ({
          who: `${officer} ${declarant}`,
          state: verdict,
          tested: verdict !== 'insufficient data',
        })),
      );
    }
  return families.filter(({ tested }) => tested > 0);
}

describe('an administration with shifts, specialists, half-timers and gaps, in which nobody does wrong', () => {
  it('is accused no oftener than is stated, under each assignment rule and with each roster', async () => {
    const families: Family[] = [];
    const rules: AssignmentRule[] = ['random', 'workload', 'section', 'chief'];
    for (const [i, rule] of rules.entries())
      await at({ seed: 1 + i, rule, days: 150 }, async (store, made) => {
        families.push(...(await familiesOf(store, made)));
      });
    const alarms = families.filter(({ accused }) => accused.length > 0);
    const words = JSON.stringify(alarms);
    // Where everybody is innocent the rate that is stated is the chance that a family has any flag: as in the soak test, a
    // failure is what chance hardly explains, a lower 95 % limit of the share of families above that rate.
    const { low } = clopperPearson(alarms.length, families.length, 0.9);
    expect(low, `${alarms.length} of ${families.length}: ${words}`).toBeLessThanOrEqual(usualDiscoveryRate);
    expect(families.length).toBeGreaterThan(10 * rules.length);
    // At that rate the same table has a flag in three of the four with a chance of one in two thousand.
    const often = new Map<string, number>();
    for (const { name } of alarms) often.set(name, (often.get(name) ?? 0) + 1);
    expect([...often].filter(([, times]) => times >= 3)).toEqual([]);
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
