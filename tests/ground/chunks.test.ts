import { expect, it } from 'vitest';
import { inChunks } from '../../src/ground/chunks.ts';

async function* numbers(count: number, pauseAfter?: number) {
  for (let n = 1; n <= count; n += 1) {
    yield n;
    if (n === pauseAfter) await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}

it('fills chunks to their size and keeps the rest', async () => {
  expect(await all(inChunks(numbers(7), 3, 1000))).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
});

it('closes a chunk early when nothing more comes', async () => {
  expect(await all(inChunks(numbers(4, 2), 100, 10))).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

it('yields nothing of nothing', async () => {
  expect(await all(inChunks(numbers(0), 3))).toEqual([]);
});

it('hands on an error and closes its source when the reader stops', async () => {
  let closed = false;
  async function* source() {
    try {
      yield 1;
      throw new Error('broken');
    } finally {
      closed = true;
    }
  }
  await expect(all(inChunks(source(), 1))).rejects.toThrow('broken');
  expect(closed).toBe(true);
});

it('yields what came before its source failed', async () => {
  async function* source() {
    yield* [1, 2, 3];
    throw new Error('broken');
  }
  const found: number[][] = [];
  const reading = (async () => {
    for await (const chunk of inChunks(source(), 2, 1000)) found.push(chunk);
  })();
  await expect(reading).rejects.toThrow('broken');
  expect(found).toEqual([[1, 2], [3]]);
});
