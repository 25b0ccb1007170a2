/** RL208: Date objects never compare, and days as text compare by their letters (trap 8). */
import type { Lint } from './lint.ts';
import { operandProblem } from './operand-types.ts';

export const operandDate: Lint = {
  code: 'RL208',
  name: 'operand-date',
  severity: 'error',
  finds: 'a day or instant that is written so that it cannot be compared',
  about: 'conditions',
  *check(subject) {
    for (const leaf of subject.leaves) {
      const problem = operandProblem(subject, leaf);
      if (problem?.kind === 'date') yield problem;
    }
  },
};
