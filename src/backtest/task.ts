/** What is handed to a worker, and what comes back. Plain data: it crosses threads. */

import type { Problem } from '../present.ts';
import type { Condition, Rule } from '../rules/model.ts';
import type { Apart } from './apart.ts';
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
  /** Outcomes told apart from their declarations, where a first reading found any. */
  apart: readonly Apart[];
}

/** `gather`: nothing is judged, only what is told apart is looked for. */
export type Task =
  | ({ kind: 'range'; gather?: boolean } & Range)
  | { kind: 'file'; file: string; gather?: boolean }
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
  /** Records that speak of a declaration elsewhere. */
  answers: number;
  /** Their outcomes, in the first reading. */
  apart: Apart[];
  /** Outcomes that were joined, in the second. */
  joined: number;
  /** When this worker had its rules compiled: milliseconds since 1970. */
  readyAt: number;
}

export const keptRefusals = 20;
