import { expect, it } from 'vitest';
import { simulate } from '../../src/simulate/administration.ts';
import { sampleForm } from '../../src/simulate/options.ts';
import { collect } from './collect.ts';

it('the sample of `npm start` has a few hundred declarations, and in each pattern something to find', async () => {
  const simulation = simulate(sampleForm);
  const records = await collect(simulation);
  expect(records.length).toBeGreaterThan(400);
  expect(records.length).toBeLessThan(1_000);
  for (const { pattern, declarations } of simulation.truth()) {
    expect([pattern, declarations.length > 0]).toEqual([pattern, true]);
  }
});
