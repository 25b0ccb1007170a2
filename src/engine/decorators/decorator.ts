/**
 * What a decorator is: it turns a comparison into another one. Written before the operator with colons, outermost
 * first: `everyFact:greaterThan`, `not:someFact:in`. Kleene's logic goes through all of them.
 */
import type { Signature } from '../operators/operator.ts';
import type { Truth, Value } from '../values.ts';

/** A comparison of two operands, either of which may be missing. */
export type Test = (fact: Value, value: Value) => Truth;

/** Writes the comparison of two expressions as an expression that is true where it holds. */
export type EmitTest = (fact: string, value: string) => string;

/** What emitting with a decorator needs: a function beside the generated code. */
export interface EmitLoop {
  /** Declares `function (list, other)` with the body and gives its name. */
  loop(body: string): string;
}

export interface Decorator {
  name: string;
  /** The decorator that, on the negated operator, holds exactly where this one does not; undefined for `not` itself. */
  negation: string | undefined;
  /** What the decorated comparison takes, given what the inner one takes; undefined where it can't be applied. */
  takes(inner: Signature): Signature | undefined;
  decorate(inner: Test): Test;
  emit(inner: EmitTest, loops: EmitLoop): EmitTest;
  meaning: { en: string; fr: string };
}
