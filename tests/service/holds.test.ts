/** What an open mark sheet stands on is kept until it is issued: its own month, and those that it looks back to. */
import { expect, it } from 'vitest';
import { type MarkSheet, periodsBehind, sheets } from '../../src/indicators/contracts/sheet.ts';
import { holdsOf, type Whole } from '../../src/service/retention/holds.ts';
import { emptyStore } from '../empty-store.ts';

const { store } = await emptyStore();

const sheet = {
  id: 'inspector|O-ANNA|XXA1|2026-05',
  contract: 'inspector',
  contractVersion: 3,
  subject: 'O-ANNA',
  office: 'XXA1',
  period: '2026-05',
  from: '2026-05-01',
  to: '2026-05-31',
  results: [{ objective: 'stock', cases: '2026-04' }],
  gaming: [{ check: 'G02', from: '2026-02-01' }],
  total: 12,
  full: 20,
  status: 'drawn up',
  drawnUpBy: 'chief',
} as unknown as MarkSheet;

const released = (day: string): Whole => ({
  reference: 'XXA1/2026/C1',
  versions: [],
  trail: [{ kind: 'RELEASE', local: `${day}T10:00:00+01:00` }] as unknown as Whole['trail'],
  outcomes: [],
  clearance: { day, suspense: 0 } as NonNullable<Whole['clearance']>,
  entryKept: false,
});

it('a sheet stands on its own month, on that of a target with a lag and on those that a gaming check looked back to', () => {
  expect(periodsBehind(sheet).sort()).toEqual(['2026-02', '2026-03', '2026-04', '2026-05']);
  const { gaming: _, ...firm } = { ...sheet, period: '2026', results: [] };
  expect(periodsBehind(firm)).toEqual(['2026']);
});

it('holds declarations of these months while it is open, and none when it is issued', async () => {
  const reasons = async () => {
    const hold = await holdsOf(store, '2026-12-01');
    return ['2026-01-31', '2026-02-01', '2026-04-30', '2026-05-10', '2026-06-01'].map((day) =>
      hold(released(day)),
    );
  };
  await store.collection<MarkSheet>(sheets).put([sheet]);
  const held = 'open mark sheet';
  expect(await reasons()).toEqual([undefined, held, held, held, undefined]);
  await store.collection<MarkSheet>(sheets).put([{ ...sheet, status: 'issued' }]);
  expect(await reasons()).toEqual(Array(5).fill(undefined));
});
