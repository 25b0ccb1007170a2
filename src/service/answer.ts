/**
 * A check as its caller may see it. An answer to a clearance system must not disclose reference prices, thresholds or that an
 * officer is looked at; who reads what is ./caller.ts.
 */
import type { CheckDocument } from '../check/document.ts';
import type { Hole } from '../check/holes.ts';
import type { Explanation } from '../engine/finding.ts';
import type { Rule } from '../rules/model.ts';
import { type Reason, selects } from '../selectivity/decide.ts';
import { type Instruction, instructionFor } from '../selectivity/instruction.ts';
import type { Mode, Stage } from '../selectivity/model.ts';
import {
  audiencesOf,
  type Caller,
  type CallerRole,
  type InForce,
  reads,
  readsEverything,
  readsRule,
} from './caller.ts';

export interface FindingAnswer {
  rule: string;
  version: number;
  kind: string;
  class: string;
  risk: string;
  item?: number;
  message: Record<string, string>;
  explanation: Explanation;
  shadow?: boolean;
}

export interface CheckAnswer {
  id: string;
  declaration: string;
  version: number;
  lane: string;
  stage: Stage;
  /** Set where the declaration has not come to that stage yet. */
  early?: true;
  mode?: Mode;
  /** Whether the lane is to be followed: in mode decide, once the stage is reached. */
  follow: boolean;
  score: number;
  /** One sentence in plain words. */
  reason: string;
  reasons: Reason[];
  /** What to do and what to look at. */
  instruction?: Instruction;
  findings: FindingAnswer[];
  notEvaluated: Hole[];
  rulebook: string;
  profile: string;
  recordedAt: string;
  degraded?: boolean;
  supersedes?: string;
  /** Who had been told what this check replaces: keys and tokens by their subject. */
  told?: string[];
  /** The check that took the place of this degraded answer. */
  redone?: string;
}

/** The check as this caller may see it. */
export function answerFor(
  caller: Caller,
  { check, notEvaluated }: { check: CheckDocument; notEvaluated: Hole[] },
  standing?: InForce,
): CheckAnswer {
  const findings = check.findings.filter((finding) => reads(caller, finding));
  const named = new Set(findings.map((finding) => finding.rule));
  const analyst = audiencesOf[caller.role].includes('analyst');
  const instruction =
    standing === undefined ? undefined : instructionFor(standing.profile, check.lane, findings);
  const reasons = check.reasons.map(
    ({ rules, threshold, ...rest }): Reason => ({
      ...rest,
      ...(threshold === undefined || !analyst ? {} : { threshold }),
      ...(rules === undefined ? {} : { rules: rules.filter((rule) => named.has(rule)) }),
    }),
  );
  return {
    id: check.id,
    declaration: check.declaration,
    version: check.version,
    lane: check.lane,
    stage: check.stage,
    ...(check.early === undefined ? {} : { early: check.early }),
    ...(check.mode === undefined ? {} : { mode: check.mode }),
    follow: check.mode === 'decide' && check.early === undefined,
    score: check.score,
    reason: sentence(reasons[0]!, check.findings.some(selects)),
    reasons,
    ...(instruction === undefined ? {} : { instruction }),
    findings: findings.map((finding) => ({
      rule: finding.rule,
      version: finding.version,
      kind: finding.kind,
      class: finding.class,
      risk: finding.risk,
      ...(finding.item === undefined ? {} : { item: finding.item }),
      message: finding.message,
      explanation: finding.explanation,
      ...(finding.shadow === undefined ? {} : { shadow: finding.shadow }),
    })),
    // What an unseen rule lacked would tell that the rule is there and what it reads.
    notEvaluated: analyst ? holesFor(caller, notEvaluated, standing?.rules ?? []) : nothing,
    rulebook: check.versions.rulebook,
    profile: check.versions.profile,
    recordedAt: check.recordedAt,
    ...(check.degraded === undefined ? {} : { degraded: check.degraded }),
    ...(check.supersedes === undefined ? {} : { supersedes: check.supersedes }),
    ...(check.told === undefined || caller.role === 'declarant' ? {} : { told: check.told }),
  };
}

const nothing: Hole[] = [];

/** The same list for the thousands of checks that lack the same, so that its JSON is written once, too. */
const holesTold = new WeakMap<readonly Hole[], { rules: readonly Rule[]; told: Map<CallerRole, Hole[]> }>();

function holesFor(caller: Caller, holes: Hole[], rules: readonly Rule[]): Hole[] {
  if (readsEverything(caller)) return holes;
  let known = holesTold.get(holes);
  if (known?.rules !== rules) {
    known = { rules, told: new Map() };
    holesTold.set(holes, known);
  }
  let told = known.told.get(caller.role);
  if (told === undefined) {
    told = holes.filter(({ rule }) => readsRule(caller, rule, rules));
    known.told.set(caller.role, told);
  }
  return told;
}

function sentence(reason: Reason, found: boolean): string {
  const rules = reason.rules?.length ? ` (${reason.rules.join(', ')})` : '';
  const threshold = reason.threshold === undefined ? '' : ` reached ${reason.threshold}`;
  const lowered =
    reason.lowered === undefined ? '' : `; the office has no capacity left in ${reason.lowered}`;
  const texts: Record<Reason['kind'], string> = {
    forced: `a rule asks for this lane${rules}${lowered}`,
    score: `score ${reason.score}${threshold}${rules}${lowered}`,
    hits: `rules hit many in a row that went free${rules}${lowered}`,
    expected: 'chosen by lot to fill the expected share of the lane',
    inherited: 'lane of another declaration of the same bill or invoice',
    answered: 'lane that was answered while facts, store or time failed',
    draw: 'drawn at random',
    kept: 'lane of an earlier version, which a change does not lower',
    default: found ? 'the findings do not reach a stricter lane' : 'nothing selected it',
    fallback: 'facts, store or time failed; the check is done again',
  };
  return `${reason.lane}: ${texts[reason.kind]}`;
}
