import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collections, declarations } from '../../src/check/collections.ts';
import { csvOf } from '../../src/indicators/export/csv.ts';
import { flatFigures, linesOf } from '../../src/indicators/export/lines.ts';
import { monthlyReport } from '../../src/indicators/export/monthly.ts';
import { writeParquet } from '../../src/indicators/export/parquet.ts';
import { reportHtml } from '../../src/indicators/export/report/page.ts';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import type { FigureTable } from '../../src/indicators/figure-table.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { confirmPhase, phases, proposePhase } from '../../src/indicators/phase.ts';
import { editions } from '../../src/indicators/snapshot.ts';
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
    const [head, first] = csvOf(flatFigures(nasty)).split('\r\n');
    expect(head!.split(',').slice(0, 3)).toEqual(['indicator', 'version', 'from']);
    expect(first).toContain(`"'=HYPERLINK(""http://x"",""y""), Ltd"`);
  });

  it('keep a name in full-width signs or behind a space from being run, too', () => {
    for (const name of [' =1+1', '\uff1dcmd', '\n@SUM(A1)', '+41 Ltd']) {
      const nasty = structuredClone(table);
      nasty.rows[0]!.key.declarant = name;
      expect(csvOf(flatFigures(nasty)), name).toContain(`'${name}`);
    }
  });

  it('tell the same in CSV, JSON and Parquet: expected, p, notes and the year before as well', async () => {
    const judged = await figures(
      sourceOf(store),
      definitions.get('I15')!,
      { by: ['officer', 'lane'], from: '2026-01-01', to: today, previousYear: true },
      today,
    );
    const [told] = judged.rows;
    // Forty declarations are too few to be tested; the export is held to a row that was.
    Object.assign(told!.figures[judged.figures[0]!]!, {
      expected: 2.5,
      p: 0.25,
      q: 0.5,
      note: 'a note',
      previous: { value: 0.125, n: 3 },
    });
    const file = join(folder, 'same.parquet');
    await writeParquet(flatFigures(judged), file);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const csv = join(folder, 'same.csv');
    writeFileSync(csv, csvOf(flatFigures(judged)));
    const read = async (source: string) =>
      (await connection.runAndReadAll(`SELECT * FROM ${source} ORDER BY ALL`)).getRowObjectsJson();
    const parquet = await read(`'${file}'`);
    expect(parquet).toHaveLength(linesOf(judged).length);
    const types = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${file}'`);
    const typeOf = Object.fromEntries(types.getRows().map(([name, type]) => [name, type]));
    expect([typeOf.from, typeOf.to, typeOf.asOf, typeOf.n, typeOf.p]).toEqual([
      'DATE',
      'DATE',
      'DATE',
      'BIGINT',
      'DOUBLE',
    ]);
    const columns = Object.entries(typeOf).map(([name, type]) => `'${name}': '${type}'`);
    expect(await read(`read_csv('${csv}', header = true, columns = {${columns.join(', ')}})`)).toEqual(
      parquet,
    );
    const line = linesOf(judged).find(({ note }) => note === 'a note')!;
    const json = told!.figures[judged.figures[0]!]!;
    expect(line).toMatchObject({
      value: json.value,
      n: json.n,
      expected: 2.5,
      p: 0.25,
      q: 0.5,
      previous: 0.125,
      previousN: 3,
    });
    connection.closeSync();
  });

  it('write Parquet with the same numbers', async () => {
    const file = join(folder, 'figures.parquet');
    await writeParquet(flatFigures(table), file);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = await connection.runAndReadAll(
      `SELECT key1, key2, figure, value, n FROM '${file}' ORDER BY ALL`,
    );
    const lines = linesOf(table).map(({ key1, key2, figure, value, n }) => [key1, key2, figure, value, n]);
    expect(
      read.getRows().map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell))),
    ).toEqual(lines.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
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

  it('names officers where it is asked to and the office has been prescriptive since the month began', async () => {
    expect(await make({ withPeople: true })).not.toContain('>anna<');
    const at = '2026-02-20T08:00:00.000Z';
    const phase = { office: 'PORT', phase: 'prescriptive' as const, from: '2026-03-01', grounds: 'decision' };
    await confirmPhase(store, await proposePhase(store, { ...phase, proposedBy: 'one' }, at), 'two', at);
    expect(await make()).not.toContain('>anna<');
    expect(await make({ withPeople: true })).toContain('<th scope="row">anna</th>');
    expect(await make({ withPeople: true, period: '2026-02' })).not.toContain('>anna<');
  });

  it('leaves no edition behind that names whom its own page does not', async () => {
    await store.collection(phases).clear();
    await make({ withPeople: true, period: '2026-01' });
    const { docs } = await store.collection(editions).find({
      where: { column: 'period', op: 'eq', value: '2026-01' },
      limit: 1000,
    });
    expect(docs.length).toBeGreaterThan(20);
    expect(JSON.stringify(docs)).not.toMatch(/"(anna|bert|carl)"/);
  });

  it('is a page of tables with captions, headed columns and rows, and graphs with a name, and needs nothing else', async () => {
    const printed = await make();
    expect(printed).not.toMatch(/<script|https?:|url\(/);
    expect(printed).toContain('<svg');
    const again = /<thead><tr class="again" aria-hidden="true"><th colspan="\d">([^<]+)<\/th><\/tr>/g;
    const html = printed.replaceAll(again, '<thead>');
    const count = (pattern: RegExp): number => html.match(pattern)?.length ?? 0;
    expect(count(/<table[ >]/g)).toBeGreaterThan(30);
    // On paper the caption stands in the head, which is repeated on each page.
    const captions = [...html.matchAll(/<table[^>]*><caption>([^<]+)<\/caption>/g)].map(([, text]) => text);
    expect(captions).toHaveLength(count(/<table[ >]/g));
    expect([...printed.matchAll(again)].map(([, text]) => text)).toEqual(captions);
    expect(
      count(/<svg[^>]* role="img" aria-label="[^"]+, 2025-?\d* ?|<svg[^>]* role="img" aria-label="[^"]+"/g),
    ).toBe(count(/<svg(?! class="small")/g));
    expect(html).not.toMatch(/<th(?! scope="(col|row)")[ >]/);
    // An upright page holds nine columns: the twelve figures of I04 stand in several tables.
    for (const [, head] of html.matchAll(/<thead><tr>(.*?)<\/tr>/g))
      expect(head!.match(/<th /g)!.length).toBeLessThanOrEqual(9);
    expect(html.match(/<section id="I04">.*?<\/section>/s)![0].match(/<table[ >]/g)!.length).toBeGreaterThan(
      1,
    );
  });

  it('draws what is below zero under the line, and prints of a long table what asks for a look', () => {
    const definition = definitions.get('I34')!;
    const figure = {
      unit: 'percent' as const,
      n: 1,
      behind: { table: 'clearance' as const, where: undefined },
    };
    const row = (key: Record<string, string>, value: number, more: object = {}) => ({
      key,
      figures: { share: { ...figure, value, ...more } },
    });
    const base = { ...table, figures: ['share'] };
    const traders = Array.from({ length: 400 }, (_, i) => row({ declarant: `T${i}` }, i, { n: 100 + i }));
    const flagged = row({ declarant: 'SMALL' }, 3, { n: 31, state: 'look closer' });
    const html = reportHtml({
      ...request,
      sections: [
        {
          definition,
          month: { ...base, by: ['declarant'], rows: [...traders, flagged] },
          series: {
            ...base,
            by: ['month'],
            rows: [row({ month: '2026-02' }, -50), row({ month: '2026-03' }, 50)],
          },
        },
      ],
    });
    const section = html.slice(html.indexOf('<main>'));
    const [below, above] = [...section.matchAll(/<rect [^>]*y="([\d.]+)"/g)].map(([, y]) => Number(y));
    const zero = Number(/<line x1="0" y1="([\d.]+)"/.exec(section)![1]);
    expect([below, above! < zero]).toEqual([zero, true]);
    expect(section.match(/<th scope="row">/g)).toHaveLength(25);
    expect(html).toContain('<th scope="row">SMALL</th>');
    expect(html).toContain('25 of 401 rows');
  });

  it('says at the foot of each printed page which report it is, of whom, and which of how many pages', () => {
    const administration = `"Sûreté" </style><b>`;
    const html = reportHtml({ ...request, administration, sections: [] });
    const [, style] = /<style>(.*?)<\/style>/s.exec(html)!;
    expect(style).toContain(
      '@bottom-left { content: "Monthly report 2026-03 \\b7  \\22 Sûreté\\22  \\3c \\2f style\\3e \\3c b\\3e "',
    );
    expect(style).toContain('@bottom-right { content: counter(page) " / " counter(pages)');
  });

  it('says of an indicator without rows that there is nothing of it', () => {
    const section = {
      definition: definitions.get('I34')!,
      month: { ...table, rows: [] },
      series: { ...table, rows: [] },
    };
    const html = reportHtml({ ...request, sections: [section] });
    expect(html).toContain('There is nothing of it in this month.');
    expect(html.slice(html.indexOf('<main>'))).not.toContain('<table');
  });

  it('begins with the month at a glance: beside the month and the year before, what asks for a look, each line leading on', () => {
    const definition = definitions.get('I34')!;
    const behind = { table: 'clearance' as const, where: undefined };
    const row = (key: Record<string, string>, value: number, more: object = {}) => ({
      key,
      figures: { share: { unit: 'percent' as const, n: 40, value, behind, ...more } },
    });
    const base = { ...table, indicator: 'I34', figures: ['share'] };
    const look = { state: 'look closer' };
    const section = {
      definition,
      month: {
        ...base,
        by: ['office'],
        rows: [row({ office: 'A' }, 50, look), row({ office: 'B' }, 2), row({ office: 'C' }, 30, look)],
      },
      series: {
        ...base,
        by: ['month'],
        rows: [row({ month: '2025-03' }, 10), row({ month: '2026-02' }, 20), row({ month: '2026-03' }, 30)],
      },
      changes: {
        edition: 2,
        differences: [{ key: '["A"]', figure: 'share', before: 49, after: 50 }],
      },
    };
    const [glance] = /<nav .*?<\/nav>/s.exec(reportHtml({ ...request, sections: [section] }))!;
    const cells = [...glance.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell!);
    expect(cells.slice(0, 3)).toEqual(['30.0', '20.0', '10.0']);
    expect(cells[3]!.match(/<rect x="(\d+)"/g)).toEqual(['<rect x="1"', '<rect x="89"', '<rect x="97"']);
    expect(cells.slice(4)).toEqual(['<a href="#I34">2</a>', '<a href="#I34">1</a>']);
    // An indicator of which neither more nor less is good asks for none.
    const open = { ...definition, direction: 'none' as const };
    const silent = reportHtml({ ...request, sections: [{ ...section, definition: open }] });
    expect(silent).toMatch(/<td class="state"><\/td>/);
    expect(silent).not.toContain('Asks for a look:');
  });

  it('shows at a glance a figure that a whole has: nobody stands beside it to be expected of', async () => {
    const [glance] = /<nav .*?<\/nav>/s.exec(await make())!;
    const line = (id: string): string =>
      new RegExp(`<a href="#${id}">[^<]*</a><br><span class="formula">([^<]*)</span></th><td[^>]*>([^<]*)<`)
        .exec(glance)!
        .slice(1)
        .join(' ');
    expect(line('I02')).toMatch(/^Revenue [\d.]+[KMB] EUR$/);
    expect(line('I08')).toMatch(/^Working hours in hands, median \(hours\) [\d.]+$/);
  });

  it('leads from each figure to its declarations at the service that prints it, but not where they are withheld', () => {
    const figure = {
      unit: 'percent' as const,
      value: 1,
      n: 40,
      behind: { table: 'clearance' as const, where: undefined },
    };
    const withheld = { ...figure, behind: { ...figure.behind, withheld: true as const } };
    const base = { ...table, indicator: 'I34', figures: ['share'] };
    const section = {
      definition: definitions.get('I34')!,
      month: {
        ...base,
        by: ['office', 'section'],
        rows: [
          { key: { office: 'A', section: null }, figures: { share: figure } },
          { key: { office: 'B', section: 'S&1' }, figures: { share: withheld } },
        ],
      },
      series: { ...base, by: ['month'], rows: [{ key: { month: '2026-03' }, figures: { share: figure } }] },
    };
    const html = reportHtml({ ...request, sections: [section], service: 'https://crosscheck.example' });
    const links = [...html.matchAll(/href="(https:[^"]+)"/g)].map(([, href]) =>
      decodeURIComponent(href!.replaceAll('&#38;', '&')),
    );
    expect(links).toEqual([
      expect.stringMatching(
        /^https:\/\/crosscheck.example\/v1\/indicators\/I34\/declarations\?by=month&.*key=month=2026-03&figure=share$/,
      ),
      expect.stringMatching(/\?by=office,section&.*&key=office=A&key=section=&figure=share$/),
    ]);
    expect(html).toContain('Each n links to the declarations behind its figure');
  });

  it('tells of each row how many declarations are behind what is told of it, as by the clock where nobody knows the hours', () => {
    const definition = definitions.get('I08')!;
    const ids = definition.figures.map(({ id }) => id);
    const behind = { table: 'clearance' as const, where: undefined };
    const told = (value: number, n: number) => ({ unit: 'hours' as const, value, n, behind });
    const none = { unit: 'hours' as const, value: null, n: 0, behind };
    const row = (office: string, open: boolean, n: number) => ({
      key: { office },
      figures: Object.fromEntries(
        ids.map((id) => {
          if (id.startsWith('clock') === open) return [id, none];
          return [
            id,
            id === 'clockMedian' ? { ...told(7, n), limits: [5, 9] as [number, number] } : told(8, n),
          ];
        }),
      ),
    });
    const printed = (...rows: ReturnType<typeof row>[]) => {
      const base = { ...table, indicator: 'I08', figures: ids };
      const series = { ...base, by: ['month'], figures: ['clockMedian'], rows: [] };
      const section = { definition, month: { ...base, by: ['office'], rows }, series };
      const html = reportHtml({ ...request, sections: [section], service: 'https://crosscheck.example' });
      const [text] = /<section id="I08">.*?<\/section>/s.exec(html)!;
      const heads = [...text.matchAll(/<th scope="col"[^>]*>(.*?)<\/th>/g)].map(([, head]) => head);
      const cells = [...text.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell!);
      return { heads, cells };
    };
    const byClock = printed(row('A', false, 41));
    expect(byClock.heads).toEqual([
      'Office',
      'Hours in hands by the clock, median (hours)',
      'Hours in hands by the clock, 90 of 100 within (hours)',
      'n',
      '95 % limits',
    ]);
    expect(byClock.cells.slice(0, 2)).toEqual(['7.0', '8.0']);
    expect(byClock.cells[2]).toMatch(/figure=clockMedian">41<\/a>$/);
    expect(byClock.cells[3]).toBe('5.0 – 9.0');
    // Where one office has opening hours and another has none, each row has its own.
    const mixed = printed(row('A', false, 41), row('B', true, 12));
    expect(mixed.heads.slice(1, 5)).toHaveLength(4);
    expect(mixed.cells[4]).toMatch(/figure=clockMedian">41<\/a>$/);
    expect(mixed.cells[10]).toMatch(/figure=median">12<\/a>$/);
    // Of what there is nothing at all, everything is shown as it stands.
    const nothing = { key: { office: 'C' }, figures: Object.fromEntries(ids.map((id) => [id, none])) };
    expect(printed(nothing as ReturnType<typeof row>).heads).toHaveLength(6);
  });

  it('is there in French', async () => {
    const html = await make({ language: 'fr' });
    expect(html).toContain('<html lang="fr">');
    expect(html).toContain('Traitement le jour même');
    expect(html).toContain('Mode de calcul\u00a0:');
    expect(html).toMatch(/<td class="number">\d+,\d<\/td>/);
    expect(html).not.toMatch(/<td class="number">\d+\.\d/);
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
    expect(html).toMatch(/Changed since edition 1:<\/b>[^<]*PORT Declarations: 26 → 27/);
  });
});
