/**
 * What other declarations did to accounts, for a batch at once: versions are found in the memory and read from the store
 * in one go, and what was read of a version is kept, since a version never changes.
 */
import { type DeclarationDocument, declarations } from '../check/collections.ts';
import { type Account, accountOf } from '../facts/ledger/account.ts';
import { type WriteOff, writeOffs } from '../sources/cargo/ledger.ts';
import type { Store } from '../store/port.ts';
import { namesOf, namesOfPrevious, plain } from './links.ts';
import type { View } from './memory.ts';

export interface Booked extends Account {
  reference: string;
  /** Names under which others call it. */
  names: string[];
  flow: string;
  writeOffs: WriteOff[];
}

export interface Accounts {
  /** What versions of one view did; kept as long as the view is. */
  at(view: View): AccountsAt;
}

export interface AccountsAt {
  /** Reads what is not known of these versions yet: one read of the store. */
  load(versions: Iterable<number>): Promise<void>;
  /** Undefined where it was not loaded. */
  of(version: number): Booked | undefined;
}

/** About a kilobyte each. */
const kept = 20_000;

export const bookedOf = (reference: string, declaration: DeclarationDocument['declaration']): Booked => ({
  ...accountOf(declaration, namesOfPrevious),
  reference,
  names: [...new Set([plain(reference), ...namesOf(declaration)])],
  flow: declaration.flow,
  writeOffs: writeOffs(reference, declaration),
});

export function openAccounts(store: Store): Accounts {
  const opened = new WeakMap<View, AccountsAt>();
  return {
    at(view) {
      const known = opened.get(view) ?? accountsAt(store, view);
      opened.set(view, known);
      return known;
    },
  };
}

function accountsAt(store: Store, memory: View): AccountsAt {
  const collection = store.collection<DeclarationDocument>(declarations);
  const known = new Map<number, Booked>();
  return {
    of: (version) => known.get(version),
    async load(versions) {
      const wanted = new Map<string, number>();
      const { reference, number } = memory.traces.versions;
      for (const version of new Set(versions))
        if (!known.has(version))
          wanted.set(`${memory.names.text(reference.at(version))}#${number.at(version)}`, version);
      if (wanted.size === 0) return;
      if (known.size + wanted.size > kept) known.clear();
      for (const [id, { doc }] of await collection.getMany([...wanted.keys()]))
        known.set(wanted.get(id)!, bookedOf(doc.reference, doc.declaration));
    },
  };
}
