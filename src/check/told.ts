/**
 * Who was told of a check: callers who asked for it are named in the check itself, those who looked it up later are kept
 * here. When late events or outcomes change what was found, this says who acted on what is no longer so.
 */
import type { CollectionSpec, Store } from '../store/port.ts';
import * as specs from './collections.ts';
import type { CheckDocument } from './document.ts';
import { type DegradedDocument, degradedChecks } from './fallback.ts';

export interface ToldDocument {
  /** `check|subject`. */
  id: string;
  check: string;
  declaration: string;
  /** A key's id or a token's subject. */
  subject: string;
  role: string;
  /** First time, UTC. */
  at: string;
}

const text = { type: 'text' } as const;
export const tellings: CollectionSpec = {
  name: 'told',
  schema: 1,
  columns: { check: text, declaration: text, subject: text, at: text },
  indexes: [['declaration'], ['subject']],
};

export interface Told {
  subject: string;
  /** The checks of this declaration that they were given, oldest first. */
  checks: string[];
  /** Whether the check that stands now is among them. */
  knows: boolean;
}

export interface ToldBook {
  /** Once for each caller and check; durable when it resolves. */
  record(
    check: { id: string; declaration: string },
    caller: { subject: string; role: string },
    now: Date,
  ): Promise<void>;
  /** Everybody who was given this check or one that it replaced, or one that replaced it. */
  of(declaration: string): Promise<Told[]>;
}

/** Look-ups remembered, so that reading twice writes once. */
const remembered = 10_000;
const most = 10_000;

export function openTold(store: Store): ToldBook {
  const told = store.collection<ToldDocument>(tellings);
  const checks = store.collection<CheckDocument>(specs.checks);
  const answers = store.collection<DegradedDocument>(degradedChecks);
  const written = new Set<string>();
  return {
    async record({ id: check, declaration }, { subject, role }, now) {
      const id = `${check}|${subject}`;
      if (written.has(id)) return;
      await told.putNew([{ id, check, declaration, subject, role, at: now.toISOString() }]);
      if (written.size >= remembered) written.clear();
      written.add(id);
    },
    async of(declaration) {
      const where = { column: 'declaration', op: 'eq', value: declaration } as const;
      const [given, degraded, looked] = await Promise.all([
        checks.find({ where, limit: most }),
        answers.find({ where, limit: most }),
        told.find({ where, sort: [{ column: 'at', direction: 'asc' }], limit: most }),
      ]);
      const order = [...given.docs].sort((a, b) => a.version - b.version || a.ordinal - b.ordinal);
      const standing = order.at(-1)?.id;
      const bySubject = new Map<string, Set<string>>();
      const add = (subject: string, check: string) =>
        bySubject.set(subject, (bySubject.get(subject) ?? new Set()).add(check));
      for (const { by, id } of [...degraded.docs, ...order]) if (by !== undefined) add(by, id);
      for (const { subject, check } of looked.docs) add(subject, check);
      const position = new Map(order.map(({ id }, index) => [id, index]));
      return [...bySubject].map(([subject, known]) => ({
        subject,
        checks: [...known].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0)),
        knows: standing !== undefined && known.has(standing),
      }));
    },
  };
}
