/** What every part of the procedure uses to take a step: who does it, where, and when somebody is there to do it. */
import type { Declaration } from '../declaration/declaration.ts';
import type { Case, Goods, Step } from './case.ts';
import { minute, type WallTime } from './clock.ts';
import { afterWork, isOnDuty, type Officer } from './officers.ts';
import { drawUp } from './papers.ts';

/** The office's people beside its examiners. */
export interface Staff {
  chiefs: readonly Officer[];
  releasers: readonly Officer[];
  auditors: readonly Officer[];
}

type Actor = Pick<Step, 'user' | 'role' | 'office' | 'section' | 'terminal' | 'agency'>;

export const by = (officer: Officer, role: NonNullable<Step['role']>): Actor => ({
  user: officer.id,
  role,
  office: officer.office.id,
  section: officer.section,
  terminal: officer.terminal,
});

export const system = (c: Case): Actor => ({ role: 'system', office: c.office.id });
export const declarant = (c: Case): Actor => ({ user: c.broker.id, role: 'declarant', office: c.office.id });
export const cashier = (c: Case): Actor => ({
  user: `${c.office.id}-cash`,
  role: 'cashier',
  office: c.office.id,
});
export const agency = (c: Case, name: string): Actor => ({
  role: 'agency',
  agency: name,
  office: c.office.id,
});

export function take(
  c: Case,
  kind: Step['kind'],
  at: WallTime,
  actor: Actor,
  rest: Partial<Step> = {},
): void {
  c.steps.push({ kind, at, ...actor, ...rest });
}

/** The first of these who is there, or the one who is there next, and when. */
export function present(officers: readonly Officer[], at: WallTime): [Officer, WallTime] {
  const there = officers.find((officer) => isOnDuty(officer, at));
  if (there !== undefined) return [there, at];
  const next = officers.map(
    (officer) => [officer, afterWork(officer, at, 5 * minute)] as [Officer, WallTime],
  );
  return next.reduce((best, each) => (each[1] < best[1] ? each : best));
}

/** A new version of the declaration, which counts from this moment. */
export function addVersion(c: Case, at: WallTime, goods: readonly Goods[]): void {
  c.versions.push({ at, goods, declaration: drawUp(c, goods, c.versions.length + 1) });
}

/** The declaration as it stands. */
export const standing = (c: Case): Declaration => c.versions[c.versions.length - 1]!.declaration;

/** What is to be paid on the declaration as it stands, in units of the national currency. */
export const taxOf = (c: Case): number => standing(c).totals?.taxes?.amount ?? 0;
