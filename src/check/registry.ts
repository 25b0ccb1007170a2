/** What is here already: declarations by any of their names, their newest version, their last check, their trail. */
import { canonicalJson } from '../ground/canonical.ts';
import { pages, readWhere } from '../store/pages.ts';
import type { Collection, Store } from '../store/port.ts';
import type { AliasDocument, DeclarationDocument, EventDocument, OutcomeDocument } from './collections.ts';
import * as specs from './collections.ts';
import type { CheckDocument } from './document.ts';

/** A declaration that is here, whichever version. */
export interface Known {
  reference: string;
  office: string | null;
  provisional: boolean;
  /** Set where it was found by a name that answers speak of and that is not its alone. */
  spoken?: true;
}

export interface Trails {
  events: Map<string, EventDocument[]>;
  outcomes: Map<string, OutcomeDocument[]>;
}

/** Handles of the collections that checks write. */
export interface Registry {
  declarations: Collection<DeclarationDocument>;
  events: Collection<EventDocument>;
  outcomes: Collection<OutcomeDocument>;
  checks: Collection<CheckDocument>;
  aliases: Collection<AliasDocument>;
  known(names: readonly string[]): Promise<Map<string, Known>>;
  /** Every version of each reference that is here, oldest first. */
  versions(references: readonly string[]): Promise<Map<string, DeclarationDocument[]>>;
  lastChecks(references: readonly string[]): Promise<Map<string, CheckDocument>>;
  trails(references: readonly string[]): Promise<Trails>;
}

export const versionId = (reference: string, version: number): string => `${reference}#${version}`;

export function openRegistry(store: Store): Registry {
  const declarations = store.collection<DeclarationDocument>(specs.declarations);
  const events = store.collection<EventDocument>(specs.events);
  const outcomes = store.collection<OutcomeDocument>(specs.outcomes);
  const checks = store.collection<CheckDocument>(specs.checks);
  const aliases = store.collection<AliasDocument>(specs.aliases);
  const first = (names: readonly string[]) => declarations.getMany(names.map((name) => versionId(name, 1)));

  return {
    declarations,
    events,
    outcomes,
    checks,
    aliases,

    // Most declarations are new: look-ups by key tell so, and only the others cost a search.
    async known(names) {
      const [direct, indirect] = await Promise.all([first(names), aliases.getMany(names)]);
      const targets = [...indirect.values()].map(({ doc }) => doc.reference);
      const named = targets.length === 0 ? direct : new Map([...direct, ...(await first(targets))]);
      const found = new Map<string, Known>();
      for (const name of names) {
        const own = direct.has(versionId(name, 1)) ? name : indirect.get(name)?.doc.reference;
        const doc = own === undefined ? undefined : named.get(versionId(own, 1))?.doc;
        if (doc === undefined) continue;
        const isSpoken = own !== name && indirect.get(name)?.doc.spoken === true;
        found.set(name, {
          reference: doc.reference,
          office: doc.office,
          provisional: doc.provisional,
          ...(isSpoken ? { spoken: true } : {}),
        });
      }
      return found;
    },

    async versions(references) {
      const found = new Map<string, DeclarationDocument[]>();
      for (const doc of await readWhere(declarations, 'reference', references)) {
        const docs = found.get(doc.reference);
        if (docs === undefined) found.set(doc.reference, [doc]);
        else docs.push(doc);
      }
      for (const docs of found.values()) docs.sort((a, b) => a.version - b.version);
      return found;
    },

    async lastChecks(references) {
      const last = new Map<string, CheckDocument>();
      if (references.length === 0) return last;
      // A page at a time: of many checks of a declaration one is kept.
      for await (const found of pages(checks, {
        where: { column: 'declaration', op: 'in', value: references },
      }))
        for (const check of found) {
          const best = last.get(check.declaration);
          if (best === undefined || follows(check, best)) last.set(check.declaration, check);
        }
      return last;
    },

    async trails(references) {
      const [eventDocs, outcomeDocs] = await Promise.all([
        readWhere(events, 'declaration', references),
        readWhere(outcomes, 'declaration', references),
      ]);
      return { events: byDeclaration(eventDocs), outcomes: byDeclaration(outcomeDocs) };
    },
  };
}

/** Later version, or later check of the same version. */
const follows = (check: CheckDocument, best: CheckDocument): boolean =>
  check.version > best.version || (check.version === best.version && check.ordinal > best.ordinal);

/** Adds to lists by declaration what is not there yet, by id; answers the declarations that got something. */
export function addTo<T extends { id: string; declaration: string }>(
  lists: Map<string, T[]>,
  docs: readonly T[],
): Set<string> {
  const got = new Set<string>();
  for (const doc of docs) {
    const list = lists.get(doc.declaration);
    if (list?.some(({ id }) => id === doc.id)) continue;
    if (list === undefined) lists.set(doc.declaration, [doc]);
    else list.push(doc);
    got.add(doc.declaration);
  }
  return got;
}

/**
 * An event that is here already and of which more is told now, such as why a lane was left: what is new or otherwise is
 * taken over, in the lists too. It was known to have happened since it was first recorded, and stays recorded then.
 */
export function betterTold<T extends { id: string; declaration: string; recordedAt: string }>(
  lists: ReadonlyMap<string, T[]>,
  docs: readonly T[],
): T[] {
  const better: T[] = [];
  for (const doc of docs) {
    const list = lists.get(doc.declaration) ?? [];
    const place = list.findIndex(({ id }) => id === doc.id);
    const known = list[place];
    if (known === undefined || known === doc) continue;
    const told = Object.entries(doc).filter(([, value]) => value !== undefined && value !== null);
    const merged: T = { ...known, ...Object.fromEntries(told), recordedAt: known.recordedAt };
    if (canonicalJson(merged) === canonicalJson(known)) continue;
    list[place] = merged;
    better.push(merged);
  }
  return better;
}

function byDeclaration<T extends { id: string; declaration: string }>(docs: readonly T[]): Map<string, T[]> {
  const lists = new Map<string, T[]>();
  for (const doc of docs) {
    const list = lists.get(doc.declaration);
    if (list === undefined) lists.set(doc.declaration, [doc]);
    else list.push(doc);
  }
  return lists;
}
