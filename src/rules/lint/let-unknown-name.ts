/** RL302: an expression that uses what is neither fact nor let. */
import { didYouMean } from '../did-you-mean.ts';
import { letProblems } from './let-problem.ts';
import type { Lint } from './lint.ts';

export const letUnknownName: Lint = {
  code: 'RL302',
  name: 'let-unknown-name',
  severity: 'error',
  finds: 'a `let` that uses a name which is neither fact nor `let`, or a fact that needs parameters',
  about: 'rules',
  *check(subject) {
    const names = subject.vocabulary.names();
    yield* letProblems(subject, ['unknown fact', 'parameters'], ({ kind, name = '' }) =>
      kind === 'parameters'
        ? `Give it a name first: let: { known: { fact: ${name}, params: { … } } }, then use known.`
        : (didYouMean(name, names) ?? 'docs/facts.md lists the facts.'),
    );
  },
};
