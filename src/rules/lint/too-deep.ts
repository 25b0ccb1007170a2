/** RL107: nobody reads a tree of 33 levels, and a generated one can exhaust the stack. */
import type { Lint } from './lint.ts';

export const maxDepth = 32;

export const tooDeep: Lint = {
  code: 'RL107',
  name: 'too-deep',
  severity: 'error',
  finds: `conditions nested more than ${maxDepth} levels deep`,
  about: 'conditions',
  *check({ nodes }) {
    for (const node of nodes) {
      let depth = 1;
      for (let above = node.parent; above !== undefined; above = above.parent) depth++;
      if (depth === maxDepth + 1)
        yield {
          path: node.path,
          message: `conditions are nested more than ${maxDepth} levels deep`,
          fix: 'Give a part of it a name in shared/, and refer to it with `condition: name`.',
        };
    }
  },
};
