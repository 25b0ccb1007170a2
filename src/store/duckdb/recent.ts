/**
 * What was written last, in memory. Those who follow a collection (history, projections, streams, webhooks) are seldom
 * far behind the writers, and asked DuckDB to scan and sort for what had just gone into it. Kept from the first time that
 * somebody follows; a reader who is further behind than this goes back asks the table.
 *
 * Nobody else writes the file, and only what is committed is told here, so what is answered is what the table holds.
 *
 * History reads each declaration a moment after it was written, and parsing it again was a twentieth of a check. So the
 * first reader who is that close behind gets the document as its writer gave it.
 */
import type { Row } from '../columns.ts';
import type { Document, Stored } from '../port.ts';

/** A row with its version and its place in the sequence. */
export interface Numbered {
  row: Row;
  version: bigint;
  seq: bigint;
}

interface Kept {
  id: string;
  json: string;
  /** As it was given to be written, until somebody read it. */
  doc: Document | undefined;
  version: number;
  seq: number;
  /** Written anew or removed since. */
  gone: boolean;
}

export interface Recent {
  /** To be told of each committed group, in the order of the sequence. */
  took(written: readonly Numbered[], removed: readonly string[]): void;
  /** What a row that was told of was made from, for readers who are close behind; nobody changes it any more. */
  madeFrom(row: Row, doc: Document): void;
  /** Rows went that nobody named. */
  forget(): void;
  /**
   * What stands after the cursor, oldest first; undefined where that goes back too far.
   * @param sequence of the table now, from which on is kept
   */
  after(cursor: number, limit: number, sequence: number): Stored<Document>[] | undefined;
}

/** Characters of JSON that a collection keeps. */
const mostKept = 16 * 2 ** 20;
/** Places behind the writers up to which a reader is close. */
const close = 512;

export function openRecent(room = mostKept): Recent {
  let kept: Kept[] | undefined;
  let byId = new Map<string, Kept>();
  let held = 0;
  /** All after this is kept. */
  let floor = 0;
  /** Up to where somebody has read. */
  let readTo = 0;

  const drop = (entry: Kept): void => {
    if (entry.gone) return;
    entry.gone = true;
    held -= entry.json.length;
    entry.json = '';
    entry.doc = undefined;
    byId.delete(entry.id);
  };

  function makeRoom(entries: Kept[]): void {
    // What is written again and again leaves nothing but places.
    let standing = entries.length > 2 * byId.size + 1_000 ? entries.filter(({ gone }) => !gone) : entries;
    if (held > room) {
      // Half at a time, so that the list is moved seldom.
      let dropped = 0;
      while (held > room / 2) drop(standing[dropped++]!);
      floor = standing[dropped - 1]!.seq;
      standing = standing.slice(dropped);
    }
    kept = standing;
  }

  return {
    took(written, removed) {
      if (kept === undefined) return;
      for (const id of removed) {
        const before = byId.get(id);
        if (before !== undefined) drop(before);
      }
      for (const { row, version, seq } of written) {
        const before = byId.get(row.id);
        if (before !== undefined) drop(before);
        const entry = {
          id: row.id,
          json: row.json,
          doc: undefined,
          version: Number(version),
          seq: Number(seq),
          gone: false,
        };
        kept.push(entry);
        byId.set(row.id, entry);
        held += row.json.length;
      }
      makeRoom(kept);
    },
    madeFrom(row, doc) {
      const entry = byId.get(row.id);
      // The very text: it may have been written again since.
      if (entry?.json === row.json && entry.seq - readTo <= close) entry.doc = doc;
    },
    forget() {
      kept = undefined;
      byId = new Map();
      held = 0;
    },
    after(cursor, limit, sequence) {
      if (kept === undefined) {
        kept = [];
        floor = sequence;
      }
      if (cursor < floor) return undefined;
      const found: Stored<Document>[] = [];
      for (let at = firstAfter(kept, cursor); at < kept.length && found.length < limit; at++) {
        const entry = kept[at]!;
        if (entry.gone) continue;
        const { json, doc, version, seq } = entry;
        found.push({ doc: doc ?? JSON.parse(json), version, seq });
        entry.doc = undefined;
      }
      readTo = Math.max(readTo, found.at(-1)?.seq ?? 0);
      return found;
    },
  };
}

/** The first place whose number is beyond the cursor. */
function firstAfter(kept: readonly Kept[], cursor: number): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (kept[middle]!.seq > cursor) high = middle;
    else low = middle + 1;
  }
  return low;
}
