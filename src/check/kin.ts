/**
 * Declarations of the same goods under another reference: the same bill of lading for the same consignee, or the same
 * invoice of the same supplier. Whoever cancels a declaration and lodges it again, or lodges it twice at a time, gets
 * neither a new draw nor a milder lane. Found in memory: what this process checked of late, and the evidence's memory
 * of everything older; only a match costs a read, of all that match where other replicas may have decided on them since.
 */
import type { Declaration } from '../declaration/declaration.ts';
import { both, part, plain } from '../evidence/links.ts';
import type { Memory } from '../evidence/memory.ts';
import type { DrawRecord } from '../selectivity/draw.ts';
import type { DeclarationDocument } from './collections.ts';
import type { CheckDocument } from './document.ts';
import type { Trails } from './registry.ts';

export interface Kin {
  /** Looks up those of before; to be awaited once for a batch, ahead of `inherited`. */
  prepare(docs: readonly DeclarationDocument[], read: ReadKin): Promise<void> | undefined;
  /** The lanes and draws that a declaration would take over, earliest first. */
  of(doc: DeclarationDocument): readonly Relative[];
  /** Answers what takes it back, for a check that was not written after all. */
  remember(doc: DeclarationDocument, check: CheckDocument, released: boolean): () => void;
  /** Leaves what was checked before an instant (UTC) to the evidence's memory, which has forgotten what retention removed. */
  forget(before: string): void;
}

export interface ReadKin {
  lastChecks(references: readonly string[]): Promise<Map<string, CheckDocument>>;
  trails(references: readonly string[]): Promise<Trails>;
}

export interface Relative {
  reference: string;
  check: string;
  lane: string;
  draw: DrawRecord | undefined;
  consignee: string | null;
  /** Its goods have left: what comes now under the same bill is another part of it, and keeps the draw alone. */
  released: boolean;
  occurredAt: string;
  recordedAt: string;
}

/** Keys that this process remembers of itself at the least; older ones are in the evidence's memory. */
const remembered = 25_000;
/** Of so many declarations under one key the first and the last ones are held to; each of them has taken over from those before. */
const most = 64;
/** An invoice number that so many traders have from one supplier, such as "1" of "various", says nothing of whose goods they are. */
const mostTraders = 50;
const dayMs = 86_400_000;
const nobodys: readonly Relative[] = [];
const nobody: ReadonlyMap<string, string | null> = new Map();

const isInvoice = (code: string | undefined): boolean => code === '380' || code === 'N380';

interface Key {
  by: 'bill' | 'invoice';
  /** As the evidence's memory calls it. */
  key: string;
  /** As it is called here: a bill is shared by everybody whose goods it carries, an invoice names its supplier. */
  own: string;
  /** What stands under it, once that was looked up. */
  place?: Place;
}

/** What stands under a key. */
interface Place {
  relatives: readonly Relative[];
  /** The generation that it is in; another kin's, or a forgotten one, where it is to be looked up anew. */
  within: ReadonlyMap<string, Place> | undefined;
}

/** Worked out once. */
const known = new WeakMap<Declaration, Key[]>();

function keysOf(declaration: Declaration): Key[] {
  const found = known.get(declaration) ?? workedOut(declaration);
  known.set(declaration, found);
  return found;
}

function workedOut(declaration: Declaration): Key[] {
  const keys = new Map<string, Key>();
  const add = (by: Key['by'], key: string | undefined): void => {
    if (key === undefined) return;
    const id = `${by}|${key}`;
    keys.set(id, { by, key, own: by === 'bill' ? `${id}|${consignee}` : id, place: undefined });
  };
  const consignee = declaration.consignee?.id === undefined ? undefined : plain(declaration.consignee.id);
  // Without a consignee nobody can tell whose part of a bill it is.
  if (consignee !== undefined) add('bill', part(declaration.billOfLading));
  const supplier = declaration.consignor?.id ?? declaration.consignor?.name;
  for (const { code, reference } of declaration.documents ?? [])
    if (isInvoice(code)) add('invoice', both(supplier, reference));
  for (const item of declaration.items)
    for (const { code, reference } of item.documents ?? [])
      if (isInvoice(code)) add('invoice', both(item.consignor?.id ?? supplier, reference));
  return [...keys.values()];
}

/**
 * @param days for which the goods of a bill or invoice may be declared again
 * @param shared whether other replicas write into the store, too
 */
export function openKin(
  days: number,
  memory?: Pick<Memory, 'linkCount' | 'links' | 'progress' | 'follow' | 'view'>,
  shared = false,
): Kin {
  // Two generations, of which the older one is forgotten whole: taking the oldest key out of a map one by one makes the
  // map walk over the places of all that went before.
  let recent = new Map<string, Place>();
  let before = new Map<string, Place>();
  const near = (a: string, b: string): boolean => Math.abs(Date.parse(a) - Date.parse(b)) <= days * dayMs;

  function enter(key: Key, place: Place): void {
    if (recent.size >= remembered) {
      before = recent;
      recent = new Map();
    }
    place.within = recent;
    recent.set(key.own, place);
  }

  /** One look-up for each key of a check, which asks three times: who is new under it is written there in the end. */
  function under(key: Key): Place {
    const known = key.place;
    if (known !== undefined && (known.within === recent || known.within === before)) return known;
    let found = recent.get(key.own) ?? before.get(key.own);
    if (found === undefined) {
      found = { relatives: nobodys, within: undefined };
      enter(key, found);
    }
    key.place = found;
    return found;
  }

  /** Answers what stood in its place. */
  function keep(key: Key, relative: Relative): Relative | undefined {
    const here = under(key);
    const known = here.relatives;
    const place = known.findIndex(({ reference }) => reference === relative.reference);
    const replaced = place < 0 ? undefined : known[place];
    // A list that is pushed to has room for sixteen more.
    const all = place < 0 ? known.concat(relative) : known.with(place, relative);
    // The first is what the draw is taken over from.
    here.relatives = firstAndLast(all);
    if (here.within !== recent) enter(key, here);
    return replaced;
  }

  function takeBack(key: Key, relative: Relative, replaced: Relative | undefined): void {
    const here = under(key);
    here.relatives = here.relatives.flatMap((each) => (each === relative ? (replaced ?? []) : [each]));
  }

  /**
   * Traders under a number of an invoice, and how many of its rows were walked for them: those of a supplier who has one
   * number for everything can be very many, and few traders. Of one reading of the memory, whose rows grow at their end.
   */
  let walked = new Map<string, { rows: number; traders: Set<string | null> }>();
  let walkedIn: unknown;

  function tradersIn({ by, key, own }: Key): ReadonlySet<string | null> {
    if (memory === undefined) return new Set();
    if (walkedIn !== memory.view() || walked.size >= remembered) {
      walkedIn = memory.view();
      walked = new Map();
    }
    const known = walked.get(own) ?? { rows: 0, traders: new Set() };
    for (const { consignee } of memory.links(by, key, known.rows)) {
      if (known.traders.size > mostTraders) break;
      known.rows += 1;
      known.traders.add(consignee ?? null);
    }
    // Few rows are walked again as fast as they are found here.
    if (known.rows > most) walked.set(own, known);
    return known.traders;
  }

  /** Whether so many traders have that number that it is nobody's; `here` is what stands under it. */
  function isAnybodys(key: Key, here: readonly Relative[]): boolean {
    if (key.by === 'bill') return false;
    const traders = tradersIn(key);
    if (traders.size + here.length <= mostTraders) return false;
    const all = new Set(traders);
    for (const { consignee } of here) all.add(consignee);
    return all.size > mostTraders;
  }

  /** References under a key of which something is to be read, with their consignees. */
  function toRead(doc: DeclarationDocument, key: Key): [reference: string, consignee: string | null][] {
    const known = under(key).relatives;
    // Most share nothing with anybody.
    if (known.length === 0 && (memory === undefined || memory.linkCount(key.by, key.key) === 0)) return [];
    const here =
      known.length === 0 ? nobody : new Map(known.map(({ reference, consignee }) => [reference, consignee]));
    // What others decided since is in the store alone; what we decided is here.
    let wanted = shared && here.size > 0 ? new Map(here) : undefined;
    if (here.size < most && !isAnybodys(key, known)) {
      const own = doc.consignee === null ? undefined : plain(doc.consignee);
      // A row is a version, and one declaration may have many.
      for (const { reference, consignee } of memory?.links(key.by, key.key) ?? [])
        if (!here.has(reference) && (key.by === 'invoice' || (consignee && plain(consignee)) === own))
          wanted = (wanted ?? new Map<string, string | null>()).set(reference, consignee ?? null);
    }
    if (wanted === undefined) return [];
    wanted.delete(doc.reference);
    return firstAndLast([...wanted]);
  }

  function prepare(docs: readonly DeclarationDocument[], read: ReadKin): Promise<void> | undefined {
    // Right after a start the memory is still being read, and would know of nobody.
    if (memory !== undefined && !memory.progress().ready)
      return memory.follow().then(() => prepare(docs, read));
    const wanted = new Map<string, Map<Key, string | null>>();
    for (const doc of docs)
      for (const key of keysOf(doc.declaration))
        for (const [reference, consignee] of toRead(doc, key))
          wanted.set(reference, (wanted.get(reference) ?? new Map()).set(key, consignee));
    return wanted.size === 0 ? undefined : readAll(wanted, read);
  }

  async function readAll(
    wanted: ReadonlyMap<string, ReadonlyMap<Key, string | null>>,
    read: ReadKin,
  ): Promise<void> {
    const references = [...wanted.keys()];
    const [checks, trails] = await Promise.all([read.lastChecks(references), read.trails(references)]);
    for (const [reference, check] of checks) {
      const released = trails.events.get(reference)?.some(({ kind }) => kind === 'RELEASE') ?? false;
      for (const [key, consignee] of wanted.get(reference)!)
        keep(key, relativeOf(check, consignee, released));
    }
  }

  return {
    prepare,
    of(doc) {
      const found = new Map<string, Relative>();
      for (const key of keysOf(doc.declaration)) {
        const here = under(key).relatives;
        if (here.length === 0) continue;
        const others = here.filter(
          ({ reference, occurredAt }) => reference !== doc.reference && near(occurredAt, doc.occurredAt),
        );
        if (others.length === 0 || isAnybodys(key, here)) continue;
        for (const relative of others) found.set(relative.reference, relative);
      }
      return [...found.values()].sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1));
    },
    remember(doc, check, released) {
      const relative = relativeOf(check, doc.consignee, released);
      const kept = keysOf(doc.declaration).map((key) => ({ key, replaced: keep(key, relative) }));
      return () => {
        for (const { key, replaced } of kept) takeBack(key, relative, replaced);
      };
    },
    forget(instant) {
      if (memory === undefined) return;
      for (const generation of [recent, before])
        for (const [key, place] of generation) {
          place.relatives = place.relatives.filter(({ recordedAt }) => recordedAt >= instant);
          if (place.relatives.length > 0) continue;
          generation.delete(key);
          place.within = undefined;
        }
    },
  };
}

const firstAndLast = <T>(all: T[]): T[] => (all.length <= most ? all : [all[0]!, ...all.slice(1 - most)]);

const relativeOf = (
  { id, declaration, lane, draw, occurredAt, recordedAt, circumstances }: CheckDocument,
  consignee: string | null,
  released: boolean,
): Relative => ({
  reference: declaration,
  consignee,
  check: id,
  lane,
  // Of a draft: its own is of its registration, and nobody takes over what can be chosen.
  draw: circumstances?.undrawn === true ? undefined : draw,
  released,
  occurredAt,
  recordedAt,
});

/** The draw of the first, and the strictest lane of those whose goods are still here. */
export function inheritedFrom(
  relatives: readonly Relative[],
  strictness: ReadonlyMap<string, number>,
): { draw?: DrawRecord; lane?: { check: string; lane: string } } {
  const draw = relatives.find((relative) => relative.draw !== undefined)?.draw;
  let lane: Relative | undefined;
  for (const relative of relatives)
    if (
      !relative.released &&
      strictness.has(relative.lane) &&
      (lane === undefined || strictness.get(relative.lane)! > strictness.get(lane.lane)!)
    )
      lane = relative;
  return {
    ...(draw === undefined ? {} : { draw }),
    ...(lane === undefined ? {} : { lane: { check: lane.check, lane: lane.lane } }),
  };
}
