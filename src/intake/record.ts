/**
 * What a reader yields: records in the canonical model, each with its identity and its place in the input, and refusals
 * beside them. A reader never throws for one bad record among good ones; it throws where the file itself is unusable.
 */
import type { Declaration } from '../declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import type { CrosscheckError, Where } from '../errors.ts';
import type { InputFormat } from './format.ts';
import type { Limits } from './limits.ts';

export interface Identity {
  /** The reference under which the declaration is stored; the table in intake/identity.ts says of what it is made. */
  reference: string;
  /** True where a stand-in had to be used because the message has no registration. */
  provisional: boolean;
  /** Hash of the canonical content. */
  content: string;
  /** Other names by which messages speak of the same declaration: LRN, MRN, registration. */
  aliases: string[];
  /**
   * The one of them that is the declarant's own reference without the declarant: answers speak of it, but others have the same,
   * so it says of no two declarations that they are one.
   */
  spoken?: string;
}

export type IntakeRecord =
  /** A declaration, with whatever trail and outcomes the message brought along. */
  | {
      kind: 'declaration';
      identity: Identity;
      declaration: Declaration;
      trail: TrailEvent[];
      outcomes: Outcome[];
      where: Where;
      /** JSON that says the declaration and nothing else, where it came as that. */
      text?: string;
      /** Who sent it, where that is known: who is told, and is to be told when it changes. */
      by?: string;
    }
  /** What answers a declaration that is somewhere else: events and outcomes for a reference or an alias. */
  | {
      kind: 'answer';
      declaration: string;
      aliases: string[];
      trail: TrailEvent[];
      outcomes: Outcome[];
      where: Where;
      /** Who sent it, where that is known: who is told, and is to be told when it changes. */
      by?: string;
    }
  | { kind: 'refused'; error: CrosscheckError; where: Where };

/**
 * Who declarations in JSON texts are, by whatever reads them elsewhere: one answer for each text, undefined where it is to be
 * read here.
 */
export type Identities = (reading: {
  texts: readonly string[];
  limits: Limits;
  country: string | undefined;
}) => Promise<readonly (Identity | undefined)[]>;

export interface ReadOptions {
  /** Name shown in errors. */
  file?: string;
  /** Country profile id; the profile says how rates, dates and the currency are meant. */
  country?: string;
  /** Path or id of a column mapping, for CSV. */
  mapping?: string;
  /** Where the caller knows better than the content, e.g. a batch of NDJSON with one line. */
  format?: InputFormat;
  limits?: Partial<Limits>;
  /** Asked of NDJSON that comes faster than a line at a time. */
  identities?: Identities | undefined;
  /** When the input arrived, ISO 8601: the time of a message that tells none. Now, where absent. */
  receivedAt?: string;
}

export type DeclarationRecord = Extract<IntakeRecord, { kind: 'declaration' }>;
export type AnswerRecord = Extract<IntakeRecord, { kind: 'answer' }>;
