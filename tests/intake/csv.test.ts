import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { parseColumnMapping } from '../../src/intake/csv/mapping.ts';
import { csvRows } from '../../src/intake/csv/rows.ts';
import { defaultLimits } from '../../src/intake/limits.ts';
import { read } from '../../src/intake/read.ts';
import { samples } from '../samples.ts';
import { collect, inPieces } from './collect.ts';

const mapping = fromRoot('tests', 'fixtures', 'csv', 'items.yaml');
const header = 'Office;Number;Day;Flow;Importer;HS;Goods;Value;Net;Rate;Released';
const table = (...rows: string[]): string => [header, ...rows].join('\r\n');

const good = [
  'GDSGO;1;03/02/2026;I;ACME;84151010;Coolers;1.234,50;10,5;15;',
  'GDSGO;1;03/02/2026;I;ACME;84151020;"Coolers; large\r\nwhite";200;-;15;04/02/2026',
  'GDSGO;2;03/02/2026;E;ACME;09012100;Coffee "roast";1;1;15;',
];

describe('CSV', () => {
  it('in UTF-16 without its mark is told as that, not as a table without its columns', async () => {
    await expect(collect(Buffer.from(table(...good), 'utf16le'), { mapping })).rejects.toMatchObject({
      code: 'CC_ENCODING',
      message: expect.stringContaining('UTF-16 without its byte order mark'),
      hint: expect.stringContaining('UTF-16 with a byte order mark'),
    });
  });

  it('gathers rows that follow each other into one declaration', async () => {
    const records = await collect(table(...good), { mapping });
    expect(records).toMatchObject([
      {
        kind: 'declaration',
        identity: { reference: 'GDSGO/2026/1', provisional: false },
        where: { record: 1, line: 2 },
        declaration: {
          flow: 'import',
          country: 'GD',
          currency: 'XCD',
          registration: { date: '2026-02-03' },
          items: [
            {
              number: 1,
              cif: { amount: 123450, currency: 'XCD' },
              netMass: 10.5,
              taxes: [{ code: 'VAT', rate: 15, rateKind: 'percent' }],
            },
            { number: 2, description: 'Coolers; large\r\nwhite' },
          ],
        },
        trail: [{ kind: 'RELEASE', at: '2026-02-04T00:00:00-04:00' }],
      },
      { identity: { reference: 'GDSGO/2026/2' }, where: { record: 3, line: 5 } },
    ]);
    expect(records[0]).not.toHaveProperty('declaration.items.1.netMass');
  });

  it('reads the same whatever the pieces in which the bytes come', async () => {
    const whole = await collect(table(...good), { mapping });
    for (const size of [1, 3, 50]) {
      expect(await collect(inPieces(Buffer.from(table(...good)), size), { mapping })).toEqual(whole);
    }
  });

  it.each([
    ['a cell that is no number', 'GDSGO;9;03/02/2026;I;ACME;1;x;12 CT;1;15;', 'column Value'],
    ['a day that no calendar has', 'GDSGO;9;31/02/2026;I;ACME;1;x;1;1;15;', 'column Day'],
    ['a code that the mapping does not know', 'GDSGO;9;03/02/2026;X;ACME;1;x;1;1;15;', 'column Flow'],
    ['a number below its minimum', 'GDSGO;9;03/02/2026;I;ACME;1;x;1;-1;15;', 'column Net'],
    ['too few cells', 'GDSGO;9;03/02/2026', '3 cells where the header names 11'],
  ])('loses only the row with %s', async (_, row, problem) => {
    const records = await collect(table(good[0]!, row, good[2]!), { mapping });
    const refused = records.filter((record) => record.kind === 'refused');
    expect(records.filter((record) => record.kind === 'declaration')).toHaveLength(2);
    expect(refused).toMatchObject([
      { error: { code: 'CC_CSV_MALFORMED', message: expect.stringContaining(problem), where: { line: 3 } } },
    ]);
  });

  it('refuses a declaration whole where one of its items can not be read', async () => {
    const bad = 'GDSGO;1;03/02/2026;I;ACME;84151020;x;much;1;15;';
    const records = await collect(table(good[0]!, bad, good[2]!), { mapping });
    expect(records).toMatchObject([
      { kind: 'refused', error: { where: { record: 1, line: 3 } } },
      { kind: 'declaration' },
    ]);
  });

  it('loses only the row whose bytes are not UTF-8', async () => {
    const bad = Buffer.from('GDSGO;9;03/02/2026;I;Zürich;1;x;1;1;15;\r\n', 'latin1');
    const bytes = Buffer.concat([Buffer.from(`${header}\r\n${good[0]}\r\n`), bad, Buffer.from(`${good[2]}`)]);
    const records = await collect(bytes, { mapping });
    expect(records.map((record) => record.kind).sort()).toEqual(['declaration', 'declaration', 'refused']);
  });

  it('tells where a quote was opened that never closes, and keeps the rows before it', async () => {
    const records = await collect(table(good[0]!, 'GDSGO;9;03/02/2026;I;"ACME;1;x;1;1;15;', good[2]!), {
      mapping,
    });
    expect(records.map((record) => record.kind).sort()).toEqual(['declaration', 'refused']);
  });

  const numbered = (count: number): string[] =>
    Array.from({ length: count }, (_, at) => `GDSGO;${at + 1};03/02/2026;I;ACME;84151010;x;1;1;15;`);
  const kinds = (records: { kind: string }[]): string[] => records.map(({ kind }) => kind);

  it('keeps what stands just before a quote that never closes, and names its line', async () => {
    const rows = numbered(12).map((row, at) => (at === 9 ? row.replace('x', '"x') : row));
    const records = await collect(table(...rows), { mapping });
    expect(kinds(records).sort()).toEqual([...Array(9).fill('declaration'), 'refused']);
    expect(records.find(({ kind }) => kind === 'refused')).toMatchObject({
      error: { code: 'CC_CSV_MALFORMED', where: { line: 11 } },
    });
  });

  it('does not take rows that a quoted cell has swallowed for one good row', async () => {
    const rows = numbered(6).map((row, at) =>
      at === 1 ? row.replace('x', '"x') : at === 4 ? row.replace('x', 'x"') : row,
    );
    const records = await collect(table(...rows), { mapping });
    expect(kinds(records).sort()).toEqual(['declaration', 'declaration', 'refused']);
    expect(records.find(({ kind }) => kind === 'refused')).toMatchObject({
      error: { message: expect.stringContaining('what looks like 3 more rows'), where: { line: 3 } },
    });
  });

  it('takes a remark of two lines with commas for what it is, in a table of few columns', async () => {
    const bytes = inPieces(
      Buffer.from('key,name,remark\nA,Acme,"shirts, men\'s, blue\nand white"\nB,Beta,-\n'),
      10_000,
    );
    const rows = [];
    for await (const row of csvRows(bytes, {}, defaultLimits)) rows.push(row);
    expect(rows.map((row) => 'fault' in row)).toEqual([false, false, false]);
    expect(rows[1]).toMatchObject({ cells: ['A', 'Acme', "shirts, men's, blue\nand white"], line: 2 });
  });

  it('reads a file whose line breaks are not all the same', async () => {
    const [a, b, c, d] = numbered(4);
    for (const text of [`${header}\r\n${a}\n${b}\r\n${c}\n${d}\n`, `${header}\n${a}\r\n${b}\r${c}\n${d}`])
      for (const size of [1, 7, 10_000])
        expect(kinds(await collect(inPieces(Buffer.from(text), size), { mapping }))).toEqual(
          Array(4).fill('declaration'),
        );
  });

  it.each([
    ['between two of its items', [0, 'bad', 0]],
    ['as its first', ['bad', 0, 0]],
    ['as its last', [0, 0, 'bad']],
  ])('does not read a declaration without an item whose row has a cell too many, %s', async (_, rows) => {
    const item = 'GDSGO;1;03/02/2026;I;ACME;84151010;Coolers;1;1;15;';
    const other = numbered(3)[2]!;
    const its = rows.map((row) => (row === 'bad' ? item.replace('Coolers', 'Coolers; large') : item));
    const records = await collect(table(numbered(2)[1]!, ...its, other), { mapping });
    expect(records).toMatchObject([
      { kind: 'declaration', identity: { reference: 'GDSGO/2026/2' } },
      { kind: 'refused', error: { message: expect.stringContaining('12 cells') } },
      { kind: 'declaration', identity: { reference: 'GDSGO/2026/3' } },
    ]);
  });

  it('does not take rows without a name for one declaration', async () => {
    const nameless = 'GDSGO;;03/02/2026;I;ACME;84151010;x;1;1;15;';
    const records = await collect(table(good[0]!, nameless, nameless.replace('ACME', 'Other'), good[2]!), {
      mapping,
    });
    expect(kinds(records)).toEqual(['declaration', 'refused', 'declaration']);
    expect(records[1]).toMatchObject({
      error: { message: expect.stringContaining('column Number is empty') },
    });
    expect(kinds(await collect(table(nameless, good[2]!), { mapping }))).toEqual([
      'declaration',
      'declaration',
    ]);
  });

  it('takes a header with nameless columns, and names the one that it has twice', async () => {
    const [row] = numbered(1);
    expect(kinds(await collect(`${header};;\n${row};;\n`, { mapping }))).toEqual(['declaration']);
    await expect(collect(`${header};Value\n${row};7\n`, { mapping })).rejects.toThrow(
      'the column Value twice',
    );
  });

  it('shows no more of a header than a person reads, and no control characters', async () => {
    const wild = `\u001b[2J${'x'.repeat(5_000)};${'y;'.repeat(900).replace(/y/g, (_, at) => `y${at}`)}z\n1\n`;
    const refusal = await collect(wild, { mapping }).catch((thrown: Error) => thrown.message);
    expect(refusal).toContain('and 862 more');
    expect(String(refusal).length).toBeLessThan(2_000);
    expect(refusal).not.toContain('\u001b');
  });

  it('says which column the file lacks and which it has', async () => {
    await expect(collect('A;B\n1;2\n', { mapping })).rejects.toMatchObject({
      code: 'CC_MAPPING_INVALID',
      message: expect.stringContaining('it has A, B'),
    });
  });

  it('without a mapping is not guessed', async () => {
    await expect(collect(table(...good))).rejects.toMatchObject({ code: 'CC_FORMAT_UNKNOWN' });
    await expect(collect(table(...good), { mapping: 'nowhere' })).rejects.toMatchObject({
      code: 'CC_SOURCE_MAPPING_UNKNOWN',
    });
  });
});

describe('a column mapping', () => {
  const text = `id: x
version: 1
title: x
origin: x
row: declaration
dates: ["%Y-%m-%d"]
declaration: { flow: { value: import } }
item: {}
`;
  it.each([
    ['a member that does not exist', 'item: {}', 'items: {}', '/'],
    ['a date that nobody writes', '%Y-%m-%d', '%Q', '/dates/0'],
    ['rows of items without a key', 'row: declaration', 'row: item', '/key'],
  ])('with %s is refused', (_, from, to, pointer) => {
    expect(() => parseColumnMapping(text, 'x.yaml')).not.toThrow();
    expect(() => parseColumnMapping(text.replace(from, to), 'x.yaml')).toThrow(
      expect.objectContaining({ code: 'CC_MAPPING_INVALID', params: expect.objectContaining({ pointer }) }),
    );
  });

  it('that names a path the model does not have is refused', async () => {
    const records = read('Office;Number\n1;2', { mapping: fromRoot('profiles', 'sources', 'korea.yaml') });
    await expect(records.next()).rejects.toMatchObject({ code: 'CC_MAPPING_INVALID' });
  });
});

describe.skipIf(samples === undefined)('the Korean sample', () => {
  const open = (name: string) =>
    read(createReadStream(join(samples ?? '', 'korea', name)), { mapping: 'korea', file: name });

  it('is read whole, every label an outcome', async () => {
    const results = new Map<string, number>();
    const references = new Set<string>();
    let refused = 0;
    for (const name of ['train.csv', 'valid.csv']) {
      for await (const record of open(name)) {
        if (record.kind !== 'declaration') refused += 1;
        else {
          references.add(record.identity.reference);
          const [{ result } = { result: 'none' }] = record.outcomes;
          results.set(result, (results.get(result) ?? 0) + 1);
        }
      }
    }
    expect({ refused, declarations: references.size }).toEqual({ refused: 0, declarations: 45_519 });
    expect([...results.values()].reduce((sum, count) => sum + count, 0)).toBe(45_519);
  });

  it('reads a row as it is written', async () => {
    const first = await open('train.csv').next();
    expect(first.value).toMatchObject({
      identity: { reference: '30/2020/97061800', provisional: false },
      declaration: {
        acceptedAt: '2020-01-01',
        consignee: { id: 'QLRUBN9' },
        transport: { border: { mode: '1' } },
        items: [{ hs: '440890', origin: 'BE', netMass: 108, cif: { amount: 372254, currency: 'KRW' } }],
      },
      outcomes: [{ result: 'conform', at: '2020-01-01T00:00:00+09:00' }],
    });
  });
});
