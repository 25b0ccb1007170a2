/** Lists, baselines and the daily recheck by command, on a store of their own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declarations } from '../../src/check/collections.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { changedClean, version } from '../facts/world.ts';
import { crosscheck } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-knowledge-'));
const data = ['--data', join(folder, 'data')];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('lists by command', () => {
  const file = join(folder, 'watched.csv');
  beforeAll(() =>
    writeFileSync(
      file,
      'key,name,grade,from,to\nW1,Zarkon Missile Works Ltd,B2,2026-01-01,\nW2,Old Name,C3,2020-01-01,2020-12-31\n',
    ),
  );
  const load = [
    'lists',
    'load',
    file,
    '--kind',
    'watch',
    '--match',
    'name',
    '--owner',
    'intelligence',
    '--origin',
    'a test',
  ];

  it('are loaded from CSV, shown and matched with the score explained', async () => {
    const loaded = await crosscheck(...load, '--json', ...data);
    expect([loaded.code, loaded.err]).toEqual([0, '']);
    expect(JSON.parse(loaded.out)).toMatchObject({ list: 'watched', entries: 2 });
    const match = await crosscheck('lists', 'match', 'watched', 'ZARKON MISSILES WORKS', ...data);
    expect(match.code).toBe(0);
    expect(match.out).toMatch(/0\.9\d/);
    expect((await crosscheck('lists', 'match', 'watched', 'Somebody Else', ...data)).out).not.toContain(
      'Zarkon',
    );
    const none = await crosscheck('lists', 'match', 'watched', 'W1', '--day', '2026-02-30', ...data);
    expect([none.code === 0, none.err.includes('CC_BAD_ARGUMENT')]).toEqual([false, true]);
    const all = await crosscheck('lists', 'show', ...data);
    expect(all.out).toContain('watched');
    expect(all.out).toContain('countries');
  });

  it('are taken away, and a bad file is refused with its place', async () => {
    expect((await crosscheck(...load, ...data)).code).toBe(0);
    expect((await crosscheck('lists', 'remove', 'watched', ...data)).code).toBe(0);
    expect((await crosscheck('lists', 'show', ...data)).out).not.toContain('watched');
    const bad = join(folder, 'bad.csv');
    writeFileSync(bad, 'key,grade\nW1,Z9\n');
    const refused = await crosscheck(
      'lists',
      'load',
      bad,
      '--kind',
      'watch',
      '--owner',
      'x',
      '--origin',
      'x',
      ...data,
    );
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('grade');
  });
});

describe('baselines by command', () => {
  beforeAll(async () => {
    const store = await openDuckdb(data[1]!);
    const day = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
    await store
      .collection(declarations)
      .put(
        Array.from({ length: 40 }, (_, index) =>
          version(
            `B${index}`,
            day,
            changedClean({ 'declaration.acceptedAt': day, 'item.netMass': 90 + (index % 20) }),
          ),
        ) as never,
      );
    await store.close();
  });

  it('are computed into a version, listed and shown', async () => {
    const made = await crosscheck('baselines', 'compute', '--days', '365', '--json', ...data);
    expect([made.code, made.err]).toEqual([0, '']);
    const { id, groups, items } = JSON.parse(made.out);
    expect(groups).toBeGreaterThan(0);
    expect(items).toBe(80);
    expect((await crosscheck('baselines', 'list', ...data)).out).toContain(`version ${id}`);
    const shown = JSON.parse((await crosscheck('baselines', 'show', '851713 CN', '--json', ...data)).out);
    expect(shown.measures.valuePerKg).toMatchObject({ count: 40 });
    expect((await crosscheck('baselines', 'show', '851713 CN', ...data)).out).toMatch(/valuePerKg +40/);
  });

  it.each([
    ['a window of a week', ['compute', '--days', '7'], 'CC_BAD_ARGUMENT'],
    ['a group that there is not', ['show', '010121'], 'CC_NOT_FOUND'],
  ])('refuses %s', async (_, asked, code) => {
    const refused = await crosscheck('baselines', ...asked, ...data);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(code)]);
  });
});

it('recheck tells what it looked at, and finds nothing twice', async () => {
  const first = await crosscheck('recheck', '--json', ...data);
  expect([first.code, first.err]).toEqual([0, '']);
  expect(JSON.parse(first.out)).toMatchObject({ completed: 0, checked: 0, changed: 0, unseen: [] });
  expect((await crosscheck('recheck', ...data)).out).toContain('0 became due and were checked again');
});
