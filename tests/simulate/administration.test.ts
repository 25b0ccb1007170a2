import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { DeclarationRecord, type Item } from '../../src/declaration/declaration.ts';
import type { Money } from '../../src/declaration/money.ts';
import type { EventKind, TrailEvent } from '../../src/declaration/trail.ts';
import { identify } from '../../src/intake/identity.ts';
import { type Simulation, simulate } from '../../src/simulate/administration.ts';
import { checkDigit } from '../../src/simulate/container.ts';
import { type SimulationOptions, smallForm } from '../../src/simulate/options.ts';
import { referenceRecords } from '../../src/simulate/reference.ts';
import { referenceKinds } from '../../src/sources/reference/kinds.ts';
import { collect, lastVersions } from './collect.ts';

const options: SimulationOptions = { ...smallForm, offices: 5, officers: 30, days: 150, declarations: 2_000 };
const simulation: Simulation = simulate(options);
const records = await collect(simulation);
const last = lastVersions(records);

const amount = (money: Money | undefined): number => money?.amount ?? 0;
const sum = (items: readonly Item[], pick: (item: Item) => number): number =>
  items.reduce((total, item) => total + pick(item), 0);
const milli = (kilograms: number | undefined): number => Math.round((kilograms ?? 0) * 1000);
const when = (event: TrailEvent): number => Date.parse(event.at);
const first = (record: DeclarationRecord, kind: EventKind): TrailEvent | undefined =>
  record.trail?.find((event) => event.kind === kind);

/** What each declaration has to be, whatever version it is; the answer names the first thing that is not so. */
const invariants: Record<string, (record: DeclarationRecord) => unknown> = {
  'items are numbered and counted': ({ declaration: { items, totals } }) =>
    items.every((item, i) => item.number === i + 1) && totals?.items === items.length && items.length <= 41,
  'net mass is at most gross mass': ({ declaration: { items } }) =>
    items.every((item) => item.netMass! > 0 && item.netMass! <= item.grossMass!),
  'masses and packages add up': ({ declaration: { items, totals } }) =>
    milli(totals?.grossMass) === sum(items, (item) => milli(item.grossMass)) &&
    milli(totals?.netMass) === sum(items, (item) => milli(item.netMass)) &&
    totals?.packages === sum(items, (item) => item.packages![0]!.count!),
  'the invoice is the sum of the prices': ({ declaration: { items, totals, valuation } }) =>
    amount(totals?.invoice) === sum(items, (item) => amount(item.price)) &&
    amount(valuation?.invoice?.foreign) === amount(totals?.invoice),
  'CIF comes from its parts, and from its items': ({ declaration: { flow, items, valuation: v } }) =>
    flow === 'export' ||
    (amount(v?.cif) ===
      amount(v?.invoice?.national) +
        amount(v?.externalFreight?.national) +
        amount(v?.insurance?.national) +
        amount(v?.otherCosts?.national) -
        amount(v?.deductions?.national) &&
      amount(v?.cif) === sum(items, (item) => amount(item.cif)) &&
      items.every((item) => amount(item.cif) === amount(item.statisticalValue))),
  'national amounts are the foreign ones at the rate': ({ declaration: { valuation } }) =>
    Math.abs(
      amount(valuation?.invoice?.national) -
        (amount(valuation?.invoice?.foreign) / 100) * valuation!.invoice!.rate!,
    ) <= 0.5,
  'taxes are base times rate, and add up': ({ declaration: { items, totals } }) =>
    items.every(
      (item) =>
        (item.taxes ?? []).every((tax) => amount(tax.amount) === Math.round(tax.base! * tax.rate!)) &&
        amount(item.taxTotal) ===
          (item.taxes ?? []).reduce((all, tax) => all + (tax.payable ? amount(tax.amount) : 0), 0),
    ) && amount(totals?.taxes) === sum(items, (item) => amount(item.taxTotal)),
  'container numbers have their check digit, and one seal each': ({
    declaration: { containers = [], seals = [], transport },
  }) =>
    containers.every(({ number }) => checkDigit(number!.slice(0, 10)) === Number(number![10])) &&
    transport?.containerised === containers.length > 0 &&
    new Set(seals).size === containers.length,
  'the general procedure is the first digit of every procedure': ({
    declaration: { generalProcedure, items },
  }) => items.every((item) => item.procedure?.length === 4 && item.procedure[0] === generalProcedure),
  'a preference has its certificate': ({ declaration: { items } }) =>
    items.every(
      (item) => (item.preference !== undefined) === (item.documents ?? []).some(({ code }) => code === '954'),
    ),
  'suspended duties are guaranteed': ({ declaration: { items, guarantee, totals } }) =>
    !items.some((item) => item.taxGuaranteed !== undefined) ||
    amount(guarantee?.amount) === amount(totals?.guaranteed),
};

describe('every declaration of a simulated administration', () => {
  it('is accepted by the canonical schema', () => {
    const validate = new Ajv({ allErrors: true }).compile(DeclarationRecord);
    const wrong = records.filter((record) => !validate(record));
    expect(wrong.map(() => validate.errors)).toEqual([]);
    expect(last.size).toBeGreaterThan(1_700);
    expect(last.size).toBeLessThan(2_300);
  });

  it.each(Object.keys(invariants))('%s', (name) => {
    const broken = records.filter((record) => invariants[name]!(record) !== true);
    expect(broken.map(({ declaration }) => declaration.localReference)).toEqual([]);
  });

  it('has a reference of its own, and registration numbers without a gap', () => {
    const numbers = new Map<string, number[]>();
    for (const { declaration } of last.values()) {
      const { office, registration } = declaration;
      const key = `${office} ${registration?.serial} ${registration?.date?.slice(0, 4)}`;
      numbers.set(key, [...(numbers.get(key) ?? []), Number(registration?.number)]);
    }
    for (const [key, list] of numbers) {
      expect([key, list]).toEqual([key, list.map((_, i) => i + 1)]);
    }
    for (const record of last.values()) {
      expect(identify(record.declaration).reference).toBe(record.trail![0]!.id!.replace(/\/\d+$/, ''));
    }
  });

  it('shares no container, bill of lading or certificate with another', () => {
    for (const list of [
      [...last.values()].flatMap(({ declaration }) =>
        (declaration.containers ?? []).map(({ number }) => number),
      ),
      [...last.values()].map(({ declaration }) => declaration.billOfLading),
      [...last.values()].flatMap(({ declaration }) =>
        declaration.items.flatMap(({ documents = [] }) =>
          documents.filter(({ code }) => code === '954').map(({ reference }) => reference),
        ),
      ),
    ]) {
      expect(list.length).toBeGreaterThan(20);
      expect(new Set(list).size).toBe(list.length);
    }
  });
});

describe('the trail of a declaration', () => {
  const order: EventKind[] = [
    'LODGE',
    'REGISTER',
    'LANE',
    'ASSIGN',
    'INSPECT',
    'ASSESS',
    'PAY',
    'RELEASE',
    'EXIT',
    'PCA',
  ];

  it('goes through its steps in the lawful order, once each in good order', () => {
    for (const record of last.values()) {
      const times = order.map((kind) => first(record, kind)).filter((event) => event !== undefined);
      expect(times.map((event) => event.kind)).toEqual(
        [...times].sort((a, b) => when(a) - when(b)).map(({ kind }) => kind),
      );
      const count = (kind: EventKind) => record.trail!.filter((event) => event.kind === kind).length;
      for (const kind of ['LODGE', 'REGISTER', 'LANE', 'PAY', 'RELEASE', 'EXIT'] as const) {
        expect(count(kind)).toBeLessThanOrEqual(1);
      }
      // What was opened again is assessed again.
      expect(count('ASSESS')).toBeLessThanOrEqual(1 + count('REOPEN'));
    }
  });

  it('is now and then out of the ordinary and lawful all the same', () => {
    const all = [...last.values()].flatMap(({ trail = [] }) => trail);
    const reopened = all.filter(({ kind }) => kind === 'REOPEN');
    expect(reopened.length).toBeGreaterThan(0);
    expect(reopened.every(({ reason }) => reason !== undefined)).toBe(true);
    expect(all.some(({ kind, cause }) => kind === 'REROUTE' && cause === 'timeout')).toBe(true);
    const chiefs = new Set(simulation.officers.filter(({ role }) => role === 'chief').map(({ id }) => id));
    expect(all.some(({ kind, user }) => kind === 'REROUTE' && user !== undefined && chiefs.has(user))).toBe(
      true,
    );
  });

  it('has no release without what goes before it', () => {
    for (const record of last.values()) {
      if (first(record, 'RELEASE') === undefined) continue;
      const lane = first(record, 'LANE')!.to;
      expect(first(record, 'ASSESS')).toBeDefined();
      if (amount(record.declaration.totals?.taxes) > 0)
        expect(first(record, 'PAY')?.tax).toEqual(record.declaration.totals?.taxes);
      const down = record.trail!.some(({ cause }) => cause === 'discretionary-down');
      if (lane === 'red' && !down) expect(first(record, 'INSPECT')?.control).toBe('physical');
      const hold = first(record, 'HOLD');
      if (hold !== undefined)
        expect(when(first(record, 'UNHOLD')!)).toBeLessThanOrEqual(when(first(record, 'RELEASE')!));
      expect(first(record, 'CANCEL')).toBeUndefined();
    }
  });

  it('has officers do things only when they are on duty', () => {
    const duty = new Map<string, [number, number]>();
    for (const { user, day, from, to } of referenceRecords.duty!(simulation)) {
      duty.set(`${user} ${day}`, [Date.parse(String(from)), Date.parse(String(to))]);
    }
    const officers = new Set(simulation.officers.map(({ id }) => id));
    let acts = 0;
    for (const { trail = [] } of last.values()) {
      for (const event of trail) {
        if (event.user === undefined || !officers.has(event.user)) continue;
        const hours = duty.get(`${event.user} ${event.at.slice(0, 10)}`);
        expect([event.user, event.at, hours !== undefined]).toEqual([event.user, event.at, true]);
        expect(when(event)).toBeGreaterThanOrEqual(hours![0]);
        expect(when(event)).toBeLessThan(hours![1]);
        acts++;
      }
    }
    expect(acts).toBeGreaterThan(2_000);
  });

  it('ends at the end of the period', () => {
    const end = (simulation.end + 1) * 86_400_000;
    for (const { trail = [] } of last.values()) {
      for (const event of trail) expect(Date.parse(`${event.at.slice(0, 19)}Z`)).toBeLessThan(end);
    }
  });
});

describe('suspense', () => {
  it('is written off by what was entered and no more, by the same trader, in time', () => {
    const left = new Map<string, { net: number; packages: number }>();
    let withdrawals = 0;
    for (const { declaration } of last.values()) {
      for (const { previous = [], ...item } of declaration.items) {
        for (const link of previous) {
          const key = `${link.office}/${link.year}/${link.serial}${link.number}`;
          const entry = last.get(key)!.declaration;
          const source = entry.items.find(({ number }) => number === link.item)!;
          expect([entry.consignee?.id, source.hs]).toEqual([
            declaration.flow === 'export' ? declaration.consignor?.id : declaration.consignee?.id,
            item.hs,
          ]);
          const rest = left.get(`${key} ${link.item}`) ?? {
            net: milli(source.netMass),
            packages: source.packages![0]!.count!,
          };
          rest.net -= milli(link.netMassWrittenOff);
          rest.packages -= link.packagesWrittenOff!;
          expect(Math.min(rest.net, rest.packages)).toBeGreaterThanOrEqual(0);
          left.set(`${key} ${link.item}`, rest);
          withdrawals++;
        }
      }
    }
    expect(withdrawals).toBeGreaterThan(50);
    expect([...left.values()].some(({ packages }) => packages === 0)).toBe(true);
  });
});

describe('the reference records', () => {
  it.each(Object.keys(referenceRecords))('%s are of their kind, one a key and time', (kind) => {
    const { schema, key } = referenceKinds.get(kind)!;
    const validate = new Ajv({ allErrors: true }).compile(schema);
    const list = [...referenceRecords[kind]!(simulation)];
    expect(list.length).toBeGreaterThan(0);
    for (const record of list)
      expect([record, validate(record), validate.errors]).toEqual([record, true, null]);
    const names = list.map((record) => [...key, 'from'].map((name) => record[name]).join(' '));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the whole', () => {
  it('has every flow, lane, regime and kind of step that goes with good order', () => {
    const seen = new Set<string>();
    for (const { declaration, trail = [], outcomes = [] } of last.values()) {
      seen.add(declaration.flow).add(declaration.items[0]!.procedure!);
      for (const event of trail) seen.add(event.kind).add(`${event.kind} ${event.to} ${event.cause}`);
      for (const outcome of outcomes) seen.add(`found ${outcome.result}`);
    }
    for (const thing of [
      ...['import', 'export', 'transit', '4000', '7100', '5000', '8000', '4071', '3050', '1000'],
      ...[
        'MANIFEST',
        'ARRIVE',
        'QUERY',
        'ANSWER',
        'SCAN',
        'AMEND',
        'OFFENCE',
        'HOLD',
        'UNHOLD',
        'GUARANTEE',
        'CANCEL',
        'PCA',
      ],
      ...[
        'LANE red random',
        'LANE red criterion',
        'LANE yellow quota',
        'REROUTE green control-closed',
        'REROUTE red up',
      ],
      ...['found conform', 'found value', 'found hs', 'found quantity', 'found documents'],
    ]) {
      expect([thing, seen.has(thing)]).toEqual([thing, true]);
    }
  });

  it('is the same for the same options, and another for another seed', async () => {
    const small = { ...smallForm, declarations: 60 };
    const once = JSON.stringify(await collect(simulate(small)));
    expect(JSON.stringify(await collect(simulate(small)))).toBe(once);
    expect(JSON.stringify(await collect(simulate({ ...small, seed: 'other' })))).not.toBe(once);
  });
});
