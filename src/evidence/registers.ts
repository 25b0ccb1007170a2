/** Lists that follow from reference records: registers of traders, brokers and programmes, with their days. */
import type { ListEntry, ListFile } from '../facts/list/model.ts';
import type { ReferenceBook, ReferenceRecord } from '../sources/reference/book.ts';

type Kind = 'trader' | 'broker' | 'programme';

const entry = (key: string, record: { from: string; to?: string; name?: string }): ListEntry => ({
  key,
  from: record.from.slice(0, 10),
  ...(record.to === undefined ? {} : { to: record.to.slice(0, 10) }),
  ...(record.name === undefined ? {} : { name: record.name }),
});

const register = (
  id: string,
  title: ListFile['title'],
  kind: ListFile['kind'],
  entries: ListEntry[],
  complete = true,
): ListFile => ({
  id,
  title,
  kind,
  match: 'exact',
  owner: 'reference records',
  origin: 'reference records',
  complete,
  entries,
});

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/**
 * Each record until the next word on the same key, which need not have closed it: a status is held until it is changed.
 * A change at some hour counts from the next day on, so that what was done before it on that day is not held against it.
 */
function untilNext<R extends { from: string; to?: string }>(
  records: readonly R[],
  keyOf: (record: R) => string,
): R[] {
  const begins = ({ from }: R): string => (from.length > 10 ? dayAfter(from.slice(0, 10), 1) : from);
  const groups = new Map<string, R[]>();
  for (const record of records) groups.set(keyOf(record), [...(groups.get(keyOf(record)) ?? []), record]);
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((a, b) => (a.from < b.from ? -1 : 1));
    return sorted.map((record, at) => {
      const next = sorted[at + 1];
      const end = next === undefined ? undefined : dayAfter(begins(next), -1);
      const to = [record.to?.slice(0, 10), end].filter((day) => day !== undefined).sort()[0];
      const from = at === 0 ? record.from : begins(record);
      return { ...record, from, ...(to === undefined ? {} : { to }) };
    });
  });
}

const stopped = new Set(['suspended', 'ceased', 'withdrawn', 'revoked']);

/** Only registers of which at least one record is known: without records nobody is called absent from them. */
export function registersOf(book: ReferenceBook): ListFile[] {
  const all = <K extends Kind>(kind: K): ReferenceRecord<K>[] => book.all(kind);
  const lists: ListFile[] = [];
  const suspended: ListEntry[] = [];
  if (book.has('trader')) {
    const traders = untilNext(all('trader'), ({ id }) => id);
    const working = traders.filter(({ status }) => status === undefined || !stopped.has(status));
    lists.push(
      register(
        'traders',
        { en: 'Traders', fr: 'Opérateurs' },
        'authorisations',
        working.map((one) => entry(one.id, one)),
      ),
    );
    suspended.push(
      ...traders.filter(({ status }) => status === 'suspended').map((one) => entry(one.id, one)),
    );
  }
  if (book.has('broker')) {
    const brokers = untilNext(all('broker'), ({ id }) => id);
    const working = brokers.filter(({ status }) => status === undefined || !stopped.has(status));
    lists.push(
      register(
        'brokers',
        { en: 'Brokers', fr: 'Commissionnaires' },
        'authorisations',
        working.map((one) => entry(one.id, one)),
      ),
    );
    suspended.push(
      ...brokers.filter(({ status }) => status === 'suspended').map((one) => entry(one.id, one)),
    );
  }
  if (book.has('trader') || book.has('broker'))
    lists.push(register('suspensions', { en: 'Suspensions', fr: 'Suspensions' }, 'watch', suspended, false));
  if (book.has('programme'))
    lists.push(
      register(
        'aeo',
        { en: 'Programmes', fr: 'Programmes' },
        'authorisations',
        untilNext(all('programme'), ({ trader, programme }) => `${trader}|${programme}`)
          .filter(({ status }) => status === 'valid')
          .map((one) => entry(one.trader, one)),
      ),
    );
  return lists;
}
