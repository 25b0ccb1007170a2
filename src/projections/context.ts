/**
 * What folds need of the administration's own data: the profile's lanes, who was in a programme on which day, and which clock
 * hangs in which office. The registers are read again when a record came in; ./trusting.ts tells whose rows say another thing then.
 */
import { storedPeople } from '../check/people.ts';
import { isZone, shownIn } from '../ground/zones.ts';
import type { Profile } from '../selectivity/model.ts';
import type { ReferenceBook } from '../sources/reference/book.ts';
import { openReferences, references } from '../sources/reference/store.ts';
import type { Store } from '../store/port.ts';
import { defaultContext, type FoldContext, type LaneMeaning } from './history.ts';

interface Register {
  /** The last reference record that was looked at. */
  seq: number;
  trusted: FoldContext['trusted'];
  zoneOf: FoldContext['zoneOf'];
}
const registers = new WeakMap<Store, Register>();

/** Lanes as a profile has them, beside the usual ones for declarations of before it. */
export const lanesOf = ({ lanes }: Pick<Profile, 'lanes'>): ReadonlyMap<string, LaneMeaning> =>
  new Map([
    ...defaultContext.lanes,
    ...lanes.map(({ code, control, strictness }) => [code, { control, strictness }] as const),
  ]);

export async function contextOf(store: Store, profile?: Pick<Profile, 'lanes'>): Promise<FoldContext> {
  const { trusted, zoneOf } = await registerOf(store);
  return {
    ...defaultContext,
    ...(profile === undefined ? {} : { lanes: lanesOf(profile) }),
    ...(trusted === undefined ? {} : { trusted }),
    ...(zoneOf === undefined ? {} : { zoneOf }),
  };
}

/** A zone that Intl does not know is none: the figures must not stop at a slip of the pen in one record. */
function openZones(book: ReferenceBook): NonNullable<FoldContext['zoneOf']> {
  return (office, at) => {
    const zone = book.asOf('office', office, at)?.timezone;
    return zone !== undefined && isZone(zone) ? zone : undefined;
  };
}

/** The day on the office's own clock; on that of UTC where no record tells its zone. @param at UTC instant */
export async function officeDay(store: Store, office: string, at: string): Promise<string> {
  const { zoneOf } = await registerOf(store);
  const zone = zoneOf?.(office, at);
  return (zone === undefined ? at : shownIn(zone, at)).slice(0, 10);
}

async function registerOf(store: Store): Promise<Register> {
  const known = registers.get(store) ?? { seq: 0, trusted: undefined, zoneOf: undefined };
  const collection = store.collection(references);
  let seq = known.seq;
  for (;;) {
    const fresh = await collection.since(seq, 1_000);
    if (fresh.length === 0) break;
    seq = fresh.at(-1)!.seq;
  }
  if (seq === known.seq) return known;
  const book = await openReferences(store, storedPeople(store)).book(['programme', 'office']);
  const register: Register = {
    seq,
    // Without a register nobody knows who is trusted, which is another thing than nobody being so.
    trusted: book.has('programme')
      ? (party, day) =>
          book
            .keysBy('programme', { trader: party })
            .some((key) => book.asOf('programme', key, day)?.status === 'valid')
      : undefined,
    zoneOf: book.has('office') ? openZones(book) : undefined,
  };
  registers.set(store, register);
  return register;
}
