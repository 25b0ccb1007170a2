/** RL108: a shared condition that does not exist, or hangs in a circle. */
import { didYouMean } from '../did-you-mean.ts';
import type { Book, Lint } from './lint.ts';
import { nodesOf, treeOf } from './tree.ts';

/** The shared conditions that a tree names. */
const named = (conditions: unknown): string[] =>
  [...nodesOf(treeOf(conditions, []))]
    .filter(({ kind }) => kind === 'condition')
    .map(({ raw }) => String(raw.condition));

function leadsTo(from: string, to: string, shared: Book['shared'], seen = new Set<string>()): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return named(shared.get(from)?.raw.conditions).some((next) => leadsTo(next, to, shared, seen));
}

export const sharedName: Lint = {
  code: 'RL108',
  name: 'shared-name',
  severity: 'error',
  finds: 'a shared condition that does not exist, or that leads back to itself',
  about: 'conditions',
  *check({ nodes, kind, id }, { shared }) {
    for (const { kind: of, raw, path } of nodes) {
      const name = raw.condition;
      if (of !== 'condition' || typeof name !== 'string') continue;
      const at = [...path, 'condition'];
      if (!shared.has(name))
        yield {
          path: at,
          message: `there is no shared condition \`${name}\``,
          fix: didYouMean(name, [...shared.keys()]) ?? `Write it in shared/${name}.yaml.`,
        };
      else if (kind === 'shared condition' && id !== undefined && leadsTo(name, id, shared))
        yield {
          path: at,
          message: `\`${name}\` leads back to \`${id}\``,
          fix: 'Break the circle: write one of them out.',
        };
    }
  },
};
