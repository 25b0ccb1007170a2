/**
 * The audit log: every change and every named look-up, append-only, in one hash chain for each writer (a process from
 * its start to its end), so that replicas need no common lock. Anchors (./anchor.ts) join the chains once a day. A chain
 * shows that something was changed or cut out, not who did it; the anchor has to be kept where the database's owner
 * cannot reach it.
 */
import { randomBytes } from 'node:crypto';
import { contentHash } from '../ground/canonical.ts';
import { runner } from '../ground/runner.ts';
import type { CollectionSpec, Store } from '../store/port.ts';
import { isBehind, knows, type NewestAnchors, newestAnchors } from './anchors.ts';

export interface AuditEntry {
  /** Who: a key's id, a token's subject, `command line`, `local`. */
  subject: string;
  role: string;
  /** What was done: `key.create`, `person.unmask`, `rulebook.activate`, ... */
  action: string;
  /** To what: an id; never a name. */
  object: string;
  detail?: Record<string, unknown>;
}

export interface AuditDocument extends AuditEntry {
  /** `writer/number`, the number padded so that text order is the chain's order. */
  id: string;
  writer: string;
  number: number;
  /** UTC. */
  at: string;
  /** The anchor after which it was written, where the clock was behind one: it is not as old as it says. */
  after?: string;
  /** Hash of the entry before it in the chain; of the writer's name for the first. */
  previous: string;
  /** Hash of everything above. */
  hash: string;
}

const text = { type: 'text' } as const;
export const audit: CollectionSpec = {
  name: 'audit',
  schema: 1,
  columns: {
    writer: text,
    number: { type: 'integer' },
    at: text,
    subject: text,
    role: text,
    action: text,
    object: text,
  },
  indexes: [['writer', 'number'], ['at'], ['object']],
};

export const entryId = (writer: string, number: number): string =>
  `${writer}/${String(number).padStart(10, '0')}`;
export const firstLink = (writer: string): string => contentHash(['crosscheck audit', writer]);

export function hashOf(entry: AuditDocument): string {
  const { hash: _, ...rest } = entry;
  return contentHash(rest);
}

export interface AuditLog {
  readonly writer: string;
  /** Durable when it resolves. What must not happen without a record awaits it first. */
  record(entry: AuditEntry): Promise<void>;
}

/** The same entries, each upon the one before; one whose clock is behind an anchor that does not know it names that anchor. */
function linked(
  documents: readonly AuditDocument[],
  link: string,
  newest: NewestAnchors | undefined,
): AuditDocument[] {
  let previous = link;
  return documents.map((document) => {
    const entry = { ...document, previous };
    if (newest !== undefined && isBehind(Date.parse(entry.at), newest.latest) && !knows(newest.last, entry))
      entry.after = newest.last.id;
    entry.hash = hashOf(entry);
    previous = entry.hash;
    return entry;
  });
}

export function openAuditLog(store: Store, now: () => Date = () => new Date()): AuditLog {
  const collection = store.collection<AuditDocument>(audit);
  const writer = `${now().toISOString().slice(0, 19)}-${randomBytes(4).toString('hex')}`;
  let number = 0;
  let previous = firstLink(writer);
  /** What a failed write may have left: written again before anything else, so that the chain runs through it. */
  let unsure: AuditDocument[] = [];
  let waiting: { entry: AuditEntry; resolve: () => void; reject: (error: unknown) => void }[] = [];

  // One write at a time, and everything that waits goes into the next one: the chain has no gaps and no forks.
  const writing = runner(async () => {
    const batch = waiting;
    waiting = [];
    const first = number + unsure.length + 1;
    let documents = [
      ...unsure,
      ...batch.map(
        ({ entry }, index): AuditDocument => ({
          ...entry,
          id: entryId(writer, first + index),
          writer,
          number: first + index,
          at: now().toISOString(),
          previous: '',
          hash: '',
        }),
      ),
    ];
    try {
      let newest = await newestAnchors(store);
      for (;;) {
        documents = linked(documents, previous, newest);
        await collection.put(documents);
        // One that was made meanwhile may not know them, and is told a time that they do not reach.
        const meanwhile = await newestAnchors(store);
        if (meanwhile?.last.hash === newest?.last.hash) break;
        newest = meanwhile;
      }
      number += documents.length;
      previous = documents.at(-1)?.hash ?? previous;
      unsure = [];
      for (const each of batch) each.resolve();
    } catch (error) {
      unsure = documents;
      for (const each of batch) each.reject(error);
    }
  });

  return {
    writer,
    record(entry) {
      return new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject });
        writing.poke();
      });
    },
  };
}
