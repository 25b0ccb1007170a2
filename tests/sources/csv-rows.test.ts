/** The reader that gives up a row and never the file, of text that is cut anywhere. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { csvHead, csvRows } from '../../src/sources/csv-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const form = { delimiter: ',', quote: '"', encoding: 'utf-16le' };

it('UTF-16 keeps its characters wherever its bytes come apart, and half of one is told as no text', async () => {
  const goods = Array.from({ length: 30_000 }, (_, n) => `${'x'.repeat(n % 5)}😀é`);
  const bytes = Buffer.from(
    `\ufeffid,goods\n${goods.map((text, n) => `${n},${text}\n`).join('')}`,
    'utf16le',
  );
  const file = join(folder, 'goods.csv.gz');
  // The last pair loses its second half.
  bytes.writeUInt16LE(0x78, bytes.length - 6);
  writeFileSync(file, gzipSync(bytes));
  const read: (string | undefined)[] = [];
  const faults: unknown[] = [];
  for await (const row of csvRows(file, form, ['id', 'goods'], [0, 1]))
    if ('fault' in row) faults.push([row.row, row.fault.code]);
    else read.push(row.cells[1]);
  expect(read.filter((text, n) => text !== goods[n])).toEqual([]);
  expect([read.length, faults]).toEqual([29_999, [[30_000, 'CC_ROW_ENCODING']]]);
});

it('UTF-16 without its mark is told as that, unless the mapping says so', async () => {
  const file = join(folder, 'unmarked.csv');
  writeFileSync(file, Buffer.from('id,goods\n1,x\n', 'utf16le'));
  const problem = expect.stringContaining('UTF-16 without its byte order mark');
  expect(await csvHead(file, { quote: '"', encoding: 'utf-8' })).toMatchObject({ problem });
  expect(await csvHead(file, { quote: '"', encoding: 'utf-16le' })).toMatchObject({ names: ['id', 'goods'] });
});
