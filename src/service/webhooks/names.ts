/**
 * Addresses of receivers by name. The system looks names up two at a time, and one that nobody answers for takes ten seconds
 * and more: asked anew for each letter, the dead name of one receiver would keep all others from being found. So a name is
 * asked for once at a time, what came of it holds for a while, and who was found before is found meanwhile.
 */
import { type LookupAddress, lookup } from 'node:dns';

export type FindAddresses = (name: string) => Promise<readonly LookupAddress[]>;

const foundHoldsMs = 30_000;
/** A receiver's letters have pauses of their own behind it. */
const failedHoldsMs = 30_000;

interface Known {
  found?: readonly LookupAddress[];
  error?: Error;
  until: number;
  asking?: Promise<readonly LookupAddress[]>;
}

const system: FindAddresses = (name) =>
  new Promise((resolve, reject) => {
    lookup(name, { all: true }, (error, found) => (error === null ? resolve(found) : reject(error)));
  });

/** @param steady milliseconds by a clock that is never set */
export function openNames(
  ask: FindAddresses = system,
  steady: () => number = () => performance.now(),
): FindAddresses {
  const names = new Map<string, Known>();

  function asked(name: string, known: Known): Promise<readonly LookupAddress[]> {
    const settled = (outcome: Pick<Known, 'found' | 'error'>, holds: number) =>
      names.set(name, { ...outcome, until: steady() + holds });
    known.asking ??= ask(name).then(
      (found) => {
        settled({ found }, foundHoldsMs);
        return found;
      },
      (error: Error) => {
        settled({ error }, failedHoldsMs);
        throw error;
      },
    );
    return known.asking;
  }

  return async (name) => {
    let known = names.get(name);
    if (known === undefined) {
      known = { until: 0 };
      names.set(name, known);
    }
    if (known.until > steady()) {
      if (known.error !== undefined) throw known.error;
      return known.found!;
    }
    const asking = asked(name, known);
    if (known.found === undefined) return asking;
    // Told by the next letter.
    asking.catch(() => undefined);
    return known.found;
  };
}
