/**
 * RL215: a number that is read as another than it is written: 0100 and 0x64 are 100, and beyond 2^53 the last digits are
 * lost. JSON and YAML take them without a word.
 */
import type { Path } from '../source.ts';
import type { Lint } from './lint.ts';
import { operandProblem } from './operand-types.ts';
import { isRecord } from './tree.ts';

function* numbersIn(value: unknown, path: Path): Generator<{ value: number; path: Path }> {
  if (typeof value === 'number') yield { value, path };
  else if (Array.isArray(value))
    for (const [i, each] of value.entries()) yield* numbersIn(each, [...path, i]);
  else if (isRecord(value))
    for (const [key, each] of Object.entries(value)) yield* numbersIn(each, [...path, key]);
}

const within = (path: Path, above: Path): boolean => above.every((part, i) => path[i] === part);

export const numberForm: Lint = {
  code: 'RL215',
  name: 'number-form',
  severity: 'error',
  finds: 'a number that is read as another than it is written',
  about: 'conditions',
  *check(subject) {
    // Where a text belongs, RL206 and RL004 say to put it in quotes.
    const told: Path[] = [
      ...subject.problems.map(({ path }) => path),
      ...subject.leaves
        .filter((leaf) => operandProblem(subject, leaf) !== undefined)
        .map(({ path }) => [...path, 'value']),
    ];
    for (const { value, path } of numbersIn(subject.raw, [])) {
      if (told.some((above) => within(path, above))) continue;
      const written = subject.source.written([...subject.base, ...path])?.trim();
      if (written === undefined) continue;
      const isOdd = /^[-+]?0[\dxXoO]/.test(written);
      const isTooLong = Number.isInteger(value) && !Number.isSafeInteger(value) && !/[.eE]/.test(written);
      if (!isOdd && !isTooLong) continue;
      yield {
        path,
        message: `${written} is read as the number ${value}`,
        fix: isTooLong
          ? `Put it in quotes if it is a code: "${written}"; no number of so many digits is kept exactly.`
          : `Write ${value} if it is a number, "${written}" in quotes if it is a code.`,
      };
    }
  },
};
