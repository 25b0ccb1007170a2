/** The analyst's commands, run as they are typed. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { crosscheck } from './crosscheck.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosscheck-commands-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const clean = fromRoot('rules', 'base', 'import.json');
const change = async (id: string, from: string, to: string) => {
  const file = join(folder, `${id}.yaml`);
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
};

describe('rules new', () => {
  test.each([['VAL-100'], ['ITM-100', '--item']])(
    '%s %s writes a rule that passes lint and test',
    async (...argv) => {
      expect((await crosscheck('rules', 'new', ...argv, '--rules', folder)).code).toBe(0);
      const lint = await crosscheck('rules', 'lint', folder);
      expect(lint).toMatchObject({ code: 0, out: expect.stringContaining('0 errors, 0 warnings') });
      const tests = await crosscheck('rules', 'test', folder);
      expect(tests).toMatchObject({ code: 0, out: expect.stringContaining('3 as expected, 0 not') });
    },
  );

  test('overwrites nothing, and says what an id looks like', async () => {
    await crosscheck('rules', 'new', 'VAL-100', '--folder', folder);
    expect(await crosscheck('rules', 'new', 'VAL-100', '--folder', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('already'),
    });
    expect(await crosscheck('rules', 'new', 'val1', '--folder', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('VAL-001'),
    });
  });
});

describe('with a rule', () => {
  beforeEach(async () => {
    await crosscheck('rules', 'new', 'VAL-100', '--folder', folder);
  });

  test('lint names file, line, column, code and what to do, and answers 1', async () => {
    await change('VAL-100', 'greaterThan', 'greaterThen');
    const { code, out } = await crosscheck('rules', 'lint', folder);
    expect(code).toBe(1);
    expect(out).toMatch(
      /VAL-100\.yaml:\d+:\d+ RL202 error: there is no operator `greaterThen`\n {2}Did you mean `greaterThan`\?/,
    );
    const json = JSON.parse((await crosscheck('rules', 'lint', folder, '--json')).out);
    expect(json).toMatchObject({ errors: 1, diagnostics: [{ code: 'RL202', rule: 'VAL-100' }] });
  });

  test('lint fails on warnings where it is told to', async () => {
    await change('VAL-100', 'review: 20', 'review: 19');
    expect((await crosscheck('rules', 'lint', folder)).code).toBe(0);
    expect((await crosscheck('rules', 'lint', folder, '--fail-on', 'warning')).code).toBe(1);
    expect((await crosscheck('rules', 'lint', folder, '--fail-on', 'note')).code).toBe(2);
  });

  test('lint takes one file, JSON as well', async () => {
    const file = join(folder, 'foreign.json');
    await writeFile(file, JSON.stringify({ conditions: { any: [] }, event: { type: 'x' } }));
    const { code, out } = await crosscheck('rules', 'lint', file);
    expect(code).toBe(1);
    expect(out).toContain('RL101');
    expect(out).toContain('RL005');
  });

  test('test shows the tree of an example that is not as expected, and answers 1', async () => {
    await change('VAL-100', 'value: 100 }', 'value: 5000 }');
    const { code, out } = await crosscheck('rules', 'test', folder);
    expect(code).toBe(1);
    expect(out).toMatch(
      /VAL-100\.yaml:\d+:\d+ VAL-100 "freight left out of the value": expected finding, got none/,
    );
    expect(out).toContain('✗ gap = 900 greaterThan 5000');
    expect((await crosscheck('rules', 'test', folder, '--only', 'VAL-999')).code).toBe(2);
  });

  test('list shows status, owner and review', async () => {
    const { out } = await crosscheck('rules', 'list', folder);
    expect(out).toMatch(/VAL-100\s+draft\s+consistency\s+warning\s+10\s+\d{4}-01-31\s+risk analysis unit/);
    expect((await crosscheck('rules', 'list', folder, '--status', 'active')).out).toContain('0 rules');
    const [row] = (await crosscheck('rules', 'list', folder, '--json')).out.split('\n');
    expect(JSON.parse(row!)).toMatchObject({ id: 'VAL-100', status: 'draft' });
  });

  test('explain shows the values of a declaration, and proposes the rule that was meant', async () => {
    const { code, out } = await crosscheck('rules', 'explain', 'VAL-100', clean, '--rules', folder);
    expect(code).toBe(0);
    expect(out).toContain('declaration: no finding');
    expect(out).toContain('✗ gap = 0 greaterThan 100');
    expect(await crosscheck('rules', 'explain', 'VAL-10', clean, '--folder', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean VAL-100?'),
    });
    expect((await crosscheck('rules', 'explain', 'VAL-100', 'absent.json', '--folder', folder)).code).toBe(2);
  });

  test('diff tells what would change', async () => {
    await change('VAL-100', 'status: draft', 'status: active');
    const other = await mkdtemp(join(tmpdir(), 'crosscheck-other-'));
    await writeFile(
      join(other, 'VAL-100.yaml'),
      (await readFile(join(folder, 'VAL-100.yaml'), 'utf8')).replace('value: 100 }', 'value: 20000 }'),
    );
    const wrong = join(folder, 'wrong.json.txt');
    const declaration = JSON.parse(await readFile(clean, 'utf8'));
    declaration.valuation.cif.amount = 500_00;
    await writeFile(wrong, JSON.stringify(declaration));
    const { code, out } = await crosscheck('rules', 'diff', folder, other, wrong, clean, '--json');
    await rm(other, { recursive: true });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      declarations: 2,
      touched: 1,
      rules: [{ rule: 'VAL-100', change: 'changed', lost: 1, gained: 0 }],
    });
  });

  test('diff tells a change of status and of a named condition, and a version that was left as it was', async () => {
    await change('VAL-100', 'status: draft', 'status: shadow');
    const other = await mkdtemp(join(tmpdir(), 'crosscheck-other-'));
    const text = await readFile(join(folder, 'VAL-100.yaml'), 'utf8');
    const told = async (there: string) => {
      await writeFile(join(other, 'VAL-100.yaml'), there);
      return (await crosscheck('rules', 'diff', folder, other, clean)).out;
    };
    expect(await told(text.replace('status: shadow', 'status: active'))).toMatch(
      /VAL-100 +shadow → active +0/,
    );
    expect(await told(text.replace('status: shadow', 'status: retired'))).toMatch(
      /VAL-100 +shadow → retired +0/,
    );
    expect(await told(text.replace('value: 100 }', 'value: 90 }'))).toMatch(
      /VAL-100 +changed, still version 1 +0/,
    );
    expect(
      await told(text.replace('value: 100 }', 'value: 90 }').replace(/^version: 1/m, 'version: 2')),
    ).toMatch(/VAL-100 +changed, version 1 → 2 +0/);

    const named = text.replace(
      /- \{ fact: gap, [^}]*\}/,
      '- { condition: wide }\n    - { fact: gap, operator: greaterThan, value: 100 }',
    );
    expect(named).not.toBe(text);
    const wide = (limit: number) =>
      `name: wide\npurpose: { en: little value, fr: peu de valeur }\nconditions: { fact: valuation.cif, operator: lessThan, value: ${limit} }\n`;
    await writeFile(join(folder, 'VAL-100.yaml'), named);
    for (const [at, limit] of [
      [folder, 100],
      [other, 90],
    ] as const) {
      await mkdir(join(at, 'shared'));
      await writeFile(join(at, 'shared', 'wide.yaml'), wide(limit));
    }
    expect(await told(named)).toMatch(/VAL-100 +changed, still version 1 +0/);
    await rm(other, { recursive: true });
  });

  test.each([
    [['rules', 'lint', '--today', '31.02.2026']],
    [['rules', 'list', '--due', 'tomorrow']],
    [['selectivity', 'lint', '--today', '2026-02-31']],
    [['rules', 'backtest', '--data', tmpdir(), '--from', '2026-03-01', '--to', '2026-03-01']],
  ])('%j is refused: a day that is none would be compared all the same', async (argv) => {
    expect(await crosscheck(...argv)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CC_BAD_ARGUMENT --(today|due|from): /),
    });
  });

  test('a refused rulebook prints its lints before the error', async () => {
    await change('VAL-100', 'greaterThan', 'greaterThen');
    const { code, err } = await crosscheck('rules', 'explain', 'VAL-100', clean, '--folder', folder);
    expect(code).toBe(2);
    expect(err).toMatch(/RL202[\s\S]*CC_RULEBOOK_REFUSED/);
  });
});
