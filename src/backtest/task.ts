/** What is handed to a worker, and what comes back. Plain data: it crosses threads. */

import type { Problem } from '../present.ts';
import type { Condition, Rule } from '../rules/model.ts';
import type { HistoryRecord } from './case.ts';
import type { Range } from './lines.ts';
import type { Tally } from './tally.ts';

/** The same for all workers of a run. */
export interface Setup {
  /** As they run: in trial, whatever their status. */
  rules: readonly Rule[];
  shared: Readonly<Record<string, Condition>>;
  /** Columns of which examples are kept. */
  wanted: readonly number[];
  /** Makes the pseudonyms of this run. */
  key: Uint8Array;
  country?: string;
  mapping?: string;
}

export type Task =
  | ({ kind: 'range' } & Range)
  | { kind: 'file'; file: string }
  | { kind: 'records'; records: readonly HistoryRecord[] };

export interface Refused {
  file: string;
  /** Byte of the line in an NDJSON file. */
  offset?: number;
  problem: Problem;
}

export interface TaskResult {
  tally: Tally;
  /** The first few; `tally.refused` counts all. */
  refused: Refused[];
  /** Lines that speak of a declaration elsewhere; outcomes apart from their declaration are joined in the store. */
  answers: number;
  /** When this worker had its rules compiled: milliseconds since 1970. */
  readyAt: number;
}

export const keptRefusals = 20;
