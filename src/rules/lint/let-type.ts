/** RL303: what the engine's checker has against an expression whose names are known. */
import { functions } from '../../engine/expression/functions/table.ts';
import { didYouMean } from '../did-you-mean.ts';
import { letProblems } from './let-problem.ts';
import type { Lint } from './lint.ts';

export const letType: Lint = {
  code: 'RL303',
  name: 'let-type',
  severity: 'error',
  finds: 'a `let` that adds, compares or calls what does not fit by type',
  about: 'rules',
  *check(subject) {
    yield* letProblems(subject, ['unknown function', 'type', 'unsupported'], ({ kind, name = '' }) =>
      kind === 'unknown function'
        ? (didYouMean(name, [...functions.keys()]) ?? 'docs/language.md lists the functions.')
        : 'docs/language.md says what each function and sign takes; facts and their types are in docs/facts.md.',
    );
  },
};
