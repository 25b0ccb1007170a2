/**
 * What folds need of the administration's own data: the profile's lanes, and who was in a programme on which day. The
 * register of programmes is read again when a record came in; rows folded before stay as they are until something
 * touches their declaration or a rebuild folds everything.
 */
import { storedPeople } from '../check/people.ts';
import type { Profile } from '../selectivity/model.ts';
import { openReferences, references } from '../sources/reference/store.ts';
import type { Store } from '../store/port.ts';
import { defaultContext, type FoldContext, type LaneMeaning } from './history.ts';

interface Register {
  /** The last reference record that was looked at. */
  seq: number;
  trusted: FoldContext['trusted'];
}
const registers = new WeakMap<Store, Register>();

/** Lanes as a profile has them, beside the usual ones for declarations of before it. */
export const lanesOf = ({ lanes }: Pick<Profile, 'lanes'>): ReadonlyMap<string, LaneMeaning> =>
  new Map([
    ...defaultContext.lanes,
    ...lanes.map(({ code, control, strictness }) => [code, { control, strictness }] as const),
  ]);

export async function contextOf(store: Store, profile?: Pick<Profile, 'lanes'>): Promise<FoldContext> {
  const { trusted } = await registerOf(store);
  return {
    ...defaultContext,
    ...(profile === undefined ? {} : { lanes: lanesOf(profile) }),
    ...(trusted === undefined ? {} : { trusted }),
  };
}

async function registerOf(store: Store): Promise<Register> {
  const known = registers.get(store) ?? { seq: 0, trusted: undefined };
  const collection = store.collection(references);
  let seq = known.seq;
  for (;;) {
    const fresh = await collection.since(seq, 1_000);
    if (fresh.length === 0) break;
    seq = fresh.at(-1)!.seq;
  }
  if (seq === known.seq) return known;
  const book = await openReferences(store, storedPeople(store)).book(['programme']);
  const register: Register = {
    seq,
    // Without a register nobody knows who is trusted, which is another thing than nobody being so.
    trusted: book.has('programme')
      ? (party, day) =>
          book
            .keysBy('programme', { trader: party })
            .some((key) => book.asOf('programme', key, day)?.status === 'valid')
      : undefined,
  };
  registers.set(store, register);
  return register;
}
