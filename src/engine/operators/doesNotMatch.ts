/** No part of the text matches the regular expression. */
import { type Operator, textPairs } from './operator.ts';
import { matchesPattern, patternOf, refusePattern } from './pattern.ts';

export const doesNotMatch: Operator = {
  name: 'doesNotMatch',
  negation: 'matches',
  signatures: textPairs,
  cost: 40,
  selectivity: 0.8,
  refuse: refusePattern,
  evaluate: (fact, value) => !matchesPattern(fact as string, value as string),
  emit: ({ fact, value, literal, constant }) =>
    literal === undefined
      ? `${fact} !== undefined && ${value} !== undefined && !${constant(matchesPattern)}(${fact}, ${value})`
      : `${fact} !== undefined && !${constant(patternOf(literal as string))}.test(${fact})`,
  phrase: {
    en: '{fact} does not match the pattern {value}',
    fr: '{fact} ne correspond pas au motif {value}',
  },
};
