/**
 * What an operator is. One file each; the table in ./table.ts collects them, and the linter, the compiler, the closures,
 * the json-rules-engine reference and docs/language.md all read that table.
 */
import type { Present, ValueType } from '../values.ts';

/** Types of the fact and of the value it is compared with; `none` where the operator takes no value. */
export interface Signature {
  fact: ValueType;
  value: ValueType | 'none';
}

/** What an operator emits with: operands as JavaScript expressions that may be undefined. */
export interface EmitOperands {
  fact: string;
  value: string;
  /** The value where the rule writes it out, in the engine's representation. */
  literal: Present | undefined;
  /** Puts a value beside the generated code and gives its name. */
  constant(value: unknown): string;
}

export interface Operator {
  name: string;
  /** The operator that holds exactly where this one does not, operands present. */
  negation: string;
  signatures: readonly Signature[];
  /** Against a comparison of two numbers, which is 1. */
  cost: number;
  /** How often it holds, roughly: what rarely holds is asked first under `all`. */
  selectivity: number;
  /** True for isMissing and isPresent: an operand that is missing is what they ask about. */
  asksPresence?: boolean;
  /**
   * Says what is wrong with a literal that has the right type, as a pattern that does not compile. An operator that has
   * this takes literals alone.
   */
  refuse?(value: Present): string | undefined;
  /** Both operands present. */
  evaluate(fact: Present, value: Present): boolean;
  /** A JavaScript expression, true where the operator holds; falsy where it does not or an operand is undefined. */
  emit(operands: EmitOperands): string;
  /** In words, for explanations: `{fact}` and `{value}` are filled in. */
  phrase: { en: string; fr: string };
}

export const scalarPairs: readonly Signature[] = [
  { fact: 'number', value: 'number' },
  { fact: 'text', value: 'text' },
  { fact: 'boolean', value: 'boolean' },
  { fact: 'date', value: 'date' },
  { fact: 'instant', value: 'instant' },
];
export const ranges: readonly Signature[] = [
  { fact: 'number', value: 'list<number>' },
  { fact: 'date', value: 'list<date>' },
  { fact: 'instant', value: 'list<instant>' },
];
export const orderedPairs: readonly Signature[] = [
  { fact: 'number', value: 'number' },
  { fact: 'date', value: 'date' },
  { fact: 'instant', value: 'instant' },
];
export const datePairs: readonly Signature[] = [
  { fact: 'date', value: 'date' },
  { fact: 'instant', value: 'instant' },
];
export const textPairs: readonly Signature[] = [{ fact: 'text', value: 'text' }];
export const inList: readonly Signature[] = [
  { fact: 'number', value: 'list<number>' },
  { fact: 'text', value: 'list<text>' },
  { fact: 'date', value: 'list<date>' },
  { fact: 'instant', value: 'list<instant>' },
];
export const listHolds: readonly Signature[] = [
  { fact: 'list<number>', value: 'number' },
  { fact: 'list<text>', value: 'text' },
  { fact: 'list<date>', value: 'date' },
  { fact: 'list<instant>', value: 'instant' },
];
export const listPairs: readonly Signature[] = [
  { fact: 'list<number>', value: 'list<number>' },
  { fact: 'list<text>', value: 'list<text>' },
  { fact: 'list<date>', value: 'list<date>' },
];
export const anyList: readonly Signature[] = [
  { fact: 'list<number>', value: 'none' },
  { fact: 'list<text>', value: 'none' },
  { fact: 'list<date>', value: 'none' },
  { fact: 'list<instant>', value: 'none' },
  { fact: 'list<boolean>', value: 'none' },
];
export const measured: readonly Signature[] = [
  { fact: 'text', value: 'number' },
  { fact: 'list<number>', value: 'number' },
  { fact: 'list<text>', value: 'number' },
  { fact: 'list<date>', value: 'number' },
  { fact: 'list<instant>', value: 'number' },
  { fact: 'list<boolean>', value: 'number' },
];
export const anything: readonly Signature[] = [
  ...(['number', 'text', 'boolean', 'date', 'instant'] as const).map(
    (fact): Signature => ({ fact, value: 'none' }),
  ),
  ...anyList,
];
