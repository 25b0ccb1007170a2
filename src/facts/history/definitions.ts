/**
 * Facts on history: what was known, at the time of the check, of those who stand in this declaration and of its goods.
 * Only confirmed, final outcomes count, per control; what was annulled is gone from that date on.
 */
import { called, type ParameterRow } from '../called.ts';
import type { FactDefinition } from '../model.ts';

/** Whose history: one column or several together. Items add the goods. */
export const headerKeys = [
  'declarant',
  'consignee',
  'consignor',
  'office',
  'declarant+consignee',
  'consignee+consignor',
  'consignee+office',
] as const;
export const itemKeys = [
  'hs6',
  'origin',
  'hs6+origin',
  'consignee+hs6',
  'consignee+hs6+origin',
  'consignee+consignor+hs6+origin',
  'consignor+hs6',
  'declarant+hs6',
] as const;
/** What one officer did: the one who examined this declaration. Never in a rule that selects. */
export const officerKeys = ['examiner', 'examiner+declarant'] as const;

const whose = (values: readonly string[]): ParameterRow => [
  'of',
  'text',
  'whose history: the values that this declaration has in these',
  { values },
];
const days: ParameterRow = [
  'days',
  'number',
  'length of the window before the declaration, in days',
  { default: 365 },
];
const offset: ParameterRow = [
  'offset',
  'number',
  'days by which the window ends before the declaration: the previous window for a comparison',
  { default: 0 },
];
const sample: ParameterRow = [
  'sample',
  'text',
  'all controls, those of the random draw, or the others',
  { default: 'all', values: ['all', 'random', 'selected'] },
];
const control: ParameterRow = [
  'control',
  'text',
  'of which control',
  { default: 'any', values: ['any', 'documents', 'scan', 'physical', 'post-clearance'] },
];

const rows = (
  scope: 'declaration' | 'item',
  prefix: string,
  keys: readonly string[],
  aboutOfficer?: true,
): readonly FactDefinition[] => {
  const of = whose(keys);
  const base = called('history', scope, [
    [
      `${prefix}.count`,
      'number',
      'count',
      'earlier declarations',
      'déclarations antérieures',
      'declarations recorded before the check, dated in the window; this one left out',
      [of, days, offset],
      aboutOfficer,
    ],
    [
      `${prefix}.value`,
      'number',
      'money',
      'customs value of earlier declarations',
      'valeur en douane des déclarations antérieures',
      'sum over the window, national currency',
      [of, days, offset],
      aboutOfficer,
    ],
    [
      `${prefix}.controls`,
      'number',
      'count',
      'controls with a final result',
      'contrôles à résultat définitif',
      'final outcomes recorded before the check, dated in the window',
      [of, days, offset, sample, control],
      aboutOfficer,
    ],
    [
      `${prefix}.offenceRate`,
      'number',
      'fraction',
      'share of controls with a final result that found something',
      'part des contrôles à résultat définitif ayant trouvé quelque chose',
      'final outcomes other than conform over all final ones; missing where there was no control',
      [of, days, offset, sample, control],
      aboutOfficer,
    ],
  ]);
  if (aboutOfficer) return base;
  return [
    ...base,
    ...called('history', scope, [
      [
        `${prefix}.events`,
        'number',
        'count',
        'earlier declarations with such an event',
        'déclarations antérieures ayant connu un tel événement',
        'declarations of the window that were amended, cancelled or found in offence by the time of the check',
        [of, days, offset, ['kind', 'text', 'which event', { values: ['AMEND', 'CANCEL', 'OFFENCE'] }]],
      ],
      [
        `${prefix}.firstSeen`,
        'number',
        'days',
        'days since the first declaration',
        'jours depuis la première déclaration',
        'date of this declaration less that of the earliest; missing where there is none',
        [of],
      ],
      [
        `${prefix}.lastSeen`,
        'number',
        'days',
        'days since the last declaration',
        'jours depuis la dernière déclaration',
        'date of this declaration less that of the latest before it; missing where there is none',
        [of],
      ],
      [
        `${prefix}.distinct`,
        'number',
        'count',
        'different values of a member over earlier declarations',
        "valeurs différentes d'un membre sur les déclarations antérieures",
        'distinct values in the window',
        [
          of,
          days,
          offset,
          [
            'member',
            'text',
            'which member',
            { values: ['declarant', 'consignee', 'consignor', 'office', 'hs6', 'origin', 'netMass'] },
          ],
        ],
      ],
      [
        `${prefix}.procedureShare`,
        'number',
        'fraction',
        'share of customs value under a general procedure',
        'part de la valeur en douane sous un régime général',
        'value of the window under it over all value of the window; missing where that is 0',
        [of, days, offset, ['procedure', 'text', 'first digit of the procedure']],
      ],
      [
        `${prefix}.exemptShare`,
        'number',
        'fraction',
        'share of customs value on which no duty or tax was payable',
        'part de la valeur en douane sans droit ni taxe exigible',
        'value of items at home use with no payable tax over all value at home use; missing where that is 0',
        [of, days, offset],
      ],
      [
        `${prefix}.unitValue`,
        'number',
        'ratio',
        'customs value of a kilogram over earlier declarations',
        'valeur en douane du kilogramme sur les déclarations antérieures',
        'value over net mass of the window; missing where mass is 0',
        [of, days, offset],
      ],
    ]),
  ];
};

export const historyFacts: readonly FactDefinition[] = [
  ...rows('declaration', 'history', headerKeys),
  ...rows('item', 'item.history', itemKeys),
  ...rows('declaration', 'history.officer', officerKeys, true),
];
