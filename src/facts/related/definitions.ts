/** Facts on other declarations that touch this one: the same invoice, bill, container, certificate, licence or entry. */
import { called, type ParameterRow } from '../called.ts';
import type { FactDefinition } from '../model.ts';

/** What two declarations may share. */
export const links = {
  localReference: 'declarant and local reference',
  invoice: 'number of a commercial invoice and the consignor, of goods that come out of no earlier procedure',
  bill: 'bill of lading',
  container: 'a container',
  goods: 'bill of lading, commodity code and quantity of an item',
  document: 'code and number of a document of an item',
  previous: 'a previous declaration or document',
  address: 'address of the consignee',
} as const;
export type Link = keyof typeof links;

/** In what the other must differ to count. */
export const differences = ['none', 'value', 'consignee', 'declarant', 'office'] as const;
export type Difference = (typeof differences)[number];

const params: readonly ParameterRow[] = [
  [
    'by',
    'text',
    `what they share: ${Object.entries(links)
      .map(([name, meaning]) => `${name} - ${meaning}`)
      .join('; ')}`,
    { values: Object.keys(links) },
  ],
  ['days', 'number', 'how far back, and ahead where already known, in days', { default: 365 }],
  [
    'differs',
    'text',
    'only those that differ in it; value: by more than 1 %',
    { default: 'none', values: differences },
  ],
  [
    'code',
    'text',
    'by document: only documents whose code begins so; N954 and the like with and without the N',
    { optional: true },
  ],
];

export const relatedFacts: readonly FactDefinition[] = called('related', 'declaration', [
  [
    'related.count',
    'number',
    'count',
    'other declarations that share it, cancelled ones left out',
    'autres déclarations qui le partagent, annulées exclues',
    'declarations recorded before the check; 0 where none; missing where this one has nothing to share',
    params,
  ],
  [
    'related.references',
    'list<text>',
    'none',
    'references of those declarations, at most ten',
    'références de ces déclarations, dix au plus',
    'as related.count',
    params,
  ],
  [
    'related.hours',
    'number',
    'hours',
    'hours since the latest of those declarations',
    'heures depuis la dernière de ces déclarations',
    'time of this declaration less that of the latest before it; missing where none',
    params,
  ],
]);
