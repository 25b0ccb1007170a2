/**
 * What a check was decided under, kept by content hash so that it can be replayed years later: rulebooks, profiles and
 * country profiles. Written once, before the first check that names it.
 */
import type { CollectionSpec, Store } from '../store/port.ts';
import type { Setting } from './desk.ts';

export interface SettingDocument {
  /** `kind:version`. */
  id: string;
  kind: Setting['kind'];
  content: unknown;
  recordedAt: string;
}

export const settings: CollectionSpec = {
  name: 'setting',
  schema: 1,
  columns: { kind: { type: 'text' }, recordedAt: { type: 'text' } },
  indexes: [],
};

export interface Settings {
  keep(setting: Setting, now: string): Promise<void>;
  read(kind: SettingDocument['kind'], version: string): Promise<unknown>;
}

export function openSettings(store: Store): Settings {
  const collection = store.collection<SettingDocument>(settings);
  const kept = new Set<string>();
  return {
    async keep({ kind, version, content }, now) {
      const id = `${kind}:${version}`;
      if (kept.has(id)) return;
      await collection.putNew([{ id, kind, content, recordedAt: now }]);
      kept.add(id);
    },
    async read(kind, version) {
      return (await collection.get(`${kind}:${version}`))?.doc.content;
    },
  };
}
