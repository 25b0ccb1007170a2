/** RL101: json-rules-engine holds an empty `any` to be true (reference: trap 1). */
import type { Lint } from './lint.ts';

export const emptyGroup: Lint = {
  code: 'RL101',
  name: 'empty-group',
  severity: 'error',
  finds: 'an `all` or `any` without conditions, or one that is no list',
  about: 'conditions',
  *check({ nodes }) {
    for (const { raw, path } of nodes) {
      for (const key of ['all', 'any'] as const) {
        const list = raw[key];
        if (!(key in raw) || (Array.isArray(list) && list.length > 0)) continue;
        yield Array.isArray(list)
          ? {
              path: [...path, key],
              part: 'key',
              message: `\`${key}\` is empty; json-rules-engine would take it for true and hit every declaration`,
              fix: 'Write its conditions, or remove it.',
            }
          : {
              path: [...path, key],
              part: 'key',
              message: `\`${key}\` must be a list of conditions`,
              fix: `Write each condition after a dash, or in brackets: ${key}: [ { fact: … } ].`,
            };
      }
    }
  },
};
