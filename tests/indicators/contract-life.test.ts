/**
 * The life of a contract by HTTP on simulated data: four years' Marches (and the first months of the last year) are imported as files,
 * sheets are drawn up, commented, countersigned, issued; each value, threshold and mark is held to sums that plain loops
 * make over the files. In the last year four officers reach their targets as they should not.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type PersonDocument, people } from '../../src/check/collections.ts';
import type { DeclarationRecord } from '../../src/declaration/declaration.ts';
import type { MarkSheet } from '../../src/indicators/contracts/sheet.ts';
import { confirmPhase, proposePhase } from '../../src/indicators/phase.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { smallForm } from '../../src/simulate/options.ts';
import { get, type Harness, post, startService } from '../service/harness.ts';
import { collect, lastVersions } from '../simulate/collect.ts';

type TrailEvent = NonNullable<DeclarationRecord['trail']>[number];

const office = 'XXP1';
const officers = 8;
let harness: Harness;
let all: Map<string, DeclarationRecord>;
/** Accounts by what they are made to do in the last year; `upright` does none of it. */
let who: Record<'reopens' | 'splits' | 'tokens' | 'drops' | 'upright', string>;
const surrogate = new Map<string, string>();
const keys: Record<string, string> = {};
const subjects = new Map<string, string>();
const bearer = (name: string) => ({ authorization: `Bearer ${keys[name]}` });

const of = ({ trail = [] }: DeclarationRecord, kind: string): TrailEvent[] =>
  trail.filter((event) => event.kind === kind);
const dayOf = ({ at }: TrailEvent): string => at.slice(0, 10);
const registered = (record: DeclarationRecord): string => dayOf(of(record, 'REGISTER')[0]!);
const assessor = (record: DeclarationRecord): string | undefined => of(record, 'ASSESS')[0]?.user;
const assigned = (record: DeclarationRecord): string | undefined => of(record, 'ASSIGN').at(-1)?.to;
const isSameDay = (record: DeclarationRecord): boolean =>
  of(record, 'ASSESS').length > 0 && dayOf(of(record, 'ASSESS')[0]!) === registered(record);
const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
const later = (at: string, hours: number): string =>
  `${new Date(Date.parse(at) + (hours + 1) * 3_600_000).toISOString().slice(0, 19)}+01:00`;

/** What is done to look better, and what everybody has as well: a dispute and a correction in every second case. */
function doctor(record: DeclarationRecord, i: number): void {
  const trail = record.trail!;
  const [assessed] = of(record, 'ASSESS');
  const officer = assigned(record);
  if (officer === undefined || assessed?.user !== officer) return;
  const own = (kind: string, at: string, more: object = {}): TrailEvent =>
    ({ ...assessed, id: `${assessed.id}/${kind}${at}`, kind, at, ...more }) as TrailEvent;
  if (i % 4 > 0 && assessed.tax !== undefined && assessed.tax.amount > 1_000) {
    const { amount, currency } = assessed.tax;
    const before = later(assessed.at, -0.01);
    const raised = Math.round(amount * (officer === who.tokens ? 1.004 : 1.1));
    trail.push(
      own('AMEND', before, {
        tax: { amount: raised, currency },
        taxBefore: { amount, currency },
        role: 'assessor',
      }),
    );
    for (const event of of(record, 'ASSESS')) event.tax = { amount: raised, currency };
    for (let k = 0; k < (officer === who.splits ? 3 : 1); k++)
      trail.push(
        own('OFFENCE', later(assessed.at, 0.01 * (k + 1)), {
          fine: { amount: 90_000, currency },
          tax: undefined,
        }),
      );
  }
  const outcomes = record.outcomes ?? [];
  if (i % 4 === 0 && outcomes.length > 0 && outcomes.every(({ result }) => result === 'conform')) {
    const at = later(assessed.at, 24 * 20);
    const audited = {
      ...outcomes[0]!,
      id: `${assessed.id}/audit`,
      control: 'post-clearance',
      result: 'value',
      at,
    };
    record.outcomes = [...outcomes, { ...audited, user: 'auditor' } as (typeof outcomes)[number]];
  }
  if (officer === who.reopens && isSameDay(record)) {
    trail.push(own('REOPEN', later(assessed.at, 24), { tax: undefined, reason: 'to be completed' }));
    trail.push(own('ASSESS', later(assessed.at, 25)));
  }
  if (officer === who.drops && i % 2 === 0) {
    const end = of(record, 'ASSIGN').at(-1)!.at;
    record.trail = trail.filter(({ at }) => at <= end);
    delete record.outcomes;
  }
}

async function simulated(year: number, declarations: number): Promise<DeclarationRecord[]> {
  const from = `${year}-02-01`;
  const form = { ...smallForm, seed: `life ${year}`, offices: 1, officers, assignment: 'random' as const };
  return collect(simulate({ ...form, from, days: 59, declarations }));
}

beforeAll(async () => {
  harness = await startService({ authentication: (store) => ({ keys: openKeys(store) }) });
  const issuer = openKeys(harness.store);
  for (const [name, role] of [
    ['feed', 'system'],
    ['chief', 'manager'],
    ['director', 'manager'],
    ['person', 'officer'],
  ] as const) {
    const { key, document } = await issuer.create({ label: name, role, days: 400 }, 'tests', new Date());
    keys[name] = key;
    subjects.set(name, `key:${document.id}`);
  }
  const records: DeclarationRecord[] = [];
  for (const year of [2023, 2024, 2025]) records.push(...(await simulated(year, 400)));
  const current = await simulated(2026, 1_200);
  const names = [...new Set(current.map(assigned).filter((name) => name !== undefined))].sort();
  const [reopens, splits, tokens, drops, upright] = names;
  who = { reopens: reopens!, splits: splits!, tokens: tokens!, drops: drops!, upright: upright! };
  [...lastVersions(current).values()].forEach(doctor);
  records.push(...current);
  all = lastVersions(records);
  const payload = records.map((record) => JSON.stringify(record)).join('\n');
  const answer = await harness.app.inject({
    method: 'POST',
    url: '/v1/import?file=declarations.ndjson',
    headers: { 'content-type': 'application/octet-stream', ...bearer('feed') },
    payload,
  });
  expect(answer.statusCode, answer.body.slice(0, 500)).toBe(200);
  expect(answer.json()).toMatchObject({ refused: 0 });
  await harness.settle();
  for (const [account, stored] of await harness.store.collection<PersonDocument>(people).getMany(names))
    surrogate.set(account, stored.doc.officer);
  await harness.store
    .collection<PersonDocument>(people)
    .put([{ id: subjects.get('person')!, officer: surrogate.get(who.upright)! }]);
  const decided = '2025-12-01T12:00:00.000Z';
  const phase = { office, phase: 'prescriptive' as const, from: '2026-01-01', grounds: 'decision' };
  const id = await proposePhase(harness.store, { ...phase, proposedBy: 'one' }, decided);
  await confirmPhase(harness.store, id, 'two', decided);
}, 180_000);
afterAll(() => harness.close());

const draw = async (account: string): Promise<MarkSheet> => {
  const asked = { contract: 'inspector', subject: surrogate.get(account), period: '2026-03', office };
  const { status, body } = await post(harness, '/v1/mark-sheets', asked, bearer('chief'));
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
};

const registeredIn = (month: string): DeclarationRecord[] =>
  [...all.values()].filter((record) => registered(record).startsWith(month));
const percent = (records: readonly DeclarationRecord[], is: (record: DeclarationRecord) => boolean): number =>
  (100 * records.filter(is).length) / records.length;
const middle = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!;
};
const hoursBetween = (from: TrailEvent, to: TrailEvent): number =>
  (Date.parse(to.at) - Date.parse(from.at)) / 3_600_000;
/** Who brought about a correction, else who examined, else who assessed. */
const answersFor = (record: DeclarationRecord): string | undefined =>
  of(record, 'AMEND').find(({ role }) => role === 'assessor')?.user ??
  (of(record, 'INSPECT')[0] ?? of(record, 'SCAN')[0])?.user ??
  assessor(record);

const isCancelled = (record: DeclarationRecord): boolean => of(record, 'CANCEL').length > 0;

/** Hours in hands: registration to assessment without the time in which an answer was awaited. */
function inHands(record: DeclarationRecord): number {
  const [assessed] = of(record, 'ASSESS');
  let hours = hoursBetween(of(record, 'REGISTER')[0]!, assessed!);
  for (const query of of(record, 'QUERY').filter(({ at }) => at < assessed!.at)) {
    const answer = of(record, 'ANSWER').find(({ at }) => at > query.at);
    if (answer !== undefined) hours -= hoursBetween(query, answer);
  }
  return hours;
}

interface Told {
  /** Month of the cases, counted back from the sheet's own. */
  month: '02' | '03';
  whose: (record: DeclarationRecord) => string | undefined;
  value: (records: readonly DeclarationRecord[], year: number) => number;
  /** How far a value may be from it, of itself: percentiles come from bins. */
  within?: number;
}
const told: Record<string, Told> = {
  sameDay: { month: '03', whose: assessor, value: (records) => percent(records, isSameDay) },
  slowTail: {
    month: '03',
    whose: assessor,
    value: (records) =>
      percent(records, (record) => days(registered(record), dayOf(of(record, 'ASSESS')[0]!)) >= 5),
  },
  // Nothing was said of hours or rosters.
  handsClock: {
    month: '03',
    whose: assessor,
    value: (records) => middle(records.map(inHands)),
    within: 0.05,
  },
  stock: {
    month: '02',
    whose: assigned,
    value: (records, year) =>
      percent(records, (record) => {
        const assessed = of(record, 'ASSESS')[0];
        const isOpen = assessed === undefined || dayOf(assessed) > `${year}-03-31`;
        return isOpen && !isCancelled(record) && days(registered(record), `${year}-03-31`) > 30;
      }),
  },
};

describe('a monthly sheet on simulated data', () => {
  let sheets: Map<string, MarkSheet>;
  beforeAll(async () => {
    sheets = new Map();
    for (const account of Object.values(who)) sheets.set(account, await draw(account));
  }, 120_000);

  it('has the values and thresholds that plain sums over the files give, and marks that follow from them', () => {
    let marked = 0;
    for (const [account, { results, total }] of sheets) {
      for (const result of results) {
        const { objective, value, n, threshold, achievement, mark, why } = result;
        const words = `${account} ${JSON.stringify(result)}`;
        const by = told[objective];
        if (by !== undefined) {
          const close = (one: number, other: number) =>
            expect(Math.abs(one - other), words).toBeLessThanOrEqual((by.within ?? 1e-9) * Math.abs(other));
          const own = registeredIn(`2026-${by.month}`).filter((record) => by.whose(record) === account);
          expect(n, words).toBe(own.length);
          close(value!, by.value(own, 2026));
          const history = [2025, 2024, 2023].map((year) => ({
            period: `${year}-${by.month}`,
            records: registeredIn(`${year}-${by.month}`).filter((record) => by.whose(record) !== undefined),
            year,
          }));
          expect(
            threshold!.origin.map((each) => [each.period, each.n]),
            words,
          ).toEqual(history.map(({ period, records }) => [period, records.length]));
          for (const [i, { records, year }] of history.entries())
            close(threshold!.origin[i]!.value, by.value(records, year));
        }
        if (threshold !== undefined)
          expect(threshold.value, words).toBeCloseTo(
            middle(threshold.origin.map((each) => each.value)) * (threshold.work ?? 1),
            9,
          );
        if (mark === null) {
          expect(why, words).toBeDefined();
          continue;
        }
        marked += 1;
        const isUp = ['sameDay', 'hits', 'corrections'].includes(objective);
        const reached = isUp ? value! / threshold!.value : value === 0 ? 1 : threshold!.value / value!;
        expect(achievement === null ? null : Math.min(1, achievement), words).toBeCloseTo(
          Math.min(1, reached),
          9,
        );
        expect(mark, words).toBeCloseTo(20 * Math.min(1, reached), 9);
      }
      const given = results.filter(({ mark }) => mark !== null);
      if (given.length === 0) {
        expect(total, account).toBeNull();
        continue;
      }
      const sum = (of: (result: (typeof given)[number]) => number) =>
        given.reduce((all, result) => all + of(result), 0);
      expect(total, account).toBeCloseTo(
        sum(({ coefficient, mark }) => coefficient! * mark!) / sum(({ coefficient }) => coefficient!),
        9,
      );
    }
    expect(marked).toBeGreaterThan(10);
  });

  it('holds a mark for how a target was reached, of the officer who did it and of nobody else', () => {
    const fired = (check: string): string[] =>
      [...sheets]
        .filter(([, { gaming }]) => gaming!.find((each) => each.check === check)!.state === 'look closer')
        .map(([account]) => account);
    const words = JSON.stringify([...sheets].map(([account, { gaming }]) => [account, gaming]));
    expect([fired('G01'), fired('G02'), fired('G03'), fired('G04')], words).toEqual([
      [who.reopens],
      [who.splits],
      [who.tokens],
      [who.drops],
    ]);
    const resultOf = (account: string, id: string) =>
      sheets.get(account)!.results.find(({ objective }) => objective === id)!;
    for (const [account, id, check] of [
      [who.reopens, 'sameDay', 'G01'],
      [who.splits, 'corrections', 'G02'],
      [who.tokens, 'corrections', 'G03'],
      [who.drops, 'stock', 'G04'],
    ] as const) {
      const result = resultOf(account, id);
      expect([result.mark, result.gaming], `${account} ${id}`).toEqual([null, [check]]);
      expect(result.why, `${account} ${id}`).toMatch(/^held|^too few cases/);
    }
    expect(resultOf(who.upright, 'corrections').why).toBeUndefined();
  });

  it('is commented by the person, countersigned by another, issued, and then stays as it was', async () => {
    const { id, drawnUpAt, total } = sheets.get(who.upright)!;
    const address = `/v1/mark-sheets/${encodeURIComponent(id)}`;
    const step = async (name: string, what: string, body: object = {}) => {
      const answer = await post(harness, `${address}/${what}`, body, bearer(name));
      return answer.body.code ?? answer.body.status;
    };
    expect(await step('chief', 'issue')).toBe('CC_CONFLICT');
    expect(await step('person', 'comment', { text: 'agreed', drawnUpAt })).toBe('commented');
    expect(await step('chief', 'countersign')).toBe('CC_CONFLICT');
    expect(await step('director', 'countersign')).toBe('countersigned');
    expect(await step('chief', 'issue')).toBe('issued');
    const asked = { contract: 'inspector', subject: surrogate.get(who.upright), period: '2026-03', office };
    expect((await post(harness, '/v1/mark-sheets', asked, bearer('chief'))).body.code).toBe('CC_CONFLICT');
    const { body } = await get(harness, address, bearer('person'));
    expect(body).toMatchObject({ status: 'issued', total, comment: { text: 'agreed' } });
  });
});

describe('training needs on simulated data', () => {
  it('are the audits’ findings on what his controls had found conform, and what they found', async () => {
    const query = `office=${office}&from=2026-02-01&to=2026-03-31`;
    let subjects = 0;
    for (const account of Object.values(who)) {
      const officer = surrogate.get(account)!;
      const { body } = await get(harness, `/v1/training-needs?officer=${officer}&${query}`, bearer('chief'));
      const missed = new Map<string, number>();
      for (const record of [...registeredIn('2026-02'), ...registeredIn('2026-03')]) {
        const outcomes = (record.outcomes ?? []).filter(({ status }) => status === 'final');
        const audited = outcomes.filter(({ control }) => control === 'post-clearance');
        const own = outcomes.filter(({ control }) => control !== 'post-clearance');
        if (own.length === 0 || own.some(({ result }) => result !== 'conform')) continue;
        if (answersFor(record) !== account) continue;
        for (const { result } of audited)
          if (result !== 'conform') missed.set(result, (missed.get(result) ?? 0) + 1);
      }
      expect(
        Object.fromEntries(
          body.data.map((need: { subject: string; missed: number }) => [need.subject, need.missed]),
        ),
        account,
      ).toEqual(Object.fromEntries(missed));
      subjects += missed.size;
    }
    expect(subjects).toBeGreaterThan(0);
  });
});

describe('a yearly sheet of a firm', () => {
  afterAll(() => vi.useRealTimers());

  it('has the values and thresholds that plain sums over the files give', async () => {
    const counts = new Map<string, number>();
    const firmOf = ({ declaration }: DeclarationRecord): string | undefined =>
      declaration.flow === 'import' ? declaration.consignee?.id : undefined;
    const inYear = (year: number) => registeredIn(`${year}-`);
    for (const record of inYear(2026))
      if (firmOf(record) !== undefined) counts.set(firmOf(record)!, (counts.get(firmOf(record)!) ?? 0) + 1);
    const [subject] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2027-02-01T09:00:00Z') });
    const asked = { contract: 'firm', subject, period: '2026', office };
    const { status, body } = await post(harness, '/v1/mark-sheets', asked, bearer('chief'));
    expect(status, JSON.stringify(body)).toBe(201);
    const between = (records: readonly DeclarationRecord[], from: string, to: string): number =>
      middle(
        records
          .filter((record) => of(record, from).length > 0 && of(record, to).length > 0)
          .map((record) => hoursBetween(of(record, from).at(0)!, of(record, to).at(-1)!) / 24),
      );
    const unpaid = (records: readonly DeclarationRecord[]): number =>
      percent(
        records.filter((record) => of(record, 'ASSESS').length > 0 && !isCancelled(record)),
        (record) => of(record, 'PAY').length + of(record, 'GUARANTEE').length === 0,
      );
    const values: Record<string, (records: readonly DeclarationRecord[]) => number> = {
      lead: (records) => between(records, 'MANIFEST', 'REGISTER'),
      removal: (records) => between(records, 'PAY', 'EXIT'),
      unpaid,
    };
    const results = (body as MarkSheet).results;
    for (const [objective, value] of Object.entries(values)) {
      const result = results.find((each) => each.objective === objective)!;
      const words = JSON.stringify(result);
      const near = (one: number, other: number) =>
        expect(Math.abs(one - other), `${words} ${other}`).toBeLessThanOrEqual(0.05 * Math.abs(other) + 1e-9);
      near(result.value!, value(inYear(2026).filter((record) => firmOf(record) === subject)));
      const before = [2025, 2024, 2023].map((year) =>
        value(inYear(year).filter((record) => firmOf(record) !== undefined)),
      );
      near(result.threshold!.value, middle(before));
      if (result.mark !== null) {
        const reached = result.value === 0 ? 1.5 : result.threshold!.value / result.value!;
        expect(result.mark, words).toBeCloseTo(20 * Math.min(1.5, reached), 9);
      }
    }
    expect(results.filter(({ mark }) => mark !== null).length).toBeGreaterThan(0);
  }, 60_000);
});
