/**
 * The names that one rule can use, and what they stand for: its own lets, then the fact catalogue. The compiler and the
 * linter ask here, so that both read a rule the same way.
 */
import type { FactCatalogue, FactDefinition, FactValue, Unit } from '../facts/model.ts';
import type { FactReference, Rule } from '../rules/model.ts';
import { checkText, type Resolved } from './expression/check.ts';
import type { ExpressionProblem } from './expression/parse.ts';
import { letId, slotsIn } from './expression/tree.ts';
import type { BaseSlot, Expression, LetSlot, Scope, Slot } from './slot.ts';
import { slotOf, whole } from './slots.ts';
import { readers, type ValueType } from './values.ts';

type Let = NonNullable<Rule['let']>[string];
type Params = FactReference['params'];

export class Names {
  private readonly lets: Readonly<Record<string, Let>>;
  private readonly scope: Scope;
  private readonly catalogue: FactCatalogue;
  private readonly built = new Map<string, Resolved>();
  private readonly underway: string[] = [];

  constructor(rule: { let?: Readonly<Record<string, Let>>; scope: Scope }, catalogue: FactCatalogue) {
    this.lets = rule.let ?? {};
    this.scope = rule.scope;
    this.catalogue = catalogue;
  }

  /** The name of a let or of a fact without parameters. */
  resolve(name: string): Resolved {
    return Object.hasOwn(this.lets, name) ? this.letSlot(name) : this.fact(name, undefined);
  }

  /** A fact with its parameters, as a leaf or a let writes it. */
  fact(name: string, params: Params): Resolved {
    const definition = this.catalogue.get(name);
    if (definition === undefined) return { kind: 'unknown fact', problem: `there is no fact ${name}` };
    const problem = parameterProblem(definition, params);
    if (problem !== undefined) return { kind: 'parameters', problem };
    return (
      // Checked above: every parameter has its type.
      slotOf(definition, params as Readonly<Record<string, FactValue>> | undefined, this.scope) ?? {
        kind: 'type',
        problem: `${name} is a list of each item and can't be read by a rule on the declaration`,
      }
    );
  }

  private letSlot(name: string): Resolved {
    const known = this.built.get(name);
    if (known !== undefined) return known;
    if (this.underway.includes(name)) {
      const circle = [...this.underway.slice(this.underway.indexOf(name)), name].join(' → ');
      return { kind: 'circular', problem: `the lets are circular: ${circle}` };
    }
    this.underway.push(name);
    const slot = this.build(name, this.lets[name]!);
    this.underway.pop();
    this.built.set(name, slot);
    return slot;
  }

  private build(name: string, definition: Let): Resolved {
    if (typeof definition !== 'string') return this.fact(definition.fact, definition.params);
    const { expression, unit, problems } = checkText(definition, (inner) => this.wholly(inner));
    const problem = problems.find(({ kind }) => kind !== 'unit');
    if (problem !== undefined) return { kind: problem.kind, problem: `in let ${name}: ${problem.message}` };
    return letSlotOf(name, expression!, unit);
  }

  /** Expressions see a column as a list, missing where an item lacks its value. */
  wholly(name: string): Resolved {
    const resolved = this.resolve(name);
    return 'problem' in resolved ? resolved : whole(resolved);
  }
}

function letSlotOf(name: string, expression: Expression, unit: Unit): LetSlot {
  const inner = [...slotsIn(expression)];
  const level: Scope = inner.some((slot) => slot.level === 'item') ? 'item' : 'declaration';
  return {
    id: letId(expression),
    source: 'let',
    type: expression.type,
    unit,
    level,
    name,
    expression,
    reads: [...new Map(inner.flatMap(basesOf).map((base) => [base.id, base])).values()],
  };
}

/** The facts behind a slot: itself, or what its expression reads. */
export const basesOf = (slot: Slot): readonly BaseSlot[] => (slot.source === 'let' ? slot.reads : [slot]);

/** Unknown, absent or ill-typed parameters of a fact. */
export function parameterProblem(
  definition: FactDefinition,
  params: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const known = definition.params ?? {};
  for (const name of Object.keys(params ?? {}))
    if (!Object.hasOwn(known, name)) return `${definition.name} has no parameter ${name}`;
  for (const [name, parameter] of Object.entries(known)) {
    const value = params !== undefined && Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) {
      if (parameter.required) return `${definition.name} needs its parameter ${name}: ${parameter.meaning}`;
      continue;
    }
    if (readers[parameter.type](value) === undefined)
      return `parameter ${name} of ${definition.name} is ${parameter.type}, not ${JSON.stringify(value)}`;
    if (parameter.values !== undefined && !parameter.values.includes(String(value)))
      return `parameter ${name} of ${definition.name} is one of ${parameter.values.join(', ')}`;
  }
  return undefined;
}

export interface ExpressionCheck {
  /** Absent where the expression can't be used. */
  type?: ValueType;
  unit: Unit;
  /** Names of the facts it reads, directly. */
  facts: string[];
  /** Names of the lets it reads, directly. */
  lets: string[];
  problems: ExpressionProblem[];
}

/** The linter's view of one `let`: its type and unit, what it reads, what is wrong and where in the text. */
export function checkExpression(
  text: string,
  catalogue: FactCatalogue,
  rule: { let?: Readonly<Record<string, Let>>; scope: Scope },
): ExpressionCheck {
  const names = new Names(rule, catalogue);
  const facts = new Set<string>();
  const lets = new Set<string>();
  const { type, unit, problems } = checkText(text, (name) => {
    if (Object.hasOwn(rule.let ?? {}, name)) lets.add(name);
    else if (catalogue.has(name)) facts.add(name);
    return names.wholly(name);
  });
  return { ...(type === undefined ? {} : { type }), unit, facts: [...facts], lets: [...lets], problems };
}
