/** What waited for its declaration under another name: sent again under any name, before or after, it is told once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventDocument, events, type OutcomeDocument, outcomes } from '../../src/check/collections.ts';
import type { Outcome, TrailEvent } from '../../src/declaration/trail.ts';
import type { AnswerRecord } from '../../src/intake/record.ts';
import { declaration } from '../service/harness.ts';
import { recordOf, startOffice, type TestOffice } from './office.ts';

let office: TestOffice;
beforeAll(async () => {
  office = await startOffice();
});
afterAll(() => office.close());

const amended: TrailEvent = { kind: 'AMEND', at: '2026-03-02T10:00:00+01:00', user: 'SMITH' };
const found: Outcome = {
  control: 'physical',
  result: 'quantity',
  status: 'final',
  at: '2026-03-02T12:00:00+01:00',
};
const numbered = { event: { ...amended, id: 'log-7' }, outcome: { ...found, id: 'act-7' } };
const plain = { event: amended, outcome: found };

let numbers = 0;
/** A declaration with three names: its reference, the declarant's own and the bare one. */
function named() {
  numbers += 1;
  const lrn = `INV-${numbers}`;
  const record = recordOf(declaration({ localReference: lrn }));
  return { record, reference: record.identity.reference, lrn, full: `B1/${lrn}` };
}

const answer = (name: string, { event, outcome } = plain): AnswerRecord => ({
  kind: 'answer',
  declaration: name,
  aliases: [],
  trail: [event],
  outcomes: [outcome],
  where: {},
});

async function told(names: readonly string[]) {
  const where = { column: 'declaration', op: 'in', value: names } as const;
  const [trail, results] = await Promise.all([
    office.store.collection<EventDocument>(events).find({ where, limit: 10 }),
    office.store.collection<OutcomeDocument>(outcomes).find({ where, limit: 10 }),
  ]);
  return { events: trail.docs, outcomes: results.docs };
}

type Named = ReturnType<typeof named>;
const stories: [string, typeof plain, (names: Named) => Promise<unknown>][] = [
  [
    'under the reference once the declaration is here',
    plain,
    async ({ record, reference, lrn }) => {
      await office.office.receive([answer(lrn)]);
      await office.office.lodge([record]);
      return office.office.receive([answer(reference)]);
    },
  ],
  [
    'under the reference, where the source numbers its events',
    numbered,
    async ({ record, reference, lrn }) => {
      await office.office.receive([answer(lrn, numbered)]);
      await office.office.lodge([record]);
      return office.office.receive([answer(reference, numbered)]);
    },
  ],
  [
    'under the same other name',
    plain,
    async ({ record, lrn }) => {
      await office.office.receive([answer(lrn)]);
      await office.office.lodge([record]);
      return office.office.receive([answer(lrn)]);
    },
  ],
  [
    'with the declaration itself',
    plain,
    async ({ record, lrn }) => {
      await office.office.receive([answer(lrn)]);
      const full = { ...record, trail: [plain.event], outcomes: [plain.outcome] };
      await office.office.lodge([full]);
      return office.office.lodge([full]);
    },
  ],
  [
    'under two names before the declaration is here',
    plain,
    async ({ record, reference, lrn, full }) => {
      await office.office.receive([answer(lrn)]);
      await office.office.receive([answer(full)]);
      await office.office.receive([answer(reference)]);
      return office.office.lodge([record]);
    },
  ],
];

it.each(stories)('an event and an outcome that waited, sent again %s, count once', async (_, given, tell) => {
  const names = named();
  office.clock.now = new Date('2026-03-02T12:00:00Z');
  await tell(names);
  const now = await told([names.reference, names.lrn, names.full]);
  expect(now.events).toHaveLength(1);
  expect(now.outcomes).toHaveLength(1);
  expect(now.events[0]).toMatchObject({ declaration: names.reference, kind: given.event.kind });
  expect(now.outcomes[0]).toMatchObject({ declaration: names.reference, office: 'XXA1' });
});

it('it keeps the moment at which it was first known, and what was told later under the reference', async () => {
  const { record, reference, lrn } = named();
  office.clock.now = new Date('2026-03-02T12:00:00Z');
  await office.office.receive([answer(lrn, numbered)]);
  office.clock.now = new Date('2026-03-02T13:00:00Z');
  const more = { ...numbered, event: { ...numbered.event, reason: 'weight' } };
  await office.office.receive([answer(reference, more)]);
  await office.office.lodge([record]);
  const { events: trail } = await told([reference, lrn]);
  expect(trail).toHaveLength(1);
  expect(trail[0]).toMatchObject({ reason: 'weight', recordedAt: '2026-03-02T12:00:00.000Z' });
});

it('an event that waits is not shown with what its id is made of, once it is at home', async () => {
  const { record, reference, lrn } = named();
  await office.office.receive([answer(lrn)]);
  await office.office.lodge([record]);
  const { events: trail } = await told([reference]);
  expect(trail[0]).not.toHaveProperty('mark');
});
