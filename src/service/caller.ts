/**
 * Who is calling and what they may read: the one place where audiences are enforced (DESIGN decisions 5 and 14).
 * An answer to a clearance system must not disclose reference prices, thresholds or that an officer is looked at.
 */
import type { CheckDocument } from '../check/document.ts';
import type { Hole } from '../check/holes.ts';
import type { Explanation, Finding } from '../engine/finding.ts';
import { CrosscheckError } from '../errors.ts';
import { type Audience, defaultAudience, type Rule } from '../rules/model.ts';
import { type Reason, selects } from '../selectivity/decide.ts';
import { type Instruction, instructionFor } from '../selectivity/instruction.ts';
import type { Mode, Profile, Stage } from '../selectivity/model.ts';
import type { Filter } from '../store/port.ts';

export const callerRoles = [
  'system',
  'declarant',
  'officer',
  'analyst',
  'integrity',
  'manager',
  'auditor',
  'administrator',
  'local',
] as const;
export type CallerRole = (typeof callerRoles)[number];

/** Which findings each role reads. `local` is the session of a service that listens on this machine alone. */
export const audiencesOf: Record<CallerRole, readonly Audience[]> = {
  declarant: ['declarant'],
  system: ['declarant', 'examiner'],
  officer: ['declarant', 'examiner'],
  manager: ['declarant', 'examiner'],
  administrator: ['declarant', 'examiner'],
  analyst: ['declarant', 'examiner', 'analyst'],
  integrity: ['declarant', 'examiner', 'analyst', 'integrity'],
  auditor: ['declarant', 'examiner', 'analyst', 'integrity'],
  local: ['declarant', 'examiner', 'analyst', 'integrity'],
};

export interface Caller {
  role: CallerRole;
  /** Who it is, for the audit log: a key's id or a token's subject. */
  subject: string;
  /** Offices whose data may be read; all where absent. */
  offices?: readonly string[];
}

export const localCaller: Caller = { role: 'local', subject: 'local' };

export const reads = (caller: Caller, finding: Pick<Finding, 'audience' | 'shadow'>): boolean =>
  audiencesOf[caller.role].includes(finding.audience) &&
  // What a shadow rule says has no effect and is the analysts' alone.
  (finding.shadow !== true || audiencesOf[caller.role].includes('analyst'));

export const readsEverything = (caller: Caller): boolean => audiencesOf[caller.role].includes('integrity');

/** What an answer depends on beside what is stored. */
export interface InForce {
  profile: Profile;
  rules: readonly Rule[];
}

/** @returns what is in force at a desk now. */
export const inForce = (desk: {
  profile(): { profile: Profile };
  rulebook(): { rules: readonly Rule[] };
}): InForce => ({ profile: desk.profile().profile, rules: desk.rulebook().rules });

/** Rules of a rulebook that a role reads; a rulebook is asked about for as long as it is in force. */
const readable = new WeakMap<readonly Rule[], Map<CallerRole, ReadonlySet<string>>>();

function rulesReadBy(role: CallerRole, rules: readonly Rule[]): ReadonlySet<string> {
  const byRole = readable.get(rules) ?? new Map<CallerRole, ReadonlySet<string>>();
  readable.set(rules, byRole);
  let ids = byRole.get(role);
  if (ids === undefined) {
    const caller = { role, subject: '' };
    ids = new Set(
      rules
        .filter(({ audience, kind, status }) =>
          reads(caller, { audience: audience ?? defaultAudience[kind], shadow: status === 'shadow' }),
        )
        .map(({ id }) => id),
    );
    byRole.set(role, ids);
  }
  return ids;
}

/** Whether the caller may know of a rule by its name. One that is not in force any more is for who reads everything. */
export const readsRule = (caller: Caller, rule: string, rules: readonly Rule[]): boolean =>
  readsEverything(caller) || rulesReadBy(caller.role, rules).has(rule);

/** Names of the rules in force that the caller must not be told of. */
export function rulesKeptFrom(caller: Caller, rules: readonly Rule[]): string[] {
  if (readsEverything(caller)) return [];
  const read = rulesReadBy(caller.role, rules);
  return rules.filter(({ id }) => !read.has(id)).map(({ id }) => id);
}

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

const toldAsBytes = new WeakMap<readonly Hole[], Buffer>();

/**
 * The answer as JSON in UTF-8. Nine tenths of it is what could not be evaluated, the same list for thousands, so that its
 * bytes are made once.
 */
export function answerBytes({ notEvaluated, ...rest }: CheckAnswer): Buffer {
  let told = toldAsBytes.get(notEvaluated);
  if (told === undefined) {
    told = Buffer.from(`,"notEvaluated":${JSON.stringify(notEvaluated)}}`);
    toldAsBytes.set(notEvaluated, told);
  }
  const own = JSON.stringify(rest);
  const bytes = room(own.length * mostBytesOfCharacter + told.length);
  // Over the brace that closes it.
  const end = bytes.write(own) - 1;
  return take(end + told.copy(bytes, end));
}

/** Answers are cut out of a large buffer one after the other: a buffer of its own for each costs more than what is written. */
const slabSize = 2 ** 20;
const mostBytesOfCharacter = 3;
let slab = Buffer.alloc(0);

function room(size: number): Buffer {
  if (slab.length < size) slab = Buffer.allocUnsafeSlow(Math.max(size, slabSize));
  return slab;
}

function take(size: number): Buffer {
  const taken = slab.subarray(0, size);
  slab = slab.subarray(size);
  return taken;
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

/** Whether the caller may read data of an office; what belongs to no office is for those who may read all. */
export const mayRead = (caller: Caller, office: string | null | undefined): boolean =>
  caller.offices === undefined || (typeof office === 'string' && caller.offices.includes(office));

/** Throws CC_OFFICE_FORBIDDEN where the caller's offices do not include this one. */
export function demandOffice(caller: Caller, office: string | null | undefined): void {
  if (!mayRead(caller, office))
    throw new CrosscheckError('CC_OFFICE_FORBIDDEN', { office: office ?? '(none)' });
}

/** The same for declarations by name; one that is not here yet has no office, and is for callers of all offices. */
export async function demandOffices(
  caller: Caller,
  names: readonly string[],
  known: (names: readonly string[]) => Promise<ReadonlyMap<string, { office: string | null }>>,
): Promise<void> {
  if (caller.offices === undefined) return;
  const found = await known(names);
  for (const name of names) demandOffice(caller, found.get(name)?.office);
}

/** The filter that keeps a list to the caller's offices. */
export const ownOffices = (caller: Caller): Filter[] =>
  caller.offices === undefined ? [] : [{ column: 'office', op: 'in', value: caller.offices }];

/** Who may see which officer acted, as a surrogate; others see the finding without the person. */
export const readsOfficers = readsEverything;
