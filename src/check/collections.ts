/**
 * The collections that intake and checks write. Projections (findings, clearance, clearance_item, act) read them by
 * `since` and can be thrown away; these can not. Instants are UTC in ISO form with milliseconds; `local` keeps the
 * office's own clock, from which days and hours of work are told. Officers are surrogates here already.
 */
import type { Declaration } from '../declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import type { CollectionSpec } from '../store/port.ts';
import type { CheckDocument } from './document.ts';
import { placeEvidence } from './evidence.ts';

/** One version of one declaration. `id` is `reference#version`. */
export interface DeclarationDocument {
  id: string;
  reference: string;
  /** Counted by us from 1, one more for each change of content. */
  version: number;
  provisional: boolean;
  content: string;
  office: string | null;
  flow: string;
  declarant: string | null;
  consignee: string | null;
  consignor: string | null;
  /** When the declaration was made, UTC; the source's acceptance or lodgement, else when it was recorded. */
  occurredAt: string;
  recordedAt: string;
  /** Of one that was answered with the fallback lane and kept until it could be checked: when it came, UTC. */
  cameAt?: string;
  declaration: Declaration;
}

/** An event or outcome whose declaration is not here yet waits under the name by which it was called. */
export type EventDocument = Omit<TrailEvent, 'user' | 'at' | 'enteredAt' | 'endedAt' | 'id'> & {
  id: string;
  declaration: string;
  /** Of one that waited: from this and the declaration its id is made. */
  mark?: string;
  at: string;
  /** As given, with the office's offset. */
  local: string;
  enteredAt: string | null;
  endedAt?: string;
  officer: string | null;
  recordedAt: string;
};

export type OutcomeDocument = Omit<Outcome, 'user' | 'at' | 'enteredAt' | 'id'> & {
  id: string;
  declaration: string;
  mark?: string;
  /** Of the declaration; null while it is not here. */
  office: string | null;
  at: string;
  local: string;
  enteredAt: string | null;
  officer: string | null;
  recordedAt: string;
};

/** Another name of a declaration: LRN, MRN, registration. */
export interface AliasDocument {
  id: string;
  reference: string;
  /** Set on a name that others may have as well (intake/record.ts): found by answers alone. */
  spoken?: true;
}

/** The one place where an account and its surrogate meet; deleting the document erases the person. */
export interface PersonDocument {
  /** The account in the source system. */
  id: string;
  officer: string;
  name?: string;
}

const text = { type: 'text' } as const;
const integer = { type: 'integer' } as const;

export const declarations: CollectionSpec = {
  name: 'declaration',
  schema: 1,
  columns: {
    reference: text,
    version: integer,
    content: text,
    office: text,
    flow: text,
    declarant: text,
    consignee: text,
    consignor: text,
    occurredAt: text,
    recordedAt: text,
  },
  indexes: [
    ['reference', 'version'],
    ['office', 'occurredAt'],
    ['declarant', 'occurredAt'],
    ['consignee', 'occurredAt'],
  ],
  journaled: true,
};

export const events: CollectionSpec = {
  name: 'event',
  schema: 1,
  columns: { declaration: text, kind: text, at: text, officer: text, office: text, recordedAt: text },
  indexes: [
    ['declaration', 'at'],
    ['officer', 'at'],
  ],
  ranges: [['kind', 'at']],
  journaled: true,
};

export const outcomes: CollectionSpec = {
  name: 'outcome',
  schema: 1,
  columns: {
    declaration: text,
    office: text,
    control: text,
    result: text,
    status: text,
    at: text,
    officer: text,
    rule: text,
    recordedAt: text,
  },
  indexes: [['declaration', 'at']],
  journaled: true,
};

export const checks: CollectionSpec = {
  name: 'check',
  schema: 2,
  upgrades: { 1: placeEvidence },
  columns: {
    key: text,
    declaration: text,
    version: integer,
    office: text,
    flow: text,
    stage: text,
    lane: text,
    score: integer,
    occurredAt: text,
    recordedAt: text,
    supersedes: text,
    counted: integer,
  },
  indexes: [['key'], ['declaration', 'recordedAt'], ['office', 'recordedAt']],
  journaled: true,
};

export const aliases: CollectionSpec = {
  name: 'alias',
  schema: 1,
  columns: { reference: text },
  indexes: [['reference']],
  journaled: true,
};

export const people: CollectionSpec = {
  name: 'people',
  schema: 1,
  columns: { officer: text },
  indexes: [['officer']],
};

/** What each collection holds, for typed handles. */
export interface Collections {
  declaration: DeclarationDocument;
  event: EventDocument;
  outcome: OutcomeDocument;
  check: CheckDocument;
  alias: AliasDocument;
  people: PersonDocument;
}
