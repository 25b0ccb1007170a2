/** Within two limits, both included. */
import { type Operator, ranges } from './operator.ts';
import { limits, refuseRange, within } from './range.ts';

export const between: Operator = {
  name: 'between',
  negation: 'notBetween',
  signatures: ranges,
  cost: 2,
  selectivity: 0.3,
  refuse: refuseRange,
  evaluate: within,
  emit: (operands) => {
    const { fact } = operands;
    const [low, high] = limits(operands);
    return `${fact} >= ${low} && ${fact} <= ${high}`;
  },
  phrase: { en: '{fact} lies within {value}', fr: '{fact} est compris dans {value}' },
};
