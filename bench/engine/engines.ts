/**
 * The engines under comparison, each fed as suits it best. An adapter prepares its rules and its form of the
 * declarations before the clock starts; `run` answers the number of hits, `hits` the rules that hold, for the gate.
 */
import { ZenEngine } from '@gorules/zen-engine';
import { LogicEngine } from 'json-logic-engine';
import { Engine, type TopLevelCondition } from 'json-rules-engine';
import { compile } from '../../src/engine/compile.ts';
import type { FactSheet, FactValue } from '../../src/facts/model.ts';
import type { Condition, Leaf, Rule } from '../../src/rules/model.ts';
import { limit } from './limit.ts';
import type { Workload } from './workload.ts';

export interface Adapter {
  name: string;
  prepare(workload: Workload): Prepared;
}
export interface Prepared {
  /** One declaration, by its place; a number of hits, so that nothing is optimised away. */
  run(sheet: number): number | Promise<number>;
  /** `place` or `place@item` of each hit. */
  hits(sheet: number): Promise<string[]>;
}

const told = ({ place, index }: { place: number; index: number }): string =>
  index < 0 ? String(place) : `${place}@${index}`;

const ours =
  (codegen: boolean, explained: boolean) =>
  (workload: Workload): Prepared => {
    const rulebook = compile(workload.rules, { catalogue: workload.catalogue, codegen });
    const { sheets } = workload;
    return {
      run: explained
        ? (i) => rulebook.evaluate(sheets[i]!).findings.length
        : (i) => rulebook.detect(sheets[i]!).hits.length,
      hits: async (i) => rulebook.detect(sheets[i]!).hits.map(told),
    };
  };

/** `applies` as conditions, for engines without an index. */
function withApplies({ applies, conditions }: Rule): Condition {
  if (applies === undefined) return conditions;
  return {
    all: [
      { fact: 'declaration.flow', operator: 'in', value: [...applies.flow!] },
      { fact: 'declaration.office', operator: 'in', value: [...applies.office!] },
      conditions,
    ],
  };
}

/** Flat facts: the header, with one column for each item field; or the header with one item's fields. */
function flatFacts({ set, sheets }: Workload): Record<string, unknown>[][] {
  const columns = ({ items }: FactSheet): Record<string, FactValue[]> =>
    Object.fromEntries(Object.keys(items[0]!).map((name) => [name, items.map((item) => item[name])]));
  return sheets.map((sheet) =>
    set === 'C'
      ? sheet.items.map((item) => ({ ...sheet.header, ...item }))
      : [{ ...sheet.header, ...columns(sheet) }],
  );
}

const jsonRulesEngine: Adapter = {
  name: 'json-rules-engine',
  prepare(workload) {
    const engine = new Engine([], { allowUndefinedFacts: true });
    workload.rules.forEach((rule, place) => {
      engine.addRule({
        conditions: withApplies(rule) as TopLevelCondition,
        event: { type: 'hit', params: { place } },
      });
    });
    const facts = flatFacts(workload);
    return {
      async run(i) {
        let hits = 0;
        for (const flat of facts[i]!) hits += (await engine.run(flat)).events.length;
        return hits;
      },
      async hits(i) {
        const found: string[] = [];
        for (const [item, flat] of facts[i]!.entries())
          for (const { params } of (await engine.run(flat)).events)
            found.push(told({ place: params!.place as number, index: workload.set === 'C' ? item : -1 }));
        return found;
      },
    };
  },
};

const logicSigns: Readonly<Record<string, string>> = {
  greaterThan: '>',
  lessThan: '<',
  equal: '===',
  in: 'in',
};

function toLogic(condition: Condition): Record<string, unknown> {
  if ('all' in condition) return { and: condition.all.map(toLogic) };
  if ('any' in condition) return { or: condition.any.map(toLogic) };
  const leaf = condition as Leaf;
  const path = leaf.fact.replace('declaration.', 'declaration_');
  if (leaf.operator === 'someFact:greaterThan')
    return { some: [{ var: path }, { '>': [{ var: '' }, leaf.value] }] };
  return { [logicSigns[leaf.operator]!]: [{ var: path }, leaf.value] };
}

const undotted = (facts: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name.replace('declaration.', 'declaration_'), value]),
  );

const jsonLogicEngine: Adapter = {
  name: 'json-logic-engine',
  prepare(workload) {
    const engine = new LogicEngine();
    const built = workload.rules.map(
      (rule) => engine.build(toLogic(withApplies(rule))) as (data: unknown) => unknown,
    );
    const facts = flatFacts(workload).map((list) => list.map(undotted));
    return {
      run(i) {
        let hits = 0;
        for (const flat of facts[i]!) for (const rule of built) if (rule(flat) === true) hits++;
        return hits;
      },
      hits: async (i) =>
        facts[i]!.flatMap((flat, item) =>
          built.flatMap((rule, place) =>
            rule(flat) === true ? [told({ place, index: workload.set === 'C' ? item : -1 })] : [],
          ),
        ),
    };
  },
};

function toZen(condition: Condition): string {
  if ('all' in condition) return `(${condition.all.map(toZen).join(' and ')})`;
  if ('any' in condition) return `(${condition.any.map(toZen).join(' or ')})`;
  const leaf = condition as Leaf;
  const path = leaf.fact.replace('declaration.', 'declaration_');
  const value = JSON.stringify(leaf.value);
  if (leaf.operator === 'someFact:greaterThan') return `some(${path}, # > ${value})`;
  return `${path} ${{ greaterThan: '>', lessThan: '<', equal: '==', in: 'in' }[leaf.operator]} ${value}`;
}

/** One expression node with a line for each rule; 2,000 lines are one decision still. */
const zen: Adapter = {
  name: 'zen-engine',
  prepare(workload) {
    const expressions = workload.rules.map((rule, place) => ({
      id: `r${place}`,
      key: `r${place}`,
      value: toZen(withApplies(rule)),
    }));
    const decision = new ZenEngine().createDecision({
      nodes: [
        { id: 'in', name: 'in', type: 'inputNode', position: { x: 0, y: 0 } },
        {
          id: 'rules',
          name: 'rules',
          type: 'expressionNode',
          position: { x: 1, y: 0 },
          content: { expressions, passThrough: false },
        },
        { id: 'out', name: 'out', type: 'outputNode', position: { x: 2, y: 0 } },
      ],
      edges: [
        { id: 'e1', sourceId: 'in', targetId: 'rules', type: 'edge' },
        { id: 'e2', sourceId: 'rules', targetId: 'out', type: 'edge' },
      ],
    });
    const facts = flatFacts(workload).map((list) => list.map(undotted));
    const evaluate = async (flat: unknown): Promise<Record<string, unknown>> =>
      (await decision.evaluate(flat)).result as Record<string, unknown>;
    return {
      async run(i) {
        let hits = 0;
        for (const flat of facts[i]!)
          for (const value of Object.values(await evaluate(flat))) if (value === true) hits++;
        return hits;
      },
      async hits(i) {
        const found: string[] = [];
        for (const [item, flat] of facts[i]!.entries())
          for (const [key, value] of Object.entries(await evaluate(flat)))
            if (value === true)
              found.push(told({ place: Number(key.slice(1)), index: workload.set === 'C' ? item : -1 }));
        return found;
      },
    };
  },
};

const handGenerated: Adapter = {
  name: 'limit',
  prepare(workload) {
    const run = limit(workload);
    const { sheets } = workload;
    return {
      run: (i) => run(sheets[i]!).hits.length,
      hits: async (i) => run(sheets[i]!).hits.map(told),
    };
  },
};

export const engines = {
  ours: { name: 'crosscheck', prepare: ours(true, false) },
  explained: { name: 'crosscheck, every hit explained', prepare: ours(true, true) },
  closures: { name: 'crosscheck, closures', prepare: ours(false, false) },
  limit: handGenerated,
  jsonRulesEngine,
  jsonLogicEngine,
  zen,
} as const satisfies Record<string, Adapter>;
