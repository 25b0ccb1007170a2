/** RL203: a decorator that does not exist, that the operator cannot have, or that the next one takes back. */
import { didYouMean } from '../did-you-mean.ts';
import { decorators, operators, signaturesOf } from './language.ts';
import type { Lint } from './lint.ts';

export const decorator: Lint = {
  code: 'RL203',
  name: 'decorator',
  severity: 'error',
  finds: 'a decorator that does not exist, does not fit the operator, or takes itself back',
  about: 'conditions',
  *check({ leaves }) {
    for (const { decorators: names, operator, path } of leaves) {
      const at = [...path, 'operator'];
      const twice = names.findIndex((name, i) => name === 'not' && names[i + 1] === 'not');
      if (twice >= 0)
        yield {
          path: at,
          message: '`not:not:` says nothing: the second takes the first back',
          fix: `Write \`${[...names.slice(0, twice), ...names.slice(twice + 2), operator].join(':')}\`.`,
        };
      const unknown = names.find((name) => !decorators.has(name));
      // The operator stands among its decorators: RL202 tells the order.
      if (unknown !== undefined && operators.has(unknown) && decorators.has(operator)) continue;
      if (unknown === '')
        yield {
          path: at,
          message: 'a colon has no decorator before it',
          fix: `Write \`${[...names.filter((name) => name !== ''), operator].join(':')}\`.`,
        };
      else if (unknown !== undefined)
        yield {
          path: at,
          message: `there is no decorator \`${unknown}\``,
          fix: didYouMean(unknown, [...decorators.keys()]),
        };
      else if (operators.has(operator) && signaturesOf(names, operator)!.length === 0)
        yield {
          path: at,
          message: `\`${names.join(':')}\` cannot stand before \`${operator}\``,
          fix: 'someFact and everyFact go through a list fact, someValue and everyValue through a list of values.',
        };
    }
  },
};
