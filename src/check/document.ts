/**
 * One check is one document (DESIGN decision 9): what was found, on what evidence, under which versions. Written once,
 * idempotent by key; everything else is a projection of it.
 */
import type { Evaluation } from '../engine/finding.ts';
import type { Counts } from '../selectivity/counts.ts';
import type { Reason } from '../selectivity/decide.ts';
import type { DrawRecord } from '../selectivity/draw.ts';
import type { Mode, Stage } from '../selectivity/model.ts';
import type { Evidence } from './evidence.ts';

export const checkSchema = 2;

export interface CheckVersions {
  engine: string;
  rulebook: string;
  profile: string;
  country: string;
  lists?: string;
  baselines?: string;
}

/** What entered the decision beside findings, profile and draw: a replay decides from it again. */
export interface RecordedCircumstances {
  /** Programmes of the trader that were valid on the day, as known then. */
  programmes?: readonly string[];
  /** What the office had been given before. */
  counts?: Counts;
  /** The check of the same goods under another reference whose lane was taken over. */
  inherited?: { check: string; lane: string };
  /** What was answered while facts, store or time failed; this check was done again for it. */
  answered?: { check: string; lane: string };
  /** Set where the random share waits for the registration, on whose number it is drawn. */
  undrawn?: true;
}

export interface CheckDocument extends Omit<Evaluation, 'notEvaluated'> {
  /** Hash of what could not be evaluated (./holes.ts): thousands of checks lack the same, so it is kept once. */
  holes: string;
  id: string;
  schema: number;
  /** Idempotency: declaration, version and stage. */
  key: string;
  declaration: string;
  version: number;
  /** Hash of the declaration's canonical content. */
  content: string;
  office: string | null;
  flow: string;
  stage: Stage;
  /** Set where the declaration has not come to that stage yet: nothing is to be done on this lane. */
  early?: true;
  /**
   * 0: a draft, which counts nowhere; 1: the check at which a draft was registered, which counts in its place. Likewise where it says
   * of itself that it was lodged on other days than those on which customs took it in. Others count where they supersede nothing.
   */
  counted?: 0 | 1;
  /** What the lane was worth at this office: stored beside the clearance system's, shown, or followed. */
  mode?: Mode;
  /** Of the declaration, UTC. */
  occurredAt: string;
  /** Of the check, UTC. */
  recordedAt: string;
  versions: CheckVersions;
  evidence: Evidence;
  score: number;
  lane: string;
  /** Days for the audit after release, where the lane asks for one. */
  auditDays?: number;
  reasons: Reason[];
  /** The programme under which the trader was treated. */
  programme?: string;
  circumstances?: RecordedCircumstances;
  /** What was drawn, so that an auditor can verify it once the day's key is revealed. */
  draw?: DrawRecord;
  /** Set where facts, store or time failed and the fallback lane was answered. */
  degraded?: boolean;
  /** 0 for the first check of a version at a stage; one more for each that late events or outcomes made necessary. */
  ordinal: number;
  /** The check that this one replaces; both are kept. */
  supersedes?: string;
  /** Who asked for it and so was told: the caller's subject. */
  by?: string;
  /** Who had been told what this check replaces. */
  told?: string[];
}
