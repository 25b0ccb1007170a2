/** Files and dumps with what their own past says: as it was then, and nothing of what came later. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { layHistory } from '../../src/backtest/laid-history.ts';
import type { Declaration } from '../../src/declaration/declaration.ts';
import type { FactValue } from '../../src/facts/model.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import type { Rule } from '../../src/rules/model.ts';
import { crosscheck } from '../rules/crosscheck.ts';
import { tell, writeWorld } from '../sources/truth.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-laid-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = JSON.parse(readFileSync(fromRoot('rules', 'base', 'import.json'), 'utf8')) as Declaration;
const declared = (number: number, day: string, consignee: string): Declaration => ({
  ...structuredClone(base),
  consignee: { id: consignee },
  registration: { serial: 'C', number: String(number), date: day },
  lodgedAt: `${day}T08:00:00Z`,
  acceptedAt: day,
});
const found = (at: string) => ({
  control: 'physical',
  result: 'value',
  status: 'final',
  at: `${at}T08:00:00Z`,
});

const asks = (fact: string, params: object): Rule =>
  ({
    id: 'TST-001',
    scope: 'declaration',
    status: 'active',
    kind: 'risk',
    let: { it: { fact, params } },
    conditions: { fact: 'it', operator: 'isPresent' },
    message: { en: '{it}' },
  }) as unknown as Rule;

/** What the rule's one fact is for each declaration, by its number. */
async function answers(file: string, rule: Rule): Promise<Record<string, FactValue>> {
  const refused: string[] = [];
  const history = await layHistory({ paths: [file], onRefused: ({ code }) => refused.push(code) });
  try {
    const known: Record<string, FactValue> = { refused: refused.length };
    for await (const records of history.records([{ rules: [rule], shared: {} }], {}))
      for (const { declaration, resolved } of records)
        known[declaration.registration!.number!] = Object.values(resolved!.calls)[0];
    return known;
  } finally {
    await history.close();
  }
}

describe('files laid as history', () => {
  const file = join(folder, 'history.ndjson');
  // Not in the order of their days; the outcome of the first is told after the second was made, apart from it.
  const lines = [
    { declaration: declared(3, '2026-03-01', 'A'), outcomes: [found('2026-03-20')] },
    { declaration: declared(1, '2026-01-10', 'A'), trail: [], outcomes: [] },
    { declaration: declared(2, '2026-02-01', 'A') },
    { declaration: declared(4, '2026-04-01', 'A') },
    { declaration: declared(5, '2026-02-15', 'B') },
    { declaration: { flow: 'import', items: 'none' } },
    { reference: `${base.office}/2026/C1`, outcomes: [found('2026-02-10')] },
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

  it('count what a consignee declared before, and not what he declared later', async () => {
    const rule = asks('history.count', { of: 'consignee', days: 1800 });
    expect(await answers(file, rule)).toEqual({ 1: 0, 2: 1, 3: 2, 4: 3, 5: 0, refused: 1 });
  });

  it('know an outcome from the day on which it was told: the declaration itself never sees it', async () => {
    const rule = asks('history.controls', { of: 'consignee', days: 1800, control: 'any', sample: 'all' });
    expect(await answers(file, rule)).toEqual({ 1: 0, 2: 0, 3: 1, 4: 2, 5: 0, refused: 1 });
  });
});

describe('rules backtest', () => {
  const rules = join(folder, 'rules');
  const file = 'PTY-008-first-time-importer.yaml';
  mkdirSync(rules);
  copyFileSync(fromRoot('rules', 'g-parties', file), join(rules, file));
  const first = ['--rules', rules, '--threads', '1', '--json'];

  it('says which rules need the history of files, and knows it where it is asked to', async () => {
    const plain = join(folder, 'plain.ndjson');
    const lines = [1, 2, 3].map((n) => JSON.stringify(declared(n, `2026-0${n}-05`, n === 3 ? 'B' : 'A')));
    writeFileSync(plain, lines.join('\n'));
    const without = await crosscheck('rules', 'backtest', plain, ...first);
    expect(without.err).toContain('add --history: PTY-008');
    expect(JSON.parse(without.out).rules[0]).toMatchObject({ declarations: 0, notEvaluated: 3 });
    const known = await crosscheck('rules', 'backtest', plain, ...first, '--history');
    expect(known.err).not.toContain('--history');
    expect(JSON.parse(known.out).rules[0]).toMatchObject({ declarations: 2, notEvaluated: 0 });
  });

  it('reads the dumps of a clearance system, each importer first seen once', async () => {
    const told = tell(60);
    writeWorld(told, join(folder, 'world'));
    const { out, code } = await crosscheck(
      'rules',
      'backtest',
      join(folder, 'world'),
      '--source',
      'asycuda-world',
      ...first,
    );
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report.declarations).toBe(60);
    const [rule] = report.rules;
    expect(rule.declarations).toBeGreaterThan(0);
    expect(rule.declarations).toBeLessThan(60);
    expect(rule.notEvaluated).toBe(0);
  });

  it.each([
    ['a file with --source', [fromRoot('package.json'), '--source', 'asycuda-world']],
    ['a mapping that nobody knows', [folder, '--source', 'asycuda-mars']],
    ['--history without files', ['--data', folder, '--history']],
  ])('refuses %s', async (_, argv) => {
    const { code, err } = await crosscheck('rules', 'backtest', ...argv);
    expect(code).toBe(2);
    expect(err).toMatch(/CC_(BAD_ARGUMENT|SOURCE_MAPPING)/);
  });
});
