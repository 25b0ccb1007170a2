import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import {
  followRulebook,
  type LiveRulebook,
  openRulebook,
  RulebookRefused,
  trialOf,
} from '../../src/rules/rulebook.ts';
import { changedRule, cifRule } from './text.ts';

const options = { catalogue: factCatalogue, today: '2026-11-21' };
let folder: string;
let live: LiveRulebook | undefined;
const write = (text: string, id = 'VAL-001') => writeFile(join(folder, `${id}.yaml`), text);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosscheck-rulebook-'));
  await write(cifRule);
});
afterEach(async () => {
  live?.close();
  live = undefined;
  await rm(folder, { recursive: true, force: true });
});

describe('a rulebook', () => {
  test('runs active and shadow rules, and keeps drafts and retired ones', async () => {
    for (const [i, status] of ['shadow', 'draft', 'retired'].entries())
      await write(
        changedRule(
          ['VAL-001', `VAL-00${i + 2}`],
          ['status: active', `status: ${status}`],
          ['value: 1 }', `value: ${i + 2} }`],
        ),
        `VAL-00${i + 2}`,
      );
    const rulebook = await openRulebook(folder, options);
    expect(rulebook.rules.map(({ id }) => id)).toEqual(['VAL-001', 'VAL-002', 'VAL-003', 'VAL-004']);
    expect(rulebook.compiled.rules.map(({ id }) => id)).toEqual(['VAL-001', 'VAL-002']);
    expect(trialOf(rulebook, ({ status }) => status === 'draft').rules.map(({ id }) => id)).toEqual([
      'VAL-003',
    ]);
  });

  test('with an error is refused with its lints, and the first place', async () => {
    await write(changedRule(['greaterThan', 'greaterThen']));
    const refused = await openRulebook(folder, options).catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(RulebookRefused);
    expect(refused).toMatchObject({
      code: 'CC_RULEBOOK_REFUSED',
      params: { count: 1, files: 1 },
      where: { line: 26 },
    });
    expect((refused as RulebookRefused).diagnostics.map(({ code }) => code)).toEqual(['RL202']);
  });

  test('with warnings alone runs and tells them', async () => {
    await write(changedRule(['2027-06-01', '2020-06-01']));
    expect((await openRulebook(folder, options)).diagnostics.map(({ code }) => code)).toEqual(['RL502']);
  });
});

describe('a rulebook that is followed', () => {
  test('is replaced as a whole when its content changes, and not for a comment', async () => {
    live = await followRulebook(folder, options);
    const first = live.current;
    await write(`# looked at\n${cifRule}`);
    expect(await live.reload()).toBe(false);
    expect(live.current).toBe(first);
    await write(changedRule(['weight: 30', 'weight: 40']));
    expect(await live.reload()).toBe(true);
    expect(live.current.rules[0]!.weight).toBe(40);
    expect(first.rules[0]!.weight).toBe(30);
  });

  test('goes on with the last good state while the folder is broken, and says why', async () => {
    live = await followRulebook(folder, options);
    const first = live.current;
    await write('id: [');
    expect(await live.reload()).toBe(false);
    expect(live.current).toBe(first);
    expect(live.refusal?.error).toMatchObject({ code: 'CC_RULEBOOK_REFUSED' });
    await rm(folder, { recursive: true });
    await live.reload();
    expect(live.refusal?.error).toMatchObject({ code: 'CC_FILE_UNREADABLE' });
    expect(live.current).toBe(first);
  });

  test('comes back into force when it is mended', async () => {
    live = await followRulebook(folder, options);
    await write('id: [');
    await live.reload();
    await write(cifRule);
    expect(await live.reload()).toBe(false);
    expect(live.refusal).toBeUndefined();
  });

  test('sees a file that is written, by itself', async () => {
    const seen = new Promise<number>((resolve) => {
      followRulebook(folder, options, ({ current }) => resolve(current.rules[0]!.weight)).then(
        async (opened) => {
          live = opened;
          await write(changedRule(['weight: 30', 'weight: 50']));
        },
      );
    });
    expect(await seen).toBe(50);
  });
});
