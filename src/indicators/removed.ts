/**
 * Figures of a period of which retention removed declarations. What is left of it is what is disputed, unfinished or held
 * for another reason, so a share of it is no share of the period: the figure says so and judges nobody, and nothing that
 * lasts (editions, mark sheets, pairs, charts) is made of it.
 */
import { CrosscheckError } from '../errors.ts';
import { periodBefore } from '../projections/calendar.ts';
import { removedWithin } from '../projections/removed.ts';
import type { Store } from '../store/port.ts';
import type { FigureTable } from './figure-table.ts';
import type { FigureValue } from './telling.ts';

const note = 'declarations of the period were removed under the retention policy: no comparison';

/** What was left does not tell whether somebody differs from others. */
const unjudged = ({ p: _, q: __, shrunk: ___, ...figure }: FigureValue): FigureValue => ({
  ...figure,
  ...(figure.state === undefined || figure.state === 'not applicable'
    ? {}
    : { state: 'insufficient data' as const }),
  note,
});

/** The table with the days that it stands on no longer, and no state but that of too little data. */
export async function withRemoved(store: Store, table: FigureTable): Promise<FigureTable> {
  const { from, to } = table.period;
  const besideIt =
    from !== null && to !== null && table.rows.some(({ figures }) => Object.values(figures)[0]?.previous);
  const removed = await removedWithin(store, besideIt ? periodBefore({ from, to }, table.by).from : from, to);
  if (removed === undefined) return table;
  return {
    ...table,
    removed,
    rows: table.rows.map(({ key, figures }) => ({
      key,
      figures: Object.fromEntries(Object.entries(figures).map(([id, figure]) => [id, unjudged(figure)])),
    })),
  };
}

/** Whether all that was ever recorded of these days is still here. */
export const isWhole = async (store: Store, from?: string, to?: string): Promise<boolean> =>
  (await removedWithin(store, from, to)) === undefined;

/** Throws CC_PERIOD_REMOVED where retention removed declarations of the period. */
export async function demandWhole(store: Store, from?: string, to?: string): Promise<void> {
  const removed = await removedWithin(store, from, to);
  if (removed !== undefined) throw new CrosscheckError('CC_PERIOD_REMOVED', { ...removed });
}
