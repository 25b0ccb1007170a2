/**
 * From the parse tree to a checked expression: names resolved against the fact catalogue and the rule's own lets, each
 * call bound to a function by the types of its arguments, units followed through. Problems are collected, with places;
 * there is an expression only where there are none but of units.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Unit } from '../../facts/model.ts';
import { refusePattern } from '../operators/pattern.ts';
import type { Expression, Slot } from '../slot.ts';
import { listOf, type Present, readers, type ScalarType, type ValueType } from '../values.ts';
import type { Fn } from './functions/function.ts';
import { functions } from './functions/table.ts';
import { dottedName, type ExpressionProblem, type ProblemKind, parseExpression } from './parse.ts';

/** What a name stands for, or what is wrong with it. */
export type Resolved = Slot | { problem: string; kind: ProblemKind };

export interface Checked {
  expression?: Expression;
  type?: ValueType;
  unit: Unit;
  problems: ExpressionProblem[];
}

interface Typed {
  expression: Expression;
  type: ValueType;
  unit: Unit;
}

export function checkText(text: string, resolve: (name: string) => Resolved): Checked {
  const parsed = parseExpression(text);
  if ('problem' in parsed) return { unit: 'none', problems: [parsed.problem] };
  const problems: ExpressionProblem[] = [];
  const typed = new Checker(resolve, problems).check(parsed.ast);
  if (typed === undefined) return { unit: 'none', problems };
  return { expression: closed(typed.expression), type: typed.type, unit: typed.unit, problems };
}

/** Arithmetic ends here: NaN becomes missing. */
const closed = (expression: Expression): Expression =>
  expression.kind === 'call' && expression.fn.missing === 'arithmetic'
    ? { kind: 'finite', type: 'number', of: expression }
    : expression;

class Checker {
  private readonly resolve: (name: string) => Resolved;
  private readonly problems: ExpressionProblem[];

  constructor(resolve: (name: string) => Resolved, problems: ExpressionProblem[]) {
    this.resolve = resolve;
    this.problems = problems;
  }

  check(node: ASTNode): Typed | undefined {
    switch (node.op) {
      case 'value':
        return this.literal(node, node.args);
      case 'id':
      case '.':
        return this.name(node);
      case 'list':
        return this.list(node, node.args);
      case 'call': {
        const [name, args] = node.args;
        if ((name === 'has' || name === 'dyn') && args.length === 1) {
          const instead = name === 'has' ? 'isPresent' : 'nothing';
          return this.problem('unsupported', node, `${name} is not used here: write ${instead} instead`);
        }
        return this.call(node, name, args);
      }
      case 'rcall': {
        const [name, receiver, args] = node.args;
        return this.call(node, name, [receiver, ...args]);
      }
      case '?:':
        return this.choice(node, ...node.args);
      case '!_':
      case '-_':
        return this.call(node, node.op, [node.args]);
      case '||':
      case '&&':
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '<':
      case '<=':
      case '>':
      case '>=':
      case '==':
      case '!=':
      case 'in':
        return this.call(node, node.op, node.args);
      default:
        return this.problem('unsupported', node, `${node.op} is not part of the language of lets`);
    }
  }

  private problem(kind: ProblemKind, node: ASTNode, message: string, name?: string): undefined {
    this.problems.push({
      kind,
      message,
      start: node.start,
      end: node.end,
      ...(name === undefined ? {} : { name }),
    });
    return undefined;
  }

  private literal(node: ASTNode, raw: unknown): Typed | undefined {
    // Every number is a double: 7 / 2 is 3.5.
    const value = typeof raw === 'bigint' ? Number(raw) : raw;
    for (const type of ['number', 'text', 'boolean'] as const) {
      const read = readers[type](value);
      if (read !== undefined) return literalOf(type, read);
    }
    return this.problem('unsupported', node, 'only numbers, texts, true and false can be written out');
  }

  private list(node: ASTNode, entries: readonly ASTNode[]): Typed | undefined {
    const typed = entries.map((entry) => this.check(entry));
    const values: Present[] = [];
    let type: ValueType | undefined;
    for (const entry of typed) {
      if (entry === undefined) return undefined;
      if (entry.expression.kind !== 'literal' || (type !== undefined && entry.type !== type))
        return this.problem('type', node, 'a list is written out in values of one type');
      type = entry.type;
      values.push(entry.expression.value);
    }
    if (type === undefined) return this.problem('type', node, 'a list written out needs an entry');
    return literalOf(listOf(type as ScalarType), values as Present);
  }

  private name(node: ASTNode): Typed | undefined {
    const name = dottedName(node);
    if (name === undefined) return this.problem('unsupported', node, 'a dot joins the parts of a name');
    const slot = this.resolve(name);
    if ('problem' in slot) return this.problem(slot.kind, node, slot.problem, name);
    return { expression: { kind: 'slot', type: slot.type, slot }, type: slot.type, unit: slot.unit };
  }

  private choice(node: ASTNode, condition: ASTNode, then: ASTNode, otherwise: ASTNode): Typed | undefined {
    const [asked, yes, no] = [this.check(condition), this.check(then), this.check(otherwise)];
    if (asked === undefined || yes === undefined || no === undefined) return undefined;
    if (asked.type !== 'boolean')
      return this.problem('type', condition, `? asks a condition, this is ${asked.type}`);
    if (yes.type !== no.type)
      return this.problem('type', node, `both answers have one type, these are ${yes.type} and ${no.type}`);
    return {
      expression: {
        kind: 'choice',
        type: yes.type,
        condition: closed(asked.expression),
        yes: closed(yes.expression),
        no: closed(no.expression),
      },
      type: yes.type,
      unit: yes.unit === no.unit ? yes.unit : 'none',
    };
  }

  private call(node: ASTNode, name: string, nodes: readonly ASTNode[]): Typed | undefined {
    const overloads = functions.get(name);
    if (overloads === undefined)
      return this.problem('unknown function', node, `there is no function ${name}`, name);
    const args: Typed[] = [];
    for (const arg of nodes) {
      const typed = this.check(arg);
      if (typed !== undefined) args.push(typed);
    }
    if (args.length < nodes.length) return undefined;
    const fn = overloads.find((candidate) => takes(candidate, args));
    if (fn === undefined) {
      const given = args.map(({ type }) => type).join(', ');
      const wanted = overloads.map((candidate) => `(${candidate.takes.join(', ')})`);
      return this.problem(
        'type',
        node,
        `${plain(name)} takes ${[...new Set(wanted)].join(' or ')}, not (${given})`,
      );
    }
    const pattern = fn.name === 'matches' ? args[1]!.expression : undefined;
    const unusable = pattern?.kind === 'literal' ? refusePattern(pattern.value) : undefined;
    if (unusable !== undefined) return this.problem('type', nodes[1]!, unusable);
    const unit = fn.unit(args.map((arg) => arg.unit));
    if (typeof unit !== 'string') {
      const [one, other] = unit.mismatch;
      this.problem('unit', node, `${plain(name)} of ${one} and ${other}: the units differ`);
    }
    const inside = args.map(({ expression }) =>
      fn.missing === 'arithmetic' ? expression : closed(expression),
    );
    return {
      expression: { kind: 'call', type: fn.returns, fn, args: inside },
      type: fn.returns,
      unit: typeof unit === 'string' ? unit : 'none',
    };
  }
}

const plain = (name: string): string => (name.endsWith('_') ? name.slice(0, -1) : name);

const literalOf = (type: ValueType, value: Present): Typed => ({
  expression: { kind: 'literal', type, value },
  type,
  unit: 'none',
});

const takes = (fn: Fn, args: readonly Typed[]): boolean =>
  (fn.variadic === true ? args.length >= fn.takes.length : args.length === fn.takes.length) &&
  args.every((arg, i) => arg.type === (fn.takes[i] ?? fn.takes.at(-1)));
