import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { CrosscheckError } from '../../src/errors.ts';
import { until } from '../../src/service/until.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function* numbers(): AsyncGenerator<number> {
  for (let n = 1; ; n += 1) yield n;
}

const busy = new CrosscheckError('CC_BUSY');

describe('a stream that is read until we are told to come to an end', () => {
  it('yields what comes, and ends with the reason when it is told', async () => {
    const stopping = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const n of until(numbers(), stopping.signal)) {
        seen.push(n);
        if (n === 3) stopping.abort(busy);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'CC_BUSY' });
    expect(seen).toEqual([1, 2, 3]);
  });

  it('ends while nothing comes', async () => {
    const stopping = new AbortController();
    /** A sender who says nothing. */
    async function* silent(): AsyncGenerator<number> {
      await new Promise(() => {});
    }
    const next = until(silent(), stopping.signal).next();
    stopping.abort(busy);
    await expect(next).rejects.toMatchObject({ code: 'CC_BUSY' });
  });

  it('hands on what its source throws', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error('broken');
    }
    const stream = until(broken(), new AbortController().signal);
    await stream.next();
    await expect(stream.next()).rejects.toThrow('broken');
  });

  it('holds nothing of what it has handed on, however long it goes on', async () => {
    const handed: WeakRef<object>[] = [];
    async function* records(): AsyncGenerator<object> {
      for (let n = 0; n < 50; n += 1) yield { n };
    }
    const stream = until(records(), new AbortController().signal);
    for (let n = 0; n < 49; n += 1) handed.push(new WeakRef((await stream.next()).value as object));
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    // What is at hand may be held by the last wait.
    expect(handed.slice(0, 40).filter((record) => record.deref() !== undefined)).toEqual([]);
    await stream.next();
  });
});
