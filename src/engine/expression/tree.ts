/** Walks over a checked `let`: the text by which equal ones are known, and the slots in it. */
import type { Expression, Slot } from '../slot.ts';

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
