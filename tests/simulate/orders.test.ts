import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { simulate } from '../../src/simulate/administration.ts';
import { readOrders } from '../../src/simulate/misconduct/orders.ts';
import { patterns } from '../../src/simulate/misconduct/table.ts';
import { smallForm } from '../../src/simulate/options.ts';
import { writeSimulation } from '../../src/simulate/write.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (content: string): string => {
  const path = join(folder, 'misconduct.yaml');
  writeFileSync(path, content);
  return path;
};

describe('the misconduct file', () => {
  it('is a list of patterns with rate and strength, or the word all or none', () => {
    expect(
      readOrders(file('- { pattern: night-work, rate: 0.2, strength: 1 }\n- pattern: undervaluation')),
    ).toEqual([
      { pattern: 'night-work', rate: 0.2, strength: 1 },
      { pattern: 'undervaluation', rate: 0.1, strength: 0.5 },
    ]);
    expect(readOrders('none')).toEqual([]);
    expect(readOrders('all').map(({ pattern }) => pattern)).toEqual(patterns.map(({ pattern }) => pattern));
  });

  it.each([
    ['{ pattern: night-work }', 'CC_MISCONDUCT_INVALID', 'no list'],
    ['- pattern: sleeping', 'CC_MISCONDUCT_INVALID', 'sleeping'],
    ['- { pattern: night-work, rate: 0 }', 'CC_MISCONDUCT_INVALID', 'rate'],
    ['- { pattern: night-work, strength: 2 }', 'CC_MISCONDUCT_INVALID', 'strength'],
  ])('refuses %s', (content, code, says) => {
    expect(() => readOrders(file(content))).toThrow(expect.objectContaining({ code }));
    expect(() => readOrders(file(content))).toThrow(says);
  });

  it('says which file cannot be read', () => {
    expect(() => readOrders(join(folder, 'absent.yaml'))).toThrow(
      expect.objectContaining({ code: 'CC_FILE_UNREADABLE' }),
    );
  });
});

describe('a written simulation', () => {
  it('has its declarations, its reference records and the truth', async () => {
    const misconduct = [{ pattern: 'night-work', rate: 0.5, strength: 1 }];
    const simulation = simulate({ ...smallForm, declarations: 80, misconduct });
    const written = await writeSimulation(simulation, join(folder, 'out'), { gzip: true });
    const lines = gunzipSync(readFileSync(written.files[0]!)).toString().trimEnd().split('\n');
    expect(lines.length).toBe(written.records);
    expect(JSON.parse(lines[0]!).declaration.country).toBe('XX');
    const truth = JSON.parse(readFileSync(join(folder, 'out', 'truth.json'), 'utf8'));
    expect(truth.orders).toEqual(misconduct);
    expect(truth.patterns[0].declarations.length).toBeGreaterThan(0);
    for (const path of written.files.slice(1, -1)) {
      const records = readFileSync(path, 'utf8').trimEnd().split('\n');
      expect(records.every((line) => typeof JSON.parse(line) === 'object')).toBe(true);
    }
  });
});
