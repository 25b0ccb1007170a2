/** The command on files and on a store, in worker threads. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { scaffold } from '../../src/rules/scaffold.ts';
import { crosscheck } from '../rules/crosscheck.ts';

let folder: string;
let rules: string;
let history: string;

const at = '2026-03-02T08:00:00Z';
const outcome = (result: string) => ({
  control: 'physical',
  result,
  status: 'final',
  at,
  duty: { amount: result === 'conform' ? 0 : 5000, currency: 'EUR' },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosscheck-backtest-'));
  rules = join(folder, 'rules');
  history = join(folder, 'history.ndjson');
  await mkdir(rules);
  const rule = (id: string, status: string, limit: number) =>
    scaffold({ id, scope: 'declaration', owner: 'unit', review: '2099-01-31', schema: '-' })
      .replace('status: draft ', `status: ${status} `)
      .replace('value: 100 }', `value: ${limit} }`)
      .replace('valuation.cif: 10100', `valuation.cif: ${10000 + limit}`);
  await writeFile(join(rules, 'VAL-900.yaml'), rule('VAL-900', 'active', 100));
  await writeFile(join(rules, 'VAL-901.yaml'), rule('VAL-901', 'draft', 500));
  const base = JSON.parse(await readFile(fromRoot('rules', 'base', 'import.json'), 'utf8')) as Declaration;
  // 300 declarations: 100 right ones, 100 wrong by 200, 100 wrong by 900; every second is controlled, and right about them.
  const lines = Array.from({ length: 300 }, (_, i) => {
    const declaration = structuredClone(base);
    declaration.registration = { serial: 'C', number: String(i + 1), date: `2026-0${1 + (i % 3)}-02` };
    declaration.office = i % 2 === 0 ? 'XX001' : 'XX002';
    declaration.acceptedAt = declaration.registration.date!;
    declaration.valuation!.cif!.amount -= [0, 200_00, 900_00][i % 3]!;
    const controlled = i % 2 === 0;
    return JSON.stringify({
      declaration,
      trail: [
        { kind: 'REGISTER', at, user: 'clerk' },
        { kind: 'INSPECT', at, user: `officer${i % 4}` },
      ],
      outcomes: controlled ? [outcome(i % 3 === 0 ? 'conform' : 'value')] : [],
    });
  });
  lines.splice(100, 0, '{"declaration":{"flow":"import","items":"none"}}', 'no json');
  await writeFile(history, `${lines.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('rules backtest', () => {
  test('counts hits, controls and groups of the rules that run', async () => {
    const { code, out, err } = await crosscheck(
      'rules',
      'backtest',
      '--rules',
      rules,
      history,
      '--json',
      '--threads',
      '2',
    );
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      declarations: 300,
      refused: 2,
      base: { controlled: 150, irregular: 100 },
    });
    expect(
      report.rules.map((each: { rule: string; declarations: number }) => [each.rule, each.declarations]),
    ).toEqual([
      ['VAL-900', 200],
      ['*', 200],
    ]);
    const [rule] = report.rules;
    expect(rule.quality).toMatchObject({
      truePositive: 100,
      falsePositive: 0,
      falseNegative: 0,
      trueNegative: 50,
      precision: 1,
      recall: 1,
      f1: 1,
      lift: 1.5,
    });
    expect(rule.revenue).toEqual([{ currency: 'EUR', amount: 500_000, share: 1 }]);
    expect(rule.by.month.map(({ value, hits }: { value: string; hits: number }) => [value, hits])).toEqual([
      ['2026-01', 0],
      ['2026-02', 100],
      ['2026-03', 100],
    ]);
    expect(rule.by.officer).toHaveLength(4);
    expect(out).not.toContain('officer1');
    expect(rule.examples.confirmed[0].message).toMatch(/^CIF 9,\d00\.00 against 10,000\.00/);
    expect(err).toMatch(
      /history\.ndjson:101 CC_DECLARATION_INVALID[\s\S]*history\.ndjson:102 CC_JSON_MALFORMED/,
    );
  });

  test('joins outcomes that stand in records of their own, as if they stood with their declarations', async () => {
    const told = (await readFile(history, 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith('{"declaration":{"') && !line.includes('"none"'))
      .map((line) => JSON.parse(line) as { declaration: Declaration; trail: unknown[]; outcomes: object[] });
    const alone = join(folder, 'alone.ndjson');
    const apart = join(folder, 'apart.ndjson');
    const array = join(folder, 'apart.json');
    // Some stand between the declarations, others in a file before and in one after; one is told twice.
    const answers = told
      .filter(({ outcomes }) => outcomes.length > 0)
      .map(({ declaration: { office, registration }, outcomes }) => ({
        reference: `${office}/${registration!.date!.slice(0, 4)}/${registration!.serial}${registration!.number}`,
        outcomes,
      }));
    const lines = (values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
    await writeFile(
      alone,
      lines([...told.map((one) => ({ ...one, outcomes: [] })), ...answers.slice(0, 40)]),
    );
    await writeFile(apart, lines([...answers.slice(40, 90), answers[0]!]));
    await writeFile(array, JSON.stringify(answers.slice(90)));
    const run = async (...files: string[]) => {
      const { out } = await crosscheck('rules', 'backtest', '--rules', rules, ...files, '--json');
      return JSON.parse(out);
    };
    const whole = await run(history);
    const joined = await run(apart, alone, array);
    expect(joined).toMatchObject({ declarations: 300, refused: 0, answers: 151, joined: 150 });
    expect(joined.base).toEqual(whole.base);
    expect(joined.rules[0].quality).toEqual(whole.rules[0].quality);
    expect(joined.rules[0].revenue).toEqual(whole.rules[0].revenue);
    expect(joined.inspection).toEqual(whole.inspection);
    expect((await run(alone)).joined).toBe(40);
  });

  test('judges a draft, with its overlap with the rules that run', async () => {
    const { out } = await crosscheck(
      'rules',
      'backtest',
      '--rules',
      rules,
      '--rule',
      'VAL-901',
      history,
      '--json',
    );
    const [rule] = JSON.parse(out).rules;
    expect(rule).toMatchObject({
      rule: 'VAL-901',
      status: 'draft',
      declarations: 100,
      overlap: [{ rule: 'VAL-900', both: 100, share: 1 }],
    });
  });

  test('ranks by points that select: rules on conduct and systems have none, whatever their weight', async () => {
    const beside = join(folder, 'beside');
    await mkdir(beside);
    const file = await readFile(join(rules, 'VAL-900.yaml'), 'utf8');
    await writeFile(join(beside, 'VAL-900.yaml'), file);
    const ranked = async () => {
      const { out } = await crosscheck('rules', 'backtest', '--rules', beside, history, '--json');
      return JSON.parse(out);
    };
    const alone = await ranked();
    // Of what conforms, so that its points would put that first.
    const conduct = file
      .replaceAll('VAL-900', 'CON-900')
      .replace(/^kind: \w+/m, 'kind: conduct')
      .replace(/^weight: \d+/m, 'weight: 90')
      .replace('operator: greaterThan, value: 100', 'operator: lessThan, value: 100');
    await writeFile(join(beside, 'CON-900.yaml'), conduct);
    const both = await ranked();
    expect(
      both.rules.map(({ rule, declarations }: { rule: string; declarations: number }) => [
        rule,
        declarations,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['VAL-900', 200],
        ['CON-900', 100],
      ]),
    );
    expect(both.inspection).toEqual(alone.inspection);
  });

  test('shows a table, groups and examples, and writes a page that needs nothing else', async () => {
    const html = join(folder, 'report.html');
    const { out } = await crosscheck(
      'rules',
      'backtest',
      '--rules',
      rules,
      '--rule',
      'VAL-900',
      history,
      '--html',
      html,
    );
    expect(out).toMatch(/VAL-900\s+200\s+66\.67 %/);
    expect(out).toContain('hit, and the control found something');
    const page = await readFile(html, 'utf8');
    // Every link leads to a declaration on the page itself.
    const linked = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(linked.length).toBeGreaterThan(0);
    for (const id of linked) expect(page).toContain(`<section id="${id}">`);
    expect(page).toContain('<h2>VAL-900.1 (active)');
    expect(page).not.toMatch(/<script|src=|href="http/);
  });

  test('takes what is no NDJSON too', async () => {
    const { out } = await crosscheck(
      'rules',
      'backtest',
      '--rules',
      rules,
      fromRoot('rules', 'base', 'import.json'),
      '--json',
    );
    expect(JSON.parse(out)).toMatchObject({ declarations: 1, refused: 0 });
  });

  test('reads a store, each declaration in its last version', async () => {
    const data = join(folder, 'data');
    expect((await crosscheck('import', history, '--data', data)).code).toBe(0);
    const { out } = await crosscheck('rules', 'backtest', '--rules', rules, '--data', data, '--json');
    expect(JSON.parse(out)).toMatchObject({
      declarations: 300,
      base: { controlled: 150, irregular: 100 },
      rules: [{ rule: 'VAL-900', declarations: 200 }, {}],
    });
    const list = await crosscheck('rules', 'list', rules, '--data', data);
    expect(list.out).toMatch(/VAL-900\s+active\s+consistency\s+warning\s+10\s+0/);
  });

  test.each([
    ['no history', []],
    ['a file that is not there', ['absent.ndjson']],
    ['an unknown rule', ['HISTORY', '--rule', 'VAL-999']],
    ['threads that are no number', ['HISTORY', '--threads', 'many']],
    ['an unknown country', ['HISTORY', '--country', 'QQ']],
    ['a page in a folder that is not there', ['HISTORY', '--html', '/no/such/folder/x.html']],
    ['files and a store', ['HISTORY', '--data', '.']],
  ])('refuses to start on %s, with a code', async (_title, argv) => {
    const { code, err } = await crosscheck(
      'rules',
      'backtest',
      '--rules',
      rules,
      ...argv.map((each) => (each === 'HISTORY' ? history : each)),
    );
    expect(code).toBe(2);
    expect(err).toMatch(/CC_(BAD_ARGUMENT|FILE_UNREADABLE)/);
  });
});
