/**
 * Which checks say something new to whom. A check that was done again for what a caller does not read must not tell him
 * that there is such a thing: lists, streams, answers to events and webhooks leave it out, and whoever asks for it is
 * given the one that it replaced, which reads the same.
 */
import * as specs from '../check/collections.ts';
import type { CheckDocument } from '../check/document.ts';
import type { Lodged } from '../check/lodged.ts';
import { contentHash } from '../ground/canonical.ts';
import type { Store } from '../store/port.ts';
import { answerFor, type CheckAnswer } from './answer.ts';
import { type Caller, type InForce, readsEverything } from './caller.ts';

export interface Differing {
  /** Of these checks, those that replace none or in which the caller reads a difference. */
  news<T extends CheckDocument>(caller: Caller, found: readonly T[]): Promise<T[]>;
  /** For who brought a check about that takes the place of another: nothing where he reads no difference. */
  told(caller: Caller, superseding: Lodged | undefined, standing: InForce): Promise<{ check?: CheckAnswer }>;
  /** The check as it stands for the caller: the first that reads as this one does. */
  standing(caller: Caller, check: CheckDocument): Promise<CheckDocument>;
}

/** What a check says, without what differs between any two: which it is, why its lane stands, under which rules, who was told before. */
function said(caller: Caller, check: CheckDocument): string {
  const answer = answerFor(caller, { check, notEvaluated: [] });
  const { id, recordedAt, supersedes, told, reason, reasons, rulebook, profile, ...rest } = answer;
  return contentHash(rest);
}

export function openDiffering(store: Store): Differing {
  const checks = store.collection<CheckDocument>(specs.checks);
  const differs = (caller: Caller, check: CheckDocument, before: CheckDocument | undefined): boolean =>
    before === undefined || said(caller, before) !== said(caller, check);
  async function news<T extends CheckDocument>(caller: Caller, found: readonly T[]): Promise<T[]> {
    if (readsEverything(caller)) return [...found];
    const earlier = await checks.getMany(found.flatMap(({ supersedes }) => supersedes ?? []));
    return found.filter(
      (check) => check.supersedes === undefined || differs(caller, check, earlier.get(check.supersedes)?.doc),
    );
  }
  return {
    news,
    async told(caller, superseding, standing) {
      if (superseding === undefined || (await news(caller, [superseding.check])).length === 0) return {};
      return { check: answerFor(caller, superseding, standing) };
    },
    async standing(caller, check) {
      let stands = check;
      while (stands.supersedes !== undefined && !readsEverything(caller)) {
        const before = (await checks.get(stands.supersedes))?.doc;
        if (differs(caller, stands, before)) break;
        stands = before!;
      }
      return stands;
    },
  };
}
