/** What the linter asks of the engine: which operators there are, what they take, what an expression is. One door. */
import { decorators } from '../../engine/decorators/table.ts';
import { checkText } from '../../engine/expression/check.ts';
import type { ExpressionProblem } from '../../engine/expression/parse.ts';
import { letId } from '../../engine/expression/tree.ts';
import type { Operator, Signature } from '../../engine/operators/operator.ts';
import { operators } from '../../engine/operators/table.ts';
import type { LetSlot, Slot } from '../../engine/slot.ts';
import { slotOf } from '../../engine/slots.ts';
import { readers, type ValueType } from '../../engine/values.ts';
import type { FactDefinition } from '../../facts/model.ts';

export type { ExpressionProblem, Operator, Signature, Slot, ValueType };
export { decorators, operators, readers, slotOf };

/** What the decorated operator takes; empty where the decorators do not fit it, undefined where a name is unknown. */
export function signaturesOf(names: readonly string[], operator: string): readonly Signature[] | undefined {
  const base = operators.get(operator);
  if (base === undefined) return undefined;
  let signatures = base.signatures;
  for (const name of [...names].reverse()) {
    const decorator = decorators.get(name);
    if (decorator === undefined) return undefined;
    signatures = signatures.map((inner) => decorator.takes(inner)).filter((outer) => outer !== undefined);
  }
  return signatures;
}

/** What a name in a let stands for, as far as the checker asks; without a slot where it is broken itself. */
interface Meant {
  let?: unknown;
  fact?: FactDefinition;
  slot?: Slot;
}

/** A let's expression by the engine's checker. A name that is itself broken is not told a second time. */
export function checkLet(
  name: string,
  text: string,
  scope: 'declaration' | 'item',
  lookup: (name: string) => Meant | undefined,
): { slot?: LetSlot; problems: ExpressionProblem[] } {
  const broken = 'rests on a name that is broken itself';
  const checked = checkText(text, (used) => {
    const known = lookup(used);
    if (known === undefined)
      return { kind: 'unknown fact', problem: `\`${used}\` is neither a fact nor a let of this rule` };
    if (known.let === undefined && known.fact?.params !== undefined)
      return { kind: 'parameters', problem: `\`${used}\` takes parameters` };
    return known.slot ?? { kind: 'circular', problem: broken };
  });
  const problems = checked.problems.filter(({ message }) => message !== broken);
  const { expression, type, unit } = checked;
  if (expression === undefined || type === undefined) return { problems };
  return {
    problems,
    slot: {
      id: letId(expression),
      name,
      type,
      unit,
      level: scope,
      source: 'let',
      expression,
      reads: [],
    },
  };
}

/** Whether a literal of a rule file is of the type. */
export const fits = (literal: unknown, type: ValueType): boolean => readers[type](literal) !== undefined;

const words: Record<string, string> = {
  number: 'a number',
  text: 'text',
  boolean: 'true or false',
  date: 'a day',
  instant: 'an instant',
  none: 'nothing',
};
const listWords: Record<string, string> = {
  number: 'a list of numbers',
  text: 'a list of texts',
  boolean: 'a list of true or false',
  date: 'a list of days',
  instant: 'a list of instants',
};

export const typeWords = (type: ValueType | 'none'): string =>
  type.startsWith('list<') ? listWords[type.slice(5, -1)]! : words[type]!;

export const either = (types: Iterable<ValueType | 'none'>): string =>
  [...new Set([...types].map(typeWords))].join(' or ');
