/** Running sums by day give what looking through all rows gives: any order of instants, versions, outcomes and their ends. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Collections } from '../../src/check/collections.ts';
import { historyResolver } from '../../src/evidence/history.ts';
import { manyRows } from '../../src/evidence/memory/postings.ts';
import { type Memory, openMemory } from '../../src/evidence/memory.ts';
import { factCall } from '../../src/facts/call.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed } from '../../src/facts/change.ts';
import type { FactCall, FactValue } from '../../src/facts/model.ts';
import type { CollectionSpec, Document, Store } from '../../src/store/port.ts';
import { cleanDeclaration } from './clean.ts';

type Docs = Record<'declaration' | 'outcome' | 'event', Document[]>;

/** As much of a store as the memory asks for; what is added later is found later. */
const storeOf = (docs: Docs): Store =>
  ({
    collection: ({ name }: CollectionSpec) => ({
      since: async (cursor: number, limit: number) =>
        (docs[name as keyof Docs] ?? [])
          .slice(cursor, cursor + limit)
          .map((doc, index) => ({ doc, version: 1, seq: cursor + index + 1 })),
    }),
  }) as unknown as Store;

/** The same memory without sums: every question looks through all rows. */
const walking = (memory: Memory): Memory =>
  Object.create(memory, {
    traces: { get: () => ({ ...memory.traces, daily: () => undefined }) },
  }) as Memory;

const call = (fact: string, params: Record<string, FactValue>): FactCall =>
  factCall(factCatalogue.get(fact)!, params);
const windows = [{ days: 30 }, { days: 365 }, { days: 90, offset: 90 }];
const header: FactCall[] = ['declarant', 'consignee'].flatMap((of) => [
  ...windows.flatMap((window) => [
    call('history.count', { of, ...window }),
    call('history.value', { of, ...window }),
    call('history.controls', { of, ...window }),
    call('history.offenceRate', { of, control: 'physical', sample: 'random', ...window }),
    call('history.offenceRate', { of, ...window }),
    call('history.procedureShare', { of, procedure: '7', ...window }),
    call('history.exemptShare', { of, ...window }),
    call('history.unitValue', { of, ...window }),
    call('history.distinct', { of, member: 'netMass', ...window }),
    call('history.distinct', { of, member: 'consignee', ...window }),
    call('history.events', { of, kind: 'AMEND', ...window }),
  ]),
  call('history.firstSeen', { of }),
  call('history.lastSeen', { of }),
]);
const item: FactCall[] = ['consignee+hs6', 'hs6'].flatMap((of) => [
  ...windows.flatMap((window) => [
    call('item.history.count', { of, ...window }),
    call('item.history.value', { of, ...window }),
    call('item.history.unitValue', { of, ...window }),
    call('item.history.offenceRate', { of, ...window }),
    call('item.history.distinct', { of, member: 'netMass', ...window }),
    call('item.history.distinct', { of, member: 'origin', ...window }),
  ]),
  call('item.history.firstSeen', { of }),
]);

const at = (day: number, hour = 12): string => new Date(Date.UTC(2025, 0, 1 + day, hour)).toISOString();

interface Lodged {
  reference: number;
  version: number;
  day: number;
  consignee: number;
  recorded: number;
  hs: string[];
  value: number;
  mass: number | undefined;
  procedure: string | undefined;
  exempt: boolean;
}

function documentOf(one: Lodged): Collections['declaration'] {
  const declaration = cleanDeclaration();
  declaration.acceptedAt = at(one.day).slice(0, 10);
  declaration.consignee = { id: `C${one.consignee}` };
  declaration.items = one.hs.map((hs, index) => {
    const { netMass, procedure, ...item } = declaration.items[index % 2]!;
    return {
      ...item,
      number: index + 1,
      hs,
      cif: { amount: one.value + index, currency: 'EUR' },
      taxes: item.taxes!.map((line) => ({ ...line, payable: !one.exempt })),
      ...(one.mass === undefined ? {} : { netMass: one.mass }),
      ...(one.procedure === undefined ? {} : { procedure: one.procedure }),
    };
  });
  const reference = `R${one.reference}`;
  return {
    id: `${reference}#${one.version}`,
    reference,
    version: one.version,
    provisional: false,
    content: `${one.reference}-${one.version}`,
    office: 'XX001',
    flow: 'import',
    declarant: 'D1',
    consignee: `C${one.consignee}`,
    consignor: null,
    occurredAt: at(one.day),
    recordedAt: at(one.recorded),
    declaration,
  };
}

const lodged = fc.record({
  reference: fc.integer({ min: 1, max: 300 }),
  day: fc.integer({ min: 0, max: 500 }),
  consignee: fc.integer({ min: 1, max: 2 }),
  later: fc.integer({ min: 0, max: 3 }),
  hs: fc.array(fc.constantFrom('85171300', '61091000'), { minLength: 1, maxLength: 3 }),
  value: fc.integer({ min: 0, max: 900_000 }),
  mass: fc.option(
    fc.integer({ min: 0, max: 5_000_000 }).map((grams) => grams / 1000),
    { nil: undefined },
  ),
  procedure: fc.option(fc.constantFrom('4000', '7100', '4071'), { nil: undefined }),
  exempt: fc.boolean(),
});
const controlled = fc.record({
  reference: fc.integer({ min: 1, max: 300 }),
  control: fc.constantFrom('physical', 'documents'),
  result: fc.constantFrom('conform', 'value', 'hs'),
  status: fc.constantFrom('final', 'final', 'annulled', 'provisional'),
  random: fc.boolean(),
  on: fc.integer({ min: 0, max: 20 }),
  recorded: fc.integer({ min: 0, max: 520 }),
  item: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
});
const happened = fc.record({
  reference: fc.integer({ min: 1, max: 300 }),
  kind: fc.constantFrom('AMEND', 'AMEND', 'CANCEL', 'OFFENCE'),
  recorded: fc.integer({ min: 0, max: 520 }),
});

async function answers(memory: Memory, reference: string, day: number, asOf: string): Promise<FactValue[]> {
  const { declaration, sheet } = changed(cleanDeclaration(), {
    'declaration.acceptedAt': at(day).slice(0, 10),
    'consignee.id': 'C1',
  });
  sheet.calls = {};
  sheet.itemCalls = sheet.items.map(() => ({}));
  const subject = { reference, version: 1, declaration, trail: [], outcomes: [], recordedAt: asOf, sheet };
  await historyResolver(memory, () => 100)([subject], { declaration: header, item }, {});
  return [
    ...header.map(({ key }) => sheet.calls![key]),
    ...sheet.itemCalls.flatMap((one) => item.map(({ key }) => one[key])),
  ];
}

describe('running sums', () => {
  it('answer as the walk over all rows does, whatever the order of the instants', async () => {
    let summed = 0;
    let told = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(lodged, { minLength: 250, maxLength: 500 }),
        fc.array(controlled, { minLength: 150, maxLength: 300 }),
        fc.array(happened, { minLength: 200, maxLength: 400 }),
        fc.array(
          fc.tuple(
            fc.integer({ min: 0, max: 540 }),
            fc.integer({ min: 0, max: 540 }),
            fc.integer({ min: 1, max: 330 }),
          ),
          { minLength: 12, maxLength: 12 },
        ),
        async (declarations, controls, happenings, questions) => {
          const docs: Docs = { declaration: [], outcome: [], event: [] };
          const versions = new Map<number, number>();
          const declared = declarations
            .map((one) => ({ ...one, recorded: one.day + one.later }))
            .sort((a, b) => a.recorded - b.recorded)
            .map((one) => {
              const version = (versions.get(one.reference) ?? 0) + 1;
              versions.set(one.reference, version);
              return documentOf({ ...one, version });
            });
          const outcomes = controls
            .sort((a, b) => a.recorded - b.recorded)
            .map(({ reference, on, recorded, item, ...one }, index) => ({
              id: `O${index}`,
              declaration: `R${reference}`,
              at: at(on, 10),
              local: at(on, 10),
              enteredAt: null,
              officer: 'o-1',
              recordedAt: at(recorded, 18),
              ...(item === undefined ? {} : { item }),
              ...one,
            }));
          const events = happenings
            .sort((a, b) => a.recorded - b.recorded)
            .map(({ reference, kind, recorded }, index) => ({
              id: `E${index}`,
              declaration: `R${reference}`,
              kind,
              at: at(recorded, 11),
              local: at(recorded, 11),
              enteredAt: null,
              officer: null,
              recordedAt: at(recorded, 17),
            }));
          const memory = openMemory(storeOf(docs));
          // Half is there at first; the rest comes between the questions.
          const share = (list: readonly Document[], part: number) =>
            list.slice(0, Math.ceil((list.length * part) / questions.length));
          for (const [index, [day, asOf, own]] of questions.entries()) {
            docs.declaration = share(declared as never, index < 6 ? 6 : index + 1);
            docs.outcome = share(outcomes as never, index < 6 ? 6 : index + 1);
            docs.event = share(events as never, index < 6 ? 6 : index + 1);
            const asked = [`R${own}`, day, at(asOf, 13)] as const;
            const found = await answers(memory, ...asked);
            expect(found).toEqual(await answers(walking(memory), ...asked));
            told += found.filter((one) => typeof one === 'number' && one > 0).length;
            const { traces, names } = memory;
            if (traces.daily('declared', ['declarant'], [names.find('D1')]) !== undefined) summed++;
          }
        },
      ),
      { numRuns: 12 },
    );
    expect(summed).toBeGreaterThan(0);
    expect(told).toBeGreaterThan(1_000);
    expect(manyRows).toBeLessThan(250);
  }, 120_000);
});
