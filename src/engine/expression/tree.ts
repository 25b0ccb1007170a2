/**
 * A `let` after checking: every name resolved, every call bound to one function of fixed types. Both ways of running it,
 * ./run.ts and ./emit.ts, walk this tree.
 *
 * Arithmetic works on plain doubles in which NaN stands for missing; a `finite` node closes each such region and turns
 * what is no finite number into missing.
 */
import type { Slot } from '../slots.ts';
import type { Present, ValueType } from '../values.ts';
import type { Fn } from './functions/function.ts';

export type Expression =
  | { kind: 'literal'; type: ValueType; value: Present }
  | { kind: 'slot'; type: ValueType; slot: Slot }
  | { kind: 'call'; type: ValueType; fn: Fn; args: readonly Expression[] }
  | { kind: 'choice'; type: ValueType; condition: Expression; yes: Expression; no: Expression }
  | { kind: 'finite'; type: 'number'; of: Expression };

/** The same text for the same expression: what lets are shared by. */
export function canonical(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return `${expression.type}:${JSON.stringify(expression.value)}`;
    case 'slot':
      return `[${expression.slot.id}]`;
    case 'call':
      return `${expression.fn.name}/${expression.fn.takes.join(',')}(${expression.args.map(canonical).join(',')})`;
    case 'choice':
      return `choice(${canonical(expression.condition)},${canonical(expression.yes)},${canonical(expression.no)})`;
    case 'finite':
      return `finite(${canonical(expression.of)})`;
  }
}

export function* slotsIn(expression: Expression): Generator<Slot> {
  if (expression.kind === 'slot') yield expression.slot;
  else if (expression.kind === 'call') for (const arg of expression.args) yield* slotsIn(arg);
  else if (expression.kind === 'finite') yield* slotsIn(expression.of);
  else if (expression.kind === 'choice') {
    yield* slotsIn(expression.condition);
    yield* slotsIn(expression.yes);
    yield* slotsIn(expression.no);
  }
}
