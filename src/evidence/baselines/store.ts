/**
 * Versions of the baselines as they are stored: what comparable goods were, as it was known when they were computed. A
 * check uses the last version recorded before it and names it; older ones stay, for checks and backtests of their time.
 */
import type { Measure } from '../../facts/baseline/definitions.ts';
import type { Baseline } from '../../facts/baseline/measures.ts';
import type { CollectionSpec, Store } from '../../store/port.ts';

export interface BaselineVersion {
  /** Day and hash: `2026-03-01.1f3a9c02`. */
  id: string;
  /** Of the computation; only what was recorded before it is in it. */
  recordedAt: string;
  /** Length of the window before it, days. */
  days: number;
  groups: number;
  /** Items that were compared. */
  items: number;
}

export interface BaselineGroup {
  /** `version|group`. */
  id: string;
  version: string;
  /** `851713 CN`, `851713` or `8517`. */
  group: string;
  measures: Partial<Record<Measure, Baseline>>;
}

const text = { type: 'text' } as const;

export const baselineVersions: CollectionSpec = {
  name: 'baseline_version',
  schema: 1,
  columns: { recordedAt: text },
  indexes: [['recordedAt']],
};

export const baselineGroups: CollectionSpec = {
  name: 'baseline_group',
  schema: 1,
  columns: { version: text, group: text },
  indexes: [['version']],
};

export type BaselineBook = ReadonlyMap<string, BaselineGroup['measures']>;

const batch = 2_000;

export interface BaselineStore {
  /** Groups first: a version that is seen is whole. */
  put(version: BaselineVersion, groups: readonly BaselineGroup[]): Promise<void>;
  /** Newest first. */
  versions(limit: number): Promise<BaselineVersion[]>;
  /** Written after a cursor, in order. */
  since(cursor: number): Promise<{ versions: BaselineVersion[]; cursor: number }>;
  book(version: string): Promise<BaselineBook>;
  group(version: string, group: string): Promise<BaselineGroup | undefined>;
}

export function openBaselines(store: Store): BaselineStore {
  const versions = store.collection<BaselineVersion>(baselineVersions);
  const groups = store.collection<BaselineGroup>(baselineGroups);
  return {
    async put(version, all) {
      for (let at = 0; at < all.length; at += batch) await groups.put(all.slice(at, at + batch));
      await versions.put([version]);
    },
    async versions(limit) {
      const { docs } = await versions.find({ sort: [{ column: 'recordedAt', direction: 'desc' }], limit });
      return docs;
    },
    async since(cursor) {
      const found: BaselineVersion[] = [];
      let last = cursor;
      for (;;) {
        const page = await versions.since(last, batch);
        for (const { doc, seq } of page) {
          found.push(doc);
          last = Math.max(last, seq);
        }
        if (page.length < batch) return { versions: found, cursor: last };
      }
    },
    async book(version) {
      const book = new Map<string, BaselineGroup['measures']>();
      let cursor: string | undefined;
      do {
        const page = await groups.find({
          where: { column: 'version', op: 'eq', value: version },
          limit: 5_000,
          ...(cursor === undefined ? {} : { cursor }),
        });
        for (const { group, measures } of page.docs) book.set(group, measures);
        cursor = page.next;
      } while (cursor !== undefined);
      return book;
    },
    group: async (version, group) => (await groups.get(`${version}|${group}`))?.doc,
  };
}
