/** RL305: lets that need each other. */
import type { Lint } from './lint.ts';

export const letCircular: Lint = {
  code: 'RL305',
  name: 'let-circular',
  severity: 'error',
  finds: '`let`s that need each other in a circle',
  about: 'rules',
  *check({ vocabulary }) {
    for (const name of vocabulary.circular) {
      const others = vocabulary.lets.get(name)!.uses.filter((use) => vocabulary.circular.has(use));
      yield {
        path: ['let', name],
        part: 'key',
        message: others.includes(name)
          ? `${name} needs itself`
          : `${name} needs ${others.join(', ')}, which needs ${name}`,
        fix: 'Write one of them out of facts alone.',
      };
    }
  },
};
