/** RL008: findings, outcomes and figures name a rule by its id. */
import type { Lint } from './lint.ts';

export const sameId: Lint = {
  code: 'RL008',
  name: 'same-id',
  severity: 'error',
  finds: 'an id that an earlier file has too',
  about: 'conditions',
  *check(subject, { subjects }) {
    const { id, kind } = subject;
    const first = subjects.find((other) => other.kind === kind && other.id === id);
    if (id === undefined || first === undefined || first === subject) return;
    const path = [kind === 'rule' ? 'id' : 'name'];
    yield {
      path,
      message: `${id} is already in ${first.source.file}`,
      fix: 'Give one of them another id; a retired id is not used again.',
    };
  },
};
