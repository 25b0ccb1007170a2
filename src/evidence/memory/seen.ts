/** When people and goods were first and last seen in what is no longer in memory: two days for each of what may be asked. */
import type { Collections } from '../../check/collections.ts';
import type { Item } from '../../declaration/declaration.ts';
import { headerKeys, itemKeys } from '../../facts/history/definitions.ts';
import type { Names } from './names.ts';
import type { Party } from './trace.ts';

/** Days since 1970. */
export interface Seen {
  first: number;
  last: number;
}

const header = headerKeys.map((key) => key.split('+') as Party[]);
const goods = itemKeys.map((key) => key.split('+') as Party[]);

export function openSeen(names: Names) {
  const days = new Map<string, Seen>();
  const keyOf = (columns: readonly Party[], values: readonly number[]) =>
    `${columns.join('+')}|${values.join(',')}`;

  function add(columns: readonly Party[], texts: readonly (string | null | undefined)[], day: number): void {
    if (texts.some((text) => text === null || text === undefined)) return;
    const key = keyOf(columns, texts.map(names.of));
    const known = days.get(key);
    if (known === undefined) days.set(key, { first: day, last: day });
    else {
      known.first = Math.min(known.first, day);
      known.last = Math.max(known.last, day);
    }
  }

  return {
    take(doc: Collections['declaration'], day: number): void {
      const of = (party: Party, item?: Item): string | null | undefined => {
        if (party === 'hs6')
          return item?.hs === undefined || item.hs.length < 6 ? undefined : item.hs.slice(0, 6);
        if (party === 'origin') return item?.origin;
        if (party === 'examiner') return undefined;
        const own =
          party === 'consignee'
            ? item?.consignee?.id
            : party === 'consignor'
              ? item?.consignor?.id
              : undefined;
        return own ?? doc[party];
      };
      for (const columns of header)
        add(
          columns,
          columns.map((party) => of(party)),
          day,
        );
      for (const item of doc.declaration.items)
        for (const columns of goods)
          add(
            columns,
            columns.map((party) => of(party, item)),
            day,
          );
    },
    of: (columns: readonly Party[], values: readonly number[]): Seen | undefined =>
      days.get(keyOf(columns, values)),
  };
}
