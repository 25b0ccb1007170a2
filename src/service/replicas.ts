/**
 * Which services stand on the same store and what each decides by. Rules and profiles are files of each machine, so two
 * replicas can differ, for the minute of a rolling upgrade or by mistake: every one writes down what it holds, and
 * readiness and metrics tell when they do not agree. On the embedded store there is one.
 */
import { randomBytes } from 'node:crypto';
import type { Desk } from '../check/desk.ts';
import { engineVersion } from '../check/engine-version.ts';
import type { CollectionSpec, Store } from '../store/port.ts';

interface ReplicaDocument {
  id: string;
  engine: string;
  rulebook: string;
  profile: string;
  /** UTC; one that was not seen for a while is gone. */
  seenAt: string;
}

const replicas: CollectionSpec = {
  name: 'replica',
  schema: 1,
  columns: { seenAt: { type: 'text' } },
  indexes: [],
};

const beatMs = 3_000;
/** Beats that may be missed before a replica counts as gone. */
const goneAfterMs = 4 * beatMs;

export interface Standing {
  replicas: number;
  /** Distinct versions in force among them. */
  engines: string[];
  rulebooks: string[];
  profiles: string[];
}

export interface Replicas {
  standing(): Promise<Standing>;
  close(): Promise<void>;
}

export function openReplicas(
  store: Store,
  desk: Desk,
  onError: (error: unknown) => void = () => {},
): Replicas {
  const id = randomBytes(8).toString('hex');
  const own = (): ReplicaDocument => ({
    id,
    engine: engineVersion(),
    rulebook: desk.rulebook().version,
    profile: desk.profile().version,
    seenAt: new Date().toISOString(),
  });
  const of = (documents: readonly ReplicaDocument[]): Standing => {
    const distinct = (member: 'engine' | 'rulebook' | 'profile') =>
      [...new Set(documents.map((document) => document[member]))].sort();
    return {
      replicas: documents.length,
      engines: distinct('engine'),
      rulebooks: distinct('rulebook'),
      profiles: distinct('profile'),
    };
  };
  if (store.exclusive) return { standing: async () => of([own()]), close: async () => {} };

  const collection = store.collection<ReplicaDocument>(replicas);
  let closed = false;
  const beat = async (): Promise<void> => {
    try {
      if (!closed) await collection.put([own()]);
    } catch (error) {
      // The store is away: the next beat tells it.
      onError(error);
    }
  };
  let beating = beat();
  const timer = setInterval(() => {
    beating = beat();
  }, beatMs).unref();
  return {
    async standing() {
      const since = new Date(Date.now() - goneAfterMs).toISOString();
      const { docs } = await collection.find({
        where: { column: 'seenAt', op: 'ge', value: since },
        limit: 1_000,
      });
      return of([own(), ...docs.filter((document) => document.id !== id)]);
    },
    async close() {
      closed = true;
      clearInterval(timer);
      await beating;
      // One that stops in order is gone at once; what was never taken away lapses.
      await collection.delete([id]).catch(onError);
    },
  };
}
