/** RL507: what is an error in one country is lawful in another, unless an identity holds everywhere. */
import type { Lint } from './lint.ts';

export const legalBasis: Lint = {
  code: 'RL507',
  name: 'legal-basis',
  severity: 'error',
  finds: 'a rule of class error, for one country, without a legal basis',
  about: 'rules',
  *check({ raw }) {
    if (raw.class !== 'error' || raw.legalBasis !== undefined || raw.jurisdiction === 'any') return;
    yield {
      path: ['class'],
      message: 'class error says that it must not occur, and no law is named',
      fix: 'Name it in `legalBasis`; make it a warning; or, where it holds in every country, write `jurisdiction: any`.',
    };
  },
};
