/**
 * Where a rule's values come from. A slot is one thing that can be read: a fact of the declaration, of the item, of all
 * items as a column, a fact with parameters, or a `let`. A `let` computes an expression, and an expression reads slots: each
 * is made of the other, so they stand together.
 */
import type { FactCall, Unit } from '../facts/model.ts';
import type { Fn } from './expression/functions/function.ts';
import type { Present, ValueType } from './values.ts';

export type Scope = 'declaration' | 'item';

/** What every slot has. */
export interface Common {
  /** Equal slots have equal ids. */
  id: string;
  type: ValueType;
  unit: Unit;
  /** Whether its value can differ from item to item. */
  level: Scope;
  /** How it is called in reports of what was missing, and in a finding's values. */
  name: string;
}
/** A fact without parameters. A column is the fact of every item; a whole column is missing where an item lacks it. */
export type FactSlot = Common & { source: 'fact'; fact: string; form: Form };
export type CallSlot = Common & { source: 'call'; call: FactCall; form: Form };
export type LetSlot = Common & { source: 'let'; expression: Expression; reads: readonly BaseSlot[] };
export type Form = 'single' | 'column' | 'whole column';
export type BaseSlot = FactSlot | CallSlot;
export type Slot = BaseSlot | LetSlot;

/**
 * A `let` after checking: every name resolved, every call bound to one function of fixed types. Both ways of running it,
 * ./expression/run.ts and ./expression/emit.ts, walk this tree.
 *
 * Arithmetic works on plain doubles in which NaN stands for missing; a `finite` node closes each such region and turns
 * what is no finite number into missing.
 */
export type Expression =
  | { kind: 'literal'; type: ValueType; value: Present }
  | { kind: 'slot'; type: ValueType; slot: Slot }
  | { kind: 'call'; type: ValueType; fn: Fn; args: readonly Expression[] }
  | { kind: 'choice'; type: ValueType; condition: Expression; yes: Expression; no: Expression }
  | { kind: 'finite'; type: 'number'; of: Expression };
