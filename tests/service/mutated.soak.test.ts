/** The ten thousand mutated requests of the issue; CROSSCHECK_SEED repeats a run. */
import { expect, it } from 'vitest';
import { ownCampaign } from './mutated.ts';

const seed = Number(process.env.CROSSCHECK_SEED ?? Date.now() % 1_000_000);

it(`10,000 mutated requests, seed ${seed}: no fault, no hang, nothing told of the inside`, async () => {
  const { sent, statuses, faults } = await ownCampaign(10_000, seed);
  console.log(`seed ${seed}, ${sent} requests by status: ${JSON.stringify(statuses)}`);
  expect(faults.slice(0, 10), `seed ${seed}, ${faults.length} faults in ${sent}`).toEqual([]);
});
