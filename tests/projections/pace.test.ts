import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { declarations } from '../../src/check/collections.ts';
import { runner } from '../../src/ground/runner.ts';
import { caughtUp, openPace, type Pace } from '../../src/projections/pace.ts';
import { project, rebuild } from '../../src/projections/project.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { version } from './trail.ts';

/** A clock that is moved by hand. */
function clock() {
  let at = 1_000_000;
  const pass = (ms: number): number => {
    at += ms;
    return at;
  };
  return { at: () => at, pass };
}

describe('the pace of projections', () => {
  it('does not rest when nobody has written for a while', async () => {
    const { pass, at } = clock();
    const pace = openPace(at);
    pace.wrote();
    pass(1_000);
    const before = at();
    await pace.rest(500);
    expect(at()).toBe(before);
  });

  it('rests nine times as long as it worked while somebody writes', async () => {
    const { pass, at } = clock();
    const pace = openPace(() => pass(1));
    const writing = setInterval(() => pace.wrote(), 5);
    pace.wrote();
    const before = at();
    await pace.rest(3);
    clearInterval(writing);
    expect(at() - before).toBeGreaterThanOrEqual(26);
  });

  it('rests no more when it is a minute behind, or when somebody waits for the rows', async () => {
    const { pass, at } = clock();
    const pace = openPace(at);
    pace.wrote();
    pass(60_000);
    pace.wrote();
    expect(pace.lagMs()).toBe(60_000);
    await pace.rest(10_000);

    pace.folded(at());
    const release = pace.hurry();
    await pace.rest(10_000);
    release();
    expect(at()).toBe(1_060_000);
  });

  it('tells how old the oldest write is that is not folded', () => {
    const { pass, at } = clock();
    const pace = openPace(at);
    expect(pace.lagMs()).toBe(0);
    pace.wrote();
    pass(300);
    pace.wrote();
    pass(200);
    expect(pace.lagMs()).toBe(500);
    pace.folded(at() - 350);
    expect(pace.lagMs()).toBe(350);
    pace.folded(at());
    expect(pace.lagMs()).toBe(0);
  });

  it('tells who asks when what was written before is folded, though others write on', async () => {
    const { pass, at } = clock();
    const pace = openPace(at);
    pace.wrote();
    let told = false;
    const reached = pace.reached().then(() => {
      told = true;
    });
    pass(100);
    pace.wrote();
    pace.folded(at() - 101);
    await new Promise(setImmediate);
    expect(told).toBe(false);
    pace.folded(at() - 50);
    await reached;
    expect(pace.lagMs()).toBe(50);
  });

  it('lets who needs the rows wait for what was written before, without hurry, though others write for ever', async () => {
    const pace = openPace();
    let writing = true;
    let runs = 0;
    const follow = runner(async () => {
      const began = Date.now();
      if (writing) follow.poke();
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      pace.folded(began);
    });
    follow.poke();
    await caughtUp(pace, follow);
    expect(pace.hurried()).toBe(false);
    const reachedAfter = runs;
    expect(reachedAfter).toBeGreaterThanOrEqual(2);
    await expect.poll(() => runs).toBeGreaterThan(reachedAfter);
    writing = false;
    await follow.settle();
  });

  it('does not let who needs the rows wait for ever where folding fails', async () => {
    const follow = runner(() => Promise.reject(new Error('the store is away')));
    const pace = openPace();
    for (let look = 0; look < 3; look += 1) await caughtUp(pace, follow);
    // Nor stay behind: of a store that is away for a week there would be one for each look.
    expect(pace.waiting()).toBe(0);
  });
});

it('steps are of a thousand where somebody waits for the rows, and of a hundred otherwise', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-pace-'));
  const store = await openDuckdb(folder);
  /** Declarations folded in each step. */
  const stepsOf = async (run: typeof project, pace?: Pace): Promise<number[]> => {
    let before = 0;
    const steps: number[] = [];
    const onProgress = (folded: number) => {
      steps.push(folded - before);
      before = folded;
    };
    const options = { onProgress, ...(pace === undefined ? {} : { pace }) };
    // A paced run gives others their turn after some seconds.
    for (let { complete } = await run(store, options); !complete; ) {
      before = 0;
      ({ complete } = await project(store, options));
    }
    return steps;
  };
  try {
    await store.collection(declarations).put(
      Array.from({ length: 1_050 }, (_, index) => ({
        ...version(1, 100),
        id: `D${index}#1`,
        reference: `D${index}`,
      })),
    );
    const idle = openPace();
    // Callers may come at any moment: what is idle keeps to small steps, of what it reads and of what it folds.
    const small = await stepsOf(project, idle);
    expect(small.every((step) => step <= 100)).toBe(true);
    expect(small.length).toBeGreaterThanOrEqual(11);

    const hurried = openPace();
    const release = hurried.hurry();
    expect(await stepsOf(rebuild, hurried)).toEqual([1_000, 50]);
    release();
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
