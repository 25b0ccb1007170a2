import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collections, declarations } from '../../src/check/collections.ts';
import { csvOf } from '../../src/indicators/export/csv.ts';
import { linesOf } from '../../src/indicators/export/lines.ts';
import { monthlyReport } from '../../src/indicators/export/monthly.ts';
import { writeParquet } from '../../src/indicators/export/parquet.ts';
import { reportHtml } from '../../src/indicators/export/report.ts';
import { type FigureTable, figures, sourceOf } from '../../src/indicators/figure.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { project } from '../../src/projections/project.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { storeForty } from './forty/read.ts';

const today = '2026-04-30';
const { definitions } = soundIndicators(undefined, today);
const folder = mkdtempSync(join(tmpdir(), 'crosscheck-export-'));
let store: Store;
let table: FigureTable;
beforeAll(async () => {
  store = await openDuckdb(join(folder, 'store'));
  await storeForty(store);
  table = await figures(
    sourceOf(store),
    definitions.get('I34')!,
    { by: ['declarant', 'month'], from: '2026-01-01', to: today },
    today,
  );
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('exports', () => {
  it('carry each figure of each key once, with n and limits', () => {
    const lines = linesOf(table);
    expect(lines).toHaveLength(table.rows.length * table.figures.length);
    expect(
      lines.find(({ key1, key2, figure }) => key1 === 'B1' && key2 === '2026-03' && figure === 'share'),
    ).toMatchObject({
      indicator: 'I34',
      dimension1: 'declarant',
      dimension2: 'month',
      numerator: 2,
      denominator: 10,
      value: 20,
      n: 10,
    });
  });

  it('write CSV that a spreadsheet reads as data and never as a formula', () => {
    const nasty = structuredClone(table);
    nasty.rows[0]!.key.declarant = '=HYPERLINK("http://x","y"), Ltd';
    const [head, first] = csvOf([nasty]).split('\r\n');
    expect(head!.split(',').slice(0, 3)).toEqual(['indicator', 'version', 'from']);
    expect(first).toContain(`"'=HYPERLINK(""http://x"",""y""), Ltd"`);
  });

  it('write Parquet with the same numbers', async () => {
    const file = join(folder, 'figures.parquet');
    await writeParquet([table], file);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = await connection.runAndReadAll(
      `SELECT key1, key2, figure, value, n FROM '${file}' ORDER BY ALL`,
    );
    const lines = linesOf(table).map(({ key1, key2, figure, value, n }) => [key1, key2, figure, value, n]);
    expect(read.getRows()).toEqual(lines.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
    expect(readFileSync(file).subarray(0, 4).toString()).toBe('PAR1');
    connection.closeSync();
  });
});

describe('the monthly report', () => {
  const request = {
    period: '2026-03',
    administration: 'Customs of <Nowhere>',
    madeAt: '2026-04-05T08:00:00.000Z',
    language: 'en' as const,
    withPeople: false,
  };
  const make = async (changes: object = {}) =>
    reportHtml(await monthlyReport(store, sourceOf(store), definitions.values(), { ...request, ...changes }));

  it('shows every performance indicator with its words, and no integrity indicator', async () => {
    const html = await make();
    expect(html).toContain('<h2>I05 Same-day processing</h2>');
    expect(html).toContain('Read beside I20');
    expect(html).not.toContain('<h2>I14');
    expect(html).toContain('Customs of &#60;Nowhere&#62;');
  });

  it('names no officer unless it is asked to', async () => {
    expect(await make()).not.toContain('<td>anna</td>');
    expect(await make({ withPeople: true })).toContain('<td>anna</td>');
  });

  it('needs nothing from elsewhere and runs nothing', async () => {
    const html = await make();
    expect(html).not.toMatch(/<script|https?:|url\(/);
    expect(html).toContain('<svg');
  });

  it('is there in French', async () => {
    const html = await make({ language: 'fr' });
    expect(html).toContain('<html lang="fr">');
    expect(html).toContain('Traitement le jour même');
  });

  it('says what changed since the month was printed before', async () => {
    await make();
    const late = (await store.collection<Collections['declaration']>(declarations).get('D01#1'))!.doc;
    await store.collection<Collections['declaration']>(declarations).put([
      {
        ...late,
        id: 'LATE#1',
        reference: 'LATE',
        content: 'late',
        declaration: { ...late.declaration, acceptedAt: '2026-03-20' },
      },
    ]);
    await project(store);
    const html = await make({ madeAt: '2026-05-05T08:00:00.000Z' });
    expect(html).toMatch(/Changed since edition 1:<\/b>[^<]*PORT count: 26 → 27/);
  });
});
