import { describe, expect, it } from 'vitest';
import { storedPeople } from '../../src/check/people.ts';
import { contextOf } from '../../src/projections/context.ts';
import { openReferences } from '../../src/sources/reference/store.ts';
import { emptyStore } from '../empty-store.ts';

const { store } = await emptyStore();

describe('what folds know beside the declaration', () => {
  it('is nothing of trusted traders before there is a register', async () => {
    expect((await contextOf(store)).trusted).toBeUndefined();
  });

  it('is who was in a programme on the day, as soon as it is recorded', async () => {
    const records = openReferences(store, storedPeople(store));
    const programme = {
      trader: 'M1',
      programme: 'AEO',
      status: 'valid',
      from: '2026-02-01',
      to: '2026-06-30',
    };
    const suspended = { trader: 'M2', programme: 'AEO', status: 'suspended', from: '2026-02-01' };
    await records.put(
      [programme, suspended].map((record) => ({ kind: 'programme' as const, record })),
      '2026-02-01T00:00:00.000Z',
    );
    const { trusted } = await contextOf(store);
    const on = (party: string, day: string) => trusted!(party, day);
    expect([
      on('M1', '2026-03-01'),
      on('M1', '2026-01-31'),
      on('M2', '2026-03-01'),
      on('M3', '2026-03-01'),
    ]).toEqual([true, false, false, false]);
  });

  it('has the lanes of the profile beside the usual ones', async () => {
    const { lanes } = await contextOf(store, {
      lanes: [{ code: 'violet', control: 'scan', strictness: 7, title: { en: 'Violet', fr: 'Violet' } }],
    } as never);
    expect(lanes.get('violet')).toEqual({ control: 'scan', strictness: 7 });
    expect(lanes.get('red')?.control).toBe('physical');
  });
});
