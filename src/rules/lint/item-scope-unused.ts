/** RL213: a rule that runs once an item and reads nothing of it gives the same finding for every item. */
import type { Lint } from './lint.ts';
import { namesUsed } from './used.ts';

export const itemScopeUnused: Lint = {
  code: 'RL213',
  name: 'item-scope-unused',
  severity: 'error',
  finds: '`scope: item` in a rule whose conditions read nothing of the item',
  about: 'rules',
  *check(subject) {
    const { raw, scope, vocabulary, nodes, leaves } = subject;
    if (scope !== 'item' || leaves.length === 0 || nodes.some(({ kind }) => kind === 'condition')) return;
    const names = [...namesUsed(subject)]
      .filter(({ by }) => by === 'condition')
      .map(({ name }) => vocabulary.lookup(name));
    if (names.some((name) => name === undefined || name.scope === 'item')) return;
    yield {
      path: 'scope' in raw ? ['scope'] : [],
      message: 'the rule runs for every item and reads nothing of it, so each item gets the same finding',
      fix: 'Write `scope: declaration`.',
    };
  },
};
