/** Late events and outcomes: what was stored and not examined is examined when it is sent again. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  checks,
  type EventDocument,
  events,
  type OutcomeDocument,
  outcomes,
} from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { openOffice } from '../../src/check/lodge.ts';
import { contentHash } from '../../src/ground/canonical.ts';
import { type FindingRow, finding } from '../../src/projections/finding.ts';
import { project } from '../../src/projections/project.ts';
import type { Collection, CollectionSpec, Store } from '../../src/store/port.ts';
import { declaration } from '../service/harness.ts';
import { recordOf, startOffice, type TestOffice } from './office.ts';

let office: TestOffice;
beforeAll(async () => {
  office = await startOffice();
});
afterAll(() => office.close());

const release = (reference: string) => ({
  kind: 'answer' as const,
  declaration: reference,
  aliases: [],
  trail: [{ kind: 'RELEASE' as const, at: '2026-03-02T11:00:00Z' }],
  outcomes: [],
  where: {},
});

it('an event that was stored before the facts failed is examined when it comes again', async () => {
  const first = await office.check(declaration());
  office.clock.now = new Date('2026-03-02T13:00:00Z');
  const failing = {
    ...office.desk,
    evaluator: () => ({
      ...office.desk.evaluator(),
      evaluate: () => Promise.reject(new Error('history does not answer')),
    }),
  };
  await expect(openOffice(failing, office.store).receive([release(first.declaration)])).rejects.toThrow(
    'history',
  );
  const [again] = await office.office.receive([release(first.declaration)]);
  expect(again).toMatchObject({ events: 0, repeated: 1 });
  expect(again!.superseding!.check).toMatchObject({ supersedes: first.id });
  expect(again!.superseding!.check.findings.map(({ rule }) => rule)).toContain('CON-903');
  const [third] = await office.office.receive([release(first.declaration)]);
  expect(third!.superseding).toBeUndefined();
});

it('an outcome confirms or refutes the finding that it names, and the last word stands', async () => {
  const first = await office.check(declaration({ items: [{ number: 1, grossMass: 1, netMass: 2 }] }));
  const outcome = (verdict: 'confirmed' | 'refuted', at: string) => ({
    ...release(first.declaration),
    trail: [],
    outcomes: [
      { control: 'physical', result: 'quantity', status: 'final', at, rule: 'FMT-901', verdict } as const,
    ],
  });
  const row = async () => {
    await project(office.store);
    const { docs } = await office.store.collection<FindingRow>(finding.spec).find({
      where: { column: 'check', op: 'eq', value: first.id },
      limit: 10,
    });
    return docs.find(({ rule }) => rule === 'FMT-901');
  };
  await office.office.receive([outcome('confirmed', '2026-03-02T12:00:00Z')]);
  expect(await row()).toMatchObject({ verdict: 'confirmed', confirmed: 1, refuted: 0, judged: 1 });
  await office.office.receive([outcome('refuted', '2026-03-03T12:00:00Z')]);
  expect(await row()).toMatchObject({ verdict: 'refuted', confirmed: 0, refuted: 1 });
});

/** The same store, in which new events are written only once a gate opens. */
function gated(store: Store, gate: Promise<unknown>, change: Partial<Store> = {}): Store {
  return {
    ...store,
    ...change,
    collection<T extends { id: string }>(spec: CollectionSpec) {
      const collection = store.collection<T>(spec);
      if (spec.name !== 'event') return collection;
      return {
        ...collection,
        async putNew(docs: readonly T[]) {
          await gate;
          return collection.putNew(docs);
        },
      };
    },
  };
}

const called = (lrn: string) => ({ ...release(lrn), trail: [{ ...release(lrn).trail[0]!, user: 'SMITH' }] });
const trailOf = async (names: readonly string[]) =>
  (
    await office.store
      .collection<EventDocument>(events)
      .find({ where: { column: 'declaration', op: 'in', value: names }, limit: 10 })
  ).docs;

it('an event under another name does not wait for a declaration that is lodged while it comes in', async () => {
  const record = recordOf(declaration({ localReference: 'LRN-race' }));
  const { reference } = record.identity;
  const gate = pause(300);
  const there = openOffice(office.desk, gated(office.store, gate));
  const receiving = there.receive([called('LRN-race')]);
  // Asked whether it is here, the registry has said no by now.
  await pause(100);
  await there.lodge([record]);
  await receiving;
  expect(await trailOf([reference, 'LRN-race'])).toMatchObject([{ declaration: reference, kind: 'RELEASE' }]);
  const { docs } = await office.store
    .collection<CheckDocument>(checks)
    .find({ where: { column: 'declaration', op: 'eq', value: reference }, limit: 10 });
  expect(docs.flatMap(({ findings }) => findings.map(({ rule }) => rule))).toContain('CON-903');
});

it('nor for one that another replica lodges meanwhile', async () => {
  const record = recordOf(declaration({ localReference: 'LRN-far' }));
  const { reference } = record.identity;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const later: (() => Promise<void>)[] = [];
  const one = openOffice(office.desk, gated(office.store, gate, { exclusive: false }));
  const other = openOffice(office.desk, { ...office.store, exclusive: false });
  const receiving = one.receive([called('LRN-far')]);
  await pause(100);
  await other.lodge([record]);
  // What is to be looked at again later is looked at by hand; the store's own timers go on.
  const { setTimeout: usual } = globalThis;
  const timers = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((
    work: () => Promise<void>,
    ms?: number,
  ) => {
    if (ms !== 10_000) return usual(work, ms);
    later.push(work);
    return { unref() {} };
  }) as never);
  open();
  expect(await receiving).toMatchObject([{ known: false }]);
  timers.mockRestore();
  expect(later).toHaveLength(1);
  for (const look of later) await look();
  const own = (await trailOf([reference])) as unknown[];
  expect(own).toHaveLength(1);
  const last = await office.office.receive([release(reference)]);
  expect(last[0]!.known).toBe(true);
  // What lay under the other name comes home with the next lodging, and counts once.
  await office.office.lodge([{ ...record, trail: [] }]);
  expect(await trailOf(['LRN-far'])).toEqual([]);
});

describe('the id of an event that its source does not number', () => {
  const event = { kind: 'RELEASE', at: '2026-03-02T11:00:00+01:00', user: 'jo' } as const;
  const found = { control: 'physical', result: 'value', status: 'final', at: event.at, user: 'jo' } as const;
  const formerly = (kind: 'E' | 'U', reference: string, given: object) => [
    `${kind}-${contentHash([reference, contentHash(given)]).slice(0, 32)}`,
    `${kind}-${contentHash([reference, given]).slice(0, 32)}`,
  ];

  it('cannot be tried for the account of who did it', async () => {
    const { declaration: reference } = await office.check(declaration());
    await office.office.receive([{ ...release(reference), trail: [event] }]);
    const [stored] = await trailOf([reference]);
    const guesses = ['jo', stored!.officer!].flatMap((user) => formerly('E', reference, { ...event, user }));
    expect(guesses.slice(0, 2)).not.toContain(stored!.id);
    expect(JSON.stringify(stored)).not.toContain('"jo"');
  });

  it('is another for another account, and the same when it is sent again', async () => {
    const { declaration: reference } = await office.check(declaration());
    await office.office.receive([{ ...release(reference), trail: [event] }]);
    const [again] = await office.office.receive([
      { ...release(reference), trail: [event, { ...event, user: 'al' }] },
    ]);
    expect(again).toMatchObject({ events: 1, repeated: 1 });
  });

  it.each([0, 1])(
    'of an earlier release (%i) is known: an extract read again doubles nothing',
    async (former) => {
      const record = recordOf(declaration());
      const { reference } = record.identity;
      await office.office.lodge([{ ...record, trail: [event], outcomes: [found] }]);
      const collections = [
        [office.store.collection<EventDocument>(events), formerly('E', reference, event)[former]!],
        [office.store.collection<OutcomeDocument>(outcomes), formerly('U', reference, found)[former]!],
      ] as const;
      const where = { column: 'declaration', op: 'eq', value: reference } as const;
      for (const [collection, id] of collections) {
        const [doc] = (await collection.find({ where, limit: 2 })).docs;
        await collection.delete([doc!.id]);
        await (collection as Collection<{ id: string }>).put([{ ...doc!, id }]);
      }
      await office.office.receive([{ ...release(reference), trail: [event], outcomes: [found] }]);
      await office.office.lodge([{ ...record, trail: [event], outcomes: [found] }], {
        olderContent: 'known',
      });
      for (const [collection, id] of collections)
        expect((await collection.find({ where, limit: 5 })).docs.map((doc) => doc.id)).toEqual([id]);
    },
  );
});
