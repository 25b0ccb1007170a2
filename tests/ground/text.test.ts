/** Files that people write, whichever way their editors save them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { textOf } from '../../src/ground/text.ts';
import { readYaml } from '../../src/ground/yaml.ts';
import { loadIndicators } from '../../src/indicators/load.ts';
import { loadProfile } from '../../src/selectivity/profile.ts';
import { loadRetention } from '../../src/service/retention/policy.ts';
import { loadMapping } from '../../src/sources/mapping-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-text-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (content: string | Uint8Array): string => {
  const file = join(folder, 'file.yaml');
  writeFileSync(file, content);
  return file;
};

test('bytes are UTF-8, or UTF-16 with its mark; a mark is no part of the text', () => {
  expect(textOf(Buffer.from('é'))).toBe('é');
  expect(textOf(Buffer.from('\ufeffé'))).toBe('é');
  expect(textOf(Buffer.from('\ufeffé', 'utf16le'))).toBe('é');
  expect(textOf(Buffer.from('\ufeffé', 'utf16le').swap16())).toBe('é');
});

describe('a file of another encoding is refused with its place by', () => {
  test.each<[string, (file: string) => unknown]>([
    ['readYaml', readYaml],
    ['profiles', loadProfile],
    ['retention', loadRetention],
    ['indicators', (file) => loadIndicators('2026-11-30', file)],
    ['mappings', loadMapping],
  ])('%s', (_name, read) => {
    const file = written(Buffer.from('id: x\nné: 1\n', 'latin1'));
    expect(() => read(file)).toThrow(
      expect.objectContaining({ code: 'CC_ENCODING', where: { file, line: 2, column: 2 } }),
    );
  });
});

test.each<[string, (file: string) => unknown]>([
  ['profiles', loadProfile],
  ['retention', loadRetention],
])(
  'what is no YAML is told with line and column, and not as a matter of paths and permissions: %s',
  (_name, read) => {
    const file = written('id: x\nlanes: [\n');
    expect(() => read(file)).toThrow(
      expect.objectContaining({ code: 'CC_YAML_MALFORMED', where: { file, line: 3, column: 1 } }),
    );
  },
);

test('UTF-16 without its mark is refused as what it is', () => {
  for (const bytes of [Buffer.from('id: x', 'utf16le'), Buffer.from('id: x', 'utf16le').swap16()])
    expect(() => textOf(bytes, 'a.yaml')).toThrow(
      expect.objectContaining({
        code: 'CC_ENCODING',
        message: expect.stringContaining('UTF-16 without its byte order mark'),
        where: { file: 'a.yaml' },
      }),
    );
});
