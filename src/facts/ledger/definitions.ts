/** Facts on accounts: what remains of a suspense entry, a guarantee, a licence, a bill of lading after what was taken. */
import { called, type ParameterRow } from '../called.ts';
import type { FactDefinition } from '../model.ts';

const measure: ParameterRow = [
  'measure',
  'text',
  'in which measure',
  { values: ['packages', 'netMass', 'quantity', 'value'] },
];
const cargo: ParameterRow = ['measure', 'text', 'in which measure', { values: ['packages', 'grossMass'] }];

export const ledgerFacts: readonly FactDefinition[] = [
  ...called('ledger', 'item', [
    [
      'item.ledger.remaining',
      'number',
      'none',
      'what remains of the previous entry after all that discharged it, this item included; below zero where more was taken',
      "ce qui reste de l'entrée précédente après apurements, cet article compris ; négatif si l'on a pris plus",
      'entered less discharged by items recorded before the check; missing where the entry is not known',
      [measure],
    ],
    [
      'item.ledger.text',
      'text',
      'none',
      'what the previous entry said',
      "ce que disait l'entrée précédente",
      'member of the item entered; missing where the entry is not known',
      [
        [
          'member',
          'text',
          'which member',
          { values: ['hs', 'origin', 'consignee', 'precision', 'procedure'] },
        ],
      ],
    ],
    [
      'item.ledger.valuePerKg',
      'number',
      'ratio',
      'customs value of a kilogram at entry',
      "valeur en douane du kilogramme à l'entrée",
      'of the item entered; missing where the entry is not known',
      [],
    ],
    [
      'item.ledger.licence',
      'number',
      'count',
      'what remains of a licence after all declarations, this one included',
      "ce qui reste d'une licence après toutes les déclarations, celle-ci comprise",
      'quantity of the list `licences` less quantities written off; missing where the licence is not on it',
      [['code', 'text', 'documents whose code begins so']],
    ],
  ]),
  ...called('ledger', 'declaration', [
    [
      'ledger.open',
      'number',
      'fraction',
      'share of the goods of this suspense entry that is not discharged yet',
      'part des marchandises de cette entrée en suspension non encore apurée',
      'largest over its items of remaining over entered net mass; missing where the entry has no items with mass',
      [],
    ],
    [
      'ledger.age',
      'number',
      'days',
      'days since the entry, up to the check',
      "jours depuis l'entrée, jusqu'au contrôle",
      'day of the check less day of the declaration',
      [],
    ],
    [
      'ledger.guarantee',
      'number',
      'money',
      'balance of the guarantee after all declarations that it secures, this one included',
      'solde de la garantie après toutes les déclarations garanties, celle-ci comprise',
      'amount of the reference record of the guarantee less taxes secured and not discharged; missing where it is not known',
      [],
    ],
    [
      'cargo.number',
      'number',
      'none',
      'a figure of the bill of lading in the manifest',
      'un chiffre du connaissement au manifeste',
      'packages or gross mass of the bill; missing where no manifest holds it',
      [cargo],
    ],
    [
      'cargo.remaining',
      'number',
      'none',
      'what remains of the bill after all declarations, this one included; below zero where more was taken',
      'ce qui reste du connaissement après toutes les déclarations, celle-ci comprise ; négatif si l’on a pris plus',
      'bill less declarations recorded before the check that name it',
      [cargo],
    ],
    [
      'cargo.text',
      'text',
      'none',
      'what the bill says',
      'ce que dit le connaissement',
      'member of the bill; missing where no manifest holds it',
      [
        [
          'member',
          'text',
          'which member',
          { values: ['consignee', 'location', 'status', 'loadingPlace', 'description'] },
        ],
      ],
    ],
    [
      'cargo.known',
      'boolean',
      'none',
      'the bill is in a manifest of the office',
      'le connaissement figure à un manifeste du bureau',
      'false only where the manifests of the office are complete up to the declaration',
      [],
    ],
    [
      'cargo.amendedAfterArrival',
      'list<text>',
      'none',
      'members of the bill that were changed after the goods arrived',
      "membres du connaissement modifiés après l'arrivée des marchandises",
      'versions of the bill in order of record',
      [],
    ],
    [
      'cargo.manifestGap',
      'number',
      'none',
      'difference between the summary of the manifest and its bills',
      'écart entre le récapitulatif du manifeste et ses connaissements',
      'largest of the differences in bills, packages and gross mass',
      [],
    ],
  ]),
];
