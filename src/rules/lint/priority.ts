/** RL104: order is json-rules-engine's affair; here the compiler orders conditions, and no result depends on it. */
import type { Lint } from './lint.ts';

export const priority: Lint = {
  code: 'RL104',
  name: 'priority',
  severity: 'error',
  finds: '`priority` or `event` in a condition',
  about: 'conditions',
  *check({ nodes }) {
    for (const { raw, path } of nodes) {
      for (const key of ['priority', 'event']) {
        if (key in raw)
          yield {
            path: [...path, key],
            part: 'key',
            message: `\`${key}\` belongs to json-rules-engine; conditions have none here`,
            fix: 'Remove it: cheap conditions are evaluated first by themselves, and no result depends on the order.',
          };
      }
    }
  },
};
