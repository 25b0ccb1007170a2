/** What a slip of the hand comes to: a code, words that say what to do, and an exit code, and nothing passed over in silence. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
// @ts-expect-error plain JavaScript, as it runs before anything is built
import { leastNode, tooOld } from '../../bin/node.js';
import { fromRoot } from '../../src/ground/paths.ts';
import { crosscheck } from './run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosscheck-careless-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const declaration = fromRoot('docs', 'example-declaration.json');

describe('a folder without a rule', () => {
  test.each(['lint', 'test'])('is no rulebook that is well: rules %s', async (command) => {
    const { code, err } = await crosscheck('rules', command, folder);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(`CC_RULEBOOK_EMPTY there is no rule in ${folder}`),
    ]);
  });

  test('names the file that was meant as one', async () => {
    writeFileSync(join(folder, 'VAL-001.yaml.txt'), 'id: VAL-001\n');
    const { code, out } = await crosscheck('rules', 'lint', folder);
    expect([code, out]).toEqual([2, expect.stringContaining('VAL-001.yaml.txt is not read')]);
  });
});

describe('a name that leads to nothing', () => {
  const absent = 'no-such-thing';

  test.each([
    ['rules', 'lint', absent],
    ['check', declaration, '--rules', absent],
    ['check', declaration, '--profile', absent],
    ['check', declaration, '--mapping', absent],
    ['selectivity', 'lint', absent],
    ['indicators', '--lint', '--definitions', absent],
  ])('is told in words, not in the system’s: %s %s', async (...argv) => {
    const { code, err } = await crosscheck(...argv);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(`CC_FILE_UNREADABLE cannot read ${absent}: there is no such file\n`),
    ]);
  });

  test('stops an import before anything is taken in', async () => {
    const { code, err } = await crosscheck(
      'import',
      declaration,
      '--data',
      join(folder, 'data'),
      '--mapping',
      absent,
    );
    expect([code, err]).toEqual([2, expect.stringContaining(`cannot read ${absent}: there is no such file`)]);
  });
});

test('a folder where a file belongs is called a folder', async () => {
  const { code, err } = await crosscheck('rules', 'backtest', folder);
  expect([code, err]).toEqual([2, expect.stringContaining(`cannot read ${folder}: it is a folder`)]);
});

test.each([['--report', 'report.html'], ['--source', 'asycuda-world'], ['--full']])(
  'an import of declarations alone does not pass over %s',
  async (...option) => {
    const { code, err } = await crosscheck('import', declaration, '--data', join(folder, 'data'), ...option);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(`CC_BAD_ARGUMENT ${option[0]}: it is for a folder`),
    ]);
  },
);

describe('the version of Node', () => {
  test('is compared part by part', () => {
    expect(leastNode).toMatch(/^\d+\.\d+\.\d+$/);
    const [major, minor] = leastNode.split('.').map(Number);
    expect([`${major - 2}.99.99`, `${major}.${minor - 1}.9`].map(tooOld)).toEqual([true, true]);
    expect([leastNode, `${major}.${minor}.1`, `${major + 1}.0.0`].map(tooOld)).toEqual([false, false, false]);
  });

  test('is told where it is too old, before any other file of the program is read', () => {
    const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } });`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'older.cjs'), older);
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--require', join(folder, 'older.cjs'), fromRoot('bin', 'crosscheck.js'), '--version'],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining(
        `CC_NODE_TOO_OLD this is Node 18.20.8, and the program needs ${leastNode} or later`,
      ),
    ]);
  });
});
