/** How `in` and `notIn` are emitted: a short list as comparisons, a long one as a set, a list from a fact by search. */
import type { EmitOperands } from './operator.ts';

const shortList = 4;

export function membership({ fact, value, literal, constant }: EmitOperands): string {
  if (literal === undefined)
    return `${value} !== undefined && ${fact} !== undefined && ${value}.includes(${fact})`;
  const list = literal as readonly unknown[];
  if (list.length === 0) return 'false';
  if (list.length > shortList) return `${constant(new Set(list))}.has(${fact})`;
  return `(${list.map((entry) => `${fact} === ${JSON.stringify(entry)}`).join(' || ')})`;
}
