/** A condition in a few words, for messages. */
import { type ConditionNode, factOperand } from './tree.ts';

export function conditionWords({ raw, kind }: ConditionNode): string {
  if (typeof raw.name === 'string') return raw.name;
  if (kind === 'condition') return String(raw.condition);
  if (kind !== 'leaf') return kind;
  const value = factOperand(raw.value)?.fact ?? (raw.value === undefined ? '' : JSON.stringify(raw.value));
  const text = [raw.fact, raw.operator, value].filter((part) => part !== '').join(' ');
  return text.length > 70 ? `${text.slice(0, 67)}...` : text;
}
