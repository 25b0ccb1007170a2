/** What a lint is, and what it is given: one rule as written, beside the rulebook that it belongs to. */
import type { FactCatalogue } from '../../facts/model.ts';
import type { Severity } from '../diagnostic.ts';
import type { RuleSource, SharedSource } from '../load.ts';
import type { Path, SourceFile } from '../source.ts';
import type { ConditionNode, LeafNode } from './tree.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Complaint {
  /** From the rule's root. */
  path: Path;
  /** Whether the key or the value is meant; the value where absent. */
  part?: 'key' | 'value';
  /** The character of a text at which it is wrong, from 0. */
  character?: number;
  message: string;
  /** What to do, in one sentence or two. */
  fix?: string;
}

/** A rule, or a shared condition, before the lints. */
export interface Subject {
  kind: 'rule' | 'shared condition';
  /** The rule's id or the condition's name, where it could be read. */
  id?: string;
  source: SourceFile;
  base: Path;
  raw: Readonly<Record<string, unknown>>;
  problems: RuleSource['problems'];
  /** Written for json-rules-engine itself: it has an event. */
  foreign: boolean;
  scope: 'declaration' | 'item';
  nodes: readonly ConditionNode[];
  leaves: readonly LeafNode[];
  /** The names that this rule can use, and what they are. */
  vocabulary: Vocabulary;
}

export interface Book {
  catalogue: FactCatalogue;
  subjects: readonly Subject[];
  shared: ReadonlyMap<string, SharedSource>;
  /** `YYYY-MM-DD`; past review dates are told by it. */
  today: string;
  /** Languages in which every text must be. */
  languages: readonly string[];
}

export interface Lint {
  /** Stable: part of the interface, documented in docs/lints.md. */
  code: `RL${string}`;
  name: string;
  severity: Severity;
  /** What it finds, in one line. */
  finds: string;
  /** Rules alone, or shared conditions too. */
  about: 'rules' | 'conditions';
  check(subject: Subject, book: Book): Iterable<Complaint>;
}
