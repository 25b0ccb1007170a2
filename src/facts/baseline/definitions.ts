/** Facts on baselines: an item measured against what such goods usually are. A departure is a risk, never an error. */
import { called, type ParameterRow } from '../called.ts';
import type { FactDefinition } from '../model.ts';

/** Measures of an item for which baselines are kept: all are facts or follow from them. */
export const measures = [
  'unitValue',
  'valuePerKg',
  'valuePerGrossKg',
  'taxToValue',
  'netToGross',
  'kgPerUnit',
  'freightToInvoice',
  'insuranceToInvoice',
] as const;
export type Measure = (typeof measures)[number];

export const statistics = ['median', 'spread', 'count', 'minimum', 'maximum', 'p05', 'p95'] as const;

const measure: ParameterRow = ['measure', 'text', 'what is compared', { values: measures }];

export const baselineFacts: readonly FactDefinition[] = called('baseline', 'item', [
  [
    'item.baseline.z',
    'number',
    'score',
    'robust distance from the centre of comparable goods, in spreads; of logarithms, so that half and double count alike',
    'distance robuste au centre des marchandises comparables, en dispersions ; sur logarithmes',
    '(ln value - median of ln) / (1.4826 x median absolute deviation of ln)',
    [measure],
  ],
  [
    'item.baseline.ratio',
    'number',
    'ratio',
    'value over the median of comparable goods',
    'valeur rapportée à la médiane des marchandises comparables',
    'value / median',
    [measure],
  ],
  [
    'item.baseline.value',
    'number',
    'ratio',
    'a statistic of comparable goods',
    'une statistique des marchandises comparables',
    'of the 2,000 newest items of the group in the last version of the baselines before the check; kept in the check as evidence',
    [measure, ['statistic', 'text', 'which one', { values: statistics }]],
  ],
  [
    'item.baseline.group',
    'text',
    'none',
    'the group of comparable goods that was used, and the version of the baselines',
    'le groupe de marchandises comparables utilisé, et la version des références',
    'HS6 and origin where there are 30 at least, else HS6, else HS4; missing with fewer than 30',
    [measure],
  ],
]);
