/** Rows of facts with parameters, for the tables of the families. */
import type { FactDefinition, FactType, FactValue, ParameterDefinition, Unit } from './model.ts';

export type ParameterRow = readonly [
  name: string,
  type: FactType,
  meaning: string,
  more?: { default?: FactValue; values?: readonly string[]; pattern?: string; optional?: true },
];
type Row = readonly [
  name: string,
  type: FactType,
  unit: Unit,
  en: string,
  fr: string,
  formula: string,
  params: readonly ParameterRow[],
  aboutOfficer?: true,
];

export const called = (
  family: FactDefinition['family'],
  scope: FactDefinition['scope'],
  rows: readonly Row[],
) =>
  rows.map(
    ([name, type, unit, en, fr, source, params, aboutOfficer]): FactDefinition => ({
      name,
      family,
      scope,
      type,
      unit,
      meaning: { en, fr },
      source,
      params: Object.fromEntries(
        params.map(([parameter, type, meaning, more]): [string, ParameterDefinition] => [
          parameter,
          {
            type,
            meaning,
            required: more?.default === undefined && more?.optional !== true,
            ...(more?.default === undefined ? {} : { default: more.default }),
            ...(more?.values === undefined ? {} : { values: more.values }),
            ...(more?.pattern === undefined ? {} : { pattern: more.pattern }),
          },
        ]),
      ),
      ...(aboutOfficer ? { aboutOfficer } : {}),
    }),
  );
