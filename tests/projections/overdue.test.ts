/** What becomes due because nothing comes: found on the day, not before, and once; on both stores, with a clock of the test's. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CheckDocument } from '../../src/check/document.ts';
import { type Office, openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { changed, type Given } from '../../src/facts/change.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { identify } from '../../src/intake/identity.ts';
import type { DeclarationRecord } from '../../src/intake/record.ts';
import { finding } from '../../src/projections/finding.ts';
import { project } from '../../src/projections/project.ts';
import { recheck } from '../../src/projections/recheck.ts';
import { takenAnew } from '../../src/projections/taken.ts';
import { waitsOf } from '../../src/projections/waits.ts';
import type { Rule } from '../../src/rules/model.ts';
import { referenceDocument, references } from '../../src/sources/reference/store.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/port.ts';
import { catalogueRules, sharedConditions } from '../catalogue/rulebook.ts';
import { cleanDeclaration } from '../facts/clean.ts';
import { mongoUri, stopMongo } from '../store/mongod.ts';

const root = mkdtempSync(join(tmpdir(), 'overdue-'));
const rules = join(root, 'rules');
for (const file of [
  'e-procedure/PRC-005-warehouse-overdue.yaml',
  'e-procedure/PRC-012-transit-not-ended.yaml',
  'e-procedure/PRC-015-export-without-exit.yaml',
  'h-conduct/CON-017A-assessed-unpaid.yaml',
  'h-conduct/CON-018-pending-five-days.yaml',
])
  cpSync(fromRoot('rules', file), join(rules, file));
cpSync(fromRoot('rules', 'base'), join(rules, 'base'), { recursive: true });
afterAll(async () => {
  await stopMongo();
  rmSync(root, { recursive: true, force: true });
});

const mongo = await mongoUri('overdue');
let databases = 0;

function record(number: string, given: Given, steps: [kind: string, at: string][]): DeclarationRecord {
  const declaration: Declaration = {
    ...changed(cleanDeclaration(), given).declaration,
    localReference: `LRN-${number}`,
    registration: { serial: 'C', number, date: '2026-03-02' },
  };
  const trail = steps.map(([kind, at]) => ({ kind, at: `${at}:00+01:00`, user: 'U1' }));
  return {
    kind: 'declaration',
    identity: identify(declaration),
    declaration,
    trail: trail as DeclarationRecord['trail'],
    outcomes: [],
    where: {},
  };
}

const transit: Given = { 'declaration.flow': 'transit', 'declaration.type': 'T1' };
const warehoused: Given = {
  'declaration.generalProcedure': '7',
  'item.procedure': '7100',
  items: [{}, { 'item.procedure': '7100' }],
};

/** Takes of both goods of an entry so many hundredths. */
function takingOf(entry: string, number: string, hundredths: number): DeclarationRecord {
  const taker = record(number, {}, released);
  const { declaration } = record(entry, warehoused, []);
  const items = declaration.items.map((item) => ({
    ...item,
    procedure: '4071',
    netMass: (item.netMass! * hundredths) / 100,
    previous: [{ office: 'XX001', year: '2026', serial: 'C', number: entry, item: item.number }],
  }));
  const taking = { ...taker.declaration, items };
  return { ...taker, declaration: taking, identity: identify(taking) };
}

const released: [string, string][] = [
  ['REGISTER', '2026-03-02T08:00'],
  ['ASSESS', '2026-03-02T09:00'],
  ['PAY', '2026-03-02T10:00'],
  ['RELEASE', '2026-03-02T15:00'],
];

interface Nightly {
  office: Office;
  store: Store;
  /** Declarations under each rule that stand after a night on which the trail is told complete up to a day. */
  night(until: string): Promise<Record<string, string[]>>;
  checks(): Promise<CheckDocument[]>;
  at(now: string): void;
}

describe.each([
  ['duckdb', true],
  ['mongo', mongo !== undefined],
] as const)('what became due by the passing of time, on %s', (kind, there) => {
  let close = async () => {};
  afterEach(() => close());

  async function open(): Promise<Nightly> {
    const store = await openStore(
      kind === 'mongo'
        ? { mongodbUri: (await mongoUri(`overdue${++databases}`))! }
        : { data: mkdtempSync(join(root, 'store-')) },
    );
    let now = new Date('2026-03-02T20:00:00Z');
    const desk = { ...(await openDesk({ store, rules })), now: () => now };
    const office = openOffice(desk, store);
    close = async () => {
      desk.close();
      await store.close();
    };
    return {
      store,
      office,
      at: (text) => {
        now = new Date(text);
      },
      checks: async () =>
        (await store.collection<CheckDocument>({ name: 'check' } as never).find({ limit: 100 })).docs,
      async night(until) {
        now = new Date(Date.parse(`${until}T00:00:00Z`) + 26 * 3_600_000);
        const told = (feed: string) =>
          referenceDocument(
            { kind: 'complete', record: { feed, office: 'XX001', until } },
            now.toISOString(),
          );
        await store.collection(references).put(['trail', 'declaration'].map(told) as never);
        await project(store);
        await recheck(store, desk, office);
        await project(store);
        const { docs } = await store
          .collection<{ id: string; rule: string; declaration: string }>(finding.spec)
          .find({ where: { column: 'current', op: 'eq', value: 1 }, limit: 100 });
        const found: Record<string, string[]> = {};
        for (const { rule, declaration } of docs)
          found[rule] = [...(found[rule] ?? []), declaration.split('C').at(-1)!].sort();
        return found;
      },
    };
  }

  it.skipIf(!there)(
    'a transit that nobody ended, ninety days after its release and not a day before',
    async () => {
      const { office, night } = await open();
      await office.lodge([
        record('1', transit, released),
        record('2', transit, [...released, ['EXIT', '2026-03-04T09:00']]),
        record('3', {}, released),
      ]);
      expect(await night('2026-03-02')).toEqual({});
      expect(await night('2026-05-30')).toEqual({});
      expect(await night('2026-05-31')).toEqual({ 'PRC-012': ['1'] });
      expect(await night('2026-06-01')).toEqual({ 'PRC-012': ['1'] });
    },
  );

  it.skipIf(!there)('a night that is done twice writes no check', async () => {
    const { office, night, checks } = await open();
    await office.lodge([record('11', transit, released)]);
    await night('2026-05-30');
    const before = (await checks()).length;
    await night('2026-05-31');
    const due = (await checks()).length;
    expect(due).toBe(before + 1);
    await night('2026-05-31');
    expect((await checks()).length).toBe(due);
  });

  it.skipIf(!there)('duties assessed and not paid, and what waits for assessment', async () => {
    const { office, night } = await open();
    await office.lodge([
      record('21', {}, [
        ['REGISTER', '2026-03-02T08:00'],
        ['ASSESS', '2026-03-02T09:00'],
      ]),
      record('22', {}, [['REGISTER', '2026-03-02T08:00']]),
      record('23', {}, released),
    ]);
    expect((await night('2026-03-06'))['CON-018'] ?? []).not.toContain('22');
    expect((await night('2026-03-07'))['CON-018']).toContain('22');
    expect((await night('2026-03-31'))['CON-017A'] ?? []).not.toContain('21');
    expect((await night('2026-04-01'))['CON-017A']).toContain('21');
    expect((await night('2026-05-01'))['CON-018'] ?? []).not.toContain('22');
  });

  it.skipIf(!there)('a warehouse entry past its period, while something of it is there', async () => {
    const { office, night } = await open();
    await office.lodge([record('31', warehoused, released), record('32', {}, released)]);
    expect((await night('2026-08-29'))['PRC-005'] ?? []).not.toContain('31');
    expect((await night('2026-08-30'))['PRC-005']).toContain('31');
    expect((await night('2026-08-31'))['PRC-005']).not.toContain('32');
  });

  it.skipIf(!there)('a history that is imported after a look, in the order of its file', async () => {
    const { office, night } = await open();
    expect(await night('2026-09-01')).toEqual({});
    // Of a file, and of one that comes later: told overdue as of today, before it is known what took the goods out.
    await office.lodge([record('51', warehoused, released), record('52', warehoused, released)], {
      inOrder: true,
    });
    await office.lodge([takingOf('51', '53', 60), takingOf('52', '54', 60)], { inOrder: true });
    expect((await night('2026-09-02'))['PRC-005']).toEqual(['51', '52']);
    await office.lodge([takingOf('51', '55', 40)], { inOrder: true });
    expect((await night('2026-09-03'))['PRC-005']).toEqual(['52']);
    // One taking out was a mistake: its goods are in the warehouse, and overdue.
    const cancelled = {
      ...takingOf('51', '55', 40),
      trail: [{ kind: 'CANCEL', at: '2026-03-05T08:00:00Z' }],
    };
    await office.lodge([cancelled as DeclarationRecord]);
    expect((await night('2026-09-04'))['PRC-005']).toEqual(['51', '52']);
  });

  it.skipIf(!there)(
    'looks once at what was taken, and at nothing that has its window before it',
    async () => {
      const { office, store, night, checks } = await open();
      await office.lodge([record('61', warehoused, released), takingOf('61', '62', 60)]);
      await night('2026-08-29');
      await office.lodge([takingOf('61', '63', 10)]);
      const before = (await checks()).length;
      await project(store);
      const looked = await night('2026-08-29');
      expect(looked['PRC-005']).toBeUndefined();
      expect((await checks()).length).toBe(before);
      expect(await store.collection(takenAnew).count()).toBe(0);
      expect((await night('2026-08-30'))['PRC-005']).toEqual(['61']);
    },
  );

  it.skipIf(!there)('a day that is claimed before it is over is not waited for', async () => {
    const { office, night, at, store } = await open();
    await office.lodge([record('41', { 'declaration.flow': 'export' }, released)]);
    await night('2026-07-29');
    at('2026-07-30T08:00:00Z');
    await store
      .collection(references)
      .put([
        referenceDocument(
          { kind: 'complete', record: { feed: 'trail', office: 'XX001', until: '2026-12-31' } },
          '2026-07-30T07:00:00.000Z',
        ),
      ] as never);
    // Released 150 days before 30 July at three: due in the afternoon, whatever is claimed in the morning.
    expect((await night('2026-07-29'))['PRC-015'] ?? []).not.toContain('41');
  });
});

describe('what rules wait for', () => {
  it('every rule of the catalogue that waits says for how long in a comparison', () => {
    const { waits, unseen } = waitsOf(catalogueRules, sharedConditions);
    expect(unseen).toEqual([]);
    expect(waits.length).toBeGreaterThan(8);
  });

  it('a limit in an expression is told rather than guessed', () => {
    const base = catalogueRules.find(({ id }) => id === 'CON-018A')!;
    const rule: Rule = {
      ...base,
      let: { ...base.let, late: 'hours * 2 > 100' },
      conditions: { all: [{ fact: 'late', operator: 'equal', value: true }] },
    };
    expect(waitsOf([rule], {}).unseen).toMatchObject([{ rule: 'CON-018A' }]);
  });
});
