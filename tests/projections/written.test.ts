/** What is read ahead for a later step, and what retention does to it meanwhile. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checks, declarations } from '../../src/check/collections.ts';
import { noteRemoved } from '../../src/projections/removed.ts';
import { readWritten } from '../../src/projections/written.ts';
import { recordOf, startOffice, type TestOffice } from '../check/office.ts';
import { declaration } from '../service/harness.ts';

let office: TestOffice;
beforeEach(async () => {
  office = await startOffice();
});
afterEach(() => office.close());

/** Three moments of declarations, of which the second is read ahead when the first is folded. */
async function threeMoments(): Promise<string[][]> {
  const moments: string[][] = [];
  for (let moment = 0; moment < 3; moment += 1) {
    const lodged = await office.office.lodge([0, 1, 2].map(() => recordOf(declaration())));
    moments.push(lodged.map(({ check }) => check.declaration));
    office.clock.now = new Date(office.clock.now.getTime() + 60_000);
  }
  return moments;
}
const beginning = { declaration: 0, event: 0, outcome: 0, check: 0 };

it('is folded from memory, as it was read', async () => {
  const [first, second] = await threeMoments();
  const reader = readWritten(office.store);
  const one = await reader.next(beginning, 5);
  expect([...one.whole.keys()].sort()).toEqual([...first!].sort());
  const two = await reader.next(one.position, 5);
  expect([...two.whole.keys()].sort()).toEqual([...second!].sort());
});

it('is looked up anew where retention has removed something since, which may be it', async () => {
  const [, second] = await threeMoments();
  const reader = readWritten(office.store);
  const one = await reader.next(beginning, 5);
  await noteRemoved(office.store, ['2026-03-02'], '2026-03-03T00:00:00.000Z');
  const gone = { column: 'reference', op: 'eq', value: second![0]! } as const;
  await office.store.collection(declarations).purge(gone);
  await office.store.collection(checks).purge({ ...gone, column: 'declaration' });
  const two = await reader.next(one.position, 5);
  // It is touched, and nothing of it will be found; the others are read again, for nobody knows which one it was.
  expect([...two.touched].sort()).toEqual([...second!].sort());
  expect(two.whole.has(second![0]!)).toBe(false);
});
