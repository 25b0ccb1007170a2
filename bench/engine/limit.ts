/**
 * The limit: what a person would write by hand for these rules and no others. One generated function asks all of them,
 * each fact read once, in plain JavaScript, with the engine's three-valued logic and its report of what was not
 * evaluated and for want of which facts. It knows only the leaves of the workload (comparison of numbers, equality, in,
 * someFact:greaterThan) and has no index, no explanations, no lets and no isolation of failures.
 */
import type { FactSheet } from '../../src/facts/model.ts';
import type { Applies, Condition, Leaf } from '../../src/rules/model.ts';
import type { Workload } from './workload.ts';

export interface LimitAnswer {
  /** Place of the rule, and of the item or -1. */
  hits: { place: number; index: number }[];
  notEvaluated: { place: number; index: number; missing: string[] }[];
}

export function limit({ rules, catalogue }: Workload): (sheet: FactSheet) => LimitAnswer {
  const constants: unknown[] = [];
  const header = new Set<string>();
  const item = new Set<string>();
  const columns = new Set<string>();
  const onItems = rules[0]!.scope === 'item';

  const variable = (name: string): string => `v_${name.replace('.', '_')}`;
  const note = (leaf: Leaf): void => {
    const column = leaf.operator.startsWith('someFact:');
    (column ? columns : catalogue.get(leaf.fact)!.scope === 'item' ? item : header).add(leaf.fact);
  };
  const set = (value: unknown): string => {
    const list = value as unknown[];
    if (list.length <= 4) return '';
    return `k${constants.push(new Set(list)) - 1}`;
  };
  /** True where it holds; the opposite where `opposite`. Both are false on a missing operand. */
  const leafCode = (leaf: Leaf, opposite: boolean): string => {
    note(leaf);
    const v = variable(leaf.fact);
    switch (leaf.operator) {
      case 'greaterThan':
        return `${v} ${opposite ? '<=' : '>'} ${leaf.value}`;
      case 'lessThan':
        return `${v} ${opposite ? '>=' : '<'} ${leaf.value}`;
      case 'equal':
        return opposite
          ? `${v} !== undefined && ${v} !== ${JSON.stringify(leaf.value)}`
          : `${v} === ${JSON.stringify(leaf.value)}`;
      case 'in': {
        const name = set(leaf.value);
        const test =
          name === ''
            ? `(${(leaf.value as string[]).map((code) => `${v} === ${JSON.stringify(code)}`).join(' || ')})`
            : `${name}.has(${v})`;
        return opposite ? `${v} !== undefined && !${test}` : test;
      }
      case 'someFact:greaterThan':
        return opposite ? `everyAtMost(${v}, ${leaf.value})` : `someAbove(${v}, ${leaf.value})`;
      default:
        throw new Error(`the limit does not know ${leaf.operator}`);
    }
  };
  // A person would ask the cheap questions first too: comparisons, then sets, then loops.
  const cost = (text: string): number => text.length + 100 * (text.match(/has\(|some|every/g) ?? []).length;
  const code = (condition: Condition, opposite: boolean): string => {
    if ('all' in condition || 'any' in condition) {
      const all = 'all' in condition;
      const children = all ? condition.all : condition.any;
      const parts = children.map((child) => code(child, opposite)).sort((a, b) => cost(a) - cost(b));
      return `(${parts.join(all !== opposite ? ' && ' : ' || ')})`;
    }
    return `(${leafCode(condition as Leaf, opposite)})`;
  };
  const leaves = (condition: Condition): Leaf[] =>
    'all' in condition
      ? condition.all.flatMap(leaves)
      : 'any' in condition
        ? condition.any.flatMap(leaves)
        : [condition as Leaf];

  /** Names of the missing facts in the unknown parts, as code that pushes them. */
  const missing = (condition: Condition): string => {
    if ('all' in condition || 'any' in condition) {
      const children = 'all' in condition ? condition.all : condition.any;
      const decided = code(condition, 'all' in condition);
      return `if (!${decided}) { ${children.map(missing).join(' ')} }`;
    }
    const leaf = condition as Leaf;
    const v = variable(leaf.fact);
    const absent = columns.has(leaf.fact)
      ? `!(${leafCode(leaf, false)}) && !(${leafCode(leaf, true)})`
      : `${v} === undefined`;
    const name = JSON.stringify(leaf.fact);
    return `if (${absent} && !missing.includes(${name})) missing.push(${name});`;
  };

  const appliesCode = (applies: Applies | undefined): string => {
    if (applies === undefined) return '';
    header.add('declaration.flow').add('declaration.office');
    const one = (fact: string, values: readonly string[]) =>
      `(${values.map((value) => `${variable(fact)} === ${JSON.stringify(value)}`).join(' || ')})`;
    return `if (${one('declaration.flow', applies.flow!)} && ${one('declaration.office', applies.office!)}) `;
  };

  const position = onItems ? 'i' : '-1';
  const reports: string[] = [];
  const bodies = rules.map(({ conditions, applies }, place) => {
    const holds = code(conditions, false);
    const fails = code(conditions, true);
    const facts = [...new Set(leaves(conditions).map(({ fact }) => fact))];
    const lost = facts.map((fact) =>
      columns.has(fact) ? `${variable(fact)}_hole` : `${variable(fact)} === undefined`,
    );
    const variables = facts.map(variable);
    // Seldom run, and large: inside, it would make the one function too large for V8 to optimise.
    reports.push(
      `function lost${place}(${[...variables, 'index'].join(', ')}, notEvaluated) { if (${fails}) return; const missing = []; ${missing(conditions)} notEvaluated.push({ place: ${place}, index, missing }); }`,
    );
    const hit = onItems
      ? `{ place: ${place}, index: i }`
      : `k${constants.push(Object.freeze({ place, index: -1 })) - 1}`;
    return `${appliesCode(applies)}{
if (${holds}) hits.push(${hit});
else if (anyMissing && (${lost.join(' || ')})) lost${place}(${[...variables, position].join(', ')}, notEvaluated);
}`;
  });

  const check = (name: string): string => {
    const type = catalogue.get(name)!.type;
    return `typeof ${variable(name)} !== '${type === 'text' ? 'string' : type}'`;
  };
  const read = (from: string, names: Iterable<string>): string =>
    [...names]
      .map(
        (name) =>
          `let ${variable(name)} = ${from}[${JSON.stringify(name)}]; if (${check(name)}) { ${variable(name)} = undefined; anyMissing = true; }`,
      )
      .join('\n');
  const readColumns = [...columns]
    .map(
      (name) =>
        `const ${variable(name)} = []; let ${variable(name)}_hole = false; for (let j = 0; j < items.length; j++) { const value = items[j][${JSON.stringify(name)}]; ${variable(name)}.push(value); if (typeof value !== 'number') { ${variable(name)}_hole = true; anyMissing = true; } }`,
    )
    .join('\n');
  const rulesCode = bodies.join('\n');
  const source = `'use strict';
${constants.map((_, i) => `const k${i} = k[${i}];`).join('\n')}
const someAbove = (list, than) => { for (let i = 0; i < list.length; i++) if (list[i] > than) return true; return false; };
const everyAtMost = (list, than) => { for (let i = 0; i < list.length; i++) if (!(list[i] <= than)) return false; return true; };
${reports.join('\n')}
return (sheet) => {
const { header, items } = sheet; const hits = []; const notEvaluated = []; let anyMissing = false;
${read('header', header)}
${readColumns}
${onItems ? `for (let i = 0; i < items.length; i++) { const item = items[i];\n${read('item', item)}\n${rulesCode}\n}` : rulesCode}
return { hits, notEvaluated };
};`;
  return new Function('k', source)(constants) as (sheet: FactSheet) => LimitAnswer;
}
