/** What a check needs beside the declaration: the rulebook in force with its facts, the profile, the draw, the clock. */

import type { Declaration } from '../declaration/declaration.ts';
import type { Evaluation } from '../engine/finding.ts';
import type { ShadowCounts } from '../engine/shadow-queue.ts';
import type { Evidence as Known } from '../evidence/open.ts';
import type { Condition, Rule } from '../rules/model.ts';
import type { Refusal } from '../rules/rulebook.ts';
import type { LoadedProfile } from '../selectivity/profile.ts';
import type { EventDocument, OutcomeDocument } from './collections.ts';
import type { CheckVersions } from './document.ts';
import type { DrawKeys } from './draw-keys.ts';
import type { Evidence } from './evidence.ts';
import type { Hole } from './holes.ts';
import type { Kin } from './kin.ts';
import type { Tally } from './tally.ts';

/** One declaration as it stands when it is evaluated. */
export interface Subject {
  reference: string;
  version: number;
  declaration: Declaration;
  trail: readonly EventDocument[];
  outcomes: readonly OutcomeDocument[];
  /** UTC. What was recorded later is not seen: a backtest must not look into the future. */
  recordedAt: string;
}

export interface Setting {
  kind: 'rulebook' | 'profile' | 'country' | 'asked';
  version: string;
  content: unknown;
}

export interface Evaluated extends Omit<Evaluation, 'notEvaluated'> {
  notEvaluated: Hole[];
  evidence: Evidence;
  /** Lists and baselines that the facts rest on. */
  versions: Pick<CheckVersions, 'lists' | 'baselines'>;
}

/** Facts and engine behind one door. Rulebooks are swapped between calls, never within one. */
export interface Evaluator {
  versions(country: string | undefined): Omit<CheckVersions, 'profile'>;
  /** What those versions name, to be kept for replays. */
  governing(country: string | undefined): readonly Setting[];
  evaluate(batch: readonly Subject[]): Promise<Evaluated[]>;
}

export interface Desk {
  evaluator(): Evaluator;
  /** The rules in force, whatever their status. */
  rulebook(): {
    version: string;
    rules: readonly Rule[];
    shared: Readonly<Record<string, Condition>>;
  };
  /** Since when and why the folder of rules as it is now is not in force; absent where none is followed. */
  refusal?(): Refusal | undefined;
  profile(): LoadedProfile;
  /** The keys of the draw; absent where there is no secret, and then nothing is drawn. */
  keys?: DrawKeys;
  /** Programmes of a trader that are valid at a moment; none are known where absent. */
  programmes?(trader: string, at: string): readonly string[];
  /** What offices were given before; nothing is counted where absent. */
  tally?: Tally;
  /** Whose goods were declared before under another reference. */
  kin?: Kin;
  /** What the second engine has looked at so far; absent where none does. */
  shadow?(): Readonly<ShadowCounts> | undefined;
  /** Has checks know the reference records and watermarks that were recorded until now; absent where none are read. */
  refresh?(): Promise<void>;
  /** How far history is in memory, and the baselines that are computed from it; absent where nothing is looked up. */
  evidence?: Pick<
    Known,
    'warm' | 'history' | 'completeTo' | 'trim' | 'renew' | 'baselinesOf' | 'renewBaselines'
  >;
  now(): Date;
}
