/** Declared facts of the valuation note: every part in national currency, with its foreign amount, currency and rate. */
import { type DeclaredRow, declared } from './define.ts';

const parts: readonly [name: string, en: string, fr: string, sad: string][] = [
  ['invoice', 'invoice value', 'valeur facturée', 'Gs_Invoice'],
  [
    'externalFreight',
    'freight up to the place of importation',
    "fret jusqu'au lieu d'importation",
    'Gs_external_freight',
  ],
  ['internalFreight', 'freight after importation', "fret après l'importation", 'Gs_internal_freight'],
  ['insurance', 'insurance', 'assurance', 'Gs_insurance'],
  ['otherCosts', 'other costs to be added', 'autres frais à ajouter', 'Gs_other_cost'],
  ['deductions', 'deductions', 'déductions', 'Gs_deduction'],
];

const chargeRows = ([name, en, fr, sad]: (typeof parts)[number]): DeclaredRow[] => [
  [
    `valuation.${name}`,
    'number',
    'money',
    `valuation.${name}.national`,
    `${en}, national currency`,
    `${fr}, en monnaie nationale`,
    `SAD Valuation/${sad}/Amount_national_currency`,
  ],
  [
    `valuation.${name}Foreign`,
    'number',
    'foreign money',
    `valuation.${name}.foreign`,
    `${en}, in its own currency`,
    `${fr}, dans sa monnaie`,
    `SAD Valuation/${sad}/Amount_foreign_currency`,
  ],
  [
    `valuation.${name}Currency`,
    'text',
    'none',
    `valuation.${name}.foreign.currency`,
    `currency of the ${en}`,
    `monnaie : ${fr}`,
    `SAD Valuation/${sad}/Currency_code`,
  ],
  [
    `valuation.${name}Rate`,
    'number',
    'ratio',
    `valuation.${name}.rate`,
    `national units for one unit of the currency of the ${en}`,
    `taux de change : ${fr}`,
    `SAD Valuation/${sad}/Currency_rate`,
  ],
];

export const valuationFacts = declared('declaration', [
  ...parts.flatMap(chargeRows),
  [
    'valuation.cif',
    'number',
    'money',
    'valuation.cif',
    'customs value (CIF) of the declaration',
    'valeur en douane (CAF) de la déclaration',
    'SAD Valuation/Total_CIF',
  ],
  [
    'valuation.fob',
    'number',
    'money',
    'valuation.fob',
    'FOB value of the declaration',
    'valeur FAB de la déclaration',
    'JSON, CSV',
  ],
  [
    'valuation.totalCosts',
    'number',
    'money',
    'valuation.totalCosts',
    'costs added to the invoice, as totalled by the declarant',
    'frais ajoutés à la facture, selon le total déclaré',
    'SAD Valuation/Total_cost',
  ],
]);

export const itemValuationFacts = declared(
  'item',
  parts.map(
    ([name, en, fr, sad]): DeclaredRow => [
      `item.${name}`,
      'number',
      'money',
      `valuation.${name}.national`,
      `${en} of the item, national currency`,
      `${fr} de l'article, en monnaie nationale`,
      `SAD Valuation_item/${sad.replace('Gs_', 'item_')}/Amount_national_currency`,
    ],
  ),
);
