/**
 * Columns of small tables that administrations type themselves, in English or French: case, accents, spaces and signs do
 * not count. Pure.
 */

export const plainName = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** Where the column stands in the header, by any of its names; -1 where it is not there. */
export function columnIn(header: readonly string[], names: readonly string[]): number {
  const known = new Set(names.map(plainName));
  return header.findIndex((name) => known.has(plainName(name)));
}

/** What parts the cells, told from the header line: a spreadsheet in French writes semicolons. */
export function delimiterOf(text: string): ',' | ';' | '\t' {
  const header = text.split(/\r?\n/).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  const count = (sign: string) => header.split(sign).length;
  return ([',', ';', '\t'] as const).reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
