/**
 * RL511: a rule of one country that nothing keeps to it. `jurisdiction` says whose law it is and gives its examples that
 * country's parameters; which declarations reach it says `applies` alone. A warning: an installation may know one country only.
 */
import { countryIds } from '../../declaration/country-profile.ts';
import { nearest } from '../did-you-mean.ts';
import type { Lint } from './lint.ts';
import { isRecord } from './tree.ts';

export const jurisdiction: Lint = {
  code: 'RL511',
  name: 'jurisdiction',
  severity: 'warning',
  finds: 'a rule for a country that has no profile, or one that reaches other countries’ declarations too',
  about: 'rules',
  *check({ raw }) {
    const country = raw.jurisdiction;
    if (typeof country !== 'string' || country === 'any') return;
    const known = countryIds();
    if (!known.includes(country)) {
      const meant = nearest(country, ['any', ...known]);
      yield {
        path: ['jurisdiction'],
        message: `there is no country profile \`${country}\``,
        fix:
          meant === undefined
            ? `Write one of ${known.join(', ')}, or \`any\`, or add profiles/countries/${country}.yaml.`
            : `Did you mean \`${meant}\`?`,
      };
      return;
    }
    const reached = isRecord(raw.applies) ? raw.applies.country : undefined;
    if (Array.isArray(reached) && reached.every((each) => each === country)) return;
    yield {
      path: ['jurisdiction'],
      message: `it is a rule of ${country}, and declarations of other countries reach it as well`,
      fix: `Write \`country: [${country}]\` in \`applies\`; or, where it holds everywhere, \`jurisdiction: any\`.`,
    };
  },
};
