/** RL508: what is known of an officer never selects a declaration (DESIGN decision 15). */
import type { Lint } from './lint.ts';
import { namesUsed } from './used.ts';

export const officerInRiskRule: Lint = {
  code: 'RL508',
  name: 'officer-in-risk-rule',
  severity: 'error',
  finds: 'a fact about an officer in a rule of kind risk',
  about: 'rules',
  *check(subject) {
    if (subject.raw.kind !== 'risk') return;
    for (const { name, path } of namesUsed(subject)) {
      const fact = subject.vocabulary.lookup(name)?.facts.find(({ aboutOfficer }) => aboutOfficer);
      if (fact !== undefined)
        yield {
          path,
          message: `${fact.name} is about an officer and may not select declarations`,
          fix: 'Leave it out, or make the rule one of kind conduct, for the integrity unit.',
        };
    }
  },
};
