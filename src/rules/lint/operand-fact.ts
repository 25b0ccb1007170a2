/** RL205: greaterThan on text would put "9" above "10" (trap 7). */
import type { Lint } from './lint.ts';
import { operandProblem } from './operand-types.ts';

export const operandFact: Lint = {
  code: 'RL205',
  name: 'operand-fact',
  severity: 'error',
  finds: 'a fact of a type that the operator does not take, such as the order of texts',
  about: 'conditions',
  *check(subject) {
    for (const leaf of subject.leaves) {
      const problem = operandProblem(subject, leaf);
      if (problem?.kind === 'fact') yield problem;
    }
  },
};
