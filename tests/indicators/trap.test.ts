/**
 * The trap of customs-practice.md 3.3: the corrupt officer is given the richest declarations and collects more on each. He is
 * not rewarded for it, and what should look at him does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Control, eventsOf, study } from '../../bench/detection/cases.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { loadContract } from '../../src/indicators/contracts/contract.ts';
import { medianOf } from '../../src/indicators/contracts/marks.ts';
import { drawUp, type MarkSheet } from '../../src/indicators/contracts/sheet.ts';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import { definitionOf, soundIndicators } from '../../src/indicators/load.ts';
import { pairTable } from '../../src/indicators/pairs.ts';
import { pairFigures } from '../../src/indicators/statistics/pairs.ts';
import { standardise, usualLikeness } from '../../src/indicators/statistics/standardise.ts';
import type { ClearanceRow } from '../../src/projections/clearance.ts';
import { tables } from '../../src/projections/fold.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { smallForm } from '../../src/simulate/options.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { otherRows } from './other/generate.ts';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

interface Trapped {
  /** Mean duty of a declaration, his over his colleagues'. */
  collects: number;
  findings: number;
  corrections: number;
  flagged: boolean;
}

async function trapped(seed: number, assignment: 'section' | 'workload'): Promise<Trapped> {
  const simulation = simulate({
    ...smallForm,
    seed: `trap ${seed}`,
    days: 180,
    offices: 1,
    officers: 9,
    declarations: 5_000,
    assignment,
    misconduct: [{ pattern: 'collusive-pairs', rate: 0.1, strength: 1 }],
  });
  const { controls } = await study(simulation);
  const [truth] = simulation.truth();
  const { officer } = truth!.who[0]!;
  const tax = ({ record }: Control): number => eventsOf(record, 'ASSESS').at(-1)?.tax?.amount ?? 0;
  const assessed = controls.filter(({ record }) => eventsOf(record, 'ASSESS').length > 0);
  const own = (control: Control): boolean => control.officer === officer;
  const judged = controls.filter(({ record }) => (record.outcomes ?? []).length > 0);
  const against = (is: (control: Control) => boolean): number => {
    const told = standardise(
      judged.map((control) => ({
        unit: control.officer,
        strata: [control.office, control.lane, control.flow, control.regime, control.chapter],
        n: 1,
        observed: is(control) ? 1 : 0,
      })),
      usualLikeness,
    ).find(({ unit }) => unit === officer)!;
    return told.observed / told.expected;
  };
  return {
    collects: mean(assessed.filter(own).map(tax)) / mean(assessed.filter((each) => !own(each)).map(tax)),
    findings: against(({ found }) => found),
    corrections: against(({ corrected }) => corrected),
    flagged: pairFigures(controls.map((control) => control.assigned)).pairs.some(
      (pair) =>
        pair.verdict === 'look closer' &&
        truth!.who.some((each) => each.officer === pair.officer && each.broker === pair.declarant),
    ),
  };
}

describe('in the simulator, the corrupt officer', () => {
  it('collects more per declaration, finds and corrects less than expected, and is flagged with a broker', async () => {
    const told: Trapped[] = [];
    for (const assignment of ['section', 'workload'] as const)
      for (const seed of [1, 2, 3]) told.push(await trapped(seed, assignment));
    const words = JSON.stringify(told);
    // A few rich declarations decide a mean: of one officer it may be lower by chance, of six it is not.
    expect(mean(told.map(({ collects }) => Math.log(collects))), words).toBeGreaterThan(Math.log(1.1));
    expect(told.filter(({ collects }) => collects > 1).length, words).toBeGreaterThanOrEqual(5);
    for (const each of told) {
      expect(each.findings, words).toBeLessThan(1);
      expect(each.corrections, words).toBeLessThan(1);
      expect(each.flagged, words).toBe(true);
    }
  }, 300_000);
});

describe('in figures and mark sheets, an officer to whom rich declarations are steered', () => {
  const today = '2026-06-30';
  const period = { from: '2026-01-01', to: '2026-06-30' };
  const loaded = soundIndicators(undefined, today);
  const corrupt = 'N1-4';
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-trap-'));
  let store: Store;

  beforeAll(async () => {
    store = await openDuckdb(folder);
    // The broker deals in dear goods; of those that are steered nothing is corrected, and all is done the same day.
    const steered = { corrected: 0, correction: 0, offences: 0, sameDay: 1, assessDays: 0 };
    const rich = otherRows({
      seed: 7,
      days: 100,
      pair: { declarant: 'D3', officer: corrupt, chance: 0.7 },
    }).map((row): ClearanceRow => {
      if (row.declarant !== 'D3') return row;
      const dear = { chapter: '87', heading: '8703', final: row.final! * 6, value: row.value! * 6 };
      return { ...row, ...dear, ...(row.assigned === corrupt ? steered : {}) };
    });
    const past = [2023, 2024, 2025].flatMap((year) =>
      otherRows({ seed: year, days: 100 }).map((row) => ({
        ...row,
        id: `${year}/${row.id}`,
        declaration: `${year}/${row.id}`,
        day: row.day!.replace('2026', String(year)),
        month: row.month!.replace('2026', String(year)),
        assessedDay: row.assessedDay!.replace('2026', String(year)),
        year: String(year),
      })),
    );
    await store.collection<ClearanceRow>(tables.clearance.spec).put([...rich, ...past]);
  }, 120_000);
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const tell = async (id: string) => {
    const table = await figures(
      sourceOf(store),
      definitionOf(loaded, id),
      { by: ['officer'], ...period, where: ['office = N1'] },
      today,
    );
    const own = table.rows.find(({ key }) => key.officer === corrupt)!.figures;
    const others = table.rows.filter(({ key }) => key.officer !== corrupt && key.officer !== 'N1-guest');
    return { own, of: (figure: string) => others.map((row) => row.figures[figure]!.value!) };
  };

  it('collects more than anybody, and no figure calls it good', async () => {
    const revenue = await tell('I02');
    expect(revenue.own.perDeclaration!.value).toBeGreaterThan(Math.max(...revenue.of('perDeclaration')));
    // Against the same goods he brings what anybody would have.
    const plain = revenue.own.perDeclaration!.value! / mean(revenue.of('perDeclaration'));
    expect(revenue.own.ratio!.value).toBeLessThan(1 + (plain - 1) / 2);
    for (const figure of Object.values(revenue.own)) expect(figure.state).toBeUndefined();
    expect(definitionOf(loaded, 'I02').direction).toBe('band');
    const corrections = await tell('I17');
    expect(corrections.own.ratio!.value).toBeLessThan(1);
  });

  it('is looked at: the pair, with what stands beside it, and the concentration of rich work', async () => {
    const { pairs } = await pairTable(store, {
      ...period,
      side: 'officer',
      knowledge: { ruleOf: () => 'random', onDuty: () => undefined },
    });
    expect(pairs[0]).toMatchObject({ officer: corrupt, declarant: 'D3', verdict: 'look closer' });
    const signs = pairs[0]!.corroboration.filter(({ p }) => p < 0.05).map(({ sign }) => sign);
    expect(signs).toContain('fewer corrections');
    const rich = await tell('I31');
    expect(rich.own.points!.value).toBeGreaterThan(Math.max(...rich.of('points')));
  });

  it('has no better a mark sheet than his colleagues', async () => {
    const inspector = loadContract(fromRoot('profiles', 'contracts', 'inspector.yaml'), loaded.definitions);
    const sheetOf = (subject: string): Promise<MarkSheet> =>
      drawUp(sourceOf(store), loaded.definitions, {
        contract: { ...inspector, sheet: 'year' },
        subject,
        period: '2026',
        office: 'N1',
        drawnUpBy: 'unit',
        today,
      });
    const own = await sheetOf(corrupt);
    const colleagues = await Promise.all(['N1-1', 'N1-2', 'N1-3', 'N1-5', 'N1-6'].map(sheetOf));
    const markOf = ({ results }: MarkSheet): number | null =>
      results.find(({ objective }) => objective === 'corrections')!.mark;
    expect(markOf(own)).not.toBeNull();
    expect(markOf(own)!).toBeLessThan(Math.min(...colleagues.map((sheet) => markOf(sheet)!)));
    expect(own.total!).toBeLessThan(medianOf(colleagues.map(({ total }) => total!)));
  }, 60_000);
});
