/** Walks over a checked `let`: the text by which equal ones are known, and the slots in it. */
import { sha256 } from '../../ground/canonical.ts';
import type { Expression, Slot } from '../slot.ts';

/** The same text for the same expression. */
function canonical(expression: Expression): string {
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

const longest = 200;

/** The same for the same expression: what lets are shared by. A let that names another twice, and so on, would be without end. */
export function letId(expression: Expression): string {
  const text = canonical(expression);
  return `let ${text.length > longest ? sha256(text) : text}`;
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
