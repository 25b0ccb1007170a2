/** A command that needs what a store holds is not content with one that it would have to make first. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { smallRules } from '../service/harness.ts';
import { crosscheck } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'crosscheck-absent-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const list = join(root, 'watched.csv');
writeFileSync(list, 'key,name\nW1,Somebody\n');
const partner = join(root, 'partner.csv');
writeFileSync(partner, 'hs,origin,year,value,netMass\n610910,BD,2026,66000,4000\n');

const needing = [
  'indicators I08',
  'indicators I15 --watch',
  'indicators --report 2026-03',
  'indicators I29 --from 2026-01-01 --to 2026-03-31',
  'editions',
  'editions --freeze 2026-03',
  'contracts',
  'sheets',
  'training-needs --officer o --office XXA1 --from 2026-01-01 --to 2026-03-31',
  'rebuild',
  'recheck',
  'replay C-1',
  'verify draw C-1',
  'verify audit',
  `backup ${join(root, 'backup')}`,
  'retain',
  'retain --apply',
  'lists show',
  'lists match countries FR',
  'lists remove watched',
  'baselines list',
  'baselines show 0101',
  'baselines compute',
  'webhooks list',
  'webhooks deliveries',
  'webhooks ping W-1',
  `rules list ${smallRules}`,
  `rules effectiveness --rules ${smallRules}`,
  `rules backtest --rules ${smallRules}`,
  `rules diff ${smallRules} ${smallRules}`,
  `rules explain FMT-901 D-1 --rules ${smallRules}`,
].map((line) => line.split(' '));

it.each(needing.map((argv) => [argv.join(' ').replaceAll(root, 'ROOT'), argv] as const))(
  '%s, with a folder that is not there, says so and makes none',
  async (_line, argv) => {
    const folder = join(root, 'none');
    const { code, out, err } = await crosscheck(...argv, '--data', folder);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`CC_STORE_ABSENT there is no store in ${folder}: there is no such folder`);
    expect(existsSync(folder)).toBe(false);
  },
);

it('a folder of something else, and a file, are told as what they are and stay as they are', async () => {
  const other = join(root, 'other');
  mkdirSync(other);
  const empty = await crosscheck('lists', 'show', '--data', other);
  expect([empty.code, empty.out]).toEqual([2, '']);
  expect(empty.err).toContain('CC_STORE_ABSENT');
  expect(empty.err).toContain('the folder is there and has no crosscheck.duckdb');
  expect(readdirSync(other)).toEqual([]);
  const file = await crosscheck('lists', 'show', '--data', list);
  expect([file.code, file.out]).toEqual([2, '']);
  expect(file.err).toContain('CC_STORE_ABSENT');
  expect(file.err).toContain('that is a file, no folder');
});

it.each([
  ['import', fromRoot('docs', 'example-declaration.json')],
  ['keys', 'create', '--role', 'analyst', '--label', 'first'],
  ['lists', 'load', list, '--kind', 'watch', '--match', 'name', '--owner', 'x', '--origin', 'x'],
  ['webhooks', 'create', '--url', 'https://receiver.example/hook', '--label', 'lanes'],
  ['indicators', '--mirror', partner, '--currency', 'EUR'],
])('%s, which brings something, makes the store', async (...argv) => {
  const folder = join(root, `made-${argv[0]}-${argv[1]!.replace(/\W/g, '')}`);
  const { code, err } = await crosscheck(...argv, '--data', folder);
  expect([code, err]).toEqual([0, '']);
  expect(existsSync(join(folder, 'crosscheck.duckdb'))).toBe(true);
});

it.skipIf(existsSync('data'))('shipped lists need none, where nobody named one', async () => {
  const note = 'no store here: the shipped lists alone\n';
  const shown = await crosscheck('lists', 'show', '--json');
  expect([shown.code, shown.err]).toEqual([0, note]);
  expect(shown.out).toContain('"list":"countries"');
  expect(await crosscheck('lists', 'match', 'countries', 'FR')).toMatchObject({ code: 0, err: note });
  expect(await crosscheck('lists', 'match', 'mine', 'FR')).toMatchObject({
    code: 2,
    err: expect.stringContaining('CC_NOT_FOUND'),
  });
  expect(existsSync('data')).toBe(false);
});
