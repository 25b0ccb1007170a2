/**
 * Lists of the administration as they are stored: each load is a new word on the list, in force from its record on; the
 * words before it stay, for checks and backtests of their time. Entries lie in parts, so that a list may be large; the
 * header is written last, and a list whose header is seen is whole.
 */
import { CrosscheckError } from '../../errors.ts';
import type { ListEntry, ListFile } from '../../facts/list/model.ts';
import { contentHash } from '../../ground/canonical.ts';
import type { CollectionSpec, Store } from '../../store/port.ts';

export interface ListHeader extends Omit<ListFile, 'id' | 'entries'> {
  /** `list|recordedAt|hash`. */
  id: string;
  list: string;
  recordedAt: string;
  /** Who loaded it: a subject of the audit log. */
  by: string;
  content: string;
  entries: number;
  /** True where the list was taken out of force. */
  withdrawn: boolean;
}

interface ListPart {
  id: string;
  header: string;
  part: number;
  entries: ListEntry[];
}

const text = { type: 'text' } as const;

export const listHeaders: CollectionSpec = {
  name: 'list',
  schema: 1,
  columns: { list: text, recordedAt: text },
  indexes: [['list', 'recordedAt']],
};

export const listParts: CollectionSpec = {
  name: 'list_part',
  schema: 1,
  columns: { header: text, part: { type: 'integer' } },
  indexes: [['header']],
};

const partSize = 5_000;
const page = 1_000;

export interface ListStore {
  /** Answers false where the list says the same already. */
  put(file: ListFile, recordedAt: string, by: string): Promise<boolean>;
  /** Throws CC_NOT_FOUND where no such list is in force. */
  withdraw(list: string, recordedAt: string, by: string): Promise<void>;
  /** Every word, in the order of record. */
  headers(): Promise<ListHeader[]>;
  since(cursor: number): Promise<{ headers: ListHeader[]; cursor: number }>;
  read(header: ListHeader): Promise<ListFile>;
}

/** The last word on each list by an instant; withdrawn lists are not among them. */
export function inForce(headers: readonly ListHeader[], asOf: string): ListHeader[] {
  const last = new Map<string, ListHeader>();
  for (const header of headers) {
    if (header.recordedAt > asOf) continue;
    const before = last.get(header.list);
    if (before === undefined || before.recordedAt <= header.recordedAt) last.set(header.list, header);
  }
  return [...last.values()].filter(({ withdrawn }) => !withdrawn).sort((a, b) => (a.list < b.list ? -1 : 1));
}

export function openLists(store: Store): ListStore {
  const headers = store.collection<ListHeader>(listHeaders);
  const parts = store.collection<ListPart>(listParts);

  async function lastWord(list: string): Promise<ListHeader | undefined> {
    const { docs } = await headers.find({
      where: { column: 'list', op: 'eq', value: list },
      sort: [{ column: 'recordedAt', direction: 'desc' }],
      limit: 1,
    });
    return docs[0];
  }

  async function since(cursor: number): Promise<{ headers: ListHeader[]; cursor: number }> {
    const found: ListHeader[] = [];
    let last = cursor;
    for (;;) {
      const batch = await headers.since(last, page);
      for (const { doc, seq } of batch) {
        found.push(doc);
        last = Math.max(last, seq);
      }
      if (batch.length < page) return { headers: found, cursor: last };
    }
  }

  return {
    since,
    headers: async () => (await since(0)).headers,

    async put({ id: list, entries, ...file }, recordedAt, by) {
      const content = contentHash([file, entries]);
      const before = await lastWord(list);
      if (before !== undefined && !before.withdrawn && before.content === content) return false;
      const id = `${list}|${recordedAt}|${content.slice(0, 12)}`;
      const pieces: ListPart[] = [];
      for (let at = 0; at < entries.length; at += partSize)
        pieces.push({
          id: `${id}#${pieces.length}`,
          header: id,
          part: pieces.length,
          entries: entries.slice(at, at + partSize),
        });
      if (pieces.length > 0) await parts.put(pieces);
      await headers.put([
        { ...file, id, list, recordedAt, by, content, entries: entries.length, withdrawn: false },
      ]);
      return true;
    },

    async withdraw(list, recordedAt, by) {
      const before = await lastWord(list);
      if (before === undefined || before.withdrawn)
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'list', id: list });
      await headers.put([
        { ...before, id: `${list}|${recordedAt}|withdrawn`, recordedAt, by, entries: 0, withdrawn: true },
      ]);
    },

    async read({ id, list, recordedAt: _, by: __, content: ___, entries: ____, withdrawn: _____, ...file }) {
      const entries: ListEntry[] = [];
      let cursor: string | undefined;
      do {
        const found = await parts.find({
          where: { column: 'header', op: 'eq', value: id },
          sort: [{ column: 'part', direction: 'asc' }],
          limit: 20,
          ...(cursor === undefined ? {} : { cursor }),
        });
        for (const part of found.docs) entries.push(...part.entries);
        cursor = found.next;
      } while (cursor !== undefined);
      return { ...file, id: list, entries };
    },
  };
}
