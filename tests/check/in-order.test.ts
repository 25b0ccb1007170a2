/** Declarations that are lodged one after the other: what each sees, and what a crash between leaves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as specs from '../../src/check/collections.ts';
import { recordOf, startOffice, type TestOffice } from './office.ts';

let office: TestOffice;
beforeAll(async () => {
  office = await startOffice();
});
afterAll(() => office.close());

const declaration = (number: number, more: Record<string, unknown> = {}) => ({
  office: 'PORT',
  flow: 'import',
  registration: { serial: 'C', number: String(number), date: '2026-03-02' },
  items: [{ number: 1, hs: '10063000' }],
  ...more,
});
const lodge = (records: readonly Record<string, unknown>[]) =>
  office.office.lodge(
    records.map((content) => recordOf(content)),
    { inOrder: true, olderContent: 'known' },
  );

describe('declarations that are lodged in order', () => {
  it('are told one after the other, from one call to the next, though the clock stands still', async () => {
    const lodged = [
      ...(await lodge(Array.from({ length: 30 }, (_, i) => declaration(i)))),
      ...(await lodge(Array.from({ length: 30 }, (_, i) => declaration(100 + i)))),
    ];
    const told = lodged.map(({ check }) => check.recordedAt);
    expect(new Set(told).size).toBe(60);
    expect([...told].sort()).toEqual(told);
  });
  it('are told no earlier than now: registers that were written a moment ago are known to each', async () => {
    await office.restart();
    const now = office.desk.now().toISOString();
    const lodged = await lodge(Array.from({ length: 20 }, (_, i) => declaration(400 + i)));
    for (const { check } of lodged) expect(check.recordedAt >= now).toBe(true);
  });
  it('with a version of one that stands before it come as its second version', async () => {
    const changed = declaration(200, { items: [{ number: 1, hs: '10064000' }] });
    const [first, other, second] = await lodge([declaration(200), declaration(201), changed]);
    expect([first, other, second].map((each) => each!.check.version)).toEqual([1, 1, 2]);
    expect(second!.check.supersedes).toBe(first!.check.id);
  });
  it('are repeated when they are lodged again, and nothing is written', async () => {
    const checks = office.store.collection(specs.checks);
    const before = await checks.count();
    const again = await lodge([declaration(1), declaration(2)]);
    expect(again.map(({ repeated }) => repeated)).toEqual([true, true]);
    expect(await checks.count()).toBe(before);
  });
});

describe('a version that a crash left without a check', () => {
  it('is examined with the next call of the same content, first version or not', async () => {
    const declarations = office.store.collection(specs.declarations);
    const checks = office.store.collection(specs.checks);
    const [first] = await lodge([declaration(300)]);
    const changed = declaration(300, { items: [{ number: 1, hs: '87032319' }] });
    const [second] = await lodge([changed]);
    expect(second!.check.version).toBe(2);
    // As after a crash between the two commits.
    await checks.delete([second!.check.id]);
    expect(await declarations.get(`${second!.check.declaration}#2`)).toBeDefined();
    await office.restart();
    const [completed] = await lodge([changed]);
    expect(completed!.check).toMatchObject({ version: 2, supersedes: first!.check.id });
    expect(await checks.get(completed!.check.id)).toBeDefined();
  });
});
