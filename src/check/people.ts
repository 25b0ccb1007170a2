/**
 * Accounts of the source system to surrogate officers (DESIGN decision 14). Surrogates are random: a hash of the
 * account could be found again by trying accounts. The `people` collection is the one place where both meet.
 */
import { randomBytes } from 'node:crypto';
import type { Store } from '../store/port.ts';
import { type PersonDocument, people as spec } from './collections.ts';

export interface People {
  /** The surrogate of each account; accounts seen for the first time get one. */
  surrogates(accounts: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
const newSurrogate = (): string =>
  `O-${Array.from(randomBytes(10), (byte) => alphabet[byte % alphabet.length]).join('')}`;

export function storedPeople(store: Store): People {
  const collection = store.collection<PersonDocument>(spec);
  const known = new Map<string, string>();
  return {
    async surrogates(accounts) {
      const unseen = [...new Set(accounts)].filter((account) => !known.has(account));
      if (unseen.length > 0) {
        for (const [id, stored] of await collection.getMany(unseen)) known.set(id, stored.doc.officer);
        const fresh = unseen.filter((account) => !known.has(account));
        if (fresh.length > 0) {
          await collection.putNew(fresh.map((id) => ({ id, officer: newSurrogate() })));
          // Read back: another replica may have been first, and its surrogate stands.
          for (const [id, stored] of await collection.getMany(fresh)) known.set(id, stored.doc.officer);
        }
      }
      return known;
    },
  };
}

/** For checks that store nothing: surrogates that live as long as the run. */
export function passingPeople(): People {
  const known = new Map<string, string>();
  return {
    async surrogates(accounts) {
      for (const account of accounts) if (!known.has(account)) known.set(account, newSurrogate());
      return known;
    },
  };
}
