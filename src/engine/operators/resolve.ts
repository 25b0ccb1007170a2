/**
 * From `everyFact:not:in` and the operands' types to what is compared. Operators state the types they take; decorators
 * state what they make of them; a literal takes the type that the other side asks for.
 */
import type { Decorator } from '../decorators/decorator.ts';
import { decorators as decoratorTable } from '../decorators/table.ts';
import { isList, type Present, readers, type ValueType } from '../values.ts';
import type { Operator, Signature } from './operator.ts';
import { operators as operatorTable } from './table.ts';

export interface OperatorName {
  /** Outermost first. */
  decorators: readonly Decorator[];
  operator: Operator;
}

export type UnknownOperator = { unknown: 'operator' | 'decorator'; name: string; known: readonly string[] };

export function parseOperator(text: string): OperatorName | UnknownOperator {
  const parts = text.split(':');
  const last = parts.pop()!;
  const decorators: Decorator[] = [];
  for (const name of parts) {
    const decorator = decoratorTable.get(name);
    if (decorator === undefined) return { unknown: 'decorator', name, known: [...decoratorTable.keys()] };
    decorators.push(decorator);
  }
  const operator = operatorTable.get(last);
  if (operator === undefined) return { unknown: 'operator', name: last, known: [...operatorTable.keys()] };
  return { decorators, operator };
}

/** What a decorated operator takes. */
export interface Taken {
  /** Types of fact and value as the rule writes them. */
  outer: Signature;
  /** Types that the operator itself compares. */
  inner: Signature;
  /** The written side on which the operator's value stands: the other one after an odd number of swaps. */
  valueSide: 'fact' | 'value';
}

export function takenBy({ decorators, operator }: OperatorName): Taken[] {
  const taken: Taken[] = [];
  for (const inner of operator.signatures) {
    let outer: Signature | undefined = inner;
    let valueSide: Taken['valueSide'] = 'value';
    for (const decorator of [...decorators].reverse()) {
      outer = decorator.takes(outer);
      if (outer === undefined) break;
      if (decorator.name === 'swap') valueSide = valueSide === 'value' ? 'fact' : 'value';
    }
    if (outer !== undefined) taken.push({ outer, inner, valueSide });
  }
  return taken;
}

/** An operand: a literal as the rule writes it, or something with a type of its own. */
export type OperandType = { literal: unknown } | { type: ValueType };

export type Fitted = { taken: Taken; value: Present | undefined } | { problem: string };

/**
 * Whether the operator takes these operands. `value` of the answer is the literal in the engine's representation.
 * `given` is undefined where the rule gives no value.
 */
export function fitOperands(name: OperatorName, fact: ValueType, given: OperandType | undefined): Fitted {
  const taken = takenBy(name);
  const forFact = taken.filter(({ outer }) => outer.fact === fact);
  const takesNone = forFact.every(({ outer }) => outer.value === 'none');
  // json-rules-engine wants a value everywhere, and `value: true` is what its users write where there is none.
  const operand =
    takesNone && given !== undefined && 'literal' in given && given.literal === true ? undefined : given;
  const called = [...name.decorators.map((decorator) => decorator.name), name.operator.name].join(':');
  if (forFact.length === 0) {
    const asked = [...new Set(taken.map(({ outer }) => outer.fact))].join(', ');
    return { problem: `${called} takes a fact of type ${asked || 'nothing'}, this one is ${fact}` };
  }
  if (operand === undefined) {
    const match = forFact.find(({ outer }) => outer.value === 'none');
    return match === undefined
      ? { problem: `${called} needs a value to compare with` }
      : { taken: match, value: undefined };
  }
  if (takesNone) return { problem: `${called} takes no value` };
  const asked = [...new Set(forFact.map(({ outer }) => outer.value))].filter((type) => type !== 'none');
  if ('type' in operand) {
    const match = forFact.find(({ outer }) => outer.value === operand.type);
    if (match === undefined)
      return {
        problem: `${called} compares ${fact} with ${asked.join(' or ')}, the value is ${operand.type}`,
      };
    if (name.operator.refuse !== undefined)
      return { problem: `${called} takes a value written in the rule, not a fact` };
    return { taken: match, value: undefined };
  }
  for (const match of forFact) {
    if (match.outer.value === 'none') continue;
    const value = readers[match.outer.value](operand.literal);
    if (value === undefined) continue;
    const refused = refuse(name.operator, match, value);
    return refused === undefined ? { taken: match, value } : { problem: refused };
  }
  return {
    problem: `${called} compares ${fact} with ${asked.join(' or ')}, not with ${JSON.stringify(operand.literal)}`,
  };
}

function refuse(operator: Operator, { outer, inner, valueSide }: Taken, value: Present): string | undefined {
  if (operator.refuse === undefined) return undefined;
  if (valueSide === 'fact') return `${operator.name} can't be swapped: its value is written in the rule`;
  const oneByOne = outer.value !== inner.value && outer.value !== 'none' && isList(outer.value);
  const values = oneByOne ? (value as readonly Present[]) : [value];
  for (const entry of values) {
    const problem = operator.refuse(entry);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The same comparison the other way round, without `not`: decorators and operator that hold where this one does not. */
export function negated({ decorators, operator }: OperatorName): OperatorName {
  return positive(decorators, operator, true);
}

/** The same comparison without the decorator `not`. */
export function withoutNot({ decorators, operator }: OperatorName): OperatorName {
  return positive(decorators, operator, false);
}

function positive(decorators: readonly Decorator[], operator: Operator, negative: boolean): OperatorName {
  const kept: Decorator[] = [];
  let opposite = negative;
  for (const decorator of decorators) {
    if (decorator.negation === undefined) opposite = !opposite;
    else kept.push(opposite ? decoratorTable.get(decorator.negation)! : decorator);
  }
  return { decorators: kept, operator: opposite ? operatorTable.get(operator.negation)! : operator };
}
