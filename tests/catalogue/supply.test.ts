/**
 * Which lines of the catalogue have rules whose facts an accepted input supplies: shown, not claimed. A made-up
 * administration is imported with its trail, outcomes, reference records, manifests and lists; a fact with parameters
 * counts as supplied where it had a value for at least one declaration.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casesFor, type HistoryRecord } from '../../src/backtest/case.ts';
import { fromStore } from '../../src/backtest/store-history.ts';
import { emptyReport, importRecords } from '../../src/check/import.ts';
import { openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { storedPeople } from '../../src/check/people.ts';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { compile } from '../../src/engine/compile.ts';
import { openLists } from '../../src/evidence/lists/store.ts';
import { openEvidence } from '../../src/evidence/open.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import type { ListFile } from '../../src/facts/list/model.ts';
import { factSheet } from '../../src/facts/sheet.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { identify } from '../../src/intake/identity.ts';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { sampleForm } from '../../src/simulate/options.ts';
import { referenceRecords } from '../../src/simulate/reference.ts';
import { openReferences, type ReferenceInput } from '../../src/sources/reference/store.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { catalogueRules, sharedConditions } from './rulebook.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-supply-'));
const compiled = compile(catalogueRules, { catalogue: factCatalogue, shared: sharedConditions });
/** Keys of facts with parameters that had a value at least once. */
const supplied = new Set<string>();
let store: Store;

/** A list of one entry for the first value that the declarations have for what rules look up in it. */
function listFor(id: string, values: readonly string[]): ListFile {
  return {
    id,
    title: { en: id, fr: id },
    kind: 'codes',
    match: 'exact',
    owner: 'test',
    origin: 'test',
    complete: true,
    entries: values.slice(0, 1).map((key) => ({
      key,
      grade: 'B2',
      values: {
        quantity: 1000,
        unit: 'KGM',
        goods: 1,
        tare: 1,
        payload: 1,
        min: 1,
        max: 2,
        minimumHours: 1,
        hours: 1,
      },
    })),
  };
}

/** Bills and manifests for what was declared: what an AWMDS message brings. */
function cargoOf(declarations: readonly Declaration[]): ReferenceInput[] {
  const inputs = new Map<string, ReferenceInput>();
  for (const { office, billOfLading, consignee, items, transport } of declarations) {
    if (office === undefined || billOfLading === undefined) continue;
    const voyage = { office, voyage: `V-${office}`, departure: '2026-02-20', from: '2026-02-20' };
    inputs.set(`manifest ${office}`, {
      kind: 'manifest',
      record: { ...voyage, bills: 1, packages: 10, grossMass: 10 },
    });
    inputs.set(`arrival ${office}`, { kind: 'arrival', record: { ...voyage, at: '2026-02-28' } });
    inputs.set(`${office} ${billOfLading}`, {
      kind: 'bill',
      record: {
        ...voyage,
        bill: billOfLading,
        consignee: consignee?.id ?? 'C',
        consigneeName: 'Somebody',
        packages: 1000,
        grossMass: items.length * 1000,
        location: transport?.location ?? 'QUAY',
      },
    });
  }
  return [...inputs.values()];
}

async function* intake(
  records: readonly { declaration: Declaration; trail: never[]; outcomes: never[] }[],
): AsyncGenerator<IntakeRecord> {
  for (const { declaration, trail, outcomes } of records)
    yield { kind: 'declaration', identity: identify(declaration), declaration, trail, outcomes, where: {} };
}

beforeAll(async () => {
  store = await openDuckdb(folder);
  const desk = await openDesk({ store });
  const simulation = simulate({
    ...sampleForm,
    days: 60,
    declarations: 900,
    misconduct: [
      ...sampleForm.misconduct,
      { pattern: 'overdue-warehouse', rate: 0.5, strength: 0.5 },
      { pattern: 'criteria-changed', rate: 0.5, strength: 0.5 },
      { pattern: 'shared-accounts', rate: 0.5, strength: 0.5 },
    ],
  });
  const records: { declaration: Declaration; trail: never[]; outcomes: never[] }[] = [];
  for await (const { declaration, trail = [], outcomes = [] } of simulation.records()) {
    // What the simulator leaves out and real messages carry.
    const [item] = declaration.items;
    item!.documents = [...(item!.documents ?? []), { code: 'L100', reference: 'LIC-1', quantity: 1 }];
    item!.precisions ??= ['A1'];
    if (records.length < 60) item!.consignee ??= { ...declaration.consignee };
    // SAD boxes 9 and the assessment stamp.
    if (records.length < 60) {
      declaration.financial ??= { ...declaration.consignee };
      declaration.assessment ??= { ...declaration.registration };
    }
    declaration.containers ??= [{ number: 'MSCU6639870', type: '22G1', grossMass: 20_000 }];
    declaration.guarantee ??= { reference: 'G-1', amount: { amount: 100, currency: declaration.currency! } };
    if (records.length < 60) {
      declaration.localReference = 'LRN-1';
      item!.documents.push({ code: 'N954', reference: 'EUR1-7' });
    }
    const steps = trail.map((event) => ({ ...event, enteredAt: event.at }));
    const end = steps.at(-1)!.at;
    if (records.length < 5)
      steps.push(
        ...(['AMEND', 'EXIT', 'ARRIVE'] as const).map((kind) => ({ kind, at: end, enteredAt: end })),
        { kind: 'AMEND', at: steps[0]!.at, enteredAt: end, cause: 'consignee' },
        { kind: 'REROUTE', at: end, enteredAt: end, cause: 'timeout', from: 'yellow', to: 'blue' },
      );
    records.push({ declaration, trail: steps as never[], outcomes: outcomes as never[] });
  }
  const declarations = records.map(({ declaration }) => declaration);
  const [first] = declarations;
  const inputs: ReferenceInput[] = [
    ...Object.entries(referenceRecords).flatMap(([kind, of]) =>
      [...of(simulation)].map((record) => ({ kind, record: { ...record } })),
    ),
    ...cargoOf(declarations),
    ...declarations.flatMap(({ guarantee, currency }) =>
      guarantee?.reference === undefined
        ? []
        : [
            {
              kind: 'guarantee',
              record: {
                reference: guarantee.reference,
                amount: { amount: 1e9, currency: currency! },
                from: '2026-01-01',
              },
            },
          ],
    ),
    { kind: 'parameter', record: { office: '*', name: 'randomRate', value: 0.02, from: '2026-01-01' } },
    ...[...new Set(declarations.map(({ office, registration }) => `${office}|${registration?.date}`))].map(
      (key) => {
        const [office, day] = key.split('|') as [string, string];
        return {
          kind: 'control-total',
          record: { feed: 'declaration', office, day, from: day, to: day, count: 3 },
        };
      },
    ),
    ...['declaration', 'trail', 'inspection', 'payment', 'release', 'cargo'].map((feed) => ({
      kind: 'complete',
      record: { feed, office: '*', until: '2026-12-31', from: '2026-01-01' },
    })),
  ];
  await openReferences(store, storedPeople(store)).put(inputs, desk.now().toISOString());
  const report = await importRecords(openOffice(desk, store), intake(records), emptyReport());
  expect(report.refused).toBe(0);

  // One entry each for the lists that a country would load, made of what the first declarations say.
  const sheet = factSheet(first!);
  const lists = new Map<string, string[]>();
  for (const call of [...compiled.calls.declaration, ...compiled.calls.item]) {
    if (!/^(item\.)?list\./.test(call.fact)) continue;
    const values = String(call.params.of)
      .split('+')
      .map((name) => (name.startsWith('item.') ? sheet.items[0]?.[name] : sheet.header[name]));
    const key = values.flat().join('|');
    lists.set(String(call.params.list), [...(lists.get(String(call.params.list)) ?? []), key]);
  }
  const own = openLists(store);
  const at = desk.now().toISOString();
  const shipped = [
    'countries',
    'currencies',
    'incoterms',
    'container-types',
    'units',
    'traders',
    'brokers',
    'aeo',
    'suspensions',
  ];
  for (const [id, values] of lists) if (!shipped.includes(id)) await own.put(listFor(id, values), at, 'test');
  await own.put({ ...listFor('licences', ['L100|LIC-1']) }, at, 'test');
  // A watch list that has both of the names that are looked up in it.
  const watched = lists.get('end-users')!.map((key) => ({ key }));
  await own.put({ ...listFor('end-users', []), entries: watched }, desk.now().toISOString(), 'test');

  const evidence = await openEvidence({ store });
  await evidence.renewBaselines!(new Date().toISOString());
  const cases = casesFor(compiled.calls, undefined, undefined, (officer) => officer, evidence.sources);
  const now = new Date(Date.now() + 1000).toISOString();
  for await (const history of fromStore(store))
    for (const { sheet: known } of await cases(
      history.map((record): HistoryRecord => ({ ...record, recordedAt: now })),
    )) {
      for (const values of [known.calls!, ...known.itemCalls!])
        for (const [key, value] of Object.entries(values)) if (value !== undefined) supplied.add(key);
    }
  desk.close();
}, 240_000);

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Facts with parameters of a rule that had no value for any declaration. */
const lacking = (rule: (typeof catalogueRules)[number]): string[] => {
  const { calls } = compile([{ ...rule, status: 'active' }], {
    catalogue: factCatalogue,
    shared: sharedConditions,
  });
  return [...calls.declaration, ...calls.item].map(({ key }) => key).filter((key) => !supplied.has(key));
};

describe('the facts of the catalogue', () => {
  it('are supplied for the lines that docs/coverage.md counts, and for no fewer than 130', () => {
    const lines = new Map<string, string[]>();
    for (const rule of catalogueRules) {
      const line = /^catalogue ([A-Z]\d\d)/.exec(rule.source)![1]!;
      lines.set(line, [...(lines.get(line) ?? []), ...(lacking(rule).length === 0 ? [rule.id] : [])]);
    }
    const carried = [...lines].filter(([, rules]) => rules.length > 0);
    const text = readFileSync(fromRoot('docs', 'coverage.md'), 'utf8');
    const told = /^(\d+) of the 152 lines are rules whose facts an accepted input supplies/m.exec(text)?.[1];
    expect(carried.length).toBe(Number(told));
    expect(carried.length).toBeGreaterThanOrEqual(130);
  });

  it('are lacking in no rule but those that docs/coverage.md names', () => {
    const text = readFileSync(fromRoot('docs', 'coverage.md'), 'utf8');
    const named = [...text.matchAll(/^\| ([A-Z]{3}-\d{3}[A-Z]?) \| `([^`]+)` \| .{10,} \|$/gm)].map(
      ([, rule, fact]) => `${rule} ${fact}`,
    );
    const found = catalogueRules.flatMap((rule) => lacking(rule).map((key) => `${rule.id} ${key}`));
    expect(found.sort()).toEqual(named.sort());
  });
});
