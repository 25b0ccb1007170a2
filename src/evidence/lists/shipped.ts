/**
 * Where lists come from: the code lists that are shipped (profiles/lists, and countries and currencies from the packages
 * that keep ISO 3166 and ISO 4217), and lists that an administration puts beside them as YAML or JSON. A list of the
 * administration replaces a shipped one of the same id.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { codes as currencyCodes } from 'currency-codes';
import isoCountries from 'i18n-iso-countries';
import { parse } from 'yaml';
import { userAssignedCountries } from '../../declaration/codes.ts';
import { validator } from '../../declaration/validate.ts';
import { type List, type ListBook, listOf } from '../../facts/list/book.ts';
import { ListFile } from '../../facts/list/model.ts';
import { contentHash } from '../../ground/canonical.ts';
import { fromRoot } from '../../ground/paths.ts';

/** One list from the text of a YAML or JSON file. Throws CC_PROFILE_INVALID with file and place. */
export const parseList = (text: string, file: string): ListFile =>
  validator(ListFile, 'CC_PROFILE_INVALID', { file })(parse(text)) as ListFile;

/** Every list file of a folder. */
export const readLists = (folder: string): ListFile[] =>
  readdirSync(folder)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((file) => parseList(readFileSync(`${folder}/${file}`, 'utf8'), file));

/** With the codes left to users, so that no lawful code is called unknown. */
const countries = (): ListFile => ({
  id: 'countries',
  title: { en: 'Countries and territories', fr: 'Pays et territoires' },
  kind: 'codes',
  match: 'exact',
  owner: 'project',
  origin: 'ISO 3166-1 alpha-2 as i18n-iso-countries keeps it, the codes left to users, and EU',
  complete: true,
  entries: [...new Set([...Object.keys(isoCountries.getAlpha2Codes()), 'EU', ...userAssignedCountries])]
    .sort()
    .map((key) => ({ key })),
});

const currencies = (): ListFile => ({
  id: 'currencies',
  title: { en: 'Currencies', fr: 'Monnaies' },
  kind: 'codes',
  match: 'exact',
  owner: 'project',
  origin: 'ISO 4217 as currency-codes keeps it',
  complete: true,
  entries: currencyCodes()
    .sort()
    .map((key) => ({ key })),
});

/** The lists in force: later ones replace earlier ones of the same id. */
export function listBook(files: readonly ListFile[]): ListBook {
  const byId = new Map(files.map((file) => [file.id, file]));
  const ready = new Map<string, List>();
  for (const [id, file] of byId) ready.set(id, listOf(file));
  return { version: contentHash([...byId.values()]), get: (id) => ready.get(id) };
}

export const shippedLists = (): ListFile[] => [
  countries(),
  currencies(),
  ...readLists(fromRoot('profiles', 'lists')),
];
