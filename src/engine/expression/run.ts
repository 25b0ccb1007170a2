/** A checked expression as closures: what runs where code generation is forbidden, and what explains. */

import type { Expression, LetSlot, Slot } from '../slot.ts';
import { baseReader, type Frame } from '../slots.ts';
import type { Truth, Value } from '../values.ts';

export type Run = (frame: Frame) => Value;

export function readerOf(slot: Slot): Run {
  return slot.source === 'let' ? letReader(slot) : baseReader(slot);
}

/** One for each let, however often it is named: those of a chain that names each twice would be without end. */
const letReaders = new WeakMap<LetSlot, Run>();

function letReader(slot: LetSlot): Run {
  const known = letReaders.get(slot);
  if (known !== undefined) return known;
  const reader = newLetReader(slot);
  letReaders.set(slot, reader);
  return reader;
}

function newLetReader(slot: LetSlot): Run {
  const run = runnerOf(slot.expression);
  return (frame) => {
    frame.lets ??= new Map();
    const { lets } = frame;
    const known = lets.get(slot.id);
    if (known !== undefined || lets.has(slot.id)) return known;
    const value = run(frame);
    lets.set(slot.id, value);
    return value;
  };
}

export function runnerOf(expression: Expression): Run {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'slot':
      return readerOf(expression.slot);
    case 'finite': {
      const run = runnerOf(expression.of);
      return (frame) => finite(run(frame));
    }
    case 'choice': {
      const asked = runnerOf(expression.condition) as (frame: Frame) => Truth;
      const yes = runnerOf(expression.yes);
      const no = runnerOf(expression.no);
      return (frame) => {
        const truth = asked(frame);
        return truth === undefined ? undefined : truth ? yes(frame) : no(frame);
      };
    }
    case 'call': {
      const args = expression.args.map(runnerOf);
      const { missing } = expression.fn;
      const evaluate = expression.fn.evaluate as (...values: Value[]) => Value;
      if (missing === 'aware') return applied(evaluate, args);
      if (missing === 'strict') return applied(strictly(evaluate), args);
      // Missing is NaN to arithmetic: JavaScript makes it so of undefined.
      return applied(
        evaluate,
        args.map((arg) => (frame: Frame) => Number(arg(frame))),
      );
    }
  }
}

/** Most functions have one argument or two, which need no list. */
function applied(evaluate: (...values: Value[]) => Value, args: readonly Run[]): Run {
  const [first, second] = args;
  if (args.length === 1) return (frame) => evaluate(first!(frame));
  if (args.length === 2) return (frame) => evaluate(first!(frame), second!(frame));
  return (frame) => evaluate(...args.map((arg) => arg(frame)));
}

/** No finite number is missing. */
export const finite = (value: Value): number | undefined =>
  typeof value === 'number' && value - value === 0 ? value : undefined;

/** Missing where an argument is; a result that is no finite number is missing too. */
export const strictly =
  (evaluate: (...values: Value[]) => Value) =>
  (...values: Value[]): Value => {
    for (const value of values) if (value === undefined) return undefined;
    const result = evaluate(...values);
    return typeof result === 'number' ? finite(result) : result;
  };
