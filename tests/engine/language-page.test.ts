/**
 * docs/language.md is what analysts work from: its tables are the engine's own, and its rules compile.
 * UPDATE_DOCS=1 writes the tables anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../src/engine/compile.ts';
import { decorators } from '../../src/engine/decorators/table.ts';
import type { Fn } from '../../src/engine/expression/functions/function.ts';
import { functions } from '../../src/engine/expression/functions/table.ts';
import { libraryOperators, operators } from '../../src/engine/operators/table.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { rule } from './support.ts';

const file = fromRoot('docs', 'language.md');
const page = readFileSync(file, 'utf8');
const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`);
  return lines.join('\n');
}

const allScalars = ['number', 'text', 'boolean', 'date', 'instant'];
const allLists = allScalars.map((type) => `list<${type}>`);

function named(types: readonly string[]): string {
  const has = (all: readonly string[]) => all.every((type) => types.includes(type));
  const rest = types.filter(
    (type) => !(has(allLists) && allLists.includes(type)) && !(has(allScalars) && allScalars.includes(type)),
  );
  const names = [
    ...(has(allScalars) ? ['any single value'] : []),
    ...rest,
    ...(has(allLists) ? ['any list'] : []),
  ];
  // Outside of code, angle brackets are tags to Markdown.
  return names.join(', ').replace(/list<(\w+)>/g, 'list of $1');
}

function relation(fact: string, value: string): string {
  if (value === 'none') return 'nothing';
  if (value === fact) return 'the same';
  if (value === `list<${fact}>`) return 'a list of the same';
  return fact === `list<${value}>` ? 'one such entry' : value;
}

/** Types of facts that are compared with the same kind of value are told together. */
function takes(signatures: readonly { fact: string; value: string }[]): string {
  const numeric = signatures.every(({ value }) => value === 'number') && signatures.length > 1;
  const byValue = new Map<string, string[]>();
  for (const { fact, value } of signatures) {
    const key = numeric ? value : relation(fact, value);
    byValue.set(key, [...(byValue.get(key) ?? []), fact]);
  }
  return [...byValue].map(([value, facts]) => `${named(facts)} with ${value}`).join('; ');
}

const operatorTable = table(
  ['operator', 'holds where', 'fact and value', 'opposite', 'in json-rules-engine'],
  [...operators.values()].map(({ name, phrase, signatures, negation }) => [
    code(name),
    phrase.en.replace('{fact}', 'the fact').replace('{value}', 'the value'),
    takes(signatures),
    code(negation),
    libraryOperators.has(name) ? 'yes' : '',
  ]),
);
const decoratorTable = table(
  ['decorator', 'compares'],
  [...decorators.values()].map(({ name, meaning }) => [code(`${name}:`), meaning.en]),
);

const sign = (name: string): string => (name.endsWith('_') ? name.slice(0, -1) : name);
const isSign = (name: string): boolean => !/^[a-z]/i.test(name) || name === 'in';
function call({ name, takes: types, variadic }: Fn): string {
  if (name.endsWith('_')) return `${sign(name)}${types[0]}`;
  if (isSign(name)) return `${types[0]} ${name} ${types[1]}`;
  return `${name}(${types.join(', ')}${variadic === true ? ', …' : ''})`;
}
/** Functions of one meaning are told once, with the types that they take besides. */
const functionTable = table(
  ['written', 'gives', 'meaning'],
  [...functions.values()].flatMap((overloads) => {
    const meanings = new Map<string, Fn[]>();
    for (const fn of overloads) meanings.set(fn.meaning, [...(meanings.get(fn.meaning) ?? []), fn]);
    return [...meanings].map(([meaning, [first, ...others]]) => {
      const also = named(others.map((fn) => fn.takes[0]!));
      const returns = new Set([first!, ...others].map((fn) => fn.returns));
      const same = returns.size > 1 ? 'the same type' : first!.returns;
      return [`${code(call(first!))}${also === '' ? '' : `, also ${also}`}`, same, meaning];
    });
  }),
);

const tables = { operators: operatorTable, decorators: decoratorTable, functions: functionTable };

describe('the language page', () => {
  it('has the tables of the engine', () => {
    let expected = page;
    for (const [name, content] of Object.entries(tables)) {
      const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
      expect(page, `markers of ${name}`).toContain(open);
      const before = expected.slice(0, expected.indexOf(open) + open.length);
      expected = `${before}\n${content}\n${expected.slice(expected.indexOf(close))}`;
    }
    if (process.env.UPDATE_DOCS === '1') writeFileSync(file, expected);
    else expect(page).toBe(expected);
  });

  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);
  it.each(examples.map((text) => [text.split('\n').slice(0, 3).join(' '), text]))(
    'has a rule that compiles: %s',
    (_, text) => {
      const { conditions, ...rest } = parse(text);
      expect(compile([rule(conditions, rest)], { catalogue: factCatalogue }).rules).toHaveLength(1);
    },
  );

  it('has such rules', () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
  });

  it.each(['language', 'facts', 'lints'].map((name) => [name]))(
    'speaks of docs/%s.md, which is there',
    (name) => {
      expect(readFileSync(fromRoot('docs', `${name}.md`), 'utf8').length).toBeGreaterThan(100);
    },
  );
});
