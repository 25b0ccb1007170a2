/** A regular expression of RE2, found anywhere in the text unless anchored. */
import { type Operator, textPairs } from './operator.ts';
import { matchesPattern, patternOf, refusePattern } from './pattern.ts';

export const matches: Operator = {
  name: 'matches',
  negation: 'doesNotMatch',
  signatures: textPairs,
  cost: 40,
  selectivity: 0.2,
  refuse: refusePattern,
  evaluate: (fact, value) => matchesPattern(fact as string, value as string),
  emit: ({ fact, value, literal, constant }) =>
    literal === undefined
      ? `${fact} !== undefined && ${value} !== undefined && ${constant(matchesPattern)}(${fact}, ${value})`
      : `${fact} !== undefined && ${constant(patternOf(literal as string))}.test(${fact})`,
  phrase: { en: '{fact} matches the pattern {value}', fr: '{fact} correspond au motif {value}' },
};
