import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadRules, loadTexts } from '../../src/rules/load.ts';
import { changedRule, cifRule } from './text.ts';

const shared = `name: suspensive
purpose: { en: goods under a suspensive procedure, fr: marchandises sous régime suspensif }
conditions:
  any:
    - { fact: item.procedure, operator: startsWith, value: "51" }
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosscheck-rules-'));
  for (const name of ['valuation', 'shared', 'base']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'valuation', 'VAL-001.yaml'), cifRule);
  await writeFile(join(folder, 'shared', 'suspensive.yaml'), shared);
  await writeFile(join(folder, 'base', 'import.json'), '{}');
  await writeFile(join(folder, 'notes.md'), '# not a rule');
});
afterAll(() => rm(folder, { recursive: true }));

const one = (text: string, file = 'VAL-001.yaml') => loadTexts('rules', new Map([[file, text]]));
const problemsOf = (text: string) => one(text).rules[0]!.problems;

describe('a folder of rules', () => {
  test('is read with its shared conditions, without base declarations and other files', async () => {
    const loaded = await loadRules(folder);
    expect(loaded.rules.map(({ rule }) => rule?.id)).toEqual(['VAL-001']);
    expect(loaded.shared.map(({ shared }) => shared?.name)).toEqual(['suspensive']);
    expect(loaded.problems).toEqual([]);
  });

  test('has a version that comments and file names do not change, and content does', () => {
    const version = one(cifRule).version;
    expect(one(`# a comment\n${cifRule}`, 'elsewhere.yaml').version).toBe(version);
    expect(one(changedRule(['weight: 30', 'weight: 31'])).version).not.toBe(version);
  });

  test('that does not exist is refused with its name', async () => {
    await expect(loadRules(join(folder, 'absent'))).rejects.toMatchObject({ code: 'CC_FILE_UNREADABLE' });
  });
});

describe('places', () => {
  const source = one(cifRule).rules[0]!.source;
  test.each([
    [['kind'], 'value', { line: 6, column: 7 }],
    [['kind'], 'key', { line: 6, column: 1 }],
    [['conditions', 'all', 0, 'operator'], 'value', { line: 26, column: 30 }],
    [['conditions', 'all', 0, 'nothing'], 'value', { line: 26, column: 7 }],
    [['examples', 1, 'given', 'valuation.cif'], 'key', { line: 32, column: 33 }],
  ] as const)('of %j as %s', (path, part, expected) => {
    expect(source.place(path, part)).toEqual({ file: 'VAL-001.yaml', ...expected });
  });

  test('a rule as JSON has places too, also with tabs', () => {
    const json = '{\n\t"id": "VAL-001",\n\t"conditions": {\n\t\t"any": []\n\t}\n}';
    const loaded = one(json, 'VAL-001.json');
    expect(loaded.problems).toEqual([]);
    expect(loaded.rules[0]!.source.place(['conditions', 'any'])).toMatchObject({ line: 4, column: 10 });
  });
});

describe('files that are no YAML are told with their place', () => {
  test.each([
    ['a key twice', changedRule(['weight: 30', 'weight: 30\nweight: 40']), 15, /written twice/],
    ['an open bracket', changedRule(['["4*"]', '["4*"']), 13, /./],
    ['two documents', `${cifRule}---\n${cifRule}`, 33, /second document/],
    [
      'aliases that explode',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]`,
      1,
      /alias/i,
    ],
  ])('%s', (_title, text, line, message) => {
    const [problem] = one(text).problems;
    expect(problem).toMatchObject({ code: 'RL001', severity: 'error', place: { line } });
    expect(problem!.message).toMatch(message);
  });
});

describe('the schema', () => {
  test('has nothing against a right rule', () => {
    expect(problemsOf(cifRule)).toEqual([]);
    expect(one(cifRule).rules[0]!.rule?.weight).toBe(30);
  });

  test.each([
    [
      'an unknown key',
      ['owner:', 'ownr:'],
      { kind: 'unknown key', path: ['ownr'], fix: 'Did you mean `owner`?' },
    ],
    [
      'a missing key',
      ['owner: valuation unit\n', ''],
      { kind: 'missing key', key: 'owner', message: 'the rule has no `owner`' },
    ],
    [
      'a value outside its list',
      ['kind: consistency', 'kind: consistancy'],
      { kind: 'wrong value', path: ['kind'], fix: 'Did you mean `consistency`?' },
    ],
    [
      'a number for text',
      ['["4*"]', '[4000]'],
      { path: ['applies', 'procedure', 0], fix: expect.stringContaining('quotes') },
    ],
    [
      'text for a list',
      ['[import]', 'import'],
      { path: ['applies', 'flow'], fix: 'Write it in brackets: [import].' },
    ],
    ['a malformed id', ['VAL-001', 'val1'], { path: ['id'], message: expect.stringContaining('VAL-001') }],
    [
      'an unknown key of applies',
      ['flow:', 'flows:'],
      { path: ['applies', 'flows'], fix: 'Did you mean `flow`?' },
    ],
    [
      'a let of the wrong shape',
      ['abs(valuation.cif - parts)', '[1]'],
      { path: ['let', 'gap'], fix: expect.stringContaining('expression') },
    ],
  ] as const)('finds %s', (_title, change, expected) => {
    const [problem, ...more] = problemsOf(changedRule([...change] as [string, string]));
    expect(problem).toMatchObject(expected);
    expect(more).toEqual([]);
  });

  test('a tree of the wrong shape makes no rule', () => {
    expect(one(changedRule(['all:', 'al:'])).rules[0]!.rule).toBeUndefined();
  });
});
