/** RL002: json-rules-engine ignores what it does not know, so a misspelt key would change a rule without a word. */
import type { Lint } from './lint.ts';

export const unknownKey: Lint = {
  code: 'RL002',
  name: 'unknown-key',
  severity: 'error',
  finds: 'a key that rules, `applies`, examples or shared conditions do not have',
  about: 'conditions',
  *check({ problems, foreign }) {
    for (const problem of problems) {
      // What a rule of json-rules-engine has instead is told by RL005.
      if (problem.kind === 'unknown key' && !(foreign && problem.path.length === 1))
        yield { path: problem.path, part: 'key', message: problem.message, fix: problem.fix };
    }
  },
};
