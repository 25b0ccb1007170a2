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

const stopped = new Set(['suspended', 'ceased', 'withdrawn', 'revoked']);

/** Only registers of which at least one record is known: without records nobody is called absent from them. */
export function registersOf(book: ReferenceBook): ListFile[] {
  const all = <K extends Kind>(kind: K): ReferenceRecord<K>[] => book.all(kind);
  const lists: ListFile[] = [];
  const suspended: ListEntry[] = [];
  if (book.has('trader')) {
    const traders = all('trader');
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
    const brokers = all('broker');
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
        all('programme')
          .filter(({ status }) => status === 'valid')
          .map((one) => entry(one.trader, one)),
      ),
    );
  return lists;
}
