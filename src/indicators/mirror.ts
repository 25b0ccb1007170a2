/**
 * Mirror statistics (I33): what partners say they exported to us against what we say we imported, by HS subheading,
 * origin and year, from a CSV file with the columns hs, origin, year, value (FOB, major units of `currency`) and netMass
 * (kg, may be empty). A value gap without a mass gap speaks of undervaluation, opposite gaps in neighbouring codes of
 * misclassification; neither is proof (customs-practice.md 5.17).
 */

import { minorDigits } from '../declaration/money.ts';
import { CrosscheckError } from '../errors.ts';
import { tables } from '../projections/fold.ts';
import type { Store } from '../store/port.ts';
import { and } from './where.ts';

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

const columns = ['hs', 'origin', 'year', 'value', 'netMass'] as const;

/** Reads the file's text. Throws CC_BAD_ARGUMENT with the line of what cannot be used. */
export function readPartnerRows(text: string, file: string): PartnerRow[] {
  const [head, ...lines] = text.trim().split(/\r?\n/);
  const names = (head ?? '').split(',').map((name) => name.trim());
  const missing = columns.slice(0, 4).filter((name) => !names.includes(name));
  const refuse = (line: number, problem: string) =>
    new CrosscheckError('CC_BAD_ARGUMENT', { name: 'mirror statistics', problem }, { file, line });
  if (missing.length > 0) throw refuse(1, `the columns ${missing.join(', ')} are missing`);
  return lines.map((line, i) => {
    const cells = line.split(',').map((cell) => cell.trim());
    const cell = (name: (typeof columns)[number]): string => cells[names.indexOf(name)] ?? '';
    const value = Number(cell('value') || Number.NaN);
    const mass = cell('netMass') === '' ? undefined : Number(cell('netMass'));
    if (!/^\d{6}$/.test(cell('hs'))) throw refuse(i + 2, `${cell('hs')} is no HS subheading of six digits`);
    if (!/^\d{4}$/.test(cell('year'))) throw refuse(i + 2, `${cell('year')} is no year`);
    if (!(value >= 0) || (mass !== undefined && !(mass >= 0)))
      throw refuse(i + 2, 'value or net mass is no amount');
    return { hs: cell('hs'), origin: cell('origin'), year: cell('year'), value, netMass: mass };
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
