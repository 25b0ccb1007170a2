import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fromRoot } from '../../src/ground/paths.ts';
import { loadRules } from '../../src/rules/load.ts';
import { schemas, schemaText } from '../../src/schemas.ts';
import { changedRule, cifRule } from './text.ts';

const validate = (file: string) => new Ajv({ strict: false }).compile(schemas[file] as object);

test('the published schemas are those of the sources: run `npm run schemas`', () => {
  expect(readdirSync(fromRoot('schemas')).sort()).toEqual(Object.keys(schemas).sort());
  for (const [file, schema] of Object.entries(schemas))
    expect(readFileSync(fromRoot('schemas', file), 'utf8') === schemaText(schema), file).toBe(true);
});

describe('an editor with schemas/rule.json', () => {
  const check = validate('rule.json');

  test('takes every shipped rule', async () => {
    for (const { raw, source } of (await loadRules(fromRoot('rules'))).rules)
      expect(check(raw), `${source.file} ${JSON.stringify(check.errors?.[0])}`).toBe(true);
  });

  test.each([
    ['a misspelt fact', ['fact: gap', 'fact: valuation.ciff']],
    ['an unknown operator', ['greaterThan', 'moreThan']],
    ['an unknown key', ['weight:', 'wait:']],
    ['an empty all', ['    - { fact: gap, operator: greaterThan, value: 1 }', '    []']],
  ] as [string, [string, string]][])('refuses %s', (_title, change) => {
    expect(check(parse(cifRule))).toBe(true);
    expect(check(parse(changedRule(change)))).toBe(false);
  });
});

test.each([
  ['selectivity-profile.json', 'profiles/selectivity'],
  ['procedure.json', 'profiles/procedures'],
  ['country.json', 'profiles/countries'],
  ['list.json', 'profiles/lists'],
  ['indicator.json', 'profiles/indicators'],
])('%s takes every file of %s', (schema, folder) => {
  const check = validate(schema);
  const files = readdirSync(fromRoot(folder)).filter((name) => name.endsWith('.yaml'));
  for (const file of files)
    expect(
      check(parse(readFileSync(fromRoot(folder, file), 'utf8'))),
      `${file} ${JSON.stringify(check.errors?.[0])}`,
    ).toBe(true);
});

test('clean declarations satisfy the published model', () => {
  const check = validate('declaration.json');
  for (const flow of ['import', 'export', 'transit'])
    expect(check(JSON.parse(readFileSync(fromRoot('rules', 'base', `${flow}.json`), 'utf8')))).toBe(true);
});
