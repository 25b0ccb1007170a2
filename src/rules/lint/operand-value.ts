/** RL206: 5 is never "5" (trap 7); a comparison with nothing compares nothing. */
import type { Lint } from './lint.ts';
import { operandProblem } from './operand-types.ts';

export const operandValue: Lint = {
  code: 'RL206',
  name: 'operand-value',
  severity: 'error',
  finds: 'a value of another type than the fact, or none where one is needed',
  about: 'conditions',
  *check(subject) {
    for (const leaf of subject.leaves) {
      const problem = operandProblem(subject, leaf);
      if (problem?.kind === 'value') yield problem;
    }
  },
};
