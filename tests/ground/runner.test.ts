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
