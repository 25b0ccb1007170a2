/** Every name that a rule uses, where it uses it: in conditions, as compared fact, in lets, in messages. */
import type { Path } from '../source.ts';
import type { Subject } from './lint.ts';
import { placeholders } from './placeholder.ts';
import { factOperand, isRecord } from './tree.ts';

export interface Use {
  name: string;
  path: Path;
  by: 'condition' | 'let' | 'message';
}

export function* namesUsed({ leaves, vocabulary, raw }: Subject): Generator<Use> {
  for (const leaf of leaves) {
    yield { name: leaf.fact, path: [...leaf.path, 'fact'], by: 'condition' };
    const other = factOperand(leaf.operand);
    if (other !== undefined)
      yield { name: other.fact, path: [...leaf.path, 'value', 'fact'], by: 'condition' };
  }
  for (const one of vocabulary.lets.values()) {
    for (const use of one.uses) yield { name: use, path: ['let', one.name], by: 'let' };
  }
  if (!isRecord(raw.message)) return;
  for (const [language, text] of Object.entries(raw.message)) {
    if (typeof text !== 'string') continue;
    for (const { name } of placeholders(text)) yield { name, path: ['message', language], by: 'message' };
  }
}
