/** RL004: a value of the wrong type, or outside its closed list. */
import type { Lint } from './lint.ts';

export const wrongValue: Lint = {
  code: 'RL004',
  name: 'wrong-value',
  severity: 'error',
  finds: 'a value of the wrong type or outside the list of what is allowed',
  about: 'conditions',
  *check({ problems }) {
    for (const { kind, path, message, fix } of problems) {
      if (kind === 'wrong value' && path[0] !== 'review') yield { path, message, fix };
    }
  },
};
