/** What enters a lane beside the findings: the draw, the same goods under another reference, counts, programmes, stages. */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { DeclarationDocument } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { openKin } from '../../src/check/kin.ts';
import { openOffice } from '../../src/check/lodge.ts';
import { storedPeople } from '../../src/check/people.ts';
import { openRegistry } from '../../src/check/registry.ts';
import { replay } from '../../src/check/replay.ts';
import { verifyCheckDraw } from '../../src/check/verify-draw.ts';
import type { View } from '../../src/evidence/memory.ts';
import { openEvidence } from '../../src/evidence/open.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { drawValue } from '../../src/selectivity/draw.ts';
import { openReferences } from '../../src/sources/reference/store.ts';
import { declaration, overweight } from '../service/harness.ts';
import { recordOf, startOffice, type TestOffice } from './office.ts';

const open: TestOffice[] = [];
afterEach(async () => {
  for (const office of open.splice(0)) await office.close();
});

/** The starting profile with changes. */
function profileWith(change: Record<string, unknown>): string {
  const content = parse(readFileSync(fromRoot('profiles', 'selectivity', 'default.yaml'), 'utf8')) as object;
  const file = join(tmpdir(), `profile-${process.pid}-${Math.random().toString(36).slice(2)}.yaml`);
  writeFileSync(file, stringify({ ...content, overrides: [], random: [], ...change }));
  return file;
}

async function started(change?: Record<string, unknown>): Promise<TestOffice> {
  const office = await startOffice(change === undefined ? {} : { profile: profileWith(change) });
  open.push(office);
  return office;
}

const goods = {
  billOfLading: 'MSKU 1',
  consignee: { id: 'C1' },
  consignor: { id: 'S1' },
};
const docOf = (content: Record<string, unknown>): DeclarationDocument => {
  const { declaration: told } = recordOf(content);
  const { id = null } = told.consignee ?? {};
  return {
    declaration: told,
    consignee: id,
    occurredAt: '2026-03-02T00:00:00.000Z',
  } as DeclarationDocument;
};
const invoice = (reference: string) => ({
  consignor: { id: 'S1' },
  documents: [{ code: '380', reference }],
});

describe('the same goods under another reference', () => {
  it('keep lane and draw, and the new reference is not drawn for', async () => {
    const office = await started({ random: [{ lane: 'red', rate: 1 }] });
    const first = await office.check(declaration({ ...goods, ...overweight }));
    const second = await office.check(declaration(goods));
    expect(second.declaration).not.toBe(first.declaration);
    expect(second.draw).toEqual(first.draw);
    expect(second.circumstances?.inherited).toEqual({ check: first.id, lane: 'red' });
  });

  it('keep a lane that their own findings would not give', async () => {
    const office = await started();
    expect((await office.check(declaration({ ...goods, ...overweight }))).lane).toBe('yellow');
    const again = await office.check(declaration(goods));
    expect(again).toMatchObject({ lane: 'yellow', reasons: [{ kind: 'inherited', lane: 'yellow' }] });
    expect((await replay(office.store, again.id)).same).toBe(true);
  });

  it('are known by the invoice of their supplier, and however the bill is written', async () => {
    const office = await started();
    await office.check(declaration({ ...invoice('INV 7'), ...overweight }));
    expect((await office.check(declaration(invoice('inv  7')))).lane).toBe('yellow');
    await office.check(declaration({ ...goods, ...overweight }));
    expect((await office.check(declaration({ ...goods, billOfLading: ' msku 1 ' }))).lane).toBe('yellow');
  });

  it('are known when both are sent at the same time', async () => {
    const office = await started();
    const lodged = await office.office.lodge([
      recordOf(declaration({ ...goods, ...overweight })),
      recordOf(declaration(goods)),
    ]);
    expect(lodged.map(({ check }) => check.lane)).toEqual(['yellow', 'yellow']);
  });

  it('are known after a restart', async () => {
    const office = await started({ random: [{ lane: 'yellow', rate: 0.01 }] });
    const first = await office.check(declaration({ ...goods, ...overweight }));
    await office.restart();
    const again = await office.check(declaration(goods));
    expect(again.lane).toBe('yellow');
    expect(again.draw).toEqual(first.draw);
  });

  it('are known after the first was cancelled, which lowers nothing', async () => {
    const office = await started();
    const first = await office.check(declaration({ ...goods, ...overweight }));
    await office.office.receive([
      {
        kind: 'answer',
        declaration: first.declaration,
        aliases: [],
        trail: [{ kind: 'CANCEL', at: '2026-03-02T11:00:00Z' }],
        outcomes: [],
        where: {},
      },
    ]);
    await office.restart();
    expect((await office.check(declaration(goods))).lane).toBe('yellow');
  });

  it('once released leave the lane to the next part of the bill, and the draw to it', async () => {
    const office = await started();
    const first = await office.check(declaration({ ...goods, ...overweight }));
    await office.office.receive([
      {
        kind: 'answer',
        declaration: first.declaration,
        aliases: [],
        trail: [{ kind: 'RELEASE', at: '2026-03-02T11:00:00Z' }],
        outcomes: [],
        where: {},
      },
    ]);
    const next = await office.check(declaration(goods));
    expect(next.lane).toBe('green');
    expect(next.draw).toEqual(first.draw);
  });

  it('are known while what was before is still being read after a start, and of another replica as it is now', async () => {
    const office = await started({});
    const profile = profileWith({});
    const shared = { ...office.store, exclusive: false };
    const [one, other] = [await startOffice({ profile }, shared), await startOffice({ profile }, shared)];
    const [slow] = [openKin(180, (await openEvidence({ store: shared })).memory)];
    try {
      const first = declaration(goods);
      const { declaration: reference } = await one.check(first);
      expect((await other.check({ ...first, ...overweight })).lane).toBe('yellow');
      // The first replica knows the green lane that it gave.
      expect((await one.check(declaration(goods))).lane).toBe('yellow');
      const doc = { ...docOf(declaration(goods)), reference: 'another' };
      await slow.prepare([doc], openRegistry(shared));
      expect(slow.of(doc).map((each) => each.reference)).toContain(reference);
    } finally {
      one.desk.close();
      other.desk.close();
    }
  });

  it('are known however often they were lodged or amended before, over a restart', async () => {
    const office = await started({});
    const first = declaration({ ...goods, ...overweight });
    for (let version = 0; version < 80; version++)
      await office.check({ ...first, ...(version === 0 ? {} : { localReference: `v${version}` }) });
    await office.office.lodge(Array.from({ length: 80 }, () => recordOf(declaration(goods))));
    await office.restart();
    expect((await office.check(declaration({ ...goods, consignee: { id: ' c1' } }))).lane).toBe('yellow');
  });

  it('are not all that more than fifty traders have under one number of an invoice', async () => {
    const office = await started({});
    const placeholder = (trader: number, more = {}) =>
      declaration({
        ...invoice('1'),
        consignor: { id: 'VARIOUS' },
        consignee: { id: `T${trader}` },
        ...more,
      });
    expect((await office.check(placeholder(0, overweight))).lane).toBe('yellow');
    expect((await office.check(placeholder(1))).lane).toBe('yellow');
    await office.office.lodge(Array.from({ length: 60 }, (_, n) => recordOf(placeholder(n + 2))));
    expect((await office.check(placeholder(90))).lane).toBe('green');
    await office.restart();
    expect((await office.check(placeholder(91))).lane).toBe('green');
  });

  it('cost no walk over all that a supplier ever sent under one number', () => {
    let walked = 0;
    const rows = 20_000;
    const view = {} as View;
    const kin = openKin(180, {
      follow: async () => {},
      progress: () => ({ taken: rows, ready: true }),
      view: () => view,
      linkCount: () => rows,
      *links(_by, _key, from = 0) {
        for (let row = from; row < rows; row += 1) {
          walked += 1;
          yield { reference: `R${row}`, consignee: `T${row % 2}` };
        }
      },
    });
    const doc = (n: number) => ({ ...docOf(declaration(invoice('1'))), reference: `N${n}` });
    const check = { lane: 'green', occurredAt: '2026-03-02T00:00:00.000Z' } as CheckDocument;
    for (let n = 0; n < 100; n += 1) {
      kin.remember(doc(n), { ...check, declaration: `N${n}` }, false);
      expect(kin.of(doc(n + 1)).length).toBeGreaterThan(0);
    }
    expect(walked).toBe(rows);
  });

  it('are not those of a check that did not come to be written, nor is it counted', async () => {
    let fails = false;
    const office = await started({ capacity: [{ lane: 'yellow', perDay: 100, instead: 'blue' }] });
    const failing = new Proxy(office.store, {
      get(store, name) {
        if (name !== 'collection') return Reflect.get(store, name);
        return (spec: { name: string }) => {
          const collection = store.collection(spec as never);
          return spec.name !== 'check'
            ? collection
            : {
                ...collection,
                putNew: (docs: never) =>
                  fails ? Promise.reject(new Error('away')) : collection.putNew(docs),
              };
        };
      },
    });
    const broken = openOffice(office.desk, failing);
    const counted = () => {
      const at = office.clock.now.toISOString();
      return office.desk.tally!.counts({ office: 'XXA1', flow: 'import', occurredAt: at }, at)?.declared;
    };
    const [first] = await broken.lodge([recordOf(declaration(goods))]);
    expect([first!.check.lane, counted()]).toEqual(['green', 1]);
    fails = true;
    await expect(broken.lodge([recordOf(declaration({ ...goods, ...overweight }))])).rejects.toThrow('away');
    expect(counted()).toBe(1);
    fails = false;
    // Its red lane was told to nobody.
    const [next] = await broken.lodge([recordOf(declaration(goods))]);
    expect([next!.check.lane, counted()]).toEqual(['green', 2]);
    expect(next!.check.circumstances?.inherited?.check).toBe(first!.check.id);
  });

  it('are not those of another consignee under one bill, nor of another supplier’s number', async () => {
    const office = await started({});
    await office.check(declaration({ ...goods, ...overweight }));
    expect((await office.check(declaration({ ...goods, consignee: { id: 'C2' } }))).lane).toBe('green');
    await office.check(declaration({ ...invoice('7'), ...overweight }));
    expect((await office.check(declaration({ ...invoice('7'), consignor: { id: 'S2' } }))).lane).toBe(
      'green',
    );
  });
});

describe('a draft', () => {
  const draft = (localReference: string, change: Record<string, unknown> = {}) => {
    const { registration: _, ...rest } = declaration(change);
    return { ...rest, localReference };
  };

  it('is not drawn for; its registration is, whatever names were tried before', async () => {
    const office = await started({ random: [{ lane: 'red', rate: 0.3 }], mode: 'decide' });
    const drafts = [];
    for (let n = 0; n < 30; n += 1) drafts.push(await office.check(draft(`L${n}`)));
    expect(new Set(drafts.map(({ lane }) => lane))).toEqual(new Set(['green']));
    // By its own number, so that it is as if there had been no drafts.
    for (const n of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const registered = declaration({ localReference: `L${n}` });
      const check = await office.check(registered);
      const { serial, number } = registered.registration as { serial: string; number: string };
      expect(check).toMatchObject({ declaration: `B1/L${n}`, version: 2 });
      expect(check.draw!.subject).toBe(`XXA1/2026/${serial}/${number}`);
      expect(check.lane).toBe(drawValue(check.draw!) < 0.3 ? 'red' : 'green');
      expect((await replay(office.store, check.id)).same).toBe(true);
      const amended = await office.check({ ...registered, ...overweight });
      expect(amended.draw).toEqual(check.draw);
    }
    expect((await replay(office.store, drafts[0]!.id)).same).toBe(true);
  });

  it('is drawn for where lanes fall due before registration, and keeps it', async () => {
    const office = await started({ stage: 'pre-arrival', random: [{ lane: 'red', rate: 1 }] });
    const first = await office.check(draft('L1'));
    expect(first.lane).toBe('red');
    const registered = await office.check(declaration({ localReference: 'L1' }));
    expect(registered.draw).toEqual(first.draw);
  });

  it('gives its lane to the same goods, and leaves the draw to what is registered', async () => {
    const office = await started();
    const first = await office.check(draft('L1', { ...goods, ...overweight }));
    const other = await office.check(declaration(goods));
    expect(other).toMatchObject({ lane: 'yellow', circumstances: { inherited: { check: first.id } } });
    expect(other.draw!.subject).toMatch(/^XXA1\/2026\//);
    expect((await office.check(declaration(goods))).draw).toEqual(other.draw);
  });
});

describe('a bill that is named only in a later version', () => {
  it('brings the lane of what was lodged under it before, over a restart as well', async () => {
    const office = await started();
    await office.check(declaration({ ...goods, ...overweight }));
    const bare = declaration({ consignee: { id: 'C1' } });
    const first = await office.check(bare);
    expect(first.lane).toBe('green');
    await office.restart();
    const named = await office.check({ ...bare, billOfLading: goods.billOfLading });
    expect(named).toMatchObject({ version: 2, lane: 'yellow' });
    expect(named.reasons.map(({ kind }) => kind)).toEqual(['inherited', 'kept']);
    expect(named.draw).toEqual(first.draw);
    expect((await replay(office.store, named.id)).same).toBe(true);
  });

  it('does not bring back the lane of what was lodged after it', async () => {
    const office = await started();
    const bare = declaration({
      consignee: { id: 'C1' },
      registration: { serial: 'C', number: '900001', date: '2026-03-01' },
    });
    expect((await office.check(bare)).lane).toBe('green');
    await office.check(declaration({ ...goods, ...overweight }));
    expect((await office.check({ ...bare, billOfLading: goods.billOfLading })).lane).toBe('green');
  });
});

describe('counts', () => {
  const capacity = [{ lane: 'yellow', perDay: 3, instead: 'blue' }];

  it('of a day lower the lane once the office is full, in one batch and over a restart; the next day begins anew', async () => {
    const office = await started({ capacity });
    const lodged = await office.office.lodge(
      Array.from({ length: 4 }, () => recordOf(declaration(overweight))),
    );
    expect(lodged.map(({ check }) => check.lane)).toEqual(['yellow', 'yellow', 'yellow', 'blue']);
    await office.restart();
    const full = await office.check(declaration(overweight));
    expect(full).toMatchObject({ lane: 'blue', reasons: [{ kind: 'score', lowered: 'yellow' }] });
    expect((await replay(office.store, full.id)).same).toBe(true);
    expect((await office.check(declaration({ ...overweight, office: 'OTHER' }))).lane).toBe('yellow');
    office.clock.now = new Date('2026-03-03T08:00:00Z');
    expect((await office.check(declaration(overweight))).lane).toBe('yellow');
  });

  it('leave out a declaration of last year that is taken in today', async () => {
    const office = await started({ capacity });
    const old = () =>
      recordOf({
        ...declaration(overweight),
        registration: { serial: 'C', number: String(Math.random()), date: '2025-03-02' },
      });
    await office.office.lodge(Array.from({ length: 6 }, old));
    expect((await office.check(declaration(overweight))).circumstances?.counts?.today).toEqual({});
  });

  it('hold one that says of itself that it was lodged long ago, over a restart as well, and treat its trader as of the day of registration', async () => {
    const office = await started({ capacity, trusted: { randomFactor: 1, scoreFactor: 0 } });
    await openReferences(office.store, storedPeople(office.store)).put(
      ['2025-01-01', '2026-02-20'].map((from, index) => ({
        kind: 'programme' as const,
        record: { trader: 'C9', programme: 'AEO', status: index === 0 ? 'valid' : 'suspended', from },
      })),
      '2026-02-20T00:00:00.000Z',
    );
    await office.desk.refresh();
    const old = () =>
      declaration({ ...overweight, lodgedAt: '2026-02-01T08:00:00Z', consignee: { id: 'C9' } });
    const lanes = [];
    for (let i = 0; i < 4; i++) {
      if (i === 2) await office.restart();
      lanes.push((await office.check(old())).lane);
    }
    expect(lanes).toEqual(['yellow', 'yellow', 'yellow', 'blue']);
  });

  it('fill an expected rate by lot, near its share, each verifiable after the day', async () => {
    const office = await started({ expected: [{ lane: 'red', rate: 0.2 }] });
    const lodged = await office.office.lodge(Array.from({ length: 400 }, () => recordOf(declaration())));
    const red = lodged.map(({ check }) => check).filter(({ lane }) => lane === 'red');
    expect(red.length).toBeGreaterThan(70);
    expect(red.length).toBeLessThan(90);
    expect(red.every(({ reasons }) => reasons[0]!.kind === 'expected')).toBe(true);
    const { id, draw } = red.at(-1)!;
    const verdict = await verifyCheckDraw(
      office.store,
      office.desk.keys!,
      id,
      new Date('2026-03-03T00:00:01Z'),
    );
    expect(verdict).toMatchObject({ holds: true, lot: expect.any(Number) });
    expect(verdict.value).toBe(drawValue(draw!));
    expect((await replay(office.store, id)).same).toBe(true);
  });

  it('select the one after so many hits that went free, over a restart', async () => {
    const office = await started({
      thresholds: [{ lane: 'red', from: 90 }],
      maximumHits: { count: 3, lane: 'yellow' },
    });
    const lanes: string[] = [];
    for (let i = 0; i < 4; i++) {
      if (i === 2) await office.restart();
      lanes.push((await office.check(declaration(overweight))).lane);
      // A declaration that no rule hits says nothing in between.
      lanes.push((await office.check(declaration())).lane);
    }
    expect(lanes.filter((_, index) => index % 2 === 0)).toEqual(['green', 'green', 'green', 'yellow']);
    expect(lanes.filter((_, index) => index % 2 === 1)).toEqual(['green', 'green', 'green', 'green']);
  });

  it('select so also where another flow is busier, a threshold names the free lane, and a month ends', async () => {
    const office = await started({
      thresholds: [
        { lane: 'green', from: 0 },
        { lane: 'red', from: 90 },
      ],
      maximumHits: { count: 3, lane: 'yellow' },
    });
    const on = async (now: string) => {
      office.clock.now = new Date(now);
      const registration = { serial: 'C', number: now, date: now.slice(0, 10) };
      return (await office.check(declaration({ ...overweight, registration }))).lane;
    };
    const lanes = [await on('2026-03-30T08:00:00Z'), await on('2026-03-30T09:00:00Z')];
    await office.office.lodge(
      Array.from({ length: 200 }, () => recordOf(declaration({ ...overweight, flow: 'export' }))),
    );
    await office.restart();
    lanes.push(await on('2026-03-30T10:00:00Z'));
    await office.restart();
    lanes.push(await on('2026-04-01T08:00:00Z'));
    expect(lanes).toEqual(['green', 'green', 'green', 'yellow']);
  });
});

describe('a trusted trader', () => {
  const programme = (status: string, from: string) => ({
    kind: 'programme' as const,
    record: { trader: 'C9', programme: 'AEO', status, from },
  });

  it('is one whose programme is valid on the day, as it is known; a suspension ends it', async () => {
    const office = await started({ trusted: { randomFactor: 1, scoreFactor: 0.5 } });
    const heavy = { ...overweight, consignee: { id: 'C9' } };
    const records = openReferences(office.store, storedPeople(office.store));
    expect(await office.check(declaration(heavy))).toMatchObject({ score: 40, lane: 'yellow' });
    await records.put([programme('valid', '2026-01-01')], '2026-03-02T12:00:00.000Z');
    await office.desk.refresh();
    const trusted = await office.check(declaration(heavy));
    expect(trusted).toMatchObject({ score: 20, lane: 'blue', programme: 'AEO' });
    expect((await replay(office.store, trusted.id)).same).toBe(true);
    await records.put([programme('suspended', '2026-02-01')], '2026-03-02T12:30:00.000Z');
    await office.desk.refresh();
    expect(await office.check(declaration(heavy))).toMatchObject({ score: 40, lane: 'yellow' });
  });
});

describe('the stage', () => {
  it('after payment makes a lane early until the declaration is paid', async () => {
    const office = await started({ stage: 'after-payment', mode: 'decide' });
    const first = await office.check(declaration());
    expect(first).toMatchObject({ stage: 'after-payment', early: true, lane: 'green' });
    const [received] = await office.office.receive([
      {
        kind: 'answer',
        declaration: first.declaration,
        aliases: [],
        trail: [{ kind: 'PAY', at: '2026-03-02T11:00:00Z' }],
        outcomes: [],
        where: {},
      },
    ]);
    expect(received!.superseding?.check).toMatchObject({ lane: 'green', supersedes: first.id });
    expect(received!.superseding?.check.early).toBeUndefined();
  });

  it('at registration makes the lane of a declaration without one early', async () => {
    const office = await started();
    const { registration: _, ...unregistered } = declaration();
    expect((await office.check({ ...unregistered, localReference: 'L1' })).early).toBe(true);
    expect((await office.check(declaration())).early).toBeUndefined();
  });
});

describe('who was told', () => {
  it('is named by the check that replaces what they were told', async () => {
    const office = await started();
    const first = await office.check(declaration(), 'key-1');
    const [received] = await office.office.receive([
      {
        kind: 'answer',
        declaration: first.declaration,
        aliases: [],
        trail: [{ kind: 'RELEASE', at: '2026-03-02T11:00:00Z' }],
        outcomes: [],
        where: {},
        by: 'key-2',
      },
    ]);
    const late = received!.superseding!.check;
    expect(late).toMatchObject({ by: 'key-2', told: ['key-1'], supersedes: first.id });
    expect(late.findings.map(({ rule }) => rule)).toContain('CON-903');
    const [paid] = await office.office.receive([
      {
        kind: 'answer',
        declaration: first.declaration,
        aliases: [],
        trail: [{ kind: 'PAY', at: '2026-03-02T10:00:00Z' }],
        outcomes: [],
        where: {},
      },
    ]);
    expect(paid!.superseding!.check).toMatchObject({ told: ['key-1', 'key-2'] });
    expect(paid!.superseding!.check.findings.map(({ rule }) => rule)).not.toContain('CON-903');
  });
});

describe('what an office is counted to have been given', () => {
  const draftOf = (localReference: string, change: Record<string, unknown> = {}) => {
    const { registration: _, ...rest } = declaration(change);
    return { ...rest, localReference };
  };

  it('holds no drafts: a day is not filled by what nobody has registered', async () => {
    const office = await started({ capacity: [{ lane: 'yellow', perDay: 1, instead: 'green' }] });
    for (let n = 0; n < 5; n += 1)
      expect((await office.check(draftOf(`L${n}`, overweight))).lane).toBe('yellow');
    expect((await office.check(declaration(overweight))).lane).toBe('yellow');
    const lowered = await office.check(declaration(overweight));
    expect(lowered).toMatchObject({ lane: 'green', reasons: [{ lane: 'green', lowered: 'yellow' }] });
    await office.restart();
    expect((await office.check(declaration(overweight))).circumstances!.counts).toMatchObject({
      declared: 2,
      today: { yellow: 1, green: 1 },
    });
  });

  it('counts a draft once, when it is registered, and fills expected rates from it then', async () => {
    const office = await started({ expected: [{ lane: 'yellow', rate: 0.5 }], mode: 'decide' });
    for (let n = 0; n < 20; n += 1) expect((await office.check(draftOf(`L${n}`))).lane).toBe('green');
    let filled = 0;
    for (let n = 0; n < 20; n += 1) {
      if (n === 10) await office.restart();
      const check = await office.check(declaration({ localReference: `L${n}` }));
      expect(check.circumstances!.counts).toMatchObject({ declared: n });
      expect(check.circumstances!.counts!.lanes.yellow ?? 0).toBe(filled);
      if (check.lane === 'yellow') filled += 1;
      expect((await replay(office.store, check.id)).same).toBe(true);
      // A later version is neither counted nor filled again.
      const amended = await office.check(
        declaration({ localReference: `L${n}`, totals: { items: 1, packages: 3 } }),
      );
      expect(amended.circumstances?.counts).toBeUndefined();
      expect(amended.lane).toBe(check.lane);
    }
    expect(filled).toBeGreaterThan(5);
    expect(filled).toBeLessThan(15);
  });

  it('selects hits of drafts without using up the hits in a row of what is registered', async () => {
    const office = await started({
      thresholds: [{ from: 1000, lane: 'red' }],
      maximumHits: { count: 2, lane: 'yellow' },
    });
    for (let n = 0; n < 3; n += 1)
      expect((await office.check(draftOf(`L${n}`, overweight))).lane).toBe('green');
    const lanes = [];
    for (let n = 0; n < 4; n += 1) lanes.push((await office.check(declaration(overweight))).lane);
    expect(lanes).toEqual(['green', 'green', 'yellow', 'green']);
  });
});
