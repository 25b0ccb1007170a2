/**
 * A backtest of last March gives what live checks gave in March, although outcomes, amendments, lists, registers, tariff
 * and baselines were recorded, changed or annulled in April, some of them for days in March.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeHistory } from '../../src/backtest/history.ts';
import { backtest } from '../../src/backtest/run.ts';
import { resolvedFromStore } from '../../src/backtest/store-history.ts';
import { checks as checkSpec } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { answersOf, askedOf } from '../../src/check/evidence.ts';
import { type Office, openOffice } from '../../src/check/lodge.ts';
import { type OpenDesk, openDesk } from '../../src/check/open-desk.ts';
import { storedPeople } from '../../src/check/people.ts';
import { countryProfile } from '../../src/declaration/country-profile.ts';
import type { Outcome, TrailEvent } from '../../src/declaration/trail.ts';
import { loadList } from '../../src/evidence/lists/desk.ts';
import { factContext, factSheet } from '../../src/facts/sheet.ts';
import { identify } from '../../src/intake/identity.ts';
import type { Rulebook } from '../../src/rules/rulebook.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { sampleForm } from '../../src/simulate/options.ts';
import { referenceRecords } from '../../src/simulate/reference.ts';
import { openReferences, type ReferenceInput } from '../../src/sources/reference/store.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-march-'));
const march = { from: '2026-03-01', to: '2026-04-01' };
let store: Store;
let desk: OpenDesk;
let office: Office;
let clock = '2026-02-01T00:00:00.000Z';

afterAll(async () => {
  desk.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const utc = (instant: string): string => new Date(instant).toISOString();

interface Deed {
  at: string;
  run(): Promise<unknown>;
}

/** What the administration does, in the order in which it is recorded: lodgements, then what each day's work adds. */
function* agenda(
  records: { declaration: never; trail: TrailEvent[]; outcomes: Outcome[] }[],
): Generator<Deed> {
  for (const { declaration, trail, outcomes } of records) {
    const identity = identify(declaration);
    const registered = utc(trail.find(({ kind }) => kind === 'REGISTER')?.at ?? trail[0]!.at);
    const known = trail.filter(({ at }) => utc(at) <= registered);
    const where = {};
    yield {
      at: registered,
      run: () =>
        office.lodge([{ kind: 'declaration', identity, declaration, trail: known, outcomes: [], where }]),
    };
    const later = [
      ...trail
        .filter(({ at }) => utc(at) > registered)
        .map((event) => ({ at: utc(event.enteredAt ?? event.at), event })),
      ...outcomes.map((outcome) => ({ at: utc(outcome.enteredAt ?? outcome.at), outcome })),
    ];
    // Told at the end of each day, as systems that are read once a night do.
    const days = new Map<string, typeof later>();
    for (const one of later) {
      const day = one.at.slice(0, 10);
      days.set(day, [...(days.get(day) ?? []), one]);
    }
    for (const [day, told] of days)
      yield {
        at: `${day}T23:59:00.000Z`,
        run: () =>
          office.receive([
            {
              kind: 'answer',
              declaration: identity.reference,
              aliases: [],
              trail: told.flatMap((one) => ('event' in one ? [one.event] : [])),
              outcomes: told.flatMap((one) => ('outcome' in one ? [one.outcome] : [])),
              where,
            },
          ]),
      };
  }
}

const record = async (inputs: readonly ReferenceInput[]): Promise<void> => {
  await openReferences(store, storedPeople(store)).put(inputs, clock);
  await desk.refresh();
};
const watch = async (keys: readonly string[]): Promise<void> => {
  const csv = Buffer.from(`key,grade\n${keys.map((key) => `${key},B2`).join('\n')}\n`);
  const form = { kind: 'watch', owner: 'unit', origin: 'gazette' };
  await loadList(store, 'suspensions', csv, form, { by: 'test', at: clock });
  await desk.refresh();
};

/** The last check of each declaration that was recorded in March: what live checks gave. */
async function liveMarch(): Promise<Map<string, CheckDocument>> {
  const { docs } = await store.collection<CheckDocument>(checkSpec).find({
    where: {
      and: [
        { column: 'recordedAt', op: 'ge', value: march.from },
        { column: 'recordedAt', op: 'lt', value: march.to },
      ],
    },
    sort: [{ column: 'recordedAt', direction: 'asc' }],
    limit: 10_000,
  });
  return new Map(docs.map((check) => [check.declaration, check]));
}

const rulebook = () => desk.rulebook() as Rulebook;

const said = (findings: CheckDocument['findings']): string[] =>
  findings.map(({ rule, item, message }) => `${rule} ${item ?? ''} ${message.en}`).sort();

async function backtested(): Promise<Map<string, string[]>> {
  const evaluated = new Map<string, string[]>();
  const { compiled } = rulebook();
  for await (const records of resolvedFromStore(store, compiled.calls, march))
    for (const { reference, declaration, resolved } of records) {
      const sheet = factSheet(declaration, factContext(countryProfile(declaration.country!).parameters));
      evaluated.set(reference, said(compiled.evaluate({ ...sheet, ...resolved }).findings));
    }
  return evaluated;
}

let annulled = 0;
let suspended: string;
let traders: string[];

beforeAll(async () => {
  store = await openDuckdb(folder);
  desk = await openDesk({ store });
  office = openOffice({ ...desk, now: () => new Date(clock) }, store);
  const simulation = simulate({
    ...sampleForm,
    from: '2026-02-16',
    days: 48,
    offices: 2,
    officers: 8,
    declarations: 110,
  });
  const records: { declaration: never; trail: TrailEvent[]; outcomes: Outcome[] }[] = [];
  for await (const { declaration, trail = [], outcomes = [] } of simulation.records())
    records.push({ declaration: declaration as never, trail: [...trail], outcomes: [...outcomes] });
  await record(
    Object.entries(referenceRecords).flatMap(([kind, of]) =>
      [...of(simulation)].map((one) => ({ kind, record: one })),
    ),
  );
  traders = [
    ...new Set(
      records.map(({ declaration }) =>
        String((declaration as { consignee?: { id?: string } }).consignee?.id),
      ),
    ),
  ];
  suspended = traders[0]!;

  const deeds: Deed[] = [
    ...agenda(records),
    { at: '2026-03-01T00:30:00.000Z', run: () => desk.evidence!.renewBaselines!(clock) },
    { at: '2026-03-10T06:00:00.000Z', run: () => watch([traders[1]!]) },
    { at: '2026-03-20T06:00:00.000Z', run: () => watch([traders[2]!, traders[3]!]) },
    {
      at: '2026-03-15T06:00:00.000Z',
      run: () =>
        record([
          {
            kind: 'complete',
            record: { feed: 'trail', office: '*', until: '2026-03-14', from: '2026-03-01' },
          },
        ]),
    },
    // In April customs learns and changes what should have been known in March.
    { at: '2026-04-01T03:00:00.000Z', run: () => watch(traders) },
    {
      at: '2026-04-01T04:00:00.000Z',
      run: () =>
        record([
          { kind: 'trader', record: { id: suspended, status: 'suspended', from: '2026-02-01' } },
          {
            kind: 'complete',
            record: { feed: 'trail', office: '*', until: '2026-03-31', from: '2026-03-01' },
          },
          {
            kind: 'complete',
            record: { feed: 'declaration', office: '*', until: '2026-03-31', from: '2026-03-01' },
          },
          { kind: 'exchange-rate', record: { currency: 'USD', rate: 99, from: '2026-02-01' } },
          {
            kind: 'holiday',
            record: { office: '*', day: '2026-03-18', from: '2026-03-18', to: '2026-03-18' },
          },
        ]),
    },
    { at: '2026-04-01T05:00:00.000Z', run: () => desk.evidence!.renewBaselines!(clock) },
  ];
  for (const { at, run } of deeds.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    clock = at;
    await run();
  }
  // And amendments and outcomes of declarations of March.
  clock = '2026-04-20T12:00:00.000Z';
  for (const { declaration } of records.slice(0, 40)) {
    const { reference } = identify(declaration);
    await office.receive([
      {
        kind: 'answer',
        declaration: reference,
        aliases: [],
        trail: [{ kind: 'CANCEL', at: '2026-03-25T10:00:00+01:00', user: 'late.clerk' }],
        outcomes: [
          { control: 'post-clearance', result: 'value', status: 'final', at: '2026-03-26T10:00:00+01:00' },
        ],
        where: {},
      },
    ]);
  }
  // What controls had found by March is annulled, on appeal.
  for (const { declaration, outcomes } of records.slice(40)) {
    const stood = outcomes.filter(({ result, status, at }) => {
      return result !== 'conform' && status === 'final' && utc(at) < march.to;
    });
    annulled += stood.length;
    if (stood.length === 0) continue;
    await office.receive([
      {
        kind: 'answer',
        declaration: identify(declaration).reference,
        aliases: [],
        trail: [],
        outcomes: stood.map((outcome): Outcome => ({ ...outcome, status: 'annulled' })),
        where: {},
      },
    ]);
  }
}, 300_000);

describe('a backtest of last March', () => {
  it('gives each declaration the findings of its last live check in March, word by word', async () => {
    const live = await liveMarch();
    const again = await backtested();
    expect(live.size).toBeGreaterThan(40);
    expect(annulled).toBeGreaterThan(0);
    expect([...again.keys()].sort()).toEqual([...live.keys()].sort());
    for (const [reference, check] of live)
      expect([reference, again.get(reference)]).toEqual([reference, said(check.findings)]);
    // Not an empty promise: the facts that changed later had something to say.
    const rules = new Set([...live.values()].flatMap(({ findings }) => findings.map(({ rule }) => rule)));
    expect([...rules]).toEqual(expect.arrayContaining(['CON-005', 'CON-018', 'PTY-003A', 'PTY-008']));
  });

  it('rests on the same values of every fact, of history, lists, registers, baselines and trail', async () => {
    const live = await liveMarch();
    const { calls } = rulebook().compiled;
    const asked = askedOf(calls);
    let compared = 0;
    for await (const records of resolvedFromStore(store, calls, march))
      for (const { reference, declaration, recordedAt, resolved } of records) {
        const check = live.get(reference)!;
        // Where the last look found nothing new there is no check of that moment.
        if (check.recordedAt !== recordedAt) continue;
        expect([reference, answersOf(check.evidence, asked, declaration)]).toEqual([reference, resolved]);
        compared++;
      }
    expect(compared).toBeGreaterThan(30);
  });

  it('sees another March from April on: the same declarations under what is known now', async () => {
    const { compiled } = rulebook();
    let differs = 0;
    const before = await liveMarch();
    for await (const records of resolvedFromStore(store, compiled.calls, {}))
      for (const { reference, declaration, resolved } of records) {
        const check = before.get(reference);
        if (check === undefined) continue;
        const sheet = factSheet(declaration, factContext(countryProfile(declaration.country!).parameters));
        const now = said(compiled.evaluate({ ...sheet, ...resolved }).findings);
        if (JSON.stringify(now) !== JSON.stringify(said(check.findings))) differs++;
      }
    expect(differs).toBeGreaterThanOrEqual(20);
  });

  it('counts by the command what live checks counted, rule by rule', async () => {
    const live = await liveMarch();
    const run = await backtest({
      rulebook: rulebook(),
      history: storeHistory(store),
      window: march,
      threads: 1,
    });
    const counted = new Map<string, number>();
    for (const { findings } of live.values())
      for (const rule of new Set(findings.map(({ rule: id }) => id)))
        counted.set(rule, (counted.get(rule) ?? 0) + 1);
    expect(run.tally.declarations).toBe(live.size);
    const hits = new Map(
      run.rules.flatMap(({ id }, column) => {
        const count = run.tally.hits[column]!;
        return count === 0 ? [] : [[id, count] as const];
      }),
    );
    expect(Object.fromEntries(hits)).toEqual(Object.fromEntries(counted));
  });
});
