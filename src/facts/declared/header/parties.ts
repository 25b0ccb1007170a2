/** Declared facts on who stands in the declaration. */
import type { DeclaredRow } from '../define.ts';

/** Four facts of one party. */
export const party = (name: string, path: string, en: string, fr: string, source: string): DeclaredRow[] => [
  [`${name}.id`, 'text', 'none', `${path}.id`, `identification of the ${en}`, `identifiant ${fr}`, source],
  [`${name}.name`, 'text', 'none', `${path}.name`, `name of the ${en}`, `nom ${fr}`, source],
  [`${name}.address`, 'text', 'none', `${path}.address`, `address of the ${en}`, `adresse ${fr}`, source],
  [
    `${name}.country`,
    'text',
    'none',
    `${path}.country`,
    `country of the address of the ${en}`,
    `pays de l'adresse ${fr}`,
    source,
  ],
];

export const partyRows: readonly DeclaredRow[] = [
  ...party('declarant', 'declarant', 'declarant', 'du déclarant', 'SAD box 14; WCO Declarant'),
  [
    'declarant.representative',
    'text',
    'none',
    'declarant.representative',
    'who signed for the declarant',
    'signataire pour le déclarant',
    'SAD Declarant/Declarant_representative',
  ],
  ...party(
    'consignee',
    'consignee',
    'consignee or importer',
    'du destinataire ou importateur',
    'SAD box 8; WCO Importer, Consignee',
  ),
  ...party(
    'consignor',
    'consignor',
    'consignor or exporter',
    "de l'expéditeur ou exportateur",
    'SAD box 2; WCO Exporter, Consignor',
  ),
  ...party(
    'financial',
    'financial',
    'party responsible for payment',
    'du responsable financier',
    'SAD box 9',
  ),
];
