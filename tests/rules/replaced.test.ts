/** A folder of rules that is taken away, emptied, replaced and put back under whoever follows it: what was in force stays, and it is told. */
import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { loadRules } from '../../src/rules/load.ts';
import { followRulebook, type LiveRulebook, openRulebook } from '../../src/rules/rulebook.ts';
import { changedRule, cifRule } from './text.ts';

const options = { catalogue: factCatalogue, today: '2026-11-21', lookMs: 100 };
const second = changedRule(['VAL-001', 'VAL-002'], ['value: 1 }', 'value: 2 }']);
let place: string;
let folder: string;
let live: LiveRulebook;
let told: string[];
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'crosscheck-replaced-'));
  folder = join(place, 'rules');
  await fill(folder);
});
afterEach(async () => {
  live?.close();
  await rm(place, { recursive: true, force: true });
});

async function fill(into: string, one = cifRule) {
  await mkdir(into, { recursive: true });
  await writeFile(join(into, 'VAL-001.yaml'), one);
  await writeFile(join(into, 'VAL-002.yaml'), second);
}
async function follow() {
  told = [];
  live = await followRulebook(folder, options, ({ current, refusal }) =>
    told.push(refusal?.error.code ?? current.version),
  );
}
const rules = () => live.current.rules.map(({ id }) => id);
const soon = { timeout: 10_000, interval: 20 };
const refused = (code: string) => expect.poll(() => live.refusal?.error.code, soon).toBe(code);
const accepted = () => expect.poll(() => live.refusal, soon).toBeUndefined();
const weighs = (weight: number) => expect.poll(() => live.current.rules[0]!.weight, soon).toBe(weight);
const heavier = (weight: number) => changedRule(['weight: 30', `weight: ${weight}`]);

describe('a rulebook that is followed', () => {
  test('does not go out of force because its folder was emptied', async () => {
    await follow();
    for (const name of await readdir(folder)) await unlink(join(folder, name));
    await refused('CC_RULEBOOK_EMPTY');
    expect(rules()).toEqual(['VAL-001', 'VAL-002']);
    await fill(folder);
    await accepted();
  });

  test.each([
    ['a folder', (file: string) => mkdir(file)],
    ['a link to what is not there', (file: string) => symlink(join(place, 'nowhere'), file)],
    ['a link to itself', (file: string) => symlink(file, file)],
  ])('keeps a rule in whose place there is %s', async (_, replace) => {
    await follow();
    const file = join(folder, 'VAL-001.yaml');
    await unlink(file);
    await replace(file);
    await refused('CC_FILE_UNREADABLE');
    expect(live.refusal?.error.message).toContain('VAL-001.yaml');
    expect(rules()).toEqual(['VAL-001', 'VAL-002']);
    await rm(file, { recursive: true });
    await writeFile(file, heavier(44));
    await accepted();
    await weighs(44);
  });

  test('is followed in the folder that takes the place of its own', async () => {
    await follow();
    await rename(folder, `${folder}.old`);
    await fill(folder, heavier(41));
    await weighs(41);
    await writeFile(join(folder, 'VAL-001.yaml'), heavier(42));
    await weighs(42);
    await rm(folder, { recursive: true });
    await refused('CC_FILE_UNREADABLE');
    expect(rules()).toEqual(['VAL-001', 'VAL-002']);
    await cp(`${folder}.old`, folder, { recursive: true });
    await accepted();
    await weighs(30);
    await writeFile(join(folder, 'VAL-001.yaml'), heavier(43));
    await weighs(43);
  });

  test('tells of a folder that is away once, and that it is back', async () => {
    await follow();
    await rename(folder, `${folder}.away`);
    await refused('CC_FILE_UNREADABLE');
    const { at } = live.refusal!;
    for (let looks = 0; looks < 5; looks++) await live.reload();
    expect([told, live.refusal!.at]).toEqual([['CC_FILE_UNREADABLE'], at]);
    await rename(`${folder}.away`, folder);
    await accepted();
    expect(told).toEqual(['CC_FILE_UNREADABLE', live.current.version]);
  });

  test('is followed where the folder is a link that is led elsewhere', async () => {
    await rename(folder, join(place, 'release-1'));
    await fill(join(place, 'release-2'), heavier(45));
    await symlink('release-1', folder);
    await follow();
    await symlink('release-2', join(place, 'next'));
    await rename(join(place, 'next'), folder);
    await weighs(45);
  });
});

describe('a folder of rules', () => {
  test('is read through links, as where it is mounted from a map of files', async () => {
    const mounted = join(place, 'mounted');
    await fill(join(mounted, '..2026_11_30'));
    await symlink('..2026_11_30', join(mounted, '..data'));
    for (const name of ['VAL-001.yaml', 'VAL-002.yaml'])
      await symlink(join('..data', name), join(mounted, name));
    const { rules } = await openRulebook(mounted, options);
    expect(rules.map(({ id }) => id)).toEqual(['VAL-001', 'VAL-002']);
  });

  test('that holds a link to itself, or what editors leave beside a file, is read once', async () => {
    await symlink('..', join(folder, 'again'));
    await symlink('nobody@nowhere.1', join(folder, '.#VAL-001.yaml'));
    await writeFile(join(folder, '._VAL-001.yaml'), 'not for us');
    const { files } = await loadRules(folder);
    expect(files.map((file) => file.slice(folder.length + 1))).toEqual(['VAL-001.yaml', 'VAL-002.yaml']);
  });

  test('without a rule is none to begin with', async () => {
    const empty = join(place, 'empty');
    await mkdir(empty);
    await expect(openRulebook(empty, options)).rejects.toMatchObject({ code: 'CC_RULEBOOK_EMPTY' });
  });
});
