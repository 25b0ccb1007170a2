/**
 * RL216: two capitals that are no country. A warning: a country's own list may have codes beside the standard's. Codes that
 * ISO 3166 leaves to users (QZ, XK, ZZ) are used by customs and say nothing wrong.
 */
import { isKnownCountry } from '../../declaration/codes.ts';
import { codesIn, isOfCountries } from './code-form.ts';
import type { Lint } from './lint.ts';

/** What is often written for a country that has another code. */
const often: Readonly<Record<string, string>> = {
  EN: 'GB',
  JA: 'JP',
  KO: 'KR',
  SW: 'SE',
  DA: 'DK',
  CZK: 'CZ',
};

export const unknownCountry: Lint = {
  code: 'RL216',
  name: 'unknown-country',
  severity: 'warning',
  finds: 'two capitals that are the code of no country, nor one that is left to users or was withdrawn',
  about: 'conditions',
  *check(subject) {
    for (const { fact, text, as, ...place } of codesIn(subject))
      if (as === 'whole' && isOfCountries(fact) && /^[A-Z]{2}$/.test(text) && !isKnownCountry(text))
        yield {
          ...place,
          message: `no country has the code ${text}, and it is not one that ISO 3166 leaves to users`,
          fix:
            often[text] === undefined
              ? 'Correct it, or leave it where the list of countries of the administration has it.'
              : `Did you mean "${often[text]}"?`,
        };
  },
};
