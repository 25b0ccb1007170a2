/** Since when rules have been as they are: from the rulebooks that checks were decided under. */
import type { Rule } from '../rules/model.ts';
import type { Store } from '../store/port.ts';
import { type SettingDocument, settings } from './settings.ts';

/** Day on which each `rule@version` was first in a rulebook that checked something. */
export async function inForceSince(store: Store): Promise<Map<string, string>> {
  const since = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await store.collection<SettingDocument>(settings).find({
      where: { column: 'kind', op: 'eq', value: 'rulebook' },
      sort: [{ column: 'recordedAt', direction: 'asc' }],
      limit: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { content, recordedAt } of page.docs)
      for (const { id, version } of (content as { rules: Rule[] }).rules) {
        const key = `${id}@${version}`;
        if (!since.has(key)) since.set(key, recordedAt.slice(0, 10));
      }
    cursor = page.next;
  } while (cursor !== undefined);
  return since;
}
