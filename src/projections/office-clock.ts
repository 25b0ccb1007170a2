/**
 * A history by the clock on the office's wall. An instant may be written with any offset: systems that serve several offices
 * often send UTC alone. Where a reference record tells the office's zone, days, nights and hours of work are that zone's;
 * where none does, instants are read as they were written.
 */
import { shownIn } from '../ground/zones.ts';
import { type FoldContext, type History, standing } from './history.ts';

export function onOfficeClock(history: History, { zoneOf }: Pick<FoldContext, 'zoneOf'>): History {
  if (zoneOf === undefined) return history;
  const own = standing(history).office;
  const shown = <T extends { at: string; local: string; office?: string | null }>(document: T): T => {
    const office = document.office ?? own;
    const zone = office === null ? undefined : zoneOf(office, document.at);
    return zone === undefined ? document : { ...document, local: shownIn(zone, document.at) };
  };
  return { ...history, events: history.events.map(shown), outcomes: history.outcomes.map(shown) };
}
