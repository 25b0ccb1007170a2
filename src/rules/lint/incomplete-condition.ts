/** RL106: a comparison needs fact, operator and value; a value of null or nothing compares with nothing. */
import type { Lint } from './lint.ts';
import { isRecord } from './tree.ts';

export const incompleteCondition: Lint = {
  code: 'RL106',
  name: 'incomplete-condition',
  severity: 'error',
  finds: 'a condition that lacks its fact or operator, or is no condition at all',
  about: 'conditions',
  *check({ nodes, raw: subject }) {
    if (!('conditions' in subject)) return;
    for (const { raw, path, kind, value } of nodes) {
      if (kind === 'broken') {
        yield {
          path,
          message: isRecord(value)
            ? 'the condition says nothing'
            : `${JSON.stringify(value) ?? 'nothing'} is no condition`,
          fix: 'A condition is { fact: …, operator: …, value: … }, or all, any, not or condition.',
        };
        continue;
      }
      if (kind === 'condition' && (typeof raw.condition !== 'string' || raw.condition === ''))
        yield { path: [...path, 'condition'], message: '`condition` must be the name of a shared condition' };
      if ('name' in raw && typeof raw.name !== 'string')
        yield { path: [...path, 'name'], message: 'the name of a condition must be text' };
      if (kind !== 'leaf') continue;
      for (const key of ['fact', 'operator'] as const) {
        const part = raw[key];
        if (typeof part === 'string' && part !== '') continue;
        yield {
          path: key in raw ? [...path, key] : path,
          message: key in raw ? `\`${key}\` must be a name` : `the condition has no \`${key}\``,
          fix: 'A condition is { fact: …, operator: …, value: … }.',
        };
      }
      if ('params' in raw && !isRecord(raw.params))
        yield {
          path: [...path, 'params'],
          message: '`params` must be a mapping',
          fix: 'Write params: { name: value }.',
        };
    }
  },
};
