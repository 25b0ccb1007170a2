/** How the tables of computed facts are written: one row a fact, with its formula. */
import type { FactDefinition, FactType, Unit } from '../model.ts';

export type ComputedRow = readonly [
  name: string,
  type: FactType,
  unit: Unit,
  en: string,
  fr: string,
  formula: string,
];

export const computed = (
  scope: FactDefinition['scope'],
  rows: readonly ComputedRow[],
): readonly FactDefinition[] =>
  rows.map(([name, type, unit, en, fr, source]) => ({
    name,
    family: 'computed',
    scope,
    type,
    unit,
    meaning: { en, fr },
    source,
  }));
