/** Below the lower limit or above the upper one. */
import { type Operator, ranges } from './operator.ts';
import { limits, outside, refuseRange } from './range.ts';

export const notBetween: Operator = {
  name: 'notBetween',
  negation: 'between',
  signatures: ranges,
  cost: 2,
  selectivity: 0.7,
  refuse: refuseRange,
  evaluate: outside,
  emit: (operands) => {
    const { fact } = operands;
    const [low, high] = limits(operands);
    return `(${fact} < ${low} || ${fact} > ${high})`;
  },
  phrase: { en: '{fact} lies outside {value}', fr: '{fact} est hors de {value}' },
};
