/**
 * Frozen figures: what was reported of a month never changes. A later correction of the data makes a new edition with
 * the difference to the one before; every edition stays readable. Figures and pair tables are frozen alike.
 */
import { contentHash } from '../ground/canonical.ts';
import type { CollectionSpec, Document, Store } from '../store/port.ts';
import type { FigureTable } from './figure-table.ts';
import type { PairTable } from './pairs.ts';

export const editions: CollectionSpec = {
  name: 'figure_edition',
  schema: 1,
  columns: {
    series: { type: 'text' },
    indicator: { type: 'text' },
    period: { type: 'text' },
    edition: { type: 'integer' },
    frozenAt: { type: 'text' },
  },
  indexes: [
    ['series', 'edition'],
    ['indicator', 'period'],
  ],
};

export interface Difference {
  key: string;
  figure: string;
  before: number | null;
  after: number | null;
  /** Declarations behind it, where they are others and the value is the same: none of ten, and none of twenty. */
  n?: { before: number; after: number };
}

export interface Edition extends Document {
  /** Indicator, grouping and period: what editions are editions of. */
  series: string;
  indicator: string;
  /** YYYY-MM */
  period: string;
  edition: number;
  frozenAt: string;
  content: string;
  figures?: FigureTable;
  pairs?: PairTable;
  /** To the edition before; absent in the first. */
  differences?: Difference[];
}

export type Frozen = { figures: FigureTable } | { pairs: PairTable };

export interface FreezeRequest {
  indicator: string;
  period: string;
  frozenAt: string;
}

/** @param key the row's values as JSON */
export const differenceKey = (key: string, figure: string): string => `${key}\u001f${figure}`;

interface Value {
  value: number | null;
  n: number;
}
const nothing: Value = { value: null, n: 0 };

/** The values of a table, by key and figure: what an edition is compared by. */
function valuesOf(frozen: Frozen): Map<string, Value> {
  if ('figures' in frozen) {
    return new Map(
      frozen.figures.rows.flatMap((row) =>
        Object.entries(row.figures).map(([figure, { value, n }]): [string, Value] => [
          differenceKey(JSON.stringify(Object.values(row.key)), figure),
          { value, n },
        ]),
      ),
    );
  }
  return new Map(
    frozen.pairs.pairs.map((pair): [string, Value] => [
      differenceKey(JSON.stringify([pair.officer, pair.declarant]), 'excess'),
      { value: pair.excess, n: pair.n },
    ]),
  );
}

function differencesOf(before: Frozen, after: Frozen): Difference[] {
  const old = valuesOf(before);
  const now = valuesOf(after);
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((both) => {
    const [key, figure] = both.split('\u001f') as [string, string];
    const [then, after] = [old.get(both) ?? nothing, now.get(both) ?? nothing];
    const told = { key, figure, before: then.value, after: after.value };
    if (then.value !== after.value) return [told];
    return then.n === after.n ? [] : [{ ...told, n: { before: then.n, after: after.n } }];
  });
}

/** What an edition says that another of its series did not, by key and figure. */
export function differencesBetween(before: Edition, after: Edition): Difference[] {
  const [old, now] = [frozenOf(before), frozenOf(after)];
  return old === undefined || now === undefined ? [] : differencesOf(old, now);
}

const frozenOf = ({ figures, pairs }: Edition): Frozen | undefined =>
  figures !== undefined ? { figures } : pairs !== undefined ? { pairs } : undefined;

/** All editions of a series, the first one first. */
export async function editionsOf(store: Store, series: string): Promise<Edition[]> {
  const page = await store.collection<Edition>(editions).find({
    where: { column: 'series', op: 'eq', value: series },
    sort: [{ column: 'edition', direction: 'asc' }],
    limit: 1_000,
  });
  return page.docs;
}

export const seriesOf = (indicator: string, by: readonly string[], period: string): string =>
  [indicator, by.join(',') || 'all', period].join('|');

/**
 * Freezes a table as the next edition, unless it says what the last one says; that one is answered then.
 * @param readNow the edition before as it may be read now, by which the difference is told
 */
export async function freeze(
  store: Store,
  request: FreezeRequest,
  frozen: Frozen,
  readNow: (before: Frozen) => Frozen = (before) => before,
): Promise<Edition> {
  const by = 'figures' in frozen ? frozen.figures.by : [frozen.pairs.side, 'declarant'];
  const series = seriesOf(request.indicator, by, request.period);
  const last = (await editionsOf(store, series)).at(-1);
  const content = contentHash(frozen);
  if (last?.content === content) return last;
  const before = last === undefined ? undefined : frozenOf(last);
  const edition = (last?.edition ?? 0) + 1;
  const document: Edition = {
    id: `${series}|${edition}`,
    series,
    indicator: request.indicator,
    period: request.period,
    edition,
    frozenAt: request.frozenAt,
    content,
    ...frozen,
    ...(before === undefined ? {} : { differences: differencesOf(readNow(before), frozen) }),
  };
  // Written once: who comes second with the same edition reads the first one's.
  const [fresh] = await store.collection<Edition>(editions).putNew([document]);
  return fresh === true ? document : freeze(store, request, frozen, readNow);
}
