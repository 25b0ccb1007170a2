/** What could not be evaluated, gathered: a rule on items that lacks the same fact on 119 of them is one hole, not 119. */
import type { NotEvaluated } from '../engine/finding.ts';
import { contentHash } from '../ground/canonical.ts';
import type { CollectionSpec, Store } from '../store/port.ts';

export interface Hole {
  rule: string;
  version: number;
  /** Names of the facts that were missing. */
  missing: string[];
  /** Item numbers, for a rule on items. */
  items?: number[];
  /** Set where the rule failed at run time and took itself out. */
  error?: string;
}

/** The engine gives one list for all that lack the same, so what follows from a list is made once, too. */
const gathered = new WeakMap<readonly NotEvaluated[], Hole[]>();
const hashed = new WeakMap<readonly Hole[], string>();

/** In the order in which rules come; items in theirs. Shared by all that lack the same: not to be changed. */
export function gather(notEvaluated: readonly NotEvaluated[]): Hole[] {
  let holes = gathered.get(notEvaluated);
  if (holes === undefined) {
    holes = gatherAnew(notEvaluated);
    gathered.set(notEvaluated, holes);
  }
  return holes;
}

function gatherAnew(notEvaluated: readonly NotEvaluated[]): Hole[] {
  const holes = new Map<string, Hole>();
  for (const { rule, version, item, missing, error } of notEvaluated) {
    const key = item === undefined ? rule : `${rule}\u0000${missing.join('\u0000')}\u0000${error ?? ''}`;
    const hole = holes.get(key);
    if (hole !== undefined && item !== undefined) hole.items!.push(item);
    else {
      holes.set(key, {
        rule,
        version,
        missing,
        ...(item === undefined ? {} : { items: [item] }),
        ...(error === undefined ? {} : { error }),
      });
    }
  }
  return [...holes.values()];
}

export interface HolesDocument {
  /** Hash of the holes. */
  id: string;
  holes: Hole[];
}

export const holesSpec: CollectionSpec = { name: 'holes', schema: 1, columns: {}, indexes: [] };

export function holesId(holes: readonly Hole[]): string {
  let id = hashed.get(holes);
  if (id === undefined) {
    id = contentHash(holes).slice(0, 32);
    hashed.set(holes, id);
  }
  return id;
}

export interface HoleBook {
  /** Durable when it resolves, and before any check that names them is written. */
  keep(all: readonly (readonly Hole[])[]): Promise<void>;
  read(ids: readonly string[]): Promise<ReadonlyMap<string, Hole[]>>;
}

/** Sets remembered; a rulebook over one kind of message makes a few hundred. */
const remembered = 5_000;

export function openHoles(store: Store): HoleBook {
  const collection = store.collection<HolesDocument>(holesSpec);
  const known = new Map<string, Hole[]>();
  const remember = (id: string, holes: Hole[]) => {
    if (known.size >= remembered) known.clear();
    known.set(id, holes);
  };
  return {
    async keep(all) {
      const fresh = new Map<string, Hole[]>();
      for (const holes of all) {
        const id = holesId(holes);
        if (!known.has(id)) fresh.set(id, [...holes]);
      }
      if (fresh.size === 0) return;
      await collection.putNew([...fresh].map(([id, holes]) => ({ id, holes })));
      for (const [id, holes] of fresh) remember(id, holes);
    },
    async read(ids) {
      const found = new Map<string, Hole[]>();
      const unknown: string[] = [];
      for (const id of new Set(ids)) {
        const holes = known.get(id);
        if (holes === undefined) unknown.push(id);
        else found.set(id, holes);
      }
      if (unknown.length > 0) {
        for (const [id, { doc }] of await collection.getMany(unknown)) {
          remember(id, doc.holes);
          found.set(id, doc.holes);
        }
      }
      return found;
    },
  };
}
