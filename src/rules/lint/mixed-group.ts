/** RL102: with two of them on one level json-rules-engine silently reads only one (trap 2). */
import type { Lint } from './lint.ts';
import { groupKeys } from './tree.ts';

export const mixedGroup: Lint = {
  code: 'RL102',
  name: 'mixed-group',
  severity: 'error',
  finds: 'two of `all`, `any`, `not`, `condition` and a comparison on one level',
  about: 'conditions',
  *check({ nodes }) {
    for (const { raw, path } of nodes) {
      const there: string[] = groupKeys.filter((key) => key in raw);
      if ('fact' in raw || 'operator' in raw) there.push('fact' in raw ? 'fact' : 'operator');
      if (there.length < 2) continue;
      yield {
        path: [...path, there[1]!],
        part: 'key',
        message: `\`${there.join('` and `')}\` stand on one level; json-rules-engine would read one and ignore the other`,
        fix: 'Put one inside the other: all: [ { any: [ … ] }, … ].',
      };
    }
  },
};
