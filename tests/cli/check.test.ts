import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { crosscheck } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rules = fromRoot('tests', 'fixtures', 'rules-small');
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const heavy = { flow: 'import', office: 'XXA1', items: [{ number: 1, grossMass: 1, netMass: 2 }] };
const good = { ...heavy, items: [{ number: 1, grossMass: 2, netMass: 1 }] };

describe('crosscheck check', () => {
  it('prints findings, lane and reason, in the language that is asked for', async () => {
    const { code, out } = await crosscheck(
      'check',
      file('heavy.json', JSON.stringify(heavy)),
      '--rules',
      rules,
    );
    expect(code).toBe(0);
    expect(out).toContain('lane yellow, score 40 — yellow: score 40 reached 30 (FMT-901)');
    expect(out).toContain('error   FMT-901 item 1  net 2 kg above gross 1 kg');
  });

  it('refuses a country without a profile, and so do the commands beside it', async () => {
    const path = file('heavy.json', JSON.stringify(heavy));
    for (const argv of [
      ['check', path, '--rules', rules],
      ['import', path, '--data', join(folder, 'none')],
      ['rules', 'diff', rules, rules, path],
      ['rules', 'explain', 'FMT-901', path, '--folder', rules],
    ]) {
      const { code, err } = await crosscheck(...argv, '--country', 'xx');
      expect([code, err]).toEqual([
        2,
        expect.stringContaining('--country: there is no profile xx; known are AL'),
      ]);
    }
  });

  it('refuses a language that no rule speaks, with those there are, and so do the commands beside it', async () => {
    const path = file('heavy.json', JSON.stringify(heavy));
    for (const argv of [
      ['check', path, '--rules', rules],
      ['check', path, '--rules', rules, '--json'],
      ['rules', 'explain', 'FMT-901', path, '--folder', rules],
      ['indicators'],
    ]) {
      const { code, out, err } = await crosscheck(...argv, '--lang', 'xx');
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/--lang: .*"xx".* en, fr/);
      expect((await crosscheck(...argv, '--lang', 'fr')).code).toBe(0);
    }
  });

  it('prints one JSON object a line with --json', async () => {
    const many = file('many.ndjson', [heavy, good].map((each) => JSON.stringify(each)).join('\n'));
    const { out } = await crosscheck('check', many, '--json', '--rules', rules);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.lane)).toEqual(['yellow', 'green']);
    expect(lines[0]).toMatchObject({
      file: many,
      findings: [{ rule: 'FMT-901', item: 1 }, { rule: 'SHD-904' }].slice(0, 1),
    });
  });

  it('ends with 1 when the class of --fail-on is reached, and 0 when it is not', async () => {
    const bad = file('heavy.json', JSON.stringify(heavy));
    const fine = file('good.json', JSON.stringify(good));
    expect((await crosscheck('check', bad, '--fail-on', 'error', '--rules', rules)).code).toBe(1);
    expect((await crosscheck('check', bad, '--fail-on', 'warning', '--rules', rules)).code).toBe(1);
    // The rule in shadow hits this one; it has no effect here either.
    expect((await crosscheck('check', fine, '--fail-on', 'error', '--rules', rules)).code).toBe(0);
  });

  it('ends with 2 on what cannot be used, names the place, and reads the other files', async () => {
    const broken = file('broken.xml', '<?xml version="1.0"?>\n<ASYCUDA>\n  <Item></Itm></ASYCUDA>');
    const fine = file('good.json', JSON.stringify(good));
    const { code, out, err } = await crosscheck(
      'check',
      broken,
      join(folder, 'absent.xml'),
      fine,
      '--rules',
      rules,
    );
    expect(code).toBe(2);
    expect(err).toMatch(/broken\.xml:3:\d+ CC_XML_MALFORMED/);
    expect(err).toContain('absent.xml CC_FILE_UNREADABLE');
    expect(out).toContain('good.json');
  });

  it('loses one bad record among good ones and no more', async () => {
    const many = file(
      'mixed.ndjson',
      [JSON.stringify(good), '{"flow":"sideways"}', JSON.stringify(heavy)].join('\n'),
    );
    const { code, out, err } = await crosscheck('check', many, '--rules', rules);
    expect(code).toBe(2);
    expect(err).toMatch(/mixed\.ndjson:2/);
    expect(out.match(/lane /g)).toHaveLength(2);
  });

  it.each([
    [['check'], 'missing required argument'],
    [['check', 'x', '--fail-on', 'sometimes'], 'CC_BAD_ARGUMENT'],
    [['chek', 'x'], 'unknown command'],
    [['check', 'x', '--colour'], 'unknown option'],
  ])('ends with 2 on unusable arguments: %j', async (argv, words) => {
    const { code, err } = await crosscheck(...argv);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });
});
