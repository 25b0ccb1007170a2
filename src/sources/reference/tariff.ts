/**
 * The national tariff as dated records: lines, rates by agreement, measures, official exchange rates, redenominations.
 * A rate or measure names a code by its first digits; the longest that fits a line goes before shorter ones.
 */
import Type from 'typebox';
import { code, kindOf, maybe, texts } from './kind.ts';

const hs = Type.String({ pattern: '^\\d{2,12}$', description: 'first digits of the national code' });

export const tariffLine = kindOf('tariff-line', 'Line of the national tariff', ['hs'], {
  hs: Type.String({ pattern: '^\\d{8,12}$', description: 'national code, 8 to 12 digits' }),
  description: Type.Optional(Type.String({ maxLength: 4000 })),
  units: texts('supplementary units that must be declared'),
  precisions: texts('national precisions or additional codes that the line knows'),
});

export const tariffRate = kindOf(
  'tariff-rate',
  'Rate of a duty or tax',
  ['hs', 'tax', 'preference', 'origin', 'procedure'],
  {
    hs,
    tax: code('code of the duty or tax'),
    rate: Type.Optional(Type.Number({ minimum: 0, description: 'ad valorem, fraction of one' })),
    specific: Type.Optional(Type.Number({ minimum: 0, description: 'national major units for one unit' })),
    unit: maybe('KGM, or the code of a supplementary unit'),
    combine: Type.Optional(
      Type.Enum(['sum', 'greater', 'lesser'], {
        description: 'of ad valorem and specific, where both are given',
      }),
    ),
    preference: maybe('preference code of the agreement; the general rate where absent'),
    origin: maybe('country of origin, or a group of the country profile; any where absent'),
    procedure: maybe('first digits of the procedure; any where absent'),
    suspended: Type.Optional(Type.Boolean({ description: 'not payable under this procedure' })),
  },
);

export const tariffMeasure = kindOf(
  'tariff-measure',
  'Measure: document or agency that goods need',
  ['hs', 'measure'],
  {
    hs,
    measure: code('code of the measure'),
    area: maybe('cites, waste, ozone, precursor, dual-use, arms, medicine, food, plant, animal, other'),
    documents: texts('codes of documents, any of which will do'),
    agency: maybe('agency'),
    flow: maybe('import, export, transit; any where absent'),
    origins: texts('countries of origin; any where absent'),
    procedures: texts('first digits of procedures; any where absent'),
  },
);

export const exchangeRate = kindOf('exchange-rate', 'Official exchange rate', ['currency'], {
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  rate: Type.Number({ exclusiveMinimum: 0, description: 'national major units' }),
  per: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: 'for so many units of the currency; 1 where absent' }),
  ),
});

/** From the day on, `factor` units of the old currency are one of the new. */
export const redenomination = kindOf('redenomination', 'Redenomination of a currency', ['old'], {
  old: Type.String({ pattern: '^[A-Z]{3}$' }),
  new: Type.String({ pattern: '^[A-Z]{3}$' }),
  factor: Type.Number({ exclusiveMinimum: 0 }),
});
