/** RL202: json-rules-engine accepts an unknown operator, and fails when it meets a declaration (trap 5). */
import { didYouMean } from '../did-you-mean.ts';
import { decorators, operators } from './language.ts';
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
    for (const { operator, decorators: before, path } of leaves) {
      if (operators.has(operator)) continue;
      const at = [...path, 'operator'];
      const turned = before.find((name) => operators.has(name));
      if (decorators.has(operator) && turned !== undefined) {
        const order = [...before.filter((name) => name !== turned), operator, turned].join(':');
        yield {
          path: at,
          message: `\`${operator}\` is a decorator and stands before the operator`,
          fix: `Write \`${order}\`.`,
        };
        continue;
      }
      if (operator === '' && before.length > 0) {
        yield {
          path: at,
          message: `\`${before.join(':')}:\` has no operator behind it`,
          fix: `Write one, such as \`${before.join(':')}:equal\`.`,
        };
        continue;
      }
      const known = Object.hasOwn(otherNames, operator) ? otherNames[operator] : undefined;
      yield {
        path: at,
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
