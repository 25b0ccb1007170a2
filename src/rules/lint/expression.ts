/** The names that a `let` in CEL uses, with their places. What they mean together is the engine's checker's to say. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { dottedName, parseExpression } from '../../engine/expression/parse.ts';

export interface Expression {
  ast: ASTNode;
  /** With their dots, as written. */
  uses: readonly string[];
}

/** Undefined where it is no CEL. */
export function readExpression(text: string): Expression | undefined {
  const parsed = parseExpression(text);
  if ('problem' in parsed) return undefined;
  const uses: string[] = [];
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) for (const each of part) walk(each);
    else if (isNode(part)) {
      const name = dottedName(part);
      if (name === undefined) walk(part.args);
      else uses.push(name);
    }
  };
  walk(parsed.ast);
  return { ast: parsed.ast, uses };
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value;
