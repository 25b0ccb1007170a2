/**
 * What is out of the ordinary and yet lawful: the chief lets known goods pass, a lane runs out while documents are
 * awaited, a case is opened again because the declarant saw a slip of the pen. Without these every such step in the data
 * would be misconduct, and a figure on it would look better than it is. Draws from a stream of its own.
 */
import type { Case } from './case.ts';
import { day, hour, minute, type WallTime } from './clock.ts';
import { afterOpening, afterWork, type Officer } from './officers.ts';
import { addVersion, by, declarant, system, take, taxOf } from './steps.ts';

/** A yellow lane in which the answer to a query is awaited ends by itself after so many days. */
const lanePatience = 10 * day;

/** The chief's own reasons to spare a documentary check, one case in eighty. */
export function letPass(c: Case, chief: Officer | undefined): void {
  const { conduct, exceptions } = c;
  if (!exceptions.chance(0.0125) || chief === undefined || conduct.lane !== 'yellow') return;
  if (conduct.examiner === undefined || conduct.reroute !== undefined) return;
  conduct.reroute = {
    to: 'green',
    kind: 'discretionary-down',
    by: chief,
    reason: 'authorised operator, spare part of a production line at a stand',
  };
}

/** A query that the declarant leaves lying, one in twenty: the documents come when the lane has run out. */
export function awaitInVain(c: Case, asked: WallTime): WallTime | undefined {
  if (!c.exceptions.chance(0.05) || c.irregularity !== undefined) return undefined;
  const at = asked + lanePatience;
  take(c, 'REROUTE', at, system(c), { from: 'yellow', to: 'green', cause: 'timeout' });
  const back = afterOpening(c.office, at, c.exceptions.between(2, 40) * hour);
  take(c, 'ANSWER', back, declarant(c), { result: 'documents sent late' });
  return back;
}

/**
 * The declarant asks to have a slip mended after assessment, one controlled case in a hundred: the examiner opens
 * it again, it is amended and assessed anew. The tax stays what it was. Answers when it stands assessed.
 */
export function openAgain(c: Case, assessed: WallTime): WallTime {
  const { conduct, exceptions, office } = c;
  const officer = conduct.examiner;
  if (!exceptions.chance(0.01) || officer === undefined || conduct.cancels !== undefined) return assessed;
  const opened = afterWork(officer, assessed, exceptions.between(20, 300) * minute);
  take(c, 'REOPEN', opened, by(officer, 'assessor'), {
    reason: 'at the request of the declarant: name of the vessel misspelt',
  });
  const amended = afterOpening(office, opened, exceptions.between(5, 40) * minute);
  const { goods } = c.versions[c.versions.length - 1]!;
  const taxBefore = taxOf(c);
  addVersion(c, amended, goods);
  take(c, 'AMEND', amended, declarant(c), {
    version: c.versions.length,
    taxBefore,
    tax: taxOf(c),
    reason: 'name of the vessel misspelt',
  });
  const again = afterWork(officer, amended, 5 * minute);
  take(c, 'ASSESS', again, by(officer, 'assessor'), { tax: taxOf(c) });
  return again;
}
