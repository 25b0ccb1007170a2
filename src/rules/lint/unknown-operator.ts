/** RL202: json-rules-engine accepts an unknown operator, and fails when it meets a declaration (trap 5). */
import { didYouMean } from '../did-you-mean.ts';
import { operators } from './language.ts';
import type { Lint } from './lint.ts';

/** What others call it. */
const otherNames: Record<string, string> = {
  '=': 'equal',
  '==': 'equal',
  '===': 'equal',
  eq: 'equal',
  equals: 'equal',
  is: 'equal',
  '!=': 'notEqual',
  '!==': 'notEqual',
  ne: 'notEqual',
  '<': 'lessThan',
  '<=': 'lessThanInclusive',
  '>': 'greaterThan',
  '>=': 'greaterThanInclusive',
  gt: 'greaterThan',
  gte: 'greaterThanInclusive',
  lt: 'lessThan',
  lte: 'lessThanInclusive',
  regex: 'matches',
  match: 'matches',
  exists: 'isPresent',
  isNull: 'isMissing',
  notContains: 'doesNotContain',
};

export const unknownOperator: Lint = {
  code: 'RL202',
  name: 'unknown-operator',
  severity: 'error',
  finds: 'an operator that does not exist',
  about: 'conditions',
  *check({ leaves }) {
    for (const { operator, path } of leaves) {
      if (operators.has(operator)) continue;
      const known = Object.hasOwn(otherNames, operator) ? otherNames[operator] : undefined;
      yield {
        path: [...path, 'operator'],
        message: `there is no operator \`${operator}\``,
        fix:
          known === undefined
            ? (didYouMean(operator, [...operators.keys()]) ??
              `Operators: ${[...operators.keys()].join(', ')}.`)
            : `Write \`${known}\`.`,
      };
    }
  },
};
