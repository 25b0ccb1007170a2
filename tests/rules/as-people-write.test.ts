/** Rule files as editors and people leave them: what is no text, no rule or no YAML is told with its place and what to do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scaffold } from '../../src/rules/scaffold.ts';
import { crosscheck } from './crosscheck.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosscheck-written-'));
});
afterEach(() => rm(folder, { recursive: true }));

const text = (id = 'VAL-100') =>
  scaffold({ id, scope: 'declaration', owner: 'unit', review: '2099-01-31', schema: '-' });

async function lint(files: Record<string, string | Uint8Array>) {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const { code, out } = await crosscheck('rules', 'lint', folder);
  return { code, out: out.replaceAll(folder, '.') };
}

describe('the bytes of a rule file', () => {
  test('of another encoding are refused with line and column, and other rules are linted beside it', async () => {
    const latin = Buffer.from(text().replace('fr: Dire en une ligne', 'fr: Déclaré'), 'latin1');
    const { code, out } = await lint({
      'VAL-100.yaml': latin,
      'VAL-101.yaml': text('VAL-101').replace('greaterThan', 'greaterThen'),
    });
    expect(code).toBe(1);
    expect(out).toMatch(
      /\.\/VAL-100\.yaml:6:8 RL001 error: the bytes are not utf-8: byte 0xe9.*\n {2}Save the file as UTF-8\./,
    );
    expect(out).toMatch(/VAL-101\.yaml:\d+:\d+ RL202/);
  });

  test('may carry a mark, of UTF-8 or of UTF-16', async () => {
    const marked = (content: string) => Buffer.from(`\ufeff${content}`, 'utf16le');
    const { code, out } = await lint({
      'VAL-100.yaml': marked(text()),
      'ITM-100.yaml':
        `\ufeff${scaffold({ id: 'ITM-100', scope: 'item', owner: 'unit', review: '2099-01-31', schema: '-' })}`.replaceAll(
          '\n',
          '\r\n',
        ),
    });
    expect([code, out]).toEqual([0, expect.stringContaining('2 rules in .: 0 errors')]);
  });
});

test('a file that is called like a rule and not read for its ending is named', async () => {
  const { out } = await lint({ 'VAL-100.yaml.txt': text(), 'notes.txt': '-', 'VAL-101.yaml.bak': '-' });
  expect(out).toBe(
    './VAL-100.yaml.txt is not read: names of rule files end in .yaml, .yml or .json\n0 rules in .: 0 errors, 0 warnings, 0 hints\n',
  );
});

test.each([
  [
    'a tab',
    (rule: string) => rule.replace('  en: Say', '\ten: Say'),
    /:5:1 RL001 error: a tab stands[^\n]*\n {2}Indent with spaces[^\n]*\n0 rules/,
  ],
  [
    'two rules',
    (rule: string) => `${rule}\n---\nid: VAL-101\n`,
    /RL001 error: a second document begins here[^\n]*\n {2}Give it a file of its own/,
  ],
  ['nothing', () => '# to be written\n', /RL001 error: the file holds nothing\n/],
  [
    'a star without quotes',
    (rule: string) => rule.replace('flow: [import]', 'flow: [import], procedure: [*4]'),
    /:13:40 RL001 error: \*4 without quotes[^\n]*\n {2}Put a text in quotes: "\*4"\./,
  ],
  [
    'a colon in a text',
    (rule: string) => rule.replace('en: Say', 'en: Mass: say'),
    /:5:7 RL001 error: a colon and a blank[^\n]*\n {2}Put a text that has them in quotes/,
  ],
  [
    'a decimal comma',
    (rule: string) => rule.replace('value: 100 }', 'value: 100,5 }'),
    /RL103 error: `5` is no key[^\n]*\n {2}Write numbers with a point/,
  ],
  [
    'a space that does not break',
    (rule: string) => rule.replace('operator: greater', 'operator:\u00a0greater'),
    /RL103 error:[^\n]*\n {2}A space in it is none that parts words/,
  ],
])('%s is told in words of who wrote it', async (_what, write, told) => {
  const { code, out } = await lint({ 'VAL-100.yaml': write(text()) });
  expect(code).toBe(1);
  expect(out).toMatch(told);
});
