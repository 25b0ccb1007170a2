/** RL301: an expression that is no CEL. */
import { letProblems } from './let-problem.ts';
import type { Lint } from './lint.ts';

export const letSyntax: Lint = {
  code: 'RL301',
  name: 'let-syntax',
  severity: 'error',
  finds: 'a `let` whose expression cannot be parsed',
  about: 'rules',
  *check(subject) {
    yield* letProblems(
      subject,
      ['syntax', 'reserved'],
      () =>
        'Expressions are CEL: + - * /, comparisons, && || !, a ? b : c, and the functions in docs/language.md.',
    );
  },
};
