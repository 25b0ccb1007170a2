/** RL103: a key that conditions do not have; json-rules-engine ignores it (trap 12). */
import { didYouMean } from '../did-you-mean.ts';
import type { Lint } from './lint.ts';
import { factOperand, groupKeys, isRecord } from './tree.ts';

const keys = ['all', 'any', 'not', 'condition', 'fact', 'params', 'operator', 'value', 'name'];
const ofComparison = new Set(['value', 'params']);
/** Told by lints of their own. */
const elsewhere = new Set(['path', 'priority', 'event']);

/** Signs that part otherwise than they look: a decimal comma parts keys, a space from a text program does not part words. */
function misread(key: string): string | undefined {
  if (/^\d+$/.test(key)) return 'Write numbers with a point, 100.5: a comma begins the next key.';
  if (/[^\S ]/.test(key)) return 'A space in it is none that parts words (U+00A0 or the like): type it anew.';
  return undefined;
}

export const conditionKey: Lint = {
  code: 'RL103',
  name: 'condition-key',
  severity: 'error',
  finds: 'a key that a condition, or the fact it compares with, does not have',
  about: 'conditions',
  *check({ nodes }) {
    for (const { raw, path } of nodes) {
      const isGroup = groupKeys.some((key) => key in raw) && !('fact' in raw) && !('operator' in raw);
      for (const key of Object.keys(raw)) {
        if (isGroup && ofComparison.has(key)) {
          yield {
            path: [...path, key],
            part: 'key',
            message: `\`${key}\` belongs to a comparison, and here is a group of conditions`,
            fix: 'Move it into the comparison it is meant for, or remove it.',
          };
          continue;
        }
        if (keys.includes(key) || elsewhere.has(key)) continue;
        yield {
          path: [...path, key],
          part: 'key',
          message: `\`${key}\` is no key of a condition; json-rules-engine would ignore it`,
          fix: misread(key) ?? didYouMean(key, keys),
        };
      }
      if (factOperand(raw.value) === undefined || !isRecord(raw.value)) continue;
      for (const key of Object.keys(raw.value)) {
        if (key === 'fact' || key === 'params' || key === 'path') continue;
        yield {
          path: [...path, 'value', key],
          part: 'key',
          message: `\`${key}\` is no key of a compared fact`,
          fix: didYouMean(key, ['fact', 'params']),
        };
      }
    }
  },
};
