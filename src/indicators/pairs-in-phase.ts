/**
 * A pair table as a reader may see it in each office's phase (DESIGN decision 14): by name where every office in which the
 * pair met has been prescriptive since the table's first day; else under second surrogates, and only where at least five
 * officers stand in each of these offices, since one of two would be known by the roster. Pure.
 */
import type { FlaggedPair, PairTable } from './pairs.ts';
import { fewestOfficers, secondSurrogate, type Viewpoint } from './phase.ts';

/** @param period what second surrogates are of, such as the month of an edition */
export function pairsInPhase(table: PairTable, period: string, { phaseOf, key }: Viewpoint): PairTable {
  const officersOf = new Map<string, Set<string>>();
  for (const { officer, offices } of table.pairs)
    for (const office of offices) officersOf.set(office, (officersOf.get(office) ?? new Set()).add(officer));
  const isOpen = ({ offices }: FlaggedPair): boolean =>
    offices.length > 0 && offices.every((office) => phaseOf(office, table.from) === 'prescriptive');
  const isAmongEnough = ({ offices }: FlaggedPair): boolean =>
    offices.length > 0 && offices.every((office) => (officersOf.get(office)?.size ?? 0) >= fewestOfficers);
  return {
    ...table,
    pairs: table.pairs
      .filter((pair) => isOpen(pair) || isAmongEnough(pair))
      .map((pair) =>
        isOpen(pair)
          ? pair
          : { ...pair, officer: secondSurrogate(key, pair.offices.join(','), period, pair.officer) },
      ),
  };
}
