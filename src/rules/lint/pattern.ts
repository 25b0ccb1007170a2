/** RL209: a literal of the right type that the operator still cannot use: a pattern, a range. */
import { operators, readers, signaturesOf } from './language.ts';
import type { Lint } from './lint.ts';
import { factOperand } from './tree.ts';

export const pattern: Lint = {
  code: 'RL209',
  name: 'pattern',
  severity: 'error',
  finds: 'a regular expression or range that the operator cannot use',
  about: 'conditions',
  *check({ leaves, vocabulary }) {
    for (const leaf of leaves) {
      const operator = operators.get(leaf.operator);
      const type = vocabulary.lookup(leaf.fact)?.type;
      if (operator?.refuse === undefined || type === undefined || factOperand(leaf.operand) !== undefined)
        continue;
      const signature = signaturesOf(leaf.decorators, leaf.operator)?.find((each) => each.fact === type);
      if (signature === undefined || signature.value === 'none') continue;
      const value = readers[signature.value](leaf.operand);
      const problem = value === undefined ? undefined : operator.refuse(value);
      if (problem !== undefined)
        yield {
          path: [...leaf.path, 'value'],
          message: problem,
          fix: operator.name.toLowerCase().includes('match')
            ? 'Patterns are RE2: no look-ahead and no back-references, so that none can stall a check.'
            : 'Write value: [lowest, highest].',
        };
    }
  },
};
