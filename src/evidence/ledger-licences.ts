/** Licences of the administration's list: what is left of them, and what of them does not fit. */
import { settled } from '../facts/computed/amounts.ts';
import type { List } from '../facts/list/book.ts';
import type { FactCall, FactValue } from '../facts/model.ts';
import type { FactSources } from '../facts/sources.ts';
import type { AccountsAt, Booked } from './accounts.ts';
import { type Ledger, licenceList } from './ledger.ts';
import { plain } from './links.ts';

/** In the unit of the licence: as written off, else the mass or the supplementary quantity where the licence counts them. */
const usedOf = (use: Booked['licences'][number], unit: string | undefined): number | undefined =>
  use.quantity ??
  (unit === 'KGM'
    ? use.netMass
    : use.units.find(({ code }) => code !== undefined && code === unit)?.quantity);

interface Licence {
  key: string;
  hit: { values: Readonly<Record<string, unknown>>; from?: string | undefined; to?: string | undefined };
}

/** Licences of an item on the list, whatever day they are valid on. */
function licencesOf(ledger: Ledger, index: number, code: string, list: List): Licence[] {
  return ledger.own.licences.flatMap((use) => {
    if (use.index !== index || !use.code.startsWith(code)) return [];
    const key = `${plain(use.code)}|${plain(use.reference)}`;
    const entry = list.entry(key);
    return entry === undefined ? [] : [{ key, hit: { ...entry, values: entry.values ?? {} } }];
  });
}

/** Of the licence of which least is left. */
export function licence(
  ledger: Ledger,
  index: number,
  call: FactCall,
  sources: FactSources,
  accounts: AccountsAt,
): { left: number; of: number } | undefined {
  const code = String(call.params.code);
  if (!ledger.own.licences.some((use) => use.index === index && use.code.startsWith(code))) return undefined;
  const list = sources.lists?.(ledger.subject.recordedAt)?.get(licenceList);
  if (list === undefined) return undefined;
  let least: { left: number; of: number } | undefined;
  for (const { key, hit } of licencesOf(ledger, index, code, list)) {
    const { quantity, unit } = hit.values;
    if (typeof quantity !== 'number') continue;
    const counted = typeof unit === 'string' ? unit : undefined;
    const usedBy = (uses: Booked['licences'], upTo: number): (number | undefined)[] =>
      uses
        .filter((use) => use.index <= upTo && `${plain(use.code)}|${plain(use.reference)}` === key)
        .map((use) => usedOf(use, counted));
    const mine = usedBy(ledger.own.licences, index);
    if (mine.some((one) => one === undefined)) continue;
    const others = (ledger.licensed.get(key) ?? []).flatMap((version) =>
      usedBy(accounts.of(version)?.licences ?? [], Number.POSITIVE_INFINITY),
    );
    const used = [...mine, ...others].reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const left = settled(quantity - used);
    if (least === undefined || left < least.left) least = { left, of: quantity };
  }
  return least;
}

/** What of a licence does not fit: its days, its holder, its goods. */
export function licenceFaults(
  ledger: Ledger,
  index: number,
  call: FactCall,
  sources: FactSources,
): FactValue {
  const { declaration, sheet, recordedAt } = ledger.subject;
  const list = sources.lists?.(recordedAt)?.get(licenceList);
  const day = sheet.header['declaration.date'];
  if (list === undefined || typeof day !== 'string') return undefined;
  const licences = licencesOf(ledger, index, String(call.params.code), list);
  if (licences.length === 0) return undefined;
  const item = declaration.items[index]!;
  const parties = [
    item.consignee?.id,
    declaration.consignee?.id,
    declaration.consignor?.id,
    declaration.declarant?.id,
  ];
  const faults = new Set<string>();
  for (const { hit } of licences) {
    const { holder, hs } = hit.values;
    if (hit.to !== undefined && day > hit.to) faults.add('expired');
    if (hit.from !== undefined && day < hit.from) faults.add('not valid yet');
    if (typeof holder === 'string' && !parties.includes(holder)) faults.add('holder');
    if (typeof hs === 'string' && item.hs !== undefined && !item.hs.startsWith(hs)) faults.add('hs');
  }
  return [...faults].sort();
}
