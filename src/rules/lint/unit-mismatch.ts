/** RL210: kilograms are not money. */
import { sameUnit } from '../../engine/expression/functions/function.ts';
import { letProblems } from './let-problem.ts';
import type { Lint } from './lint.ts';
import { factOperand } from './tree.ts';

export const unitMismatch: Lint = {
  code: 'RL210',
  name: 'unit-mismatch',
  severity: 'error',
  finds: 'quantities of different units compared with each other or added',
  about: 'conditions',
  *check(subject) {
    for (const { fact, operand, path } of subject.leaves) {
      const other = factOperand(operand);
      if (other === undefined) continue;
      const [a, b] = [subject.vocabulary.lookup(fact), subject.vocabulary.lookup(other.fact)];
      if (a?.type !== 'number' || b?.type !== 'number' || typeof sameUnit([a.unit, b.unit]) === 'string')
        continue;
      yield {
        path: [...path, 'value', 'fact'],
        message: `${fact} is in ${a.unit} and ${other.fact} in ${b.unit}`,
        fix: 'Compare like with like; convert in a `let` where there is a factor.',
      };
    }
    yield* letProblems(subject, ['unit'], () => 'Convert one of them first, or compare their ratio.');
  },
};
