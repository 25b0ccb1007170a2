/** RL504: an officer can act on "CIF 90,000 against 100,000", not on "the value is wrong". */
import type { Lint } from './lint.ts';
import { placeholders } from './placeholder.ts';
import { isRecord } from './tree.ts';

export const messageSaysNothing: Lint = {
  code: 'RL504',
  name: 'message-says-nothing',
  severity: 'error',
  finds: 'a message that names no value, or names others in one language than in another',
  about: 'rules',
  *check({ raw }) {
    if (!isRecord(raw.message)) return;
    const named = new Map<string, string>();
    for (const [language, text] of Object.entries(raw.message)) {
      if (typeof text !== 'string') continue;
      const names = [...new Set(placeholders(text).map(({ name }) => name))].sort().join(', ');
      named.set(language, names);
      if (names === '')
        yield {
          path: ['message', language],
          message: 'the message names no value',
          fix: 'Name what was found in braces: "CIF {valuation.cif} against {parts}".',
        };
    }
    const [[first, names] = ['', ''], ...others] = [...named].filter(([, each]) => each !== '');
    for (const [language, each] of others) {
      if (each !== names)
        yield {
          path: ['message', language],
          message: `the message names ${each} in ${language} and ${names} in ${first}`,
          fix: 'Name the same values in every language.',
        };
    }
  },
};
