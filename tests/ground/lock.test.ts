import { describe, expect, it } from 'vitest';
import { keyedLock } from '../../src/ground/lock.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a keyed lock', () => {
  it('runs work for the same key one after another, in the order in which it was asked for', async () => {
    const lock = keyedLock();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await turn();
      log.push(`${name} ends`);
    };
    await Promise.all([
      lock.run(['a'], work('one')),
      lock.run(['a', 'b'], work('two')),
      lock.run(['b'], work('three')),
    ]);
    expect(log).toEqual(['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends']);
  });

  it('lets different keys run side by side', async () => {
    const lock = keyedLock();
    const log: string[] = [];
    await Promise.all(
      ['a', 'b'].map((key) =>
        lock.run([key], async () => {
          log.push(`${key} begins`);
          await turn();
          log.push(`${key} ends`);
        }),
      ),
    );
    expect(log.slice(0, 2)).toEqual(['a begins', 'b begins']);
  });

  it('goes on after work that failed, and hands the failure to its caller alone', async () => {
    const lock = keyedLock();
    const failing = lock.run(['a'], async () => {
      throw new Error('no');
    });
    const next = lock.run(['a'], async () => 'done');
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('done');
  });

  it('does not wait for itself when the same key is named twice', async () => {
    await expect(keyedLock().run(['a', 'a'], async () => 1)).resolves.toBe(1);
  });
});
