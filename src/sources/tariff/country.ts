/** The tariff and rates that come with a country profile: profiles/tariff/ID, plain reference files. */
import { existsSync } from 'node:fs';
import { countryProfile } from '../../declaration/country-profile.ts';
import { fromRoot } from '../../ground/paths.ts';
import { openExtract } from '../extract.ts';
import { openBook, type ReferenceBook } from '../reference/book.ts';
import { type ReferenceInput, referenceDocument } from '../reference/store.ts';
import { openRates, openTariff, type RateBook, type TariffBook } from './book.ts';
import { type CompiledTaxes, compileTaxes } from './formulas.ts';

export interface NationalTariff {
  tariff: TariffBook;
  rates: RateBook;
  taxes: CompiledTaxes;
}

export const tariffFolder = (country: string): string => fromRoot('profiles', 'tariff', country);

/** Over any book, the store's or the shipped one. Throws CC_NOT_FOUND for a country without a profile. */
export function nationalTariff(country: string, book: ReferenceBook): NationalTariff {
  const profile = countryProfile(country);
  return {
    tariff: openTariff(book, profile.groups ?? {}),
    rates: openRates(book, profile.currency),
    taxes: compileTaxes(profile),
  };
}

/** The shipped records of a country; an empty book where there are none. */
export async function shippedTariff(country: string): Promise<ReferenceBook> {
  const folder = tariffFolder(country);
  if (!existsSync(folder)) return openBook([]);
  const inputs: ReferenceInput[] = [];
  const { records } = openExtract(folder, {
    mapping: 'reference',
    references: async (batch) => {
      inputs.push(...batch);
    },
  });
  for await (const record of records) if (record.kind === 'refused') throw record.error;
  return openBook(inputs.map((input) => referenceDocument(input, '1900-01-01T00:00:00.000Z')));
}
