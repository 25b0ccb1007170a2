/** Extracts as others would make them: other formats, other names of columns, tables left out, other spellings. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { type ExtractOptions, type ExtractReport, openExtract } from '../../src/sources/extract.ts';
import { csv, tell, writePlus, writeWorld } from './truth.ts';

const root = mkdtempSync(join(tmpdir(), 'variants-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const told = tell(40, 5);
let count = 0;

const fresh = (write: typeof writeWorld = writeWorld): string => {
  const folder = join(root, `extract-${++count}`);
  write(told, folder);
  return folder;
};
const change = (folder: string, file: string, edit: (text: string) => string | Buffer, name = file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  rmSync(join(folder, file));
  writeFileSync(join(folder, name), edit(text));
};

async function read(
  folder: string,
  options: Partial<ExtractOptions> = {},
): Promise<{ said: unknown[]; refused: string[]; report: ExtractReport }> {
  const { records, report } = openExtract(folder, {
    mapping: 'asycuda-world',
    currency: 'XAF',
    now: new Date('2026-02-01T00:00:00Z'),
    ...options,
  });
  const all: IntakeRecord[] = [];
  for await (const record of records) all.push(record);
  return {
    said: all.filter((record) => record.kind !== 'refused').map(({ where: _, ...rest }) => rest),
    refused: all.flatMap((record) => (record.kind === 'refused' ? [record.error.code] : [])),
    report,
  };
}

const plain = await read(fresh());
const rowsOf = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

describe('an extract in another dress says the same', () => {
  it.each<[string, (folder: string) => void | Promise<void>]>([
    [
      'semicolons, a byte order mark, carriage returns',
      (folder) =>
        change(
          folder,
          'SAD_ITEM.csv',
          (text) => `\ufeff${text.replaceAll(',', ';').replaceAll('\n', '\r\n')}`,
        ),
    ],
    [
      'names in lower case, a schema before and a month behind',
      (folder) =>
        change(
          folder,
          'SAD_ITEM.csv',
          (text) => text.replace(/^.*$/m, (head) => head.toLowerCase()),
          'AWUNADM.sad_item_2026-01.csv',
        ),
    ],
    [
      'columns in another order with others between',
      (folder) =>
        change(folder, 'SAD_TAX.csv', (text) =>
          rowsOf(text)
            .map((row) => [...row].reverse().concat('x').join(','))
            .join('\n'),
        ),
    ],
    [
      'compressed',
      (folder) => change(folder, 'UN_ASYBRK_TRACK.csv', (text) => gzipSync(text), 'UN_ASYBRK_TRACK.csv.gz'),
    ],
    [
      'NDJSON with numbers for texts',
      (folder) =>
        change(
          folder,
          'SAD_ITEM.csv',
          (text) => {
            const [head, ...rows] = rowsOf(text);
            return rows
              .map((row) =>
                JSON.stringify(
                  Object.fromEntries(
                    head!.map((name, i) => [name, /^[1-9]\d*$/.test(row[i]!) ? Number(row[i]) : row[i]]),
                  ),
                ),
              )
              .join('\n');
          },
          'SAD_ITEM.ndjson',
        ),
    ],
    [
      'a table in two files',
      (folder) => {
        const [head, ...rows] = readFileSync(join(folder, 'SAD_TAX.csv'), 'utf8').trimEnd().split('\n');
        rmSync(join(folder, 'SAD_TAX.csv'));
        writeFileSync(join(folder, 'SAD_TAX_1.csv'), [head, ...rows.slice(0, 50)].join('\n'));
        writeFileSync(join(folder, 'SAD_TAX_2.csv'), [head, ...rows.slice(50)].join('\n'));
      },
    ],
    [
      'Parquet, with keys that went through a float',
      async (folder) => {
        const instance = await DuckDBInstance.create(':memory:');
        const connection = await instance.connect();
        await connection.run(
          `COPY (SELECT * REPLACE (INSTANCEID::DOUBLE AS INSTANCEID) FROM read_csv('${folder}/SAD_ITEM.csv', types = {'TAR_PRC_NAT': 'VARCHAR', 'TAR_HSC_NB1': 'VARCHAR'})) TO '${folder}/SAD_ITEM.parquet'`,
        );
        connection.closeSync();
        instance.closeSync();
        rmSync(join(folder, 'SAD_ITEM.csv'));
      },
    ],
    [
      'the history under the key of the declaration, without the binder',
      (folder) => {
        const byBinder = new Map(
          rowsOf(readFileSync(join(folder, 'UN_ASYBRK_IED.csv'), 'utf8')).map(([ied, id]) => [ied, id]),
        );
        change(folder, 'UN_ASYBRK_TRACK.csv', (text) => {
          const [head, ...rows] = text.trimEnd().split('\n');
          return [
            head!.replace('IED_ID', 'INSTANCE_ID'),
            ...rows.map((row) => row.replace(/^\d+/, (ied) => byBinder.get(ied)!)),
          ].join('\n');
        });
        rmSync(join(folder, 'UN_ASYBRK_IED.csv'));
      },
    ],
    [
      'the general segment repeated for every item',
      (folder) =>
        change(folder, 'SAD_GENERAL_SEGMENT.csv', (text) => text + text.slice(text.indexOf('\n') + 1)),
    ],
    [
      'keys, codes and amounts as a data frame prints them, keys filled up with zeros, codes without theirs',
      (folder) => {
        change(folder, 'SAD_ITEM.csv', (text) =>
          text.replace(/^(\d+),(\d+),(\d+),4000,000/gm, '$1.0,$2.0,$3.0,4000.0,0'),
        );
        change(folder, 'SAD_TAX.csv', (text) => text.replace(/^(\d+),/gm, '000$1,'));
      },
    ],
    [
      'UTF-16 with tabs, as spreadsheets save text, and a name of which there were two',
      (folder) => {
        change(
          folder,
          'SAD_ITEM.csv',
          (text) => Buffer.from(`\ufeff${text.replaceAll(',', '\t')}`, 'utf16le'),
          'SAD_ITEM (1).txt',
        );
        change(folder, 'SAD_TAX.csv', (text) => text.replaceAll(',', '^'));
      },
    ],
    [
      'JSON as database clients wrap it, one object a file, and an empty list',
      (folder) => {
        const objects = (text: string) => {
          const [head, ...rows] = rowsOf(text);
          return rows.map((row) => Object.fromEntries(head!.map((name, i) => [name, row[i] || null])));
        };
        change(
          folder,
          'SAD_ITEM.csv',
          (text) =>
            JSON.stringify({ results: [{ columns: [{ name: 'X' }], items: objects(text) }] }, null, 1),
          'SAD_ITEM.json',
        );
        change(folder, 'SAD_TAX.csv', (text) => JSON.stringify({ items: objects(text) }), 'SAD_TAX.json');
        writeFileSync(join(folder, 'SAD_RELIEF.json'), '[]');
      },
    ],
    [
      'columns that nothing reads under one name, and under none',
      (folder) =>
        change(folder, 'SAD_TAX.csv', (text) =>
          rowsOf(text)
            .map((row, i) =>
              [...row, i === 0 ? 'NOTE' : 'x', i === 0 ? 'note' : 'y', i === 0 ? '' : 'z'].join(','),
            )
            .join('\n'),
        ),
    ],
  ])('%s', async (_, dress) => {
    const folder = fresh();
    await dress(folder);
    const { said } = await read(folder);
    expect(said).toEqual(plain.said);
  });

  it('what is no UTF-8 in a column that nothing reads costs nothing; in one that is read it is named', async () => {
    const folder = fresh();
    const latin = (file: string, name: string, edit: (cells: string[], row: number) => string[]) =>
      change(folder, file, (text) =>
        Buffer.from(
          rowsOf(text)
            .map((row, i) => edit([...row, i === 0 ? name : 'réservé'], i).join(','))
            .join('\n'),
          'latin1',
        ),
      );
    latin('SAD_TAX.csv', 'OUR_NOTE', (cells) => cells);
    latin('SAD_ITEM.csv', 'GDS_DSC', (cells, row) =>
      row === 2 ? cells : [...cells.slice(0, -1), row === 0 ? 'GDS_DSC' : 'plain'],
    );
    const { refused, report } = await read(folder);
    expect(refused).toContain('CC_ROW_ENCODING');
    const groups = [...report.problems.groups.values()].filter(({ code }) => code === 'CC_ROW_ENCODING');
    expect(
      groups.map(({ table, count: n, examples }) => [table, n, examples[0]!.row, examples[0]!.problem]),
    ).toEqual([['items', 1, 2, 'the cell of GDS_DSC is no utf-8']]);
  });

  it('Latin-1, where the mapping says so', async () => {
    const folder = fresh();
    change(folder, 'SAD_ITEM.csv', (text) =>
      text
        .replace('VIT_STV', 'GDS_DSC')
        .replace(/^((?:[^,\n]*,){9})\d+/gm, '$1café')
        .replace(/^((?:[^,\n]*,){9})café/, '$1GDS_DSC'),
    );
    const latin = readFileSync(join(folder, 'SAD_ITEM.csv'), 'utf8');
    writeFileSync(join(folder, 'SAD_ITEM.csv'), Buffer.from(latin, 'latin1'));
    writeFileSync(
      join(root, 'latin.yaml'),
      'id: latin\nextends: asycuda-world\ncsv: { encoding: latin-1 }\n',
    );
    const { said, refused } = await read(folder, { mapping: join(root, 'latin.yaml') });
    expect(refused).toEqual([]);
    expect(JSON.stringify(said)).toContain('café');
  });
});

describe('what cannot be told from one cell', () => {
  it('days with the month first are known by those that cannot be anything else, in whatever table', async () => {
    const folder = fresh();
    // The fifth of January is written with the month first here, and the twentieth tells so.
    for (const file of [
      'SAD_GENERAL_SEGMENT.csv',
      'UN_ASYBRK_TRACK.csv',
      'SAD_EXAMINERS.csv',
      'INSP_ACT_TAB.csv',
    ])
      change(folder, file, (text) =>
        text.replace(/(\d{4})-(\d\d)-(\d\d) /g, '$2/$3/$1 ').replace('01/05/2026 0', '01/20/2026 0'),
      );
    const { said, refused, report } = await read(folder);
    expect(refused).toEqual([]);
    expect(report.notes).toEqual([expect.stringContaining('month first')]);
    const last = said.at(-1) as Extract<IntakeRecord, { kind: 'declaration' }>;
    expect(last.declaration.registration!.date).toMatch(/^2026-01-0[56]$/);
  });

  it('where both orders are written, that is noted and what cannot be read is refused', async () => {
    const folder = fresh();
    change(folder, 'UN_ASYBRK_TRACK.csv', (text) =>
      text
        .replace(/2026-01-05 (?=\d\d:\d\d:\d\d,BRK)/g, '01/20/2026 ')
        .replace(/2026-01-05 (?=\d\d:\d\d:\d\d,SYSTEM)/, '20/01/2026 '),
    );
    const { report } = await read(folder);
    expect(report.notes).toEqual([expect.stringContaining('only with the day first')]);
    expect([...report.problems.groups.values()].map(({ code }) => code)).toEqual(['CC_ROW_DATE']);
  });

  it('codes of digits get back the zeros that they lost', async () => {
    const folder = fresh();
    change(folder, 'SAD_ITEM.csv', (text) => text.replaceAll('10063000', '1012100'));
    const { said } = await read(folder);
    expect(JSON.stringify(said)).toContain('"hs":"01012100"');
    expect(JSON.stringify(said)).not.toContain('"hs":"1012100"');
  });
});

describe('a file that is no table says why', () => {
  it.each<[string, (text: string) => string | Buffer, string]>([
    ['without a header', (text) => text.slice(text.indexOf('\n') + 1), 'it has to be a header'],
    ['compressed under another name', (text) => gzipSync(text), 'end its name with .gz'],
    ['a workbook', () => Buffer.from('PK\u0003\u0004'), 'save it as CSV'],
    ['lines of an old machine', (text) => text.replaceAll('\n', '\r'), 'carriage return'],
    ['a spreadsheet’s first line', (text) => `sep=,\n${text}`, 'sep='],
    [
      'a column that is read twice',
      (text) => text.replace('TAX_LIN_BSE', 'TAX_LIN_AMT'),
      'TAX_LIN_AMT twice',
    ],
    ['empty', () => '', 'no header line'],
  ])('%s', async (_, edit, reason) => {
    const folder = fresh();
    change(folder, 'SAD_TAX.csv', edit);
    const { said, report } = await read(folder);
    expect(said.length).toBe(40);
    expect(report.unusable).toEqual([{ table: 'taxes', problem: expect.stringContaining(reason) }]);
  });
});

describe('an extract that lacks something', () => {
  it('without a history the dates of the header tell what they can', async () => {
    const folder = fresh();
    for (const file of [
      'UN_ASYBRK_TRACK.csv',
      'UN_ASYBRK_IED.csv',
      'SAD_EXAMINERS.csv',
      'INSP_ACT_TAB.csv',
      'INSP_ACT_EXAM.csv',
    ])
      rmSync(join(folder, file));
    const { said, refused } = await read(folder);
    expect(refused).toEqual([]);
    const first = said[0] as Extract<IntakeRecord, { kind: 'declaration' }>;
    expect(first.trail.map(({ kind }) => kind)).toEqual(['REGISTER', 'LANE', 'ASSESS']);
    expect(first.trail[1]!.to).toBe(told[0]!.lane);
  });

  it('a table whose way is not there is named, and the rest is read', async () => {
    const folder = fresh();
    rmSync(join(folder, 'UN_ASYBRK_IED.csv'));
    const { said, refused, report } = await read(folder);
    expect(said.length).toBe(40);
    expect(refused).toEqual(['CC_SOURCE_TABLE_MISSING']);
    expect(report.unusable.map(({ table }) => table)).toEqual(['history']);
  });

  it('a table without its key is named, and the rest is read', async () => {
    const folder = fresh();
    change(folder, 'SAD_TAX.csv', (text) => text.replace('INSTANCEID', 'NUMBER'));
    const { said, report } = await read(folder);
    expect(said.length).toBe(40);
    expect(report.unusable).toEqual([{ table: 'taxes', problem: expect.stringContaining('INSTANCEID') }]);
  });

  it('without the declarations nothing can be read', () => {
    const folder = fresh();
    rmSync(join(folder, 'SAD_GENERAL_SEGMENT.csv'));
    expect(() => openExtract(folder, { mapping: 'asycuda-world' })).toThrow('SAD_GENERAL_SEGMENT');
  });

  it('events of declarations that are not in the extract wait under the name of the source', async () => {
    const folder = fresh();
    change(folder, 'SAD_GENERAL_SEGMENT.csv', (text) =>
      text
        .split('\n')
        .filter((line) => !line.startsWith('9000,'))
        .join('\n'),
    );
    const { said, report } = await read(folder);
    const answers = said.filter((record) => (record as IntakeRecord).kind === 'answer') as Extract<
      IntakeRecord,
      { kind: 'answer' }
    >[];
    expect(answers.map(({ declaration }) => declaration)).toContain('asycuda-world:9000');
    expect([...report.problems.groups.values()].map(({ code }) => code)).toEqual(
      expect.arrayContaining(['CC_ROW_ORPHAN']),
    );
  });
});

describe('ASYCUDA++', () => {
  it('earlier versions come before the present one, each with its own items', async () => {
    const folder = fresh(writePlus);
    const [d] = told;
    const key = [2026, d!.office, d!.declarant, `R${d!.id}`].join(',');
    const gen = join(folder, 'SAD_GEN.csv');
    const itm = join(folder, 'SAD_ITM.csv');
    const add = (file: string, edit: (row: string) => string) => {
      const text = readFileSync(file, 'utf8');
      const row = text.split('\n').find((line) => line.startsWith(key))!;
      writeFileSync(file, `${text}${edit(row)}\n`);
    };
    add(gen, (row) => row.replace(/,0,U,/, ',1,U,'));
    add(itm, (row) => row.replace(/,(\d+),0,(\d+)$/, ',77,1,$2'));
    const { said, refused } = await read(folder, { mapping: 'asycuda-plus' });
    expect(refused).toEqual([]);
    const versions = (said as Extract<IntakeRecord, { kind: 'declaration' }>[]).filter(
      ({ identity }) => identity.reference === `${d!.office}/2026/C${d!.number}`,
    );
    expect(
      versions.map(({ declaration, trail }) => [
        declaration.items.length,
        declaration.items[0]!.statisticalValue!.amount,
        trail.length > 0,
      ]),
    ).toEqual([
      [1, 77, false],
      [d!.items.length, d!.items[0]!.cif, true],
    ]);
  });

  it('deleted rows are left', async () => {
    const folder = fresh(writePlus);
    change(folder, 'SAD_GEN.csv', (text) => text.replace(/,0,U,/, ',0,D,'));
    const { said } = await read(folder, { mapping: 'asycuda-plus' });
    expect(said.filter((record) => (record as IntakeRecord).kind === 'declaration').length).toBe(39);
  });

  it('the keyless rows of a table that the mapping does not know are counted, not lost silently', async () => {
    const folder = fresh(writePlus);
    writeFileSync(join(folder, 'SAD_WEIGH.csv'), csv(['A'], [[1]]));
    expect((await read(folder, { mapping: 'asycuda-plus' })).report.unread).toEqual(['SAD_WEIGH.csv']);
  });
});
