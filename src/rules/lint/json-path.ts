/** RL105: a misspelt JSONPath gives undefined, and `notIn` then hits every declaration (traps 6d and 16). */
import type { Lint } from './lint.ts';
import { isRecord } from './tree.ts';

export const jsonPath: Lint = {
  code: 'RL105',
  name: 'json-path',
  severity: 'error',
  finds: '`path` (JSONPath) in a condition, or a fact written as a path',
  about: 'conditions',
  *check({ nodes, leaves }) {
    for (const { raw, path } of nodes) {
      const places = [
        [raw, path],
        [raw.value, [...path, 'value']],
      ] as const;
      for (const [holder, at] of places) {
        if (!isRecord(holder) || !('path' in holder)) continue;
        yield {
          path: [...at, 'path'],
          part: 'key',
          message: '`path` is refused: a misspelt path is silently undefined, and its filters are code',
          fix: 'Name the fact flat, with dots: { fact: item.origin, … }. For conditions on one and the same item use `scope: item`.',
        };
      }
    }
    for (const { fact, path } of leaves) {
      if (/^\$|\[|\]|@/.test(fact))
        yield {
          path: [...path, 'fact'],
          message: `\`${fact}\` is a path, not a fact`,
          fix: 'Facts are flat names with dots, such as item.origin; docs/facts.md lists them.',
        };
    }
  },
};
