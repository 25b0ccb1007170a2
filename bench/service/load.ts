/** What is sent: a realistic declaration of five items, each time under a registration of its own. */

import { readFileSync } from 'node:fs';
import { fromRoot } from '../../src/ground/paths.ts';

const example = JSON.parse(readFileSync(fromRoot('docs', 'example-declaration.json'), 'utf8')) as {
  registration: { number: string };
  totals: Record<string, number>;
  items: Record<string, unknown>[];
};

const item = (number: number) => ({
  ...example.items[0],
  number,
  netMass: 200,
  grossMass: 210,
  packages: [{ count: 4, kind: 'CT', marks: `${number}` }],
  price: { amount: 160_000, currency: 'XTS' },
  cif: { amount: 180_000, currency: 'XTS' },
  taxes: [
    {
      code: 'DUT',
      base: 180_000,
      rate: 0.1,
      rateKind: 'fraction',
      amount: { amount: 18_000, currency: 'XTS' },
      payable: true,
    },
    {
      code: 'VAT',
      base: 198_000,
      rate: 0.15,
      rateKind: 'fraction',
      amount: { amount: 29_700, currency: 'XTS' },
      payable: true,
    },
  ],
  documents: [{ code: 'N380', reference: `INV-@NUMBER@-${number}`, date: '2026-03-20' }],
});

const template = JSON.stringify({
  ...example,
  registration: { ...example.registration, number: '@NUMBER@' },
  // A few hundred traders, as many as a busy office sees in a day.
  declarant: { id: 'B@BROKER@' },
  consignee: { id: 'M@TRADER@', name: 'Importer @TRADER@' },
  valuation: {
    ...(example as unknown as { valuation: object }).valuation,
    cif: { amount: 900_000, currency: 'XTS' },
  },
  totals: { items: 5, packages: 20, grossMass: 1_050 },
  items: [1, 2, 3, 4, 5].map(item),
});

let next = 0;

/** A body that no request had before. */
export function freshBody(): string {
  next += 1;
  return template
    .replaceAll('@NUMBER@', String(next))
    .replaceAll('@TRADER@', String(next % 500))
    .replaceAll('@BROKER@', String(next % 60));
}

export const bodyBytes = template.length;
