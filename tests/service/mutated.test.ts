/** Mutated requests to every route: refused with a code, never a fault of ours, nothing of the inside told. CROSSCHECK_SEED repeats a run. */
import { expect, it } from 'vitest';
import { ownCampaign } from './mutated.ts';

/** `npm run soak` sends 10,000. */
const count = 1_500;
const seed = Number(process.env.CROSSCHECK_SEED ?? Date.now() % 1_000_000);

it(`${count} mutated requests, seed ${seed}: no fault, no hang, nothing told of the inside`, async () => {
  const { sent, statuses, faults } = await ownCampaign(count, seed);
  expect(faults.slice(0, 10), `seed ${seed}, ${faults.length} faults in ${sent}`).toEqual([]);
  expect(sent).toBeGreaterThanOrEqual(count);
  // Both what is refused and what passes was met.
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '401', '404', '415', '422']));
}, 600_000);
