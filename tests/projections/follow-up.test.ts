/** Rows that follow what came of other documents: goods taken out of suspense, programmes recorded afterwards. */
import { describe, expect, it } from 'vitest';
import { type Collections, declarations, events } from '../../src/check/collections.ts';
import { storedPeople } from '../../src/check/people.ts';
import type { Declaration, PreviousDeclaration } from '../../src/declaration/declaration.ts';
import { type ClearanceRow, clearance } from '../../src/projections/clearance.ts';
import { type ProjectOptions, project, rebuild } from '../../src/projections/project.ts';
import { openReferences } from '../../src/sources/reference/store.ts';
import { emptyStore } from '../empty-store.ts';
import { euros, event, version } from './trail.ts';

const { store } = await emptyStore();

const row = async (reference: string): Promise<Partial<ClearanceRow>> =>
  (await store.collection<ClearanceRow>(clearance.spec).get(reference))!.doc;
const all = async () => (await store.collection<ClearanceRow>(clearance.spec).find({ limit: 100 })).docs;

const write = async (
  reference: string,
  day: string,
  extra: Partial<Declaration>,
  number = 1,
  options: ProjectOptions = {},
): Promise<void> => {
  const document = version(number, undefined, extra);
  await store
    .collection<Collections['declaration']>(declarations)
    .put([{ ...document, id: `${reference}#${number}`, reference, consignee: 'M1' }]);
  await store
    .collection<Collections['event']>(events)
    .put([{ ...event('REGISTER', `${day} 08:00`), id: `${reference}-registered`, declaration: reference }]);
  await project(store, options);
};

const goods = { hs: '61091000', origin: 'BD', netMass: 100, cif: euros(1000) };
const stored = (office: string, number: string): Partial<Declaration> => ({
  office,
  registration: { number, date: '2026-03-02' },
  warehouse: { delay: 10 },
  items: [
    {
      number: 1,
      ...goods,
      procedure: '7100',
      taxes: [{ code: 'DUTY', amount: euros(400), payable: false }],
    },
  ],
});
const takes = (kg: number, previous: PreviousDeclaration): Partial<Declaration> => ({
  items: [{ number: 1, ...goods, netMass: kg, procedure: '4071', previous: [previous] }],
});
const first = { office: 'PORT', year: '2026', number: '17' };

describe('goods under suspense', () => {
  it('are not discharged by leaving the port for the warehouse', async () => {
    await write('PORT/2026/17', '02', stored('PORT', '17'));
    await store
      .collection<Collections['event']>(events)
      .put([{ ...event('EXIT', '03 08:00'), declaration: 'PORT/2026/17' }]);
    await project(store);
    expect(await row('PORT/2026/17')).toMatchObject({ dueDay: '2026-03-12', balance: 40_000 });
    expect((await row('PORT/2026/17')).dischargedDay).toBeUndefined();
  });

  it('hang on what follow-ups have left, until the last has taken all', async () => {
    await write('PORT/2026/20', '05', takes(30, first));
    expect(await row('PORT/2026/17')).toMatchObject({ balance: 28_000 });
    await write('PORT/2026/21', '15', takes(70, { reference: 'port/2026/17' }));
    expect(await row('PORT/2026/17')).toMatchObject({
      dischargedDay: '2026-03-15',
      balance: 28_000,
      lateSeconds: 3 * 86_400,
    });
  });

  it('hang again where a follow-up is cancelled, or turns out to have taken less', async () => {
    const cancelled = { ...event('CANCEL', '16 08:00'), declaration: 'PORT/2026/20' };
    await store.collection<Collections['event']>(events).put([cancelled]);
    await project(store);
    expect(await row('PORT/2026/17')).toMatchObject({ balance: 12_000 });
    expect((await row('PORT/2026/17')).dischargedDay).toBeUndefined();
    await write('PORT/2026/21', '15', takes(50, first), 2);
    expect(await row('PORT/2026/17')).toMatchObject({ balance: 20_000 });
  });

  it('are found whichever comes first, and by nobody who was under another procedure', async () => {
    await write('PORT/2026/30', '06', takes(100, { office: 'AIR', year: '2026', number: '5' }));
    await write('PORT/2026/31', '06', {
      items: [{ number: 1, ...goods, procedure: '4051', previous: [first] }],
    });
    await write('AIR/2026/5', '02', stored('AIR', '5'));
    expect(await row('AIR/2026/5')).toMatchObject({ dischargedDay: '2026-03-06' });
    expect(await row('PORT/2026/17')).toMatchObject({ balance: 20_000 });
  });

  it('are told anew where the run that read the follow-up was cut short before it came to them', async () => {
    await write('AIR/2026/6', '02', stored('AIR', '6'));
    const cut = new AbortController();
    const options = { onProgress: () => cut.abort(), signal: cut.signal };
    const follows = takes(100, { office: 'AIR', year: '2026', number: '6' });
    await expect(write('AIR/2026/7', '06', follows, 1, options)).rejects.toThrow();
    await project(store);
    expect(await row('AIR/2026/6')).toMatchObject({ dischargedDay: '2026-03-06' });
  });

  it('say the same after everything is made anew', async () => {
    const before = await all();
    await rebuild(store);
    expect(await all()).toEqual(before);
  });
});

describe('a programme that is recorded after the days for which it holds', () => {
  const record = (extra: Record<string, unknown>, day: string) =>
    openReferences(store, storedPeople(store)).put(
      [{ kind: 'programme', record: { programme: 'AEO', status: 'valid', ...extra } }],
      `2026-04-${day}T00:00:00.000Z`,
    );

  it('makes its trader trusted in the rows of those days, and everybody else known not to be', async () => {
    expect((await row('PORT/2026/17')).trusted).toBeUndefined();
    await record({ trader: 'M9', from: '2026-01-01' }, '01');
    await project(store);
    expect((await all()).map(({ trusted }) => trusted)).toEqual((await all()).map(() => 0));
    await record({ trader: 'M1', from: '2026-03-04', to: '2026-03-10' }, '02');
    expect((await project(store)).folded).toBe(4);
    expect(await row('PORT/2026/17')).toMatchObject({ trusted: 0 });
    expect(await row('PORT/2026/20')).toMatchObject({ trusted: 1 });
    expect((await project(store)).folded).toBe(0);
  });

  it('takes it back where the record is replaced, and says the same after everything is made anew', async () => {
    await record({ trader: 'M1', from: '2026-03-04', status: 'suspended' }, '03');
    await project(store);
    const before = await all();
    expect(new Set(before.map(({ trusted }) => trusted))).toEqual(new Set([0]));
    await rebuild(store);
    expect(await all()).toEqual(before);
  });
});
