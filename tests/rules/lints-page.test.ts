/** docs/lints.md holds the examples: every wrong one raises its code alone, every right one nothing. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { fromRoot } from '../../src/ground/paths.ts';
import { lintRules } from '../../src/rules/lint/run.ts';
import { lints, unreadable } from '../../src/rules/lint/table.ts';
import { loadTexts } from '../../src/rules/load.ts';
import { catalogue } from './catalogue.ts';

const page = readFileSync(fromRoot('docs', 'lints.md'), 'utf8');
const base = parse(/```yaml base\n([\s\S]*?)```/.exec(page)![1]!);
const shared = `name: high-value
purpose: { en: a value above the limit, fr: une valeur supérieure au seuil }
conditions: { all: [ { fact: valuation.cif, operator: greaterThan, value: 50000 } ] }
`;

interface Section {
  code: string;
  name: string;
  examples: { title: string; right: boolean; fence: string; text: string }[];
}

const sections: Section[] = [...page.matchAll(/^## (RL\d+) (\S+)\n([\s\S]*?)(?=^#|(?![\s\S]))/gm)].map(
  ([, code, name, body]) => ({
    code: code!,
    name: name!,
    examples: [...body!.matchAll(/^(Wrong|Right):\n\n```([^\n]*)\n([\s\S]*?)```/gm)].map(
      ([, word, fence, text], i) => ({
        title: `${word} example ${1 + (i >> 1)}`,
        right: word === 'Right',
        fence: fence!,
        text: text!,
      }),
    ),
  }),
);

/** The files that an example stands for: a part is laid over the base, `whole` and JSON stand for themselves. */
function filesOf({ fence, text }: Section['examples'][number]): Map<string, string> {
  const files = new Map([['rules/shared/high-value.yaml', shared]]);
  const named = /file=(\S+)/.exec(fence)?.[1];
  if (fence.includes('whole')) return files.set('rules/VAL-001.yaml', text);
  if (fence.startsWith('json'))
    return files.set('rules/VAL-001.json', text === '[]\n' ? JSON.stringify([base]) : text);
  const rule = { ...base, ...parse(text) };
  for (const key of Object.keys(rule)) if (rule[key] === null) delete rule[key];
  if (fence.includes('beside')) files.set('rules/VAL-001.yaml', stringify(base));
  return files.set(`rules/${named ?? `${rule.id}.yaml`}`, stringify(rule));
}

const codes = (files: Map<string, string>) => [
  ...new Set(
    lintRules(loadTexts('rules', files), { catalogue, today: '2026-11-21' }).map(({ code }) => code),
  ),
];

test('every lint has a section, and every section a lint', () => {
  expect(sections.map(({ code, name }) => `${code} ${name}`)).toEqual(
    [unreadable, ...lints].map(({ code, name }) => `${code} ${name}`),
  );
});

test('a lint is called as its file, so that it is found', () => {
  expect(new Set(lints.map(({ code }) => code)).size).toBe(lints.length);
});

describe.each(sections.filter(({ examples }) => examples.length > 0))('$code $name', ({ code, examples }) => {
  test.each(examples)('$title', (example) => {
    expect(codes(filesOf(example))).toEqual(example.right ? [] : [code]);
  });
});
