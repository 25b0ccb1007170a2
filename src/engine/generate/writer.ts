/**
 * What the generated program is written with: names for slots, constants beside the code, helper functions. Text of a
 * rule reaches the program as a JSON string in a property access or a comparison, or not at all: everything else is a
 * constant handed over by reference.
 */
import type { EmitLoop, EmitTest } from '../decorators/decorator.ts';
import { strictly } from '../expression/run.ts';
import type { Expression, Slot } from '../slot.ts';
import type { LeafNode } from '../tree.ts';
import { positiveLeaf } from '../tree.ts';
import type { Present, Value } from '../values.ts';

export class Writer implements EmitLoop {
  /** Handed to the program as `k`. */
  readonly constants: unknown[] = [];
  /** Functions of the program's outermost level. */
  readonly helpers: string[] = [];
  private readonly constantNames = new Map<unknown, string>();
  private readonly loopNames = new Map<string, string>();
  private readonly variables = new Map<string, string>();
  private readonly stricts = new Map<unknown, unknown>();

  constant = (value: unknown): string => {
    let name = this.constantNames.get(value);
    if (name === undefined) {
      name = `k${this.constants.push(value) - 1}`;
      this.constantNames.set(value, name);
    }
    return name;
  };

  loop = (body: string): string => {
    let name = this.loopNames.get(body);
    if (name === undefined) {
      name = `loop${this.loopNames.size}`;
      this.loopNames.set(body, name);
      this.helpers.push(`function ${name}(list, other) { ${body} }`);
    }
    return name;
  };

  /** The variable of a slot, the same wherever it is read. */
  variable(slot: Slot): string {
    let name = this.variables.get(slot.id);
    if (name === undefined) {
      name = `${slot.source === 'let' ? 'l' : 'f'}${this.variables.size}`;
      this.variables.set(slot.id, name);
    }
    return name;
  }

  literal(value: Present): string {
    if (typeof value === 'number') return value < 0 ? `(${value})` : String(value);
    return Array.isArray(value) ? this.constant(value) : JSON.stringify(value);
  }

  expression(expression: Expression): string {
    switch (expression.kind) {
      case 'literal':
        return this.literal(expression.value);
      case 'slot':
        return this.variable(expression.slot);
      case 'finite':
        return `finite(${this.expression(expression.of)})`;
      case 'choice': {
        const parts = [expression.condition, expression.yes, expression.no].map((part) =>
          this.expression(part),
        );
        return `choose(${parts.join(', ')})`;
      }
      case 'call': {
        const { fn } = expression;
        const args = expression.args.map((arg) => this.expression(arg));
        if (fn.emit !== undefined) return fn.emit(args);
        return `${this.constant(fn.missing === 'aware' ? fn.evaluate : this.strict(fn.evaluate))}(${args.join(', ')})`;
      }
    }
  }

  /** One wrapper for each function, so that equal lets name equal constants. */
  private strict(evaluate: (...args: never[]) => Value): unknown {
    let wrapped = this.stricts.get(evaluate);
    if (wrapped === undefined) {
      wrapped = strictly(evaluate as (...args: Value[]) => Value);
      this.stricts.set(evaluate, wrapped);
    }
    return wrapped;
  }

  /** An expression that is true where the leaf holds and falsy otherwise. */
  leaf({ name, fact, value }: LeafNode): string {
    const literal = value.kind === 'literal' ? value.value : undefined;
    const other =
      value.kind === 'slot'
        ? this.variable(value.slot)
        : literal === undefined
          ? 'undefined'
          : this.literal(literal);
    // A literal stays in sight of the operator unless a decorator takes it apart or exchanges it.
    const fixed =
      literal !== undefined && name.decorators.every((decorator) => decorator.name.endsWith('Fact'));
    let test: EmitTest = (factCode, valueCode) =>
      `(${name.operator.emit({
        fact: factCode,
        value: fixed ? other : valueCode,
        literal: fixed ? literal : undefined,
        constant: this.constant,
      })})`;
    for (const decorator of [...name.decorators].reverse()) test = decorator.emit(test, this);
    return `(${test(this.variable(fact), other)})`;
  }

  /** The same for the leaf's opposite. */
  opposite(leaf: LeafNode): string {
    return this.leaf(positiveLeaf(leaf, true));
  }
}
