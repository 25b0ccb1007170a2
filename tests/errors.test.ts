/** docs/errors.md is made from the table; `npx vitest run tests/errors.test.ts -u` writes it anew. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CrosscheckError, type ErrorSpec, errorTable } from '../src/errors.ts';
import { fromRoot } from '../src/ground/paths.ts';
import { exitCodeOf, toLines, toProblem } from '../src/present.ts';

const table = Object.entries(errorTable) as [keyof typeof errorTable, ErrorSpec][];

/** Sections are the comments between the entries of the table. */
function sections(): { title: string; codes: string[] }[] {
  const found: { title: string; codes: string[] }[] = [];
  for (const line of readFileSync(fromRoot('src', 'errors.ts'), 'utf8').split('\n')) {
    const title = /^ {2}\/\/ ── (.*?) ─+$/.exec(line)?.[1];
    if (title !== undefined) found.push({ title, codes: [] });
    const code = /^ {2}(CC_\w+): \{/.exec(line)?.[1];
    if (code !== undefined) found.at(-1)!.codes.push(code);
  }
  return found.filter(({ codes }) => codes.length > 0);
}

function page(): string {
  const lines = [
    '# Errors',
    '',
    'Every error that Crosscheck raises on purpose. The code is stable and part of the interface; HTTP answers it in a problem',
    'document (RFC 9457) as `code`, the command line prints it after the place. `{name}` stands for a value of the case.',
    'Statuses below 500 mean input to correct (exit code 2), others a fault of the installation (exit code 3).',
    '',
  ];
  for (const { title, codes } of sections()) {
    lines.push(`## ${title}`, '');
    for (const code of codes) {
      const { status, message, hint } = errorTable[code as keyof typeof errorTable];
      lines.push(`### ${code}`, '', `HTTP ${status}. ${message}`, '', `What to do: ${hint}`, '');
    }
  }
  return lines.join('\n');
}

describe('errors', () => {
  it('are documented as they are', async () => {
    await expect(page()).toMatchFileSnapshot(fromRoot('docs', 'errors.md'));
  });

  it('each lie in a section and are thrown somewhere', () => {
    const listed = sections().flatMap(({ codes }) => codes);
    expect(listed.sort()).toEqual(table.map(([code]) => code).sort());
    const source = readdirSync(fromRoot('src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.name.endsWith('.ts') && entry.name !== 'errors.ts')
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .join('\n');
    expect(table.map(([code]) => code).filter((code) => !source.includes(code))).toEqual([]);
  });

  it.each(table)('%s says what is wrong and what to do', (_, { message, hint, status }) => {
    expect(message).not.toMatch(/\.$/);
    expect(hint).toMatch(/\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
  });
});

describe('the presenter', () => {
  const error = new CrosscheckError(
    'CC_FILE_UNREADABLE',
    { file: 'a.xml', problem: 'there is no such file' },
    { file: 'a.xml', line: 3, column: 7 },
  );

  it('prints place, code, message and hint', () => {
    expect(toLines(error)).toBe(
      'a.xml:3:7 CC_FILE_UNREADABLE cannot read a.xml: there is no such file\n  Check the path and the permissions of the file, and that it is whole.',
    );
    expect(exitCodeOf(error)).toBe(2);
  });

  it('tells the outside nothing of an error that is not ours', () => {
    const problem = toProblem(new Error('connect to 10.0.0.1 with password hunter2'), 'req-1');
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    expect(problem).toMatchObject({ code: 'CC_INTERNAL', status: 500, instance: 'req-1' });
    expect(exitCodeOf(new Error('x'))).toBe(3);
  });

  it('keeps what is known of the place when a caller knows more', () => {
    expect(error.at({ file: 'b.xml', record: 2 }).where).toEqual({
      file: 'a.xml',
      line: 3,
      column: 7,
      record: 2,
    });
  });
});
