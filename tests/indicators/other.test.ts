/** Data from another program: figures, charts and pairs neither fall over nor accuse anybody, and find a strong pair. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dimensionsOf } from '../../src/indicators/dimensions.ts';
import { declarationsBehind } from '../../src/indicators/drill.ts';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import { definitionOf, soundIndicators } from '../../src/indicators/load.ts';
import { type AssignmentKnowledge, pairTable } from '../../src/indicators/pairs.ts';
import { clopperPearson } from '../../src/indicators/statistics/binomial.ts';
import type { Assigned, AssignmentRule } from '../../src/indicators/statistics/pair-tally.ts';
import { pairFigures } from '../../src/indicators/statistics/pairs.ts';
import { usualDiscoveryRate } from '../../src/indicators/statistics/verdict.ts';
import { watch } from '../../src/indicators/watch.ts';
import type { ClearanceRow } from '../../src/projections/clearance.ts';
import { tables } from '../../src/projections/fold.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { otherRows } from './other/generate.ts';

const today = '2026-06-30';
const period = { from: '2026-01-01', to: '2026-06-30' };
const loaded = soundIndicators(undefined, today);
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function withRows<T>(rows: ClearanceRow[], work: (store: Store) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-other-'));
  folders.push(folder);
  const store = await openDuckdb(folder);
  try {
    await store.collection<ClearanceRow>(tables.clearance.spec).put(rows);
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The offices declare their rule; there is no roster, so who could be chosen is inferred. */
const declared = (rule: 'random' | 'workload'): AssignmentKnowledge => ({
  ruleOf: () => rule,
  onDuty: () => undefined,
});

/** Families told by officer, each with who is to be looked at. */
async function accusations(store: Store): Promise<string[]> {
  const told: string[] = [];
  for (const id of ['I05', 'I06', 'I08', 'I17', 'I19', 'I07']) {
    const definition = definitionOf(loaded, id);
    for (const by of [['officer'], ['office', 'officer']]) {
      const table = await figures(sourceOf(store), definition, { by, ...period }, today);
      for (const figure of table.figures)
        if (table.rows.some((row) => row.figures[figure]!.state === 'look closer'))
          told.push(`${id} ${figure} ${by}`);
    }
  }
  const charts = await watch(store, definitionOf(loaded, 'I17'), { by: ['officer'], ...period }, today);
  if (charts.rows.some(({ state }) => state === 'look closer')) told.push('I17 watched');
  for (const rule of ['random', 'workload'] as const) {
    const { pairs } = await pairTable(store, { ...period, side: 'officer', knowledge: declared(rule) });
    if (pairs.some(({ verdict }) => verdict === 'look closer')) told.push(`pairs ${rule}`);
  }
  return told;
}

describe('an administration of another making, in which nobody does wrong', () => {
  it('is accused of nothing more often than is stated', async () => {
    const told: string[] = [];
    const administrations = 8;
    for (let seed = 1; seed <= administrations; seed++)
      told.push(...(await withRows(otherRows({ seed, days: 70 }), accusations)));
    const alarms = new Map<string, number>();
    for (const each of told) alarms.set(each, (alarms.get(each) ?? 0) + 1);
    // At 5 % a family, three of eight are seen in six of a thousand.
    expect([...alarms].filter(([, count]) => count >= 3)).toEqual([]);
  }, 240_000);

  it('is told by every dimension, with as many declarations behind each figure as its n', async () => {
    await withRows(otherRows({ seed: 99, days: 14 }), async (store) => {
      for (const definition of loaded.definitions.values()) {
        const dimensions = dimensionsOf(definition).filter(
          (name) => !['day', 'importer', 'chapter'].includes(name),
        );
        for (const by of dimensions) {
          const table = await figures(sourceOf(store), definition, { by: [by], ...period }, today);
          for (const { figures: told } of table.rows)
            for (const { value, limits, p, q } of Object.values(told))
              for (const number of [value, ...(limits ?? []), p, q])
                expect(
                  number === null || number === undefined || Number.isFinite(number),
                  definition.id,
                ).toBe(true);
          const [row] = table.rows;
          const [first] = Object.values(row?.figures ?? {});
          if (first === undefined) continue;
          const { references } = await declarationsBehind(store, first.behind, { limit: 1_000 });
          expect(references.length, `${definition.id} by ${by}`).toBe(first.n);
        }
      }
    });
  }, 240_000);

  it('says of who did one declaration, and of an office where nothing happens, that there is nothing to say', async () => {
    await withRows(otherRows({ seed: 5, days: 40 }), async (store) => {
      const table = await figures(
        sourceOf(store),
        definitionOf(loaded, 'I17'),
        { by: ['officer'], ...period },
        today,
      );
      const guest = table.rows.find(({ key }) => key.officer === 'N1-guest');
      expect(guest?.figures.share?.state).toBe('insufficient data');
      const quiet = await figures(
        sourceOf(store),
        definitionOf(loaded, 'I17'),
        { by: ['officer'], ...period, where: ['office = N3'] },
        today,
      );
      expect(
        new Set(
          quiet.rows.filter(({ key }) => key.officer !== null).map(({ figures: { share } }) => share!.state),
        ),
      ).toEqual(new Set(['insufficient data']));
    });
  }, 60_000);
});

/** As the table of pairs reads rows without a roster. */
const assignedOf = (rows: readonly ClearanceRow[], rule: AssignmentRule): Assigned[] =>
  rows.map((row) => ({
    officer: row.assigned!,
    declarant: row.declarant!,
    stratum: [row.office, row.day, row.firstLane].join('|'),
    rule,
  }));

describe('a strong pair in an administration of another making', () => {
  const pair = { declarant: 'D3', officer: 'N1-4', chance: 0.6 };

  it.each(['random', 'workload'] as const)(
    'is found under the rule: %s',
    async (rule) => {
      await withRows(otherRows({ seed: 11, days: 70, pair }), async (store) => {
        const { pairs } = await pairTable(store, { ...period, side: 'officer', knowledge: declared(rule) });
        const planted = pairs.find(
          ({ officer, declarant }) => officer === pair.officer && declarant === pair.declarant,
        );
        expect(planted?.verdict).toBe('look closer');
        expect(planted!.observed).toBeGreaterThan(2 * planted!.expected);
        expect(planted!.corroboration.length).toBeGreaterThan(0);
      });
    },
    120_000,
  );

  it('is flagged alone: somebody else is as seldom as where there is no pair', () => {
    const administrations = 100;
    const strangers: string[] = [];
    let found = 0;
    for (let seed = 1; seed <= administrations; seed++) {
      const flagged = pairFigures(assignedOf(otherRows({ seed, days: 70, pair }), 'random')).pairs.filter(
        ({ verdict }) => verdict === 'look closer',
      );
      const others = flagged.filter(
        ({ officer, declarant }) => officer !== pair.officer || declarant !== pair.declarant,
      );
      if (others.length < flagged.length) found += 1;
      if (others.length > 0)
        strangers.push(
          `${seed}: ${others.map((each) => `${each.officer} ${each.declarant} ${each.observed} of ${each.expected.toFixed(1)}`)}`,
        );
    }
    expect(found).toBe(administrations);
    const { low } = clopperPearson(strangers.length, administrations, 0.9);
    expect(low, strangers.join('; ')).toBeLessThanOrEqual(usualDiscoveryRate);
  }, 240_000);
});

describe('brokers who come early to officers of the early shift', () => {
  /** Of whom the roster knows the days and not the hours; within a shift it is left to chance who gets what. */
  const rows = otherRows({ seed: 3, days: 70 }).map((row, i): ClearanceRow => {
    const early = Number(row.assigned!.at(-1)) % 2 === 1;
    const own = (i * 37) % 100 < 85 ? early : !early;
    const minute = (early ? 6 : 14) * 60 + ((i * 131) % 470);
    return {
      ...row,
      declarant: `${own ? 'E' : 'L'}${(i * 53) % 7}`,
      assignedDay: row.day,
      assignedAt: new Date(Date.parse(`${row.day}T00:00:00Z`) + minute * 60_000).toISOString(),
    };
  });
  const everybody = [...new Set(rows.map(({ assigned }) => assigned!))];

  it.each([
    ['days alone', (office: string) => everybody.filter((each) => each.startsWith(office))],
    ['nothing', () => undefined],
  ])(
    'are no pairs where the roster tells %s',
    async (_, onDuty) => {
      await withRows(rows, async (store) => {
        const knowledge = { ruleOf: () => 'random' as const, onDuty };
        const { pairs } = await pairTable(store, { ...period, side: 'officer', knowledge });
        expect(pairs.filter(({ verdict }) => verdict === 'look closer')).toEqual([]);
        // On the roster's word alone, and on the day's, they look like pairs.
        const naive = pairFigures(assignedOf(rows, 'random')).pairs;
        expect(naive.filter(({ verdict }) => verdict === 'look closer').length).toBeGreaterThan(0);
      });
    },
    60_000,
  );
});
