/** CEL text to its parse tree, by @marcbachmann/cel-js; errors become problems with their place in the text. */
import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';

export type ProblemKind =
  | 'syntax'
  | 'reserved'
  | 'unknown fact'
  | 'unknown function'
  | 'parameters'
  | 'type'
  | 'unit'
  | 'circular'
  | 'unsupported';

/** `start` and `end` are characters of the text, from 0. */
export interface ExpressionProblem {
  kind: ProblemKind;
  message: string;
  start: number;
  end: number;
  /** The name that is not known, for a did-you-mean. */
  name?: string;
}

// An analyst's expression is a line or two; these bounds keep hostile ones from costing time.
const grammar = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 2000, maxDepth: 60, maxListElements: 500, maxCallArguments: 32 },
});

export function parseExpression(text: string): { ast: ASTNode } | { problem: ExpressionProblem } {
  try {
    return { ast: grammar.parse(text).ast };
  } catch (thrown) {
    if (!(thrown instanceof ParseError)) throw thrown;
    const { start, end } = thrown.range ?? { start: 0, end: text.length };
    const reserved = thrown.code === 'reserved_identifier';
    return {
      problem: {
        kind: reserved ? 'reserved' : 'syntax',
        message: reserved
          ? `${text.slice(start, end)} is a reserved word of CEL and can't begin a name`
          : thrown.summary,
        start,
        end,
      },
    };
  }
}

/** `valuation.cif` out of the tree of its dots; undefined where the node is something else. */
export function dottedName(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op !== '.') return undefined;
  const [of, member] = node.args;
  const head = dottedName(of);
  return head === undefined ? undefined : `${head}.${member}`;
}
