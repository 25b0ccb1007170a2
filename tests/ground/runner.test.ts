import { expect, it } from 'vitest';
import { runner } from '../../src/ground/runner.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('runs once for many pokes, and once more for pokes that came while it ran', async () => {
  let runs = 0;
  const { poke, settle } = runner(async () => {
    runs += 1;
    await turn();
  });
  poke();
  poke();
  expect(runs).toBe(1);
  await settle();
  expect(runs).toBe(2);
  await settle();
  expect(runs).toBe(2);
});

it('tells what the work threw and runs again at the next poke', async () => {
  const told: unknown[] = [];
  let fails = true;
  const { poke, settle } = runner(
    async () => {
      if (fails) throw new Error('down');
    },
    (error) => told.push(error),
  );
  poke();
  await settle();
  expect(told).toHaveLength(1);
  fails = false;
  poke();
  await settle();
  expect(told).toHaveLength(1);
});

it('runs work that pokes before anything else once more, not twice at a time', async () => {
  let runs = 0;
  let at = 0;
  let most = 0;
  const self = runner(async () => {
    runs += 1;
    if (runs < 3) self.poke();
    at += 1;
    most = Math.max(most, at);
    await new Promise(setImmediate);
    at -= 1;
  });
  self.poke();
  await self.settle();
  expect({ runs, most }).toEqual({ runs: 3, most: 1 });
});
