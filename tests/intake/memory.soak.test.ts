import { describe, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { type Input, read } from '../../src/intake/read.ts';
import type { ReadOptions } from '../../src/intake/record.ts';

async function* repeated(head: string, line: string, times: number, tail = ''): AsyncGenerator<Uint8Array> {
  yield Buffer.from(head);
  const block = Buffer.from(line.repeat(1_000));
  for (let sent = 0; sent < times; sent += 1_000) yield block;
  yield Buffer.from(tail);
}

/** The most memory held, in MiB over the beginning, while a file of the given number of records is read. */
async function heldWhile(input: Input, options: ReadOptions): Promise<{ records: number; held: number }> {
  globalThis.gc?.();
  const start = process.memoryUsage().rss;
  let records = 0;
  let most = 0;
  for await (const record of read(input, options)) {
    expect(record.kind).toBe('declaration');
    records += 1;
    if (records % 10_000 === 0) most = Math.max(most, process.memoryUsage().rss - start);
  }
  return { records, held: most / 2 ** 20 };
}

const times = 200_000;
const declaration = JSON.stringify({
  flow: 'import',
  mrn: 'A',
  officeName: 'x'.repeat(500),
  items: [{ number: 1, hs: '84151010', description: 'Air conditioning machines' }],
});

describe(`memory while ${times} records are read`, () => {
  it.each<[string, Input, ReadOptions]>([
    ['NDJSON', repeated('', `${declaration}\n`, times), { format: 'ndjson' }],
    ['a JSON array', repeated(`[${declaration}`, `,${declaration}`, times, ']'), { format: 'json-array' }],
    [
      'CSV',
      repeated(
        'Office;Number;Day;Flow;Importer;HS;Goods;Value;Net;Rate;Released\n',
        'GDSGO;1;03/02/2026;I;ACME;84151010;Coolers;1;1;15;\nGDSGO;2;03/02/2026;I;ACME;84151010;Coolers;1;1;15;\n',
        times / 2,
      ),
      { mapping: fromRoot('tests', 'fixtures', 'csv', 'items.yaml') },
    ],
  ])(
    'stays flat for %s',
    async (_, input, options) => {
      const { records, held } = await heldWhile(input, options);
      expect(records).toBeGreaterThan(times / 2);
      expect(held).toBeLessThan(400);
    },
    600_000,
  );
});
