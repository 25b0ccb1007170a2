/** History and related declarations over the embedded store: what was recorded by the time of the check, and nothing later. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as specs from '../../src/check/collections.ts';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { keysOf } from '../../src/evidence/links.ts';
import { type Evidence, openEvidence } from '../../src/evidence/open.ts';
import { baselineOf } from '../../src/facts/baseline/measures.ts';
import { factCall } from '../../src/facts/call.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed, type Given } from '../../src/facts/change.ts';
import type { FactValue } from '../../src/facts/model.ts';
import { resolveCalls } from '../../src/facts/resolve.ts';
import type { FactSources } from '../../src/facts/sources.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/port.ts';
import { cleanDeclaration } from './clean.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-history-'));
let store: Store;
let sources: FactSources;
let evidence: Evidence;

const document = (
  reference: string,
  version: number,
  day: string,
  recordedAt: string,
  declaration: Declaration,
) => ({
  id: `${reference}#${version}`,
  reference,
  version,
  provisional: false,
  content: `${reference}-${version}`,
  office: declaration.office ?? null,
  flow: declaration.flow,
  declarant: declaration.declarant?.id ?? null,
  consignee: declaration.consignee?.id ?? null,
  consignor: declaration.consignor?.id ?? null,
  occurredAt: `${day}T08:00:00.000Z`,
  recordedAt,
  declaration,
});

const lodged = (day: string, given: Given = {}): Declaration =>
  changed(cleanDeclaration(), { 'declaration.acceptedAt': day, ...given }).declaration;

const outcome = (
  declaration: string,
  result: string,
  status: string,
  recordedAt: string,
  more: object = {},
) => ({
  id: `${declaration}-${status}-${recordedAt}`,
  declaration,
  control: 'physical',
  result,
  status,
  at: '2025-11-02T10:00:00.000Z',
  local: '2025-11-02T11:00:00+01:00',
  enteredAt: null,
  officer: 'o-1',
  recordedAt,
  ...more,
});

async function value(
  fact: string,
  params: Record<string, FactValue>,
  asOf = '2026-03-02T08:00:00.000Z',
  given: Given = {},
): Promise<FactValue> {
  const definition = factCatalogue.get(fact)!;
  const call = factCall(definition, params);
  const { declaration, sheet } = changed(cleanDeclaration(), given);
  const subject = {
    reference: 'THIS',
    version: 1,
    declaration,
    trail: [],
    outcomes: [],
    recordedAt: asOf,
    sheet,
  };
  await resolveCalls(
    [subject],
    definition.scope === 'item' ? { declaration: [], item: [call] } : { declaration: [call], item: [] },
    sources,
  );
  return definition.scope === 'item' ? sheet.itemCalls![0]![call.key] : sheet.calls![call.key];
}

beforeAll(async () => {
  store = await openStore({ data: folder });
  await store.collection(specs.declarations).put([
    document('A', 1, '2025-11-01', '2025-11-01T08:00:00.000Z', lodged('2025-11-01')),
    document(
      'B',
      1,
      '2026-02-01',
      '2026-02-01T08:00:00.000Z',
      lodged('2026-02-01', { 'declarant.id': 'D2', 'declaration.office': 'XX002' }),
    ),
    // Corrected in February: then the first version is no longer what is known.
    document(
      'C',
      1,
      '2026-01-10',
      '2026-01-10T08:00:00.000Z',
      lodged('2026-01-10', { 'consignee.id': 'C2' }),
    ),
    document(
      'C',
      2,
      '2026-01-10',
      '2026-02-15T08:00:00.000Z',
      lodged('2026-01-10', { items: [{ 'item.cif': 7000 }] }),
    ),
    // Arrives in April, for a day in January: no check of March has seen it.
    document('LATE', 1, '2026-01-20', '2026-04-10T08:00:00.000Z', lodged('2026-01-20')),
    document(
      'OTHER',
      1,
      '2026-02-20',
      '2026-02-20T08:00:00.000Z',
      lodged('2026-02-20', {
        'consignee.id': 'C9',
        'consignor.id': 'S9',
        'declaration.billOfLading': 'BL-9',
        items: [{ 'item.billOfLading': 'BL-9' }, { 'item.billOfLading': 'BL-9' }],
      }),
    ),
  ] as never);
  await store.collection(specs.outcomes).put([
    outcome('A', 'value', 'provisional', '2025-11-03T00:00:00.000Z'),
    outcome('A', 'value', 'final', '2025-12-01T00:00:00.000Z'),
    outcome('A', 'value', 'annulled', '2026-02-20T00:00:00.000Z'),
    outcome('B', 'conform', 'final', '2026-02-05T00:00:00.000Z', {
      at: '2026-02-02T10:00:00.000Z',
      random: true,
    }),
  ] as never);
  await store.collection(specs.events).put([
    {
      id: 'E1',
      declaration: 'B',
      kind: 'AMEND',
      at: '2026-02-03T00:00:00.000Z',
      local: '2026-02-03T00:00:00Z',
      officer: null,
      enteredAt: null,
      recordedAt: '2026-02-03T00:00:00.000Z',
    },
    {
      id: 'E2',
      declaration: 'C',
      kind: 'CANCEL',
      at: '2026-02-27T00:00:00.000Z',
      local: '2026-02-27T00:00:00Z',
      officer: null,
      enteredAt: null,
      recordedAt: '2026-02-27T00:00:00.000Z',
    },
  ] as never);
  evidence = await openEvidence({ store });
  sources = evidence.sources;
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('history', () => {
  const of = { of: 'consignee' };
  it('counts what was recorded by the time of the check, in its window', async () => {
    expect(await value('history.count', of)).toBe(3);
    expect(await value('history.count', { ...of, days: 60 })).toBe(2);
    expect(await value('history.count', { ...of, days: 60, offset: 60 })).toBe(0);
    expect(await value('history.count', { of: 'declarant+consignee' })).toBe(2);
    expect(await value('history.count', of, undefined, { 'consignee.id': 'C7' })).toBe(0);
    expect(await value('history.count', of, undefined, { 'consignee.id': null })).toBeUndefined();
  });

  it('knew less on an earlier day, and more on a later one', async () => {
    expect(await value('history.count', of, '2026-02-10T00:00:00.000Z')).toBe(2);
    expect(await value('history.count', of, '2026-05-01T00:00:00.000Z')).toBe(4);
  });

  it('adds up values in national major units, of the version that was known', async () => {
    expect(await value('history.value', of)).toBe(32_000);
    expect(await value('item.history.value', { of: 'consignee+hs6' })).toBe(17_000);
    expect(await value('item.history.unitValue', { of: 'consignee+hs6' })).toBeCloseTo(17_000 / 300, 6);
  });

  it('counts final outcomes alone, until they are annulled', async () => {
    expect(await value('history.offenceRate', of, '2026-02-10T00:00:00.000Z')).toBe(0.5);
    expect(await value('history.offenceRate', of, '2026-03-02T00:00:00.000Z')).toBe(0);
    expect(await value('history.controls', of, '2025-11-20T00:00:00.000Z')).toBe(0);
    expect(await value('history.controls', { ...of, sample: 'random' })).toBe(1);
    expect(await value('history.offenceRate', { ...of, sample: 'selected' })).toBeUndefined();
  });

  it('of goods and origins counts controls and events too, each once', async () => {
    const goods = { of: 'hs6' };
    expect(await value('item.history.controls', goods, '2026-02-10T00:00:00.000Z')).toBe(2);
    expect(await value('item.history.offenceRate', goods, '2026-02-10T00:00:00.000Z')).toBe(0.5);
    expect(await value('item.history.offenceRate', { of: 'hs6+origin' })).toBe(0);
    expect(await value('item.history.events', { ...goods, kind: 'AMEND' })).toBe(1);
    expect(await value('item.history.events', { of: 'declarant+hs6', kind: 'CANCEL' })).toBe(1);
    expect(await value('item.history.controls', goods, undefined, { 'item.hs': '01012100' })).toBe(0);
  });

  it('knows since when and how long ago, what was amended, and how many were different', async () => {
    expect(await value('history.firstSeen', of)).toBe(121);
    expect(await value('history.lastSeen', of)).toBe(29);
    expect(await value('history.events', { ...of, kind: 'AMEND' })).toBe(1);
    expect(await value('history.distinct', { ...of, member: 'declarant' })).toBe(2);
    expect(await value('history.procedureShare', { ...of, procedure: '4' })).toBe(1);
    expect(await value('history.exemptShare', of)).toBe(0);
  });
});

describe('related declarations', () => {
  it('share an invoice, a bill, a container; cancelled and later ones do not count', async () => {
    expect(await value('related.count', { by: 'invoice', days: 365 })).toBe(2);
    expect(await value('related.references', { by: 'bill', days: 365 })).toEqual(['A', 'B']);
    expect(await value('related.count', { by: 'bill', days: 30 })).toBe(1);
    expect(await value('related.count', { by: 'container', days: 365 })).toBe(3);
    expect(await value('related.count', { by: 'container', days: 365 }, '2026-02-26T00:00:00.000Z')).toBe(4);
  });

  it.each([
    ['4000', true],
    ['40', true],
    ['4071', false],
    ['3153', false],
  ])(
    'under procedure %s share their invoice: %s; what comes out of a warehouse was declared with it before',
    (procedure, shared) => {
      const documents = [{ code: '380', reference: 'INV-1' }];
      const items = [{ number: 1, procedure, documents }];
      const keys = keysOf({ format: 'json', flow: 'import', consignor: { id: 'S1' }, items });
      expect(keys.some(({ by }) => by === 'invoice')).toBe(shared);
    },
  );

  it('are told apart by what differs', async () => {
    const by = { by: 'container', days: 365 };
    expect(await value('related.count', { ...by, differs: 'consignee' })).toBe(1);
    expect(await value('related.count', { ...by, differs: 'office' })).toBe(1);
    expect(await value('related.count', { ...by, differs: 'value' })).toBe(0);
    expect(
      await value('related.count', { ...by, differs: 'value' }, undefined, { items: [{ 'item.cif': 9000 }] }),
    ).toBe(3);
  });

  it('are not asked for where this declaration has nothing to share', async () => {
    expect(await value('related.count', { by: 'address', days: 365 })).toBeUndefined();
  });
});

describe('a baseline', () => {
  it('has its centre and spread in the middle of the values, whatever a few wild ones do', () => {
    const usual = Array.from({ length: 99 }, (_, index) => 10 * 1.01 ** (index - 49));
    const baseline = baselineOf([...usual, 1_000_000])!;
    expect(baseline.median).toBeCloseTo(10, 0);
    expect(baseline.spread).toBeGreaterThan(0.2);
    expect(baseline.spread).toBeLessThan(0.5);
    expect([baseline.count, baseline.maximum]).toEqual([100, 1_000_000]);
    expect(baselineOf([])).toBeUndefined();
  });

  it('says nothing with fewer than thirty comparable items, and then how far an item lies from them', async () => {
    const ratio = { measure: 'valuePerKg' };
    expect(await value('item.baseline.ratio', ratio)).toBeUndefined();
    await store
      .collection(specs.declarations)
      .put(
        Array.from({ length: 40 }, (_, index) =>
          document(
            `P${index}`,
            1,
            '2026-02-25',
            '2026-02-25T08:00:00.000Z',
            lodged('2026-02-25', { 'consignee.id': 'C40', items: [{ 'item.cif': 5000 + 20 * index }] }),
          ),
        ) as never,
      );
    const version = await evidence.renewBaselines!('2026-03-01T00:00:00.000Z');
    expect(await value('item.baseline.value', { ...ratio, statistic: 'count' })).toBeGreaterThanOrEqual(40);
    expect(await value('item.baseline.group', ratio)).toBe(`851713 CN, version ${version.id}`);
    // Of another origin there are none: the subheading stands in, and of a neighbour the heading.
    const other = { 'item.origin': 'VN' };
    expect(await value('item.baseline.group', ratio, undefined, other)).toBe(`851713, version ${version.id}`);
    const neighbour = { 'item.hs': '85171400' };
    expect(await value('item.baseline.group', ratio, undefined, neighbour)).toBe(
      `8517, version ${version.id}`,
    );
    const third = { 'item.cif': 1800 };
    expect(await value('item.baseline.ratio', ratio, undefined, third)).toBeLessThan(0.4);
    expect(await value('item.baseline.z', ratio, undefined, third)).toBeLessThan(-5);
    expect(await value('item.baseline.ratio', ratio, '2026-02-20T00:00:00.000Z', third)).toBeUndefined();
  });
});
