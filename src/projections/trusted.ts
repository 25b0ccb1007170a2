/** Whether the trader of a declaration was in a programme on its day. */
import type { FoldContext } from './history.ts';
import type { Place } from './place.ts';

/** 1 where he was; null where nobody knows. */
export function trustedOf(
  place: Pick<Place, 'importer' | 'exporter' | 'consignee' | 'day'>,
  { trusted }: Pick<FoldContext, 'trusted'>,
): number | null {
  const trader = place.importer ?? place.exporter ?? place.consignee;
  if (trusted === undefined || trader === null) return null;
  return trusted(trader, place.day!) ? 1 : 0;
}
