/**
 * What folds need of the administration's own data: the profile's lanes, who was in a programme on which day, which clock hangs
 * in which office, when it is open and who is on duty. The registers are followed as records come in; ./trusting.ts tells whose
 * rows say another thing then.
 */
import { isZone, shownIn } from '../ground/zones.ts';
import type { Profile } from '../selectivity/model.ts';
import {
  type GrowingBook,
  openBook,
  type ReferenceBook,
  type ReferenceDocument,
} from '../sources/reference/book.ts';
import { references } from '../sources/reference/store.ts';
import type { Store } from '../store/port.ts';
import { defaultContext, type FoldContext, type LaneMeaning } from './history.ts';
import { openRoster, type Roster } from './roster.ts';
import { workingTime } from './working-time.ts';

/** Beside duty records, which the roster keeps. */
const kinds: ReadonlySet<string> = new Set(['programme', 'office', 'calendar', 'holiday']);
const pageSize = 10_000;

interface Register {
  /** The last reference record that was looked at. */
  seq: number;
  book: GrowingBook;
  roster: Roster;
  /** Undefined where a record has come since they were made. */
  made: Made | undefined;
  /** Of whoever asked last. One follows after the other: each sees what was recorded before he asked, and nothing twice. */
  following: Promise<unknown>;
}
type Made = Pick<FoldContext, 'trusted' | 'zoneOf' | 'workOf'> & Pick<Register, 'roster'>;
const registers = new WeakMap<Store, Register>();

/** Lanes as a profile has them, beside the usual ones for declarations of before it. */
export const lanesOf = ({ lanes }: Pick<Profile, 'lanes'>): ReadonlyMap<string, LaneMeaning> =>
  new Map([
    ...defaultContext.lanes,
    ...lanes.map(({ code, control, strictness }) => [code, { control, strictness }] as const),
  ]);

export async function contextOf(store: Store, profile?: Pick<Profile, 'lanes'>): Promise<FoldContext> {
  const { trusted, zoneOf, workOf } = await registerOf(store);
  return {
    ...defaultContext,
    ...(profile === undefined ? {} : { lanes: lanesOf(profile) }),
    ...(trusted === undefined ? {} : { trusted }),
    ...(zoneOf === undefined ? {} : { zoneOf }),
    ...(workOf === undefined ? {} : { workOf }),
  };
}

/** Of the offices, as far as it is known by now. */
export const rosterOf = async (store: Store): Promise<Roster> => (await registerOf(store)).roster;

/** A zone that Intl does not know is none: the figures must not stop at a slip of the pen in one record. */
function openZones(book: ReferenceBook): NonNullable<FoldContext['zoneOf']> {
  return (office, at) => {
    const zone = book.asOf('office', office, at)?.timezone;
    return zone !== undefined && isZone(zone) ? zone : undefined;
  };
}

/** The day on an office's own clock; on that of UTC where no record tells its zone. @param at UTC instant */
export async function officeDays(store: Store): Promise<(office: string, at: string) => string> {
  const { zoneOf } = await registerOf(store);
  return (office, at) => {
    const zone = zoneOf?.(office, at);
    return (zone === undefined ? at : shownIn(zone, at)).slice(0, 10);
  };
}

/** The same of one office. */
export const officeDay = async (store: Store, office: string, at: string): Promise<string> =>
  (await officeDays(store))(office, at);

function registerOf(store: Store): Promise<Made> {
  const register: Register = registers.get(store) ?? {
    seq: 0,
    book: openBook([]),
    roster: openRoster(),
    made: undefined,
    following: Promise.resolve(),
  };
  registers.set(store, register);
  const made = register.following.then(() => follow(store, register));
  register.following = made.catch(() => undefined);
  return made;
}

async function follow(store: Store, register: Register): Promise<Made> {
  const { book, roster } = register;
  const collection = store.collection<ReferenceDocument>(references);
  for (;;) {
    const fresh = await collection.since(register.seq, pageSize);
    if (fresh.length === 0) break;
    register.seq = fresh.at(-1)!.seq;
    const told = fresh.map(({ doc }) => doc);
    const ours = told.filter(({ kind }) => kinds.has(kind));
    const duties = told.filter(({ kind }) => kind === 'duty');
    book.add(ours);
    for (const duty of duties) roster.add(duty);
    if (ours.length > 0 || duties.length > 0) register.made = undefined;
  }
  register.made ??= make(register);
  return register.made;
}

function make({ book, roster }: Register): Made {
  const zoneOf = book.has('office') ? openZones(book) : undefined;
  return {
    roster,
    // Without a register nobody knows who is trusted, which is another thing than nobody being so.
    trusted: book.has('programme')
      ? (party, day) =>
          book
            .keysBy('programme', { trader: party })
            .some((key) => book.asOf('programme', key, day)?.status === 'valid')
      : undefined,
    zoneOf,
    workOf: workingTime(book, roster, zoneOf),
  };
}
