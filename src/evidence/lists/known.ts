/**
 * The lists in force at a check: what is shipped, what follows from registers, and what the administration loaded, each
 * replacing an earlier one of the same id. Loaded lists are followed in the store; the content of a word that is no more
 * in force is read when a check of its time asks.
 */
import type { ListBook } from '../../facts/list/book.ts';
import type { ListFile } from '../../facts/list/model.ts';
import type { Store } from '../../store/port.ts';
import { remembered } from '../epochs.ts';
import { listBook, shippedLists } from './shipped.ts';
import { inForce, type ListHeader, openLists } from './store.ts';

export interface KnownLists {
  follow(): Promise<void>;
  /** Reads what the lists of these instants hold. */
  prepare(instants: readonly string[]): Promise<void>;
  at(asOf: string): ListBook;
}

/** Contents kept beside those in force now. */
const keptContents = 64;

export function knownLists(
  store: Store | undefined,
  own: readonly ListFile[],
  registersAt: (asOf: string) => { since: string; lists: readonly ListFile[] },
): KnownLists {
  const shipped = shippedLists();
  const lists = store === undefined ? undefined : openLists(store);
  const headers: ListHeader[] = [];
  const contents = new Map<string, ListFile>();
  let cursor = 0;

  const keyAt = (asOf: string): { headers: ListHeader[]; key: string; since: string } => {
    const valid = inForce(headers, asOf);
    const { since } = registersAt(asOf);
    return { headers: valid, since, key: [since, ...valid.map(({ id }) => id)].join('\u0000') };
  };

  async function load(wanted: readonly ListHeader[]): Promise<void> {
    for (const header of wanted)
      if (lists !== undefined && !contents.has(header.id)) contents.set(header.id, await lists.read(header));
  }

  /** The instant is looked up beside the key, which says all that it stands for. */
  let asked = '';
  const books = remembered(8, () =>
    listBook([
      ...shipped,
      ...own,
      ...registersAt(asked).lists,
      ...inForce(headers, asked).flatMap(({ id }) => contents.get(id) ?? []),
    ]),
  );

  return {
    async follow() {
      if (lists === undefined) return;
      const found = await lists.since(cursor);
      if (found.headers.length === 0) return;
      await load(inForce([...headers, ...found.headers], '9999'));
      headers.push(...found.headers);
      cursor = found.cursor;
    },
    async prepare(instants) {
      if (headers.length === 0) return;
      for (const asOf of instants) {
        const { headers: valid } = keyAt(asOf);
        if (valid.every(({ id }) => contents.has(id))) continue;
        if (contents.size > keptContents) {
          const now = new Set(inForce(headers, '9999').map(({ id }) => id));
          for (const id of contents.keys()) if (!now.has(id)) contents.delete(id);
        }
        await load(valid);
      }
    },
    at(asOf) {
      asked = asOf;
      return books(keyAt(asOf).key);
    },
  };
}
