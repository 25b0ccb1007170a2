/** Late events and outcomes: what was stored and not examined is examined when it is sent again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openOffice } from '../../src/check/lodge.ts';
import { type FindingRow, finding } from '../../src/projections/finding.ts';
import { project } from '../../src/projections/project.ts';
import { declaration } from '../service/harness.ts';
import { startOffice, type TestOffice } from './office.ts';

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
