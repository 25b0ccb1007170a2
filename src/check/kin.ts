/**
 * Declarations of the same goods under another reference: the same bill of lading for the same consignee, or the same
 * invoice of the same supplier. Whoever cancels a declaration and lodges it again, or lodges it twice at a time, gets
 * neither a new draw nor a milder lane. Found in memory: what this process checked of late, and the evidence's memory
 * of everything older; only a match costs a read.
 */
import type { Declaration } from '../declaration/declaration.ts';
import { plain } from '../evidence/links.ts';
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
  remember(doc: DeclarationDocument, check: CheckDocument, released: boolean): void;
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
  /** Its goods have left: what comes now under the same bill is another part of it, and keeps the draw alone. */
  released: boolean;
  occurredAt: string;
  recordedAt: string;
}

/** Keys that this process remembers of itself at the least; older ones are in the evidence's memory. */
const remembered = 25_000;
/** A bill that so many declarations share is a groupage, and nobody's re-lodgement. */
const most = 50;
const dayMs = 86_400_000;

const isInvoice = (code: string | undefined): boolean => code === '380' || code === 'N380';

interface Key {
  by: 'bill' | 'invoice';
  /** As the evidence's memory calls it. */
  key: string;
  /** As it is called here: a bill is shared by everybody whose goods it carries, an invoice names its supplier. */
  own: string;
}

/** Asked for three times in one check; worked out once. */
const known = new WeakMap<Declaration, Key[]>();

function keysOf(declaration: Declaration): Key[] {
  const found = known.get(declaration) ?? workedOut(declaration);
  known.set(declaration, found);
  return found;
}

function workedOut(declaration: Declaration): Key[] {
  const keys = new Map<string, Key>();
  const add = (by: Key['by'], ...parts: (string | undefined)[]): void => {
    if (parts.some((part) => part === undefined || part.trim() === '')) return;
    const key = parts.map((part) => plain(part!)).join('|');
    const id = `${by}|${key}`;
    keys.set(id, { by, key, own: by === 'bill' ? `${id}|${consignee}` : id });
  };
  const consignee = declaration.consignee?.id;
  // Without a consignee nobody can tell whose part of a bill it is.
  if (consignee !== undefined) add('bill', declaration.billOfLading);
  const supplier = declaration.consignor?.id ?? declaration.consignor?.name;
  for (const { code, reference } of declaration.documents ?? [])
    if (isInvoice(code)) add('invoice', supplier, reference);
  for (const item of declaration.items)
    for (const { code, reference } of item.documents ?? [])
      if (isInvoice(code)) add('invoice', item.consignor?.id ?? supplier, reference);
  return [...keys.values()];
}

/** @param days for which the goods of a bill or invoice may be declared again. */
export function openKin(days: number, memory?: Pick<Memory, 'links'>): Kin {
  // Two generations, of which the older one is forgotten whole: taking the oldest key out of a map one by one makes the
  // map walk over the places of all that went before.
  let recent = new Map<string, Relative[]>();
  let before = new Map<string, Relative[]>();
  const under = (key: string): readonly Relative[] => recent.get(key) ?? before.get(key) ?? [];
  const near = (a: string, b: string): boolean => Math.abs(Date.parse(a) - Date.parse(b)) <= days * dayMs;

  function keep(key: string, relative: Relative): void {
    const others = under(key).filter(({ reference }) => reference !== relative.reference);
    if (recent.size >= remembered && !recent.has(key)) {
      before = recent;
      recent = new Map();
    }
    recent.set(key, [...others, relative].slice(-most));
  }

  /** References under a key that the memory knows and this process does not. */
  function older(doc: DeclarationDocument, key: Key): string[] {
    if (memory === undefined) return [];
    const rows = memory.links(key.by, key.key);
    if (rows.length > most) return [];
    const here = new Set(under(key.own).map(({ reference }) => reference));
    return rows
      .filter(
        ({ reference, consignee }) =>
          reference !== doc.reference &&
          !here.has(reference) &&
          (key.by === 'invoice' || (consignee ?? null) === doc.consignee),
      )
      .map(({ reference }) => reference);
  }

  return {
    prepare(docs, read) {
      const wanted = new Map<string, Set<string>>();
      for (const doc of docs)
        for (const key of keysOf(doc.declaration))
          for (const reference of older(doc, key)) {
            const keys = wanted.get(reference) ?? new Set();
            keys.add(key.own);
            wanted.set(reference, keys);
          }
      if (wanted.size === 0) return undefined;
      return (async () => {
        const references = [...wanted.keys()];
        const [checks, trails] = await Promise.all([read.lastChecks(references), read.trails(references)]);
        for (const [reference, check] of checks) {
          const released = trails.events.get(reference)?.some(({ kind }) => kind === 'RELEASE') ?? false;
          for (const key of wanted.get(reference)!) keep(key, relativeOf(check, released));
        }
      })();
    },
    of(doc) {
      const found = new Map<string, Relative>();
      for (const key of keysOf(doc.declaration))
        for (const relative of under(key.own))
          if (relative.reference !== doc.reference && near(relative.occurredAt, doc.occurredAt))
            found.set(relative.reference, relative);
      return [...found.values()].sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1));
    },
    remember(doc, check, released) {
      const relative = relativeOf(check, released);
      for (const key of keysOf(doc.declaration)) keep(key.own, relative);
    },
    forget(instant) {
      if (memory === undefined) return;
      for (const generation of [recent, before])
        for (const [key, relatives] of generation) {
          const left = relatives.filter(({ recordedAt }) => recordedAt >= instant);
          if (left.length === 0) generation.delete(key);
          else if (left.length < relatives.length) generation.set(key, left);
        }
    },
  };
}

const relativeOf = (
  { id, declaration, lane, draw, occurredAt, recordedAt, circumstances }: CheckDocument,
  released: boolean,
): Relative => ({
  reference: declaration,
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
