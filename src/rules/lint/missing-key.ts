/** RL003: a key that every rule must have. */
import type { Lint } from './lint.ts';

/** How a missing key is best written; the rest is in docs/guide-analyst.md. */
const samples: Record<string, string> = {
  id: 'id: VAL-001',
  version: 'version: 1',
  title: 'title: { en: …, fr: … }',
  kind: 'kind: consistency, conduct, risk or system',
  class: 'class: error, warning or risk',
  risk: 'risk: revenue, security, health, environment, prohibition, ipr or integrity',
  jurisdiction: 'jurisdiction: any',
  scope: 'scope: declaration or item',
  status: 'status: draft, shadow, active or retired',
  weight: 'weight: 0 to 100 points',
  purpose: 'purpose: { en: …, fr: … }',
  source: 'source: where the check comes from',
  owner: 'owner: the unit that answers for the rule',
  conditions: 'conditions: { all: [ … ] }',
  message: 'message: { en: "… {fact} …", fr: "… {fact} …" }',
  examples: 'examples: at least one that expects a finding and one that expects none',
};

export const missingKey: Lint = {
  code: 'RL003',
  name: 'missing-key',
  severity: 'error',
  finds: 'a key that every rule must have and this one lacks',
  about: 'conditions',
  *check({ problems, foreign }) {
    for (const { kind, key, path, message } of problems) {
      // A review date has a lint of its own, and what a foreign rule lacks is told once, by RL005.
      if (kind !== 'missing key' || key === 'review' || (foreign && path.length === 0)) continue;
      const sample = path.length === 0 ? samples[key ?? ''] : undefined;
      yield { path, message, fix: sample === undefined ? undefined : `Write \`${sample}\`.` };
    }
  },
};
