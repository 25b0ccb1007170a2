/**
 * The daily look at what nothing came to: first what can be told since trails are known to be complete to a later day,
 * then what became due by the passing of time. Declarations are to be projected before, and what was found after.
 */
import type { Desk } from '../check/desk.ts';
import type { Office } from '../check/lodge.ts';
import type { Store } from '../store/port.ts';
import { checkCompleted } from './completed.ts';
import { checkOverdue, type Overdue } from './overdue.ts';

export interface Rechecked extends Overdue {
  /** Declarations with a new check because their trail is known to be complete. */
  completed: number;
}

/** Done twice it does nothing new; cut short by the signal, between two pages, it begins again with the same. */
export async function recheck(
  store: Store,
  desk: Desk,
  office: Office,
  signal?: AbortSignal,
): Promise<Rechecked> {
  const completed = await checkCompleted(store, office, async () => desk.refresh?.(), signal);
  return { completed, ...(await checkOverdue({ store, desk, office, signal })) };
}
