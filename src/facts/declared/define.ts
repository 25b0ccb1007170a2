/** How the tables of declared facts are written: one row a fact, with the place in the declaration where it lies. */
import type { FactDefinition, FactType, Unit } from '../model.ts';

/**
 * name · type · unit · path · meaning en · meaning fr · source. The path is by members of the canonical declaration (of
 * the item, in tables of items), dots between them; a number is a position in a list, `*` every entry of it.
 */
export type DeclaredRow = readonly [
  name: string,
  type: FactType,
  unit: Unit,
  path: string,
  en: string,
  fr: string,
  source: string,
];

export const declared = (
  scope: FactDefinition['scope'],
  rows: readonly DeclaredRow[],
): readonly FactDefinition[] =>
  rows.map(([name, type, unit, path, en, fr, source]) => ({
    name,
    family: 'declared',
    scope,
    type,
    unit,
    path,
    meaning: { en, fr },
    source,
  }));
