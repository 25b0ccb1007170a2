/**
 * Extracts in the manners of three database clients, each table of each shipped mapping at once: a spreadsheet of a country
 * that writes decimal commas, an Oracle client and a MySQL dump. They say the same as the plain ones.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { type ExtractReport, openExtract } from '../../src/sources/extract.ts';
import { tell, writeLog, writePlus, writeWorld } from './truth.ts';

const root = mkdtempSync(join(tmpdir(), 'foreign-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const told = tell(40, 5);
const sources = {
  'asycuda-world': { write: writeWorld, optional: 'SAD_RELIEF', head: ['INSTANCEID', 'KEY_ITM_NBR'] },
  'asycuda-plus': {
    write: writePlus,
    optional: 'SAD_TRR',
    head: ['KEY_YEAR', 'KEY_CUO', 'KEY_DEC', 'KEY_NBER'],
  },
  'event-log': { write: writeLog, optional: 'complete', head: ['feed', 'office', 'until'] },
} as const;
type Source = keyof typeof sources;

type Rows = string[][];
interface Manner {
  extension: string;
  /** What the adapted mapping says, where the shipped one cannot know. */
  adapted?: string;
  print(rows: Rows): string | Buffer;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const day = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d))?$/;
const each = (rows: Rows, cell: (text: string, column: number) => string): Rows =>
  rows.map((row, i) => (i === 0 ? row : row.map(cell)));

const manners: Record<string, Manner> = {
  'a spreadsheet: semicolons, Latin-1, names in lower case, days first, decimal commas, dashes, columns of its own':
    {
      extension: 'csv',
      adapted: 'csv: { encoding: latin-1 }\ndecimal: ","\nabsent: ["-", "NULL"]\n',
      print(rows) {
        const dressed = each(rows, (text) =>
          text === ''
            ? '-'
            : text
                .replace(day, (_, y, m, d, h, n, s) => `${d}/${m}/${y}${h ? ` ${h}:${n}:${s}` : ''}`)
                .replace(/^(\d+)\.(\d+)$/, '$1,$2'),
        ).map((row, i) => [...row, i === 0 ? 'Libellé' : 'réservé'].reverse());
        dressed[0] = dressed[0]!.map((name) => name.toLowerCase());
        return Buffer.from(
          `${dressed.map((row) => row.map((text) => (/[";]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(';')).join('\r\n')}\r\n`,
          'latin1',
        );
      },
    },
  'an Oracle client: all quoted, filled up with blanks, months by name, NULL': {
    extension: 'csv',
    print(rows) {
      const dressed = each(rows, (text) => {
        if (text === '') return 'NULL';
        const date = day.exec(text);
        if (date === null) return text.padEnd(14);
        const [, y, m, d, h, n, s] = date;
        const named = `${d}-${months[Number(m) - 1]}-${y!.slice(2)}`;
        if (h === undefined) return named;
        const half = Number(h) % 12 || 12;
        return `${named} ${String(half).padStart(2, '0')}.${n}.${s}.000000 ${Number(h) < 12 ? 'AM' : 'PM'}`;
      });
      return `${dressed.map((row) => row.map((text) => (text === 'NULL' ? 'NULL' : `"${text.replaceAll('"', '""')}"`)).join(',')).join('\n')}\n`;
    },
  },
  'a MySQL dump: tabs, \\N, no quotes, columns turned round, fractions of a second': {
    extension: 'tsv',
    print(rows) {
      const dressed = each(rows, (text) =>
        text === '' ? '\\N' : text.replace(day, (whole, _y, _m, _d, h) => (h ? `${whole}.000` : whole)),
      ).map((row) => [...row].reverse());
      return `${dressed.map((row) => row.join('\t')).join('\n')}\n`;
    },
  },
};

async function read(folder: string, mapping: string) {
  const { records, report } = openExtract(folder, {
    mapping,
    currency: 'XAF',
    now: new Date('2026-02-01T00:00:00Z'),
  });
  const said: unknown[] = [];
  const refused: string[] = [];
  for await (const record of records as AsyncGenerator<IntakeRecord>)
    if (record.kind === 'refused') refused.push(`${record.error.code} ${record.error.message}`);
    else said.push(JSON.parse(JSON.stringify({ ...record, where: undefined })));
  return { said, refused, report: report as ExtractReport };
}

/** Cells of the plain files, of which one is quoted. */
const rowsOf = (text: string): Rows =>
  text
    .trimEnd()
    .split('\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
      ),
    );

function dress(source: Source, manner: Manner): { folder: string; mapping: string } {
  const folder = mkdtempSync(join(root, 'extract-'));
  sources[source].write(told, folder);
  for (const name of readdirSync(folder)) {
    const rows = rowsOf(readFileSync(join(folder, name), 'utf8'));
    rmSync(join(folder, name));
    writeFileSync(join(folder, name.replace('csv', manner.extension)), manner.print(rows));
  }
  // A table of which there is nothing but its head.
  const { optional, head } = sources[source];
  writeFileSync(join(folder, `${optional}.${manner.extension}`), manner.print([[...head]]));
  if (manner.adapted === undefined) return { folder, mapping: source };
  const mapping = join(root, `${source}-adapted.yaml`);
  writeFileSync(mapping, `id: adapted-${source}\nextends: ${source}\n${manner.adapted}`);
  return { folder, mapping };
}

/** Names of mappings stand in the names under which declarations are called. */
const unnamed = (said: unknown): unknown => JSON.parse(JSON.stringify(said).replaceAll('adapted-', ''));

describe.each(Object.keys(sources) as Source[])('%s from a foreign hand', async (source) => {
  const folder = mkdtempSync(join(root, 'plain-'));
  sources[source].write(told, folder);
  const plain = await read(folder, source);

  it.each(Object.entries(manners))('%s', async (_, manner) => {
    const { folder: dressed, mapping } = dress(source, manner);
    const { said, refused, report } = await read(dressed, mapping);
    expect([...new Set(refused)]).toEqual([]);
    expect([...report.problems.groups.values()].map((g) => [g.code, g.count, g.examples[0]])).toEqual([]);
    expect(report.problems.total).toBe(0);
    expect(unnamed(said)).toEqual(plain.said);
  });
});
