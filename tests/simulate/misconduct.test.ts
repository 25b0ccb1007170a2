import { describe, expect, it } from 'vitest';
import type { DeclarationRecord } from '../../src/declaration/declaration.ts';
import type { EventKind, TrailEvent } from '../../src/declaration/trail.ts';
import { simulate, type Truth } from '../../src/simulate/administration.ts';
import { patterns } from '../../src/simulate/misconduct/table.ts';
import { type SimulationOptions, smallForm } from '../../src/simulate/options.ts';
import { referenceRecords } from '../../src/simulate/reference.ts';
import { inspectionThreshold } from '../../src/simulate/selection.ts';
import { collect, lastVersions } from './collect.ts';

const options: SimulationOptions = { ...smallForm, days: 220, declarations: 700, officers: 18 };
const clean = lastVersions(await collect(simulate(options)));

const all = (record: DeclarationRecord, kind: EventKind): TrailEvent[] =>
  (record.trail ?? []).filter((event) => event.kind === kind);
const at = (event: TrailEvent | undefined): number => Date.parse(event?.at ?? '');
const price = (record: DeclarationRecord): number => record.declaration.totals?.invoice?.amount ?? 0;

/** What a declaration in which it was done shows; `before` is the same declaration where it was not. */
const shows: Record<string, (record: DeclarationRecord, before: DeclarationRecord, truth: Truth) => boolean> =
  {
    'collusive-pairs': (record, before, { who }) => {
      const act = all(record, 'INSPECT')[0];
      return (
        who.some(
          ({ officer, broker }) => officer === act?.user && broker === record.declaration.declarant?.id,
        ) &&
        act?.result === 'conform' &&
        price(record) < price(before)
      );
    },
    'rubber-stamping': (record) => {
      const act = all(record, 'INSPECT')[0]!;
      return act.reason === 'conform' && act.result === 'conform';
    },
    'fruitless-rerouting': (record, before) =>
      all(record, 'REROUTE')[0]?.cause === 'up' &&
      all(before, 'REROUTE').length === 0 &&
      (record.outcomes ?? []).every(
        ({ result, control }) => result === 'conform' || control === 'post-clearance',
      ),
    'release-before-payment': (record) => {
      const payment = all(record, 'PAY')[0];
      return (
        all(record, 'RELEASE').length === 1 &&
        (payment === undefined || at(payment) > at(all(record, 'RELEASE')[0]))
      );
    },
    'red-without-examination': (record) =>
      all(record, 'LANE')[0]?.to === 'red' &&
      all(record, 'INSPECT').length === 0 &&
      all(record, 'RELEASE').length === 1,
    undervaluation: (record, before) =>
      // A correction brings the price back; the first version is what was declared.
      price(record) < 0.75 * price(before) || all(record, 'AMEND').length > 0,
    'neighbour-codes': (record, before) =>
      record.declaration.items.some((item, i) => item.hs !== before.declaration.items[i]?.hs) ||
      all(record, 'AMEND').length > 0,
    'origin-fraud': (record) =>
      record.declaration.items.some(({ preference }) => preference !== undefined) ||
      all(record, 'AMEND').length > 0,
    'reused-certificates': (record) =>
      record.declaration.items.some(({ preference }) => preference !== undefined) ||
      all(record, 'AMEND').length > 0,
    'overdue-warehouse': (record) => record.declaration.items[0]!.procedure === '7100',
    'batch-rerouting': (record) => {
      const move = all(record, 'REROUTE')[0];
      return (
        move?.cause === 'discretionary-down' &&
        move.reason === undefined &&
        all(record, 'INSPECT').length === 0
      );
    },
    'night-work': (record) => {
      const hour = Number(all(record, 'INSPECT')[0]!.at.slice(11, 13));
      return hour >= 22 || hour < 3;
    },
    'target-gaming': (record) => {
      const [first, again] = all(record, 'ASSESS');
      return (
        first!.at.slice(0, 10) === all(record, 'REGISTER')[0]!.at.slice(0, 10) &&
        all(record, 'REOPEN').length === 1 &&
        (again === undefined || at(again) > at(all(record, 'REOPEN')[0]))
      );
    },
    'threshold-bunching': (record, before) => {
      const cif = record.declaration.valuation?.cif?.amount ?? 0;
      return (
        (cif < inspectionThreshold && cif > 0.96 * inspectionThreshold) || price(record) === price(before)
      );
    },
    'shared-accounts': (record, _, { who }) =>
      (record.trail ?? []).some(({ user, terminal }) =>
        who.some(
          ({ officer, borrower }) => user === officer && terminal?.endsWith(`T${Number(borrower?.slice(2))}`),
        ),
      ),
    'criteria-changed': (record, before) =>
      all(record, 'LANE')[0]?.to === 'green' && all(before, 'LANE')[0]?.cause === 'criterion',
  };

describe('planted misconduct', () => {
  it('is shown here for every pattern of the table', () => {
    expect(Object.keys(shows).sort()).toEqual(patterns.map(({ pattern }) => pattern).sort());
  });

  it.each(patterns.map(({ pattern }) => pattern))(
    '%s shows in every declaration of the truth',
    async (pattern) => {
      // Of chiefs there are few, so all of them take part.
      const rate = pattern === 'criteria-changed' ? 1 : 0.4;
      const simulation = simulate({ ...options, misconduct: [{ pattern, rate, strength: 1 }] });
      const records = lastVersions(await collect(simulation));
      const [truth] = simulation.truth();
      expect(truth!.declarations.length).toBeGreaterThan(2);
      expect(truth!.who.length).toBeGreaterThan(0);
      // What is taken out of suspense has other numbers in another run, and nothing to be compared with.
      const silent = truth!.declarations
        .filter((key) => clean.has(key) && !/[WR]\d+$/.test(key))
        .filter((key) => !shows[pattern]!(records.get(key)!, clean.get(key)!, truth!));
      expect(silent).toEqual([]);
    },
  );

  it('leaves what it does not touch as it was', async () => {
    const simulation = simulate({
      ...options,
      misconduct: [{ pattern: 'origin-fraud', rate: 0.2, strength: 1 }],
    });
    const records = lastVersions(await collect(simulation));
    const culprits = new Set(simulation.truth()[0]!.who.map(({ trader }) => trader));
    let same = 0;
    for (const [key, record] of records) {
      if (culprits.has(record.declaration.consignee?.id)) continue;
      if (JSON.stringify(record.declaration) === JSON.stringify(clean.get(key)!.declaration)) same++;
      else expect(record.declaration.items[0]!.previous).toBeDefined();
    }
    expect(same).toBeGreaterThan(450);
  });

  it('makes the corrupt officer collect more per declaration, which nobody must reward', async () => {
    const simulation = simulate({
      ...options,
      offices: 2,
      declarations: 2_500,
      misconduct: [{ pattern: 'collusive-pairs', rate: 0.1, strength: 1 }],
    });
    const records = lastVersions(await collect(simulation));
    const corrupt = simulation.truth()[0]!.who[0]!.officer!;
    const office = simulation.officers.find(({ id }) => id === corrupt)!.office.id;
    const mean = (own: boolean): number => {
      const taxes = [...records.values()].flatMap((record) =>
        all(record, 'ASSESS')
          .filter(
            ({ user, office: place }) => user !== undefined && place === office && (user === corrupt) === own,
          )
          .map(({ tax }) => tax?.amount ?? 0),
      );
      return taxes.reduce((sum, tax) => sum + tax, 0) / taxes.length;
    };
    expect(mean(true)).toBeGreaterThan(1.1 * mean(false));
  });

  it('leaves its marks in the logs of the system', async () => {
    for (const [pattern, kind] of [
      ['shared-accounts', 'session'],
      ['criteria-changed', 'criterion'],
    ] as const) {
      const simulation = simulate({ ...options, misconduct: [{ pattern, rate: 0.4, strength: 1 }] });
      await collect(simulation);
      const events = [...referenceRecords[kind]!(simulation)];
      const plain = [...referenceRecords[kind]!(simulate(options))];
      expect(events.length).toBeGreaterThan(plain.length);
    }
  });
});
