import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { isNdjson, lineAt, lineNumberAt, linesIn, rangesOf } from '../../src/backtest/lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'lines.ndjson');

test('every line comes once and in order, wherever the ranges are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 50 }),
      (texts, bytes) => {
        const lines = texts.map((text) => text.replaceAll(/[\r\n]/g, ''));
        writeFileSync(file, lines.join('\n'));
        const read = rangesOf(file, bytes).flatMap((range) => [...linesIn(range)]);
        expect(read.map(({ text }) => text)).toEqual(lines.filter((text) => text.trim() !== ''));
        for (const { text, offset, length } of read) expect(lineAt(file, offset, length)).toBe(text);
      },
    ),
    { numRuns: 200 },
  );
});

test('a line longer than a range is read whole', () => {
  const long = 'x'.repeat(200_000);
  writeFileSync(file, `a\n${long}\nb`);
  expect(
    rangesOf(file, 1000)
      .flatMap((range) => [...linesIn(range)])
      .map(({ text }) => text.length),
  ).toEqual([1, 200_000, 1]);
});

test('the number of a line is counted from its byte', () => {
  writeFileSync(file, 'a\n\nbb\nc\n');
  expect([0, 3, 6].map((offset) => lineNumberAt(file, offset))).toEqual([1, 3, 4]);
});

test.each([
  ['{"a":1}\n{"b":2}', true],
  ['{\n"a":1}', false],
  ['[{"a":1}]', false],
  ['<xml/>', false],
  ['', false],
])('%j is NDJSON: %s', (text, expected) => {
  writeFileSync(file, text);
  expect(isNdjson(file)).toBe(expected);
});
