/**
 * Who is calling and what they may read: the one place where audiences are enforced (DESIGN decisions 5 and 14). What is
 * left of a check for them is ./answer.ts.
 */
import type { Finding } from '../engine/finding.ts';
import { CrosscheckError } from '../errors.ts';
import { officeOfRegistration } from '../intake/identity.ts';
import { type Audience, defaultAudience, type Rule } from '../rules/model.ts';
import type { Profile } from '../selectivity/model.ts';
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
  /** The subject of the first key where this one took its place, or that of one that did: the same system, rotated. */
  holder?: string;
}

/** Whose a call is, however often their key was rotated. */
export const holderOf = ({ holder, subject }: Caller): string => holder ?? subject;

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

/** Whether the caller may read data of an office; what belongs to no office is for those who may read all. */
export const mayRead = (caller: Caller, office: string | null | undefined): boolean =>
  caller.offices === undefined || (typeof office === 'string' && caller.offices.includes(office));

/** Throws CC_OFFICE_FORBIDDEN where the caller's offices do not include this one. */
export function demandOffice(caller: Caller, office: string | null | undefined): void {
  if (!mayRead(caller, office))
    throw new CrosscheckError('CC_OFFICE_FORBIDDEN', { office: office ?? '(none)' });
}

/** Whether a caller may decide on what is good for these offices; for all of them where they are absent. */
export const covers = (caller: Caller, offices: readonly string[] | undefined): boolean =>
  caller.offices === undefined || (offices?.every((office) => mayRead(caller, office)) ?? false);

/** Throws CC_OFFICE_FORBIDDEN where the caller is good for some offices alone. */
export function demandEveryOffice(caller: Caller): void {
  if (!covers(caller, undefined)) throw new CrosscheckError('CC_OFFICE_FORBIDDEN', { office: '*' });
}

/**
 * The same for declarations by name. Of one that is not here yet a registration tells the office, since that is what it begins
 * with; another name tells none, and is for callers of all offices.
 */
export async function demandOffices(
  caller: Caller,
  names: readonly string[],
  known: (names: readonly string[]) => Promise<ReadonlyMap<string, { office: string | null }>>,
): Promise<void> {
  if (caller.offices === undefined) return;
  const found = await known(names);
  for (const name of names)
    demandOffice(caller, found.has(name) ? found.get(name)!.office : officeOfRegistration(name));
}

/** The filter that keeps a list to the caller's offices. */
export const ownOffices = (caller: Caller): Filter[] =>
  caller.offices === undefined ? [] : [{ column: 'office', op: 'in', value: caller.offices }];

/** Who may see which officer acted, as a surrogate; others see the finding without the person. */
export const readsOfficers = readsEverything;
