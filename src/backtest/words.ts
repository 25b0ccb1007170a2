/** What a file says of one act of control, word after word: each was told when it was entered, and the last one stands. */
import { utc } from '../check/trail.ts';
import { wordsThatStand } from '../check/words.ts';
import type { Outcome } from '../declaration/trail.ts';

export function wordsInFile(outcomes: readonly Outcome[]): readonly Outcome[] {
  if (outcomes.length < 2) return outcomes;
  const told = outcomes.map((outcome) => {
    const recordedAt = utc(outcome.enteredAt ?? outcome.at);
    return { ...outcome, recordedAt, enteredAt: recordedAt, outcome };
  });
  return wordsThatStand(told).map(({ outcome }) => outcome);
}
