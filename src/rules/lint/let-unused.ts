/** RL304: a let that nothing uses is a mistake in a name elsewhere, or left over. */
import type { Lint } from './lint.ts';
import { namesUsed } from './used.ts';

export const letUnused: Lint = {
  code: 'RL304',
  name: 'let-unused',
  severity: 'error',
  finds: 'a `let` that no condition, message or other `let` uses',
  about: 'rules',
  *check(subject) {
    const used = new Set([...namesUsed(subject)].map(({ name }) => name));
    for (const name of subject.vocabulary.lets.keys()) {
      if (!used.has(name))
        yield {
          path: ['let', name],
          part: 'key',
          message: `${name} is never used`,
          fix: 'Remove it, or use it.',
        };
    }
  },
};
