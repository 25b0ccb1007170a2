/**
 * The same rules through json-rules-engine itself: what the compiler is held to, in the tests and, on a share of the
 * live checks, in production. Lets are computed by our closures and handed over as facts: the library has none.
 *
 * On complete data the library runs as it is, `not` and decorators included. Where values may be missing, `not` is
 * pushed down to the leaves and every operator is registered anew, false on a missing operand: a rule that is unknown
 * then does not hold, and neither does its opposite.
 */
import { Engine, type NestedCondition, type RuleProperties, type TopLevelCondition } from 'json-rules-engine';
import type { FactSheet } from '../facts/model.ts';
import type { Applies, Rule } from '../rules/model.ts';
import { dimensions } from './applies.ts';
import type { CompileOptions } from './compile.ts';
import { everyOf, someOf } from './decorators/quantify.ts';
import type { Hit } from './detection.ts';
import { readerOf } from './expression/run.ts';
import { libraryOperators, operators } from './operators/table.ts';
import { type Plan, planOf } from './plan.ts';
import type { Scope, Slot } from './slot.ts';
import { frameOf } from './slots.ts';
import { type LeafNode, type Node, positive } from './tree.ts';
import type { Present, Truth, Value } from './values.ts';

export interface Reference {
  /** Hits on the declaration in the rulebook's order, then item by item. */
  hits(sheet: FactSheet): Promise<Hit[]>;
}

/** `complete` states that no value is missing, and takes the library's own operators, decorators and `not`. */
export function referenceOf(
  rules: readonly Rule[],
  { catalogue, shared = {} }: CompileOptions,
  complete = false,
): Reference {
  const live = rules.filter(({ status }) => status === 'active' || status === 'shadow');
  const plans = live.map((rule, place) => planOf(rule, place, catalogue, shared));
  const runs = (['declaration', 'item'] as const).map((scope) =>
    scopeRun(
      plans.filter((plan) => plan.scope === scope),
      complete,
    ),
  );
  return {
    async hits(sheet) {
      const [onDeclaration, onItem] = runs;
      const hits = await onDeclaration!(sheet, -1);
      for (let i = 0; i < sheet.items.length; i++) hits.push(...(await onItem!(sheet, i)));
      return hits;
    },
  };
}

function scopeRun(
  plans: readonly Plan[],
  complete: boolean,
): (sheet: FactSheet, index: number) => Promise<Hit[]> {
  const engine = new Engine([], { allowUndefinedFacts: true });
  registerOperators(engine, complete);
  for (const plan of plans) engine.addRule(libraryRule(plan, complete));
  const slots = new Map(plans.flatMap((plan) => plan.slots).map((slot) => [slot.id, readerOf(slot)]));
  return async (sheet, index) => {
    if (plans.length === 0) return [];
    const frame = frameOf(sheet, index);
    const facts: Record<string, unknown> = {};
    for (const [id, read] of slots) facts[id] = read(frame);
    const { events } = await engine.run(facts);
    return events
      .map(({ params }) => (params as { place: number }).place)
      .filter((place) => meets(plans.find((plan) => plan.place === place)!.rule, sheet, index) === true)
      .sort((a, b) => a - b)
      .map((place) => ({ place, index }));
  };
}

function libraryRule({ rule, place, tree }: Plan, complete: boolean): RuleProperties {
  const condition = libraryCondition(complete ? tree : positive(tree));
  const top: TopLevelCondition =
    'fact' in condition ? { all: [condition] } : (condition as TopLevelCondition);
  return { conditions: top, event: { type: rule.id, params: { place } } };
}

function libraryCondition(node: Node): NestedCondition {
  switch (node.kind) {
    case 'all':
      return { all: node.children.map(libraryCondition) };
    case 'any':
      return { any: node.children.map(libraryCondition) };
    case 'not':
      return { not: libraryCondition(node.child) };
    case 'leaf':
      return libraryLeaf(node);
  }
}

const factName = (slot: Slot): string => slot.id;

function libraryLeaf({ name, fact, value }: LeafNode): NestedCondition {
  const operator = [...name.decorators.map((decorator) => decorator.name), name.operator.name].join(':');
  const other =
    value.kind === 'slot' ? { fact: factName(value.slot) } : value.kind === 'literal' ? value.value : null;
  return { fact: factName(fact), operator, value: other };
}

type Next = (fact: unknown, value: unknown) => boolean;

function registerOperators(engine: Engine, complete: boolean): void {
  for (const operator of operators.values()) {
    if (complete && libraryOperators.has(operator.name)) continue;
    const { asksPresence = false } = operator;
    engine.addOperator(operator.name, (fact: unknown, value: unknown) =>
      !asksPresence && (fact === undefined || value === undefined)
        ? false
        : operator.evaluate(fact as Present, value as Present),
    );
  }
  if (complete) return;
  // The library's own fail on a value that is missing.
  engine.addOperatorDecorator('someValue', (fact: unknown, value: unknown, next: Next) =>
    Array.isArray(value) ? value.some((entry) => next(fact, entry)) : false,
  );
  engine.addOperatorDecorator('everyValue', (fact: unknown, value: unknown, next: Next) =>
    Array.isArray(value) ? value.every((entry) => next(fact, entry)) : false,
  );
}

/** `applies` asked directly, without the index: the index is held to this too. */
export function meets(rule: Pick<Rule, 'applies' | 'scope'>, sheet: FactSheet, index: number): Truth {
  const applies = rule.applies ?? {};
  const asked = (scope: Scope) =>
    dimensions.filter((d) => d.scope === scope && d.accepts(applies) !== undefined);
  const accepts = (record: Readonly<Record<string, Value>>, scope: Scope, of: Applies): Truth =>
    everyOf(asked(scope), ({ fact, accepts: test }: (typeof dimensions)[number]) => {
      const value = record[fact];
      return typeof value === 'string' ? test(of)!(value) : undefined;
    });
  const header = accepts(sheet.header, 'declaration', applies);
  if (asked('item').length === 0 || header === false) return header;
  const items =
    index < 0
      ? someOf(sheet.items, (item: FactSheet['items'][number]) => accepts(item, 'item', applies))
      : accepts(sheet.items[index]!, 'item', applies);
  return items === false ? false : header === undefined || items === undefined ? undefined : true;
}
