/** RL005: a rule as json-rules-engine keeps it, with event and priority: what becomes of each part here. */
import type { Lint } from './lint.ts';

const becomes: Record<string, string> = {
  event:
    'A finding is the event here: put event.type into `id` and `title`, event.params.message into `message`. `crosscheck rules new ID` writes a whole rule to put the conditions into.',
  priority: 'Remove it: rules are independent of each other and their order never changes a finding.',
  name: 'Write it as `title: { en: …, fr: … }`.',
  onSuccess:
    'Remove it: no code in rule files; what follows from a finding is decided by the selectivity profile.',
  onFailure: 'Remove it: no code in rule files.',
};

export const foreignRule: Lint = {
  code: 'RL005',
  name: 'foreign-rule',
  severity: 'error',
  finds: 'a rule written for json-rules-engine: event, priority, name, onSuccess, onFailure',
  about: 'rules',
  *check({ raw, foreign }) {
    if (!foreign) return;
    for (const [key, fix] of Object.entries(becomes)) {
      if (key in raw)
        yield {
          path: [key],
          part: 'key',
          message: `\`${key}\` belongs to json-rules-engine, not to a rule file`,
          fix,
        };
    }
  },
};
