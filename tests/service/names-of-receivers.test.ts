/** Names of receivers: one that nobody answers for must not keep the others from being found. */
import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { receiverLookup } from '../../src/service/webhooks/address.ts';
import { openNames } from '../../src/service/webhooks/names.ts';

/** As the system is: two at a time, the others wait; a name without addresses is never answered, or fails when it is told to. */
function twoAtATime(addresses: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const hanging: ((error: Error) => void)[] = [];
  let free = 2;
  const next = () => {
    if (free > 0 && waiting.length > 0) {
      free -= 1;
      waiting.shift()!();
    }
  };
  const find = (name: string) =>
    new Promise<LookupAddress[]>((resolve, reject) => {
      const ended = (end: () => void) => {
        free += 1;
        end();
        next();
      };
      waiting.push(() => {
        asked.push(name);
        const address = addresses[name];
        if (address === undefined)
          hanging.push((error) => {
            ended(() => reject(error));
          });
        else ended(() => resolve([{ address, family: 4 }]));
      });
      next();
    });
  const fail = (error: Error) => {
    for (const one of hanging.splice(0)) one(error);
  };
  return { asked, find, fail };
}

const soon = <T>(promise: Promise<T>) =>
  Promise.race([promise, new Promise<string>((resolve) => setTimeout(resolve, 50, 'still waiting'))]);

describe('names of receivers', () => {
  it('that nobody answers for are asked for once at a time, whatever waits for them', async () => {
    const system = twoAtATime({ 'good.example': '192.0.2.1' });
    const names = openNames(system.find);
    const dead = Array.from({ length: 8 }, () => names('dead.example'));
    expect(await soon(names('good.example'))).toEqual([{ address: '192.0.2.1', family: 4 }]);
    system.fail(new Error('EAI_AGAIN'));
    for (const one of dead) await expect(one).rejects.toThrow('EAI_AGAIN');
    expect(system.asked).toEqual(['dead.example', 'good.example']);
  });

  it('that were found are found while all that the system can ask at once hang', async () => {
    let now = 0;
    const system = twoAtATime({ 'good.example': '192.0.2.1' });
    const names = openNames(system.find, () => now);
    await names('good.example');
    now = 60_000;
    const dead = ['dead1.example', 'dead2.example'].map(names);
    expect(await soon(names('good.example'))).toEqual([{ address: '192.0.2.1', family: 4 }]);
    expect(await soon(names('new.example'))).toBe('still waiting');
    system.fail(new Error('EAI_AGAIN'));
    await Promise.allSettled(dead);
  });

  it('are asked for anew after a while: one that moved is found there, one that is gone is not', async () => {
    let now = 0;
    const addresses: Record<string, string> = { 'good.example': '192.0.2.1' };
    const names = openNames(
      async (name) => {
        const address = addresses[name];
        if (address === undefined) throw new Error('ENOTFOUND');
        return [{ address, family: 4 }];
      },
      () => now,
    );
    const found = async () => (await names('good.example')).map(({ address }) => address);
    expect(await found()).toEqual(['192.0.2.1']);
    addresses['good.example'] = '192.0.2.2';
    expect(await found()).toEqual(['192.0.2.1']);
    now += 60_000;
    // Told by who asks next.
    await found();
    expect(await found()).toEqual(['192.0.2.2']);
    delete addresses['good.example'];
    now += 60_000;
    await found();
    await expect(found()).rejects.toThrow('ENOTFOUND');
    addresses['good.example'] = '192.0.2.3';
    await expect(found()).rejects.toThrow('ENOTFOUND');
    now += 60_000;
    expect(await found()).toEqual(['192.0.2.3']);
  });

  it('that point into a private network are refused at each letter, but for hosts of our own', async () => {
    const names = openNames(async () => [{ address: '10.0.0.7', family: 4 }]);
    const found = (allowed: ReadonlySet<string>) =>
      new Promise((resolve) => {
        const lookup = receiverLookup(new URL('https://inner.example/x'), allowed, names);
        lookup('inner.example', {}, (error, address) => resolve(error?.message ?? address));
      });
    for (const _ of [1, 2]) expect(await found(new Set())).toContain('private network');
    expect(await found(new Set(['inner.example']))).toBe('10.0.0.7');
  });
});
