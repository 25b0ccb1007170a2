/**
 * Mirror statistics (I33): what partners say they exported to us against what we say we imported, by HS subheading,
 * origin and year, from a CSV file with the columns hs, origin, year, value (FOB, major units of `currency`) and netMass
 * (kg, may be empty), or their French names. A value gap without a mass gap speaks of undervaluation, opposite gaps in neighbouring codes of
 * misclassification; neither is proof (customs-practice.md 5.17).
 */

import { parse } from 'csv-parse/sync';
import { minorDigits } from '../declaration/money.ts';
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import { columnIn, delimiterOf } from '../ground/column-names.ts';
import { tables } from '../projections/fold.ts';
import type { CollectionSpec, Document, Store } from '../store/port.ts';
import { holds, readerOf } from '../store/rows.ts';
import type { Definition } from './definition.ts';
import type { FigureRow, FigureTable } from './figure-table.ts';
import type { FigureRequest } from './plan.ts';
import { and, parseWhere } from './where.ts';

/** What freight and insurance add on the way, as a share of FOB, where the file does not say: the usual assumption of trade statistics. */
export const usualCifMargin = 0.1;

export interface PartnerRow {
  hs: string;
  origin: string;
  year: string;
  value: number;
  netMass: number | undefined;
}

export interface MirrorRow {
  hs: string;
  origin: string;
  year: string;
  currency: string;
  /** Partner's exports raised to CIF, and own imports, in major units. */
  exports: number;
  imports: number;
  /** (exports − imports) / exports, in percent; and the same of kilograms where the partner tells them. */
  gap: number | null;
  massGap: number | null;
  /** Declarations behind the own side. */
  n: number;
}

/** What a column may be called, the name we give it first; case, accents, spaces and signs do not count. */
const columns = {
  hs: [
    'hs',
    'hs code',
    'hs6',
    'commodity',
    'commodity code',
    'sh',
    'code sh',
    'sh6',
    'position',
    'sous-position',
    'nomenclature',
  ],
  origin: [
    'origin',
    'country of origin',
    'country',
    'partner',
    'origine',
    "pays d'origine",
    'pays',
    'partenaire',
  ],
  year: ['year', 'annee', 'exercice'],
  value: ['value', 'fob value', 'fob', 'valeur', 'valeur fob'],
  netMass: ['netMass', 'net mass', 'net weight', 'masse nette', 'poids net'],
} as const;
type Column = keyof typeof columns;

/** An amount as typed; with a decimal comma where commas do not part the cells. Not a number where it is neither. */
function amountOf(text: string, delimiter: string): number {
  const plain = text.replace(/[\s\u00a0\u202f]/g, '');
  if (/^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(plain)) return Number(plain);
  // With a comma between cells, 1,234 may as well be a thousand: it is refused.
  return delimiter !== ',' && /^\d+,\d+$/.test(plain) ? Number(plain.replace(',', '.')) : Number.NaN;
}

const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** Reads the file's text. Throws CC_BAD_ARGUMENT with the line of what cannot be used. */
export function readPartnerRows(text: string, file: string): PartnerRow[] {
  let records: string[][];
  const delimiter = delimiterOf(text);
  const refuse = (line: number, problem: string) =>
    new CrosscheckError('CC_BAD_ARGUMENT', { name: 'mirror statistics', problem }, { file, line });
  try {
    // Statistical offices quote their cells.
    records = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      delimiter,
    });
  } catch (thrown) {
    throw refuse((thrown as { lines?: number }).lines ?? 1, (thrown as Error).message);
  }
  const [names = [], ...lines] = records;
  const places = Object.fromEntries(
    Object.entries(columns).map(([name, known]) => [name, columnIn(names, known)]),
  ) as Record<Column, number>;
  const missing = (Object.keys(columns) as Column[]).filter((name) => name !== 'netMass' && places[name] < 0);
  if (missing.length > 0) {
    const accepted = missing.map((name) => `${name}: ${columns[name].join(', ')}`).join('; ');
    throw refuse(1, `the columns ${missing.join(', ')} are missing; accepted are ${accepted}`);
  }
  const lineOf = new Map<string, number>();
  return lines.map((line, i) => {
    const cell = (name: Column): string => line[places[name]] ?? '';
    const value = amountOf(cell('value'), delimiter);
    const mass = cell('netMass') === '' ? undefined : amountOf(cell('netMass'), delimiter);
    if (!/^\d{6}$/.test(cell('hs'))) throw refuse(i + 2, `${cell('hs')} is no HS subheading of six digits`);
    if (!/^\d{4}$/.test(cell('year'))) throw refuse(i + 2, `${cell('year')} is no year`);
    if (!/^[A-Z]{2}$/.test(cell('origin')))
      throw refuse(i + 2, `${cell('origin')} is no country of two letters`);
    if (!isAmount(value) || (mass !== undefined && !isAmount(mass)))
      throw refuse(i + 2, `"${cell('value')}" or "${cell('netMass')}" is no amount, such as 1234.5`);
    const row = { hs: cell('hs'), origin: cell('origin'), year: cell('year'), value, netMass: mass };
    // One would stand in place of the other, and half the exports be gone without a word.
    const before = lineOf.get(keyOf(row));
    if (before !== undefined) throw refuse(i + 2, `${keyOf(row)} is in line ${before} already; add them up`);
    lineOf.set(keyOf(row), i + 2);
    return row;
  });
}

const keyOf = (row: { hs: string; origin: string; year: string }): string =>
  [row.hs, row.origin, row.year].join(' ');

/** Gaps of what both sides or one of them say, greatest first. */
export async function mirrorGaps(
  store: Store,
  partners: readonly PartnerRow[],
  options: { currency: string; cifMargin?: number },
): Promise<MirrorRow[]> {
  const years = [...new Set(partners.map(({ year }) => year))];
  const own = await store.collection(tables.clearance_item.spec).aggregate({
    where: and(
      { column: 'flow', op: 'eq', value: 'import' },
      { column: 'year', op: 'in', value: years },
      { column: 'currency', op: 'eq', value: options.currency },
    )!,
    groupBy: ['hs', 'origin', 'year'],
    measures: { value: { sum: 'value' }, grams: { sum: 'netGrams' }, n: { distinct: 'declaration' } },
  });
  const scale = 10 ** minorDigits(options.currency);
  const imports = new Map(
    own.map(({ key, values }) => [
      keyOf({ hs: String(key.hs), origin: String(key.origin), year: String(key.year) }),
      { value: values.value! / scale, kilograms: values.grams! / 1000, n: values.n! },
    ]),
  );
  const margin = 1 + (options.cifMargin ?? usualCifMargin);
  const gapOf = (theirs: number, ours: number): number | null =>
    theirs === 0 ? null : ((theirs - ours) / theirs) * 100;
  return partners
    .map((partner): MirrorRow => {
      const ours = imports.get(keyOf(partner)) ?? { value: 0, kilograms: 0, n: 0 };
      const exports = partner.value * margin;
      return {
        hs: partner.hs,
        origin: partner.origin,
        year: partner.year,
        currency: options.currency,
        exports,
        imports: ours.value,
        gap: gapOf(exports, ours.value),
        massGap: partner.netMass === undefined ? null : gapOf(partner.netMass, ours.kilograms),
        n: ours.n,
      };
    })
    .sort((a, b) => Math.abs(b.gap ?? 0) - Math.abs(a.gap ?? 0) || (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Partner statistics that were handed in; a later file of the same partner's goods and year stands in place of the former. */
export const partnerStatistics: CollectionSpec = {
  name: 'partner_statistic',
  schema: 1,
  columns: {
    hs: { type: 'text' },
    origin: { type: 'text' },
    year: { type: 'text' },
    currency: { type: 'text' },
    file: { type: 'text' },
  },
  indexes: [['hs', 'year'], ['year']],
};

interface PartnerDocument extends Document, Omit<PartnerRow, 'netMass'> {
  netMass?: number;
  currency: string;
  /** Hash of the file it came from. */
  file: string;
}

export async function keepPartnerRows(
  store: Store,
  rows: readonly PartnerRow[],
  currency: string,
): Promise<{ rows: number; file: string }> {
  const file = contentHash(rows).slice(0, 16);
  await store.collection<PartnerDocument>(partnerStatistics).put(
    rows.map(({ netMass, ...row }) => ({
      id: `${currency} ${keyOf(row)}`,
      ...row,
      ...(netMass === undefined ? {} : { netMass }),
      currency,
      file,
    })),
  );
  return { rows: rows.length, file };
}

async function keptRows(store: Store, years: readonly string[]): Promise<Map<string, PartnerRow[]>> {
  const byCurrency = new Map<string, PartnerRow[]>();
  let cursor: string | undefined;
  do {
    const page = await store.collection<PartnerDocument>(partnerStatistics).find({
      where: { column: 'year', op: 'in', value: years },
      limit: 10_000,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { hs, origin, year, value, netMass, currency } of page.docs) {
      const rows = byCurrency.get(currency) ?? [];
      rows.push({ hs, origin, year, value, netMass });
      byCurrency.set(currency, rows);
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return byCurrency;
}

export const isMirror = ({ figures }: Definition): boolean =>
  figures.some(({ method }) => method === 'mirror');

/**
 * The mirror gap as figures, over the whole years of the period: partner statistics are yearly, so a month has none.
 * Where statistics of several currencies were handed in, their rows are not added and the gap has no value.
 */
export async function withMirror(
  store: Store,
  definition: Definition,
  request: FigureRequest,
  table: FigureTable,
): Promise<FigureTable> {
  const figure = definition.figures.find(({ method }) => method === 'mirror');
  if (figure === undefined) return table;
  const told = tellable(request.where ?? []);
  const years = told === undefined ? [] : wholeYears(request.from, request.to);
  const gaps = new Map<string, { exports: number; imports: number; currencies: Set<string> }>();
  const keyOfRow = (key: FigureRow['key']): string =>
    JSON.stringify(table.by.map((name) => key[name] ?? null));
  for (const [currency, partners] of await keptRows(store, years)) {
    for (const row of await mirrorGaps(store, partners.filter(told!), { currency })) {
      const own: Record<string, string> = { hs: row.hs, origin: row.origin, year: row.year };
      const key = JSON.stringify(table.by.map((name) => own[name] ?? null));
      const sum = gaps.get(key) ?? { exports: 0, imports: 0, currencies: new Set() };
      sum.exports += row.exports;
      sum.imports += row.imports;
      sum.currencies.add(currency);
      gaps.set(key, sum);
    }
  }
  const known = new Set(table.rows.map(({ key }) => keyOfRow(key)));
  // What the partner says he sent and nobody here declared has no row of its own yet.
  const missing = [...gaps.keys()].filter((key) => !known.has(key)).sort();
  const rows = [
    ...table.rows,
    ...missing.map((key): FigureRow => {
      const parts = JSON.parse(key) as (string | null)[];
      return { key: Object.fromEntries(table.by.map((name, i) => [name, parts[i] ?? null])), figures: {} };
    }),
  ];
  return {
    ...table,
    figures: [figure.id, ...table.figures],
    rows: rows.map(({ key, figures }) => {
      const sum = gaps.get(keyOfRow(key));
      const imports = Object.values(figures)[0];
      const mixed = (sum?.currencies.size ?? 0) > 1;
      const gap = {
        value:
          sum === undefined || sum.exports === 0 || mixed
            ? null
            : ((sum.exports - sum.imports) / sum.exports) * 100,
        unit: figure.unit,
        n: sum === undefined ? 0 : (imports?.n ?? 0),
        ...(sum === undefined || mixed
          ? {}
          : { numerator: sum.exports - sum.imports, denominator: sum.exports }),
        // Where partners say nothing nothing is compared, and nothing lies behind it.
        behind: (sum === undefined ? undefined : imports?.behind) ?? {
          table: definition.table,
          where: { or: [] },
        },
        ...(sum === undefined
          ? {
              note:
                told === undefined
                  ? 'partner statistics tell goods, origin and year alone: nothing is compared under this filter'
                  : 'no partner statistics of these goods and whole years',
            }
          : mixed
            ? { note: 'partner statistics in several currencies are not added' }
            : {}),
      };
      return { key, figures: { [figure.id]: gap, ...figures } };
    }),
  };
}

/** What partner statistics know of goods, and filters can ask for. */
const partnerColumns: Record<string, (row: PartnerRow) => string> = {
  hs: ({ hs }) => hs,
  heading: ({ hs }) => hs.slice(0, 4),
  chapter: ({ hs }) => hs.slice(0, 2),
  origin: ({ origin }) => origin,
  year: ({ year }) => year,
};

/** Which partner rows a filter lets through; undefined where it asks for what they do not tell, such as a lane. */
function tellable(where: readonly string[]): ((row: PartnerRow) => boolean) | undefined {
  const asked = new Set<string>();
  const lookup = (column: string) => {
    asked.add(column);
    return { column, type: 'text' } as const;
  };
  // Any day will do: a filter that asks for one asks for what is not told.
  const filter = parseWhere(where, lookup, '1970-01-01');
  if (filter === undefined) return () => true;
  const names = Object.keys(partnerColumns);
  if (![...asked].every((name) => names.includes(name))) return undefined;
  const read = readerOf(names.map((name) => ({ name })));
  return (row) =>
    holds(filter, { id: '', json: '', values: names.map((name) => partnerColumns[name]!(row)) }, read);
}

/** Every year that lies within the period with all its days. */
function wholeYears(from: string | undefined, to: string | undefined): string[] {
  if (from === undefined || to === undefined) return [];
  const first = Number(from.slice(0, 4)) + (from.endsWith('-01-01') ? 0 : 1);
  const last = Number(to.slice(0, 4)) - (to.endsWith('-12-31') ? 0 : 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => String(first + i));
}
