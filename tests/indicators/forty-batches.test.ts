/**
 * What no plan tells of the forty declarations, worked out on paper as figures.yaml does for the rest: pairs (I29), which
 * hold assignments against a rule and a roster; the mirror gap (I33), which needs partners' statistics; and the age of
 * criteria (T06), which needs the days on which somebody decided them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedPeople } from '../../src/check/people.ts';
import { openSettings } from '../../src/check/settings.ts';
import { withAge } from '../../src/indicators/age.ts';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import { definitionOf, soundIndicators } from '../../src/indicators/load.ts';
import { keepPartnerRows, readPartnerRows, withMirror } from '../../src/indicators/mirror.ts';
import { type AssignmentKnowledge, type PairTable, pairTable } from '../../src/indicators/pairs.ts';
import { openReferences } from '../../src/sources/reference/store.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { storeForty } from './forty/read.ts';

const loaded = soundIndicators(undefined, '2026-04-30');
const period = { from: '2026-01-01', to: '2026-04-30' };
const folder = mkdtempSync(join(tmpdir(), 'crosscheck-forty-batches-'));
let store: Store;
beforeAll(async () => {
  store = await openDuckdb(folder);
  await storeForty(store);
}, 120_000);
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const pairOf = ({ pairs }: PairTable, officer: string, declarant: string) =>
  pairs.find((pair) => pair.officer === officer && pair.declarant === declarant);

describe('pairs of the forty declarations (I29)', () => {
  const roster: AssignmentKnowledge = {
    ruleOf: () => 'random',
    onDuty: (office) => (office === 'PORT' ? ['anna', 'bert', 'carl'] : ['fay']),
    hasHours: () => true,
  };

  it('are counted against the roster', async () => {
    const table = await pairTable(store, {
      ...period,
      side: 'officer',
      knowledge: roster,
      minimum: { n: 10, expected: 5 },
    });
    // 23 were assigned at PORT (D01 to D20 and D24 to D26) and three at AIR (D27 to D29), where fay is alone on duty:
    // nobody else could have been chosen, so no rule tells anything of these. Carl is on duty and never given anything.
    expect(table).toMatchObject({ side: 'officer', assigned: 26, notApplicable: 3, eligibility: 'roster' });
    // B1: D01 D02 D03 D07 D08 D14 D16 D17 to anna, D04 D15 to bert. B2: D24 D25 D26 to anna, D05 D06 D09 D10 D18 D19 D20
    // to bert. B3: D12 D13 to anna, D11 to bert. Anna was given 13 of the 23 and bert 10, which do not differ beyond
    // chance: each of the two had a chance of one half at each.
    expect(table.pairs).toHaveLength(6);
    const annaB1 = pairOf(table, 'anna', 'B1')!;
    expect(annaB1).toMatchObject({ observed: 8, n: 10, outside: 0, offices: ['PORT'] });
    expect(annaB1.expected).toBeCloseTo(5, 9);
    expect(annaB1.excess).toBeCloseTo(3, 9);
    expect(annaB1.share).toBeCloseTo(8 / 10, 9);
    // Others' share is of the same days and lanes, and on none of B1's did anybody else declare.
    expect(annaB1.benchmark).toBeNull();
    // P(8 or more heads of 10) = (45 + 10 + 1) / 1024.
    expect(annaB1.p).toBeCloseTo(56 / 1024, 9);
    const bertB2 = pairOf(table, 'bert', 'B2')!;
    expect(bertB2).toMatchObject({ observed: 7, n: 10 });
    // P(7 or more of 10) = (120 + 45 + 10 + 1) / 1024.
    expect(bertB2.p).toBeCloseTo(176 / 1024, 9);
    // Two or more and three or more of ten: 1 − 11/1024 and 1 − 56/1024.
    expect(pairOf(table, 'bert', 'B1')!.p).toBeCloseTo(1013 / 1024, 9);
    expect(pairOf(table, 'anna', 'B2')!.p).toBeCloseTo(968 / 1024, 9);
    // Four pairs are tested. Ascending: 56, 176, 968 and 1013 of 1024, times four over their place, and none above what
    // comes after it: 224, 352, 1013 and 1013.
    const q = (officer: string, declarant: string) => pairOf(table, officer, declarant)!.q * 1024;
    expect(q('anna', 'B1')).toBeCloseTo(224, 6);
    expect(q('bert', 'B2')).toBeCloseTo(352, 6);
    expect(q('anna', 'B2')).toBeCloseTo(1013, 6);
    expect(q('bert', 'B1')).toBeCloseTo(1013, 6);
    // Of B3's three, anna's two are one half too many; three are too few to be tested.
    const annaB3 = pairOf(table, 'anna', 'B3')!;
    expect(annaB3).toMatchObject({ observed: 2, n: 3, p: 1, verdict: 'insufficient data' });
    expect(annaB3.excess).toBeCloseTo(0.5, 9);
    expect(table.pairs.filter(({ verdict }) => verdict === 'look closer')).toEqual([]);
  });

  it('are compared at the same time of the same day and lane where there is no roster', async () => {
    const table = await pairTable(store, {
      ...period,
      side: 'officer',
      knowledge: { ...roster, onDuty: () => undefined, hasHours: () => false },
    });
    // Two officers met in a lane of a day three times alone: D03 and D04, D11 and D12, D14 and D15; 26 less 6 say nothing.
    expect(table).toMatchObject({ assigned: 26, notApplicable: 20, eligibility: 'inferred' });
    // B1 had both places of two of them: anna 1 of 2 each time, as it must be. Nobody else was there to compare with.
    const annaB1 = pairOf(table, 'anna', 'B1')!;
    expect(annaB1).toMatchObject({ observed: 2, n: 4, expected: 2, excess: 0, benchmark: null });
    expect(pairOf(table, 'bert', 'B3')).toMatchObject({ observed: 1, n: 2, expected: 1 });
    expect(pairOf(table, 'anna', 'B2')).toBeUndefined();
  });

  it('of the one who assigns are told where another could have', async () => {
    const table = await pairTable(store, { ...period, side: 'assigner', knowledge: roster });
    // Dora assigned D06, D16 and D17, fay D27 and D28: each alone in her office and day.
    expect(table).toMatchObject({ side: 'assigner', assigned: 5, notApplicable: 5, pairs: [] });
  });
});

describe('the mirror gap of the forty declarations (I33)', () => {
  it('is what partners sent, raised to CIF, less what arrived', async () => {
    const text = [
      'hs,origin,year,value,netMass',
      '610910,BD,2026,40000,2000',
      '870323,JP,2026,60000,9000',
      '851713,CN,2026,12500,1200',
    ].join('\n');
    await keepPartnerRows(store, readPartnerRows(text, 'partners.csv'), 'EUR');
    const request = { by: ['hs', 'origin'], from: '2026-01-01', to: '2026-12-31' };
    const definition = definitionOf(loaded, 'I33');
    const plain = await figures(sourceOf(store), definition, request, request.to);
    const { rows } = await withMirror(store, definition, request, plain);
    const gapOf = (hs: string) => rows.find(({ key }) => key.hs === hs)!.figures.gap!;
    // T-shirts: 40,000 and a tenth for the way is 44,000; 33,000 arrived (D11 to D15, D31 to D35); 11,000 of 44,000.
    expect(gapOf('610910')).toMatchObject({ numerator: 11_000, denominator: 44_000, n: 10 });
    expect(gapOf('610910').value).toBeCloseTo(25, 9);
    // Cars: 66,000; 77,000 arrived (D07 to D10, D16, D17, D24 to D26): a sixth more than was sent.
    expect(gapOf('870323').value).toBeCloseTo(-100 / 6, 9);
    // Telephones: 13,750; 11,500 arrived (eleven of 1,000 and D04 of 500): 2,250 of 13,750.
    expect(gapOf('851713').value).toBeCloseTo((2_250 / 13_750) * 100, 9);
    // Nobody said what poultry was sent.
    expect(gapOf('020714').value).toBeNull();
    expect(rows).toHaveLength(4);
  });
});

describe('the age of the forty declarations’ criteria (T06)', () => {
  it('is counted from the last decision by the as-of day', async () => {
    // C1 is a rule of ours, first checked with on 1 March; C2 the clearance system's, as it is since 30 June 2025.
    await openSettings(store).keep(
      { kind: 'rulebook', version: 'a', content: { rules: [{ id: 'C1', version: 1 }] } },
      '2026-03-01T08:00:00.000Z',
    );
    await openReferences(store, storedPeople(store)).put(
      [{ kind: 'criterion', record: { criterion: 'C2', from: '2025-06-30T10:00:00Z', text: 'HS 8518' } }],
      '2026-01-01T00:00:00.000Z',
    );
    const definition = definitionOf(loaded, 'T06');
    const request = { by: ['criterion'], ...period };
    const { rows } = await withAge(
      store,
      definition,
      await figures(sourceOf(store), definition, request, period.to),
    );
    const ages = Object.fromEntries(rows.map(({ key, figures: { age } }) => [key.criterion, age!.value]));
    // March has 31 days and April ends on its 30th: 30 + 30. From 30 June to 30 April: 304 days, 61 short of a year.
    expect(ages).toEqual({ null: null, C1: 60, C2: 304 });
  });
});
