/** Which declarations are one: by names that are their own, whether they come together or apart, and by no others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventDocument, events } from '../../src/check/collections.ts';
import { declaration } from '../service/harness.ts';
import { recordOf, startOffice, type TestOffice } from './office.ts';

let office: TestOffice;
beforeAll(async () => {
  office = await startOffice();
});
afterAll(() => office.close());

const registered = (declarant: string, localReference: string, change: Record<string, unknown> = {}) =>
  recordOf(declaration({ declarant: { id: declarant }, localReference, ...change }));
const draft = (declarant: string, localReference: string) => {
  const { registration: _, ...rest } = declaration({ declarant: { id: declarant }, localReference });
  return recordOf(rest);
};
async function lodged(records: ReturnType<typeof draft>[], inOrder = false): Promise<string[]> {
  const all = await office.office.lodge(records, inOrder ? { olderContent: 'known', inOrder } : {});
  return all.map(({ check }) => `${check.declaration}#${check.version}`);
}

describe('a draft and its registration', () => {
  it.each([false, true])('are one declaration where they come together (in order: %s)', async (inOrder) => {
    const lrn = `together-${inOrder}`;
    const registration = registered('B1', lrn);
    const later = { ...registration.declaration, totals: { items: 1, packages: 7 } };
    const amended = recordOf({ ...later, localReference: undefined } as never);
    expect(await lodged([draft('B1', lrn), registration, amended], inOrder)).toEqual([
      `B1/${lrn}#1`,
      `B1/${lrn}#2`,
      `B1/${lrn}#3`,
    ]);
  });

  it('leave alone what is registered under the same reference of the trader', async () => {
    const two = [registered('B1', 'each'), registered('B1', 'each')];
    expect(await lodged(two)).toEqual(two.map(({ identity }) => `${identity.reference}#1`));
  });
});

describe('the reference of a declarant', () => {
  it('is no other declarant’s, in drafts and in what is registered, apart or together', async () => {
    const apart = [draft('B1', '1'), draft('B2', '1'), registered('B3', '1'), draft('B4', '1')];
    const own = apart.map(({ identity }) => `${identity.reference}#1`);
    for (const [n, record] of apart.entries()) expect(await lodged([record])).toEqual([own[n]]);
    const together = [draft('B1', '2'), draft('B2', '2'), registered('B3', '2')];
    expect(await lodged(together)).toEqual(together.map(({ identity }) => `${identity.reference}#1`));
  });

  it('takes neither the declaration nor the trail of one whose number it is', async () => {
    const victim = registered('B1', 'mine');
    const { reference } = victim.identity;
    await lodged([victim]);
    const at = '2026-03-02T12:00:00+01:00';
    await office.office.receive([
      {
        kind: 'answer',
        declaration: reference,
        aliases: [],
        trail: [{ kind: 'QUERY', at }],
        outcomes: [],
        where: {},
      },
    ]);
    expect(await lodged([draft('B2', reference)])).toEqual([`B2/${reference}#1`]);
    const where = { column: 'declaration', op: 'eq', value: reference } as const;
    expect(await office.store.collection<EventDocument>(events).count(where)).toBe(1);
  });

  it('does not keep a number from the declaration that is given it later', async () => {
    const later = registered('B1', 'later', { mrn: '26XX0000000000001' });
    const number = later.identity.aliases.find((name) => name.startsWith('XXA1/'))!;
    await lodged([draft('B2', number)]);
    expect(await lodged([later])).toEqual(['26XX0000000000001#1']);
    expect((await office.office.known([number])).get(number)?.reference).toBe('26XX0000000000001');
    // A version that names it by the number alone.
    const { mrn: _, localReference: __, ...bare } = later.declaration;
    expect(await lodged([recordOf({ ...bare, totals: { items: 1, packages: 8 } } as never)])).toEqual([
      '26XX0000000000001#2',
    ]);
  });
});
