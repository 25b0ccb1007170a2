/** RL207: `in` with a text looks for a part of it, with a number it ends the run (traps 3 and 4). */
import type { Lint } from './lint.ts';
import { operandProblem } from './operand-types.ts';

export const operandList: Lint = {
  code: 'RL207',
  name: 'operand-list',
  severity: 'error',
  finds: 'a single value where the operator needs a list',
  about: 'conditions',
  *check(subject) {
    for (const leaf of subject.leaves) {
      const problem = operandProblem(subject, leaf);
      if (problem?.kind === 'list') yield problem;
    }
  },
};
