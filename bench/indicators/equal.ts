/** Whether the store's answers to the plan hold the same integers as those that were asked for by hand. */
import type { Asked } from '../../src/indicators/figure.ts';
import { joinedOf } from '../../src/store/groups.ts';
import { type Groups, withinSeparator } from '../../src/store/port.ts';
import type { Question } from './question.ts';

/** An answer by hand: values of the groups' columns, then the sums. */
export type Answer = readonly (readonly unknown[])[];

type Sums = Map<string, number[]>;

const keyOf = (parts: readonly unknown[]): string =>
  parts.map((part) => (part === null || part === undefined ? '' : String(part))).join(withinSeparator);

function add(sums: Sums, key: string, values: readonly number[]): void {
  const known = sums.get(key);
  if (known === undefined) sums.set(key, [...values]);
  else
    values.forEach((value, i) => {
      known[i]! += value;
    });
}

/** The plan's groups, added up to what the question groups by. */
function planned(question: Question, { query }: Asked, groups: Groups): Sums | undefined {
  const { histogram, sums } = question;
  const names = sums.map(({ name }) => name);
  if (
    histogram === undefined
      ? !names.every((name) => name in groups.values)
      : !(histogram.name in groups.histograms)
  )
    return undefined;
  const keys = query.groupBy ?? [];
  // What is within comes as one text: all of it, or nothing of it is asked for.
  const inner = question.groupBy.filter((name) => name !== histogram?.bin && query.within?.includes(name));
  const result: Sums = new Map();
  for (let i = 0; i < groups.count; i++) {
    const own = question.groupBy
      .filter((name) => name !== histogram?.bin && !inner.includes(name))
      .map((name) => (keys.includes(name) ? groups.keys[name]![i] : null));
    const key = keyOf([...own, ...(inner.length > 0 ? [joinedOf(groups.within, i)] : [])]);
    if (histogram === undefined)
      add(
        result,
        key,
        names.map((name) => groups.values[name]![i]!),
      );
    else {
      const { bins, counts } = groups.histograms[histogram.name]![i]!;
      bins.forEach((bin, b) => {
        add(result, keyOf([key, bin]), [counts[b]!]);
      });
    }
  }
  return result;
}

/** The answer by hand, keyed as the plan's: what is within stands last, a bin after it. */
function byHand(question: Question, answer: Answer, within: readonly string[]): Sums {
  const bin = question.histogram?.bin;
  const sums: Sums = new Map();
  for (const row of answer) {
    const parts = question.groupBy.map((name, i) => ({ name, value: row[i] }));
    const others = parts.filter(({ name }) => name !== bin);
    const ordered = [
      ...others.filter(({ name }) => !within.includes(name)),
      ...within.flatMap((name) => others.filter((each) => each.name === name)),
      ...parts.filter(({ name }) => name === bin),
    ];
    add(
      sums,
      keyOf(ordered.map(({ value }) => value)),
      row.slice(question.groupBy.length).map((value) => Number(value)),
    );
  }
  return sums;
}

/** Throws where they differ. */
export function mustBeEqual(
  what: string,
  question: Question,
  answer: Answer,
  tabulated: readonly { asked: Asked; groups: Groups }[],
): void {
  for (const { asked, groups } of tabulated) {
    const ours = planned(question, asked, groups);
    if (ours === undefined) continue;
    const theirs = byHand(question, answer, asked.query.within ?? []);
    const same =
      ours.size === theirs.size &&
      [...ours].every(([key, values]) => theirs.get(key)?.every((value, i) => value === values[i]) === true);
    if (!same)
      throw new Error(`${what}: by hand and by plan differ (${ours.size} and ${theirs.size} groups)`);
    return;
  }
  throw new Error(`${what}: the plan does not answer ${question.sums.map(({ name }) => name).join(', ')}`);
}
