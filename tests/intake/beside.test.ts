/** The thread itself, as it is built. */
import { availableParallelism } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { type Beside, openBeside } from '../../src/intake/beside.ts';
import identitiesOf from '../../src/intake/beside-worker.ts';
import { defaultLimits } from '../../src/intake/limits.ts';
import { isBuilt } from '../service/process.ts';

const failures: unknown[] = [];
let beside: Beside | undefined;
afterEach(async () => {
  await beside?.close();
  failures.length = 0;
});

const isAble = isBuilt && availableParallelism() > 1;
const able = isAble ? it : it.skip;
const missing = isAble ? '' : ' (skipped: it is not built, or the machine has one processor)';

const reading = {
  texts: ['A', 'B'].map((mrn) => JSON.stringify({ flow: 'import', mrn, items: [{ number: 1 }] })).concat('{'),
  limits: defaultLimits,
  country: undefined,
};

able(`a thread answers who declarations are as this one does${missing}`, async () => {
  beside = openBeside((thrown) => failures.push(thrown))!;
  const known = await beside.identities(reading);
  expect(known.map((identity) => identity?.reference)).toEqual(['A', 'B', undefined]);
  expect(known).toEqual(identitiesOf(reading));
  expect(failures).toEqual([]);
});

able(
  `a thread that fails answers nothing, tells it once, and is not asked for a while${missing}`,
  async () => {
    beside = openBeside((thrown) => failures.push(thrown))!;
    // No thread can be given a function.
    const broken = { ...reading, limits: { ...defaultLimits, depth: (() => 1) as unknown as number } };
    expect(await beside.identities(broken)).toEqual([]);
    expect(await beside.identities(reading)).toEqual([]);
    expect(failures).toHaveLength(1);
  },
);

able(`a thread that is closed answers nothing, and that is no failure${missing}`, async () => {
  beside = openBeside((thrown) => failures.push(thrown))!;
  const asked = beside.identities(reading);
  await beside.close();
  expect((await asked).length).toBeLessThanOrEqual(3);
  expect(await beside.identities(reading)).toEqual([]);
  expect(failures).toEqual([]);
});
