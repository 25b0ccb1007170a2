/** RL503: the content speaks the country's languages (DESIGN decision 6). */
import type { Lint } from './lint.ts';
import { isRecord } from './tree.ts';

export const missingLanguage: Lint = {
  code: 'RL503',
  name: 'missing-language',
  severity: 'error',
  finds: 'a title, purpose or message that lacks a language of the rulebook',
  about: 'conditions',
  *check({ raw }, { languages }) {
    for (const key of ['title', 'purpose', 'message']) {
      const texts = raw[key];
      if (!isRecord(texts)) continue;
      const lacking = languages.filter(
        (language) => typeof texts[language] !== 'string' || texts[language].trim() === '',
      );
      if (lacking.length > 0)
        yield {
          path: [key],
          part: 'key',
          message: `\`${key}\` lacks ${lacking.join(' and ')}`,
          fix: `Write \`${key}: { ${languages.map((language) => `${language}: …`).join(', ')} }\`.`,
        };
    }
  },
};
