/**
 * The post-clearance worklist: a declaration whose lane releases it for an audit is on it until the audit's result is
 * known. The clearance system's lane counts; where it tells none, our own, if anybody was to act on it.
 */
import { addDays, dayOf } from './calendar.ts';
import { type FoldContext, first, type History, last } from './history.ts';
import type { Lanes } from './lanes.ts';
import { integer, text } from './table.ts';

/** Days for an audit where our own check says none. */
const usualDays = 60;

export const postClearanceColumns = {
  audit: integer('1 where its lane releases it for an audit after release'),
  auditDue: text('last day of that audit: of release, and the days allowed'),
  auditDone: text('day on which its result was known'),
  auditLate: integer('1 where that was after the last day'),
  auditResult: text('its result'),
} as const;

export function foldPostClearance(history: History, lanes: Lanes, context: FoldContext) {
  const check = history.checks.at(-1);
  const acted = check !== undefined && check.mode !== 'observe' && check.early === undefined;
  const isListed =
    lanes.last === null
      ? acted && check.auditDays !== undefined
      : context.lanes.get(lanes.last)?.control === 'post-clearance';
  const release = first(history, 'RELEASE');
  const due =
    isListed && release !== undefined ? addDays(dayOf(release.local), check?.auditDays ?? usualDays) : null;
  const outcome = history.outcomes.find(
    ({ control, status }) => control === 'post-clearance' && status === 'final',
  );
  const event = last(history, 'PCA');
  const word = outcome ?? event;
  const done = isListed && word !== undefined ? dayOf(word.local) : null;
  return {
    audit: isListed ? 1 : 0,
    auditDue: due,
    auditDone: done,
    auditLate: done !== null && due !== null && done > due ? 1 : 0,
    auditResult: done === null ? null : (word?.result ?? null),
  };
}
