/** Whether a caller may ask about a check by its id: of another office it is as one that is not there. */
import * as specs from '../check/collections.ts';
import type { CheckDocument } from '../check/document.ts';
import { type DegradedDocument, degradedChecks } from '../check/fallback.ts';
import { CrosscheckError } from '../errors.ts';
import type { Store } from '../store/port.ts';
import { type Caller, mayRead } from './caller.ts';

/** Throws CC_NOT_FOUND. */
export async function demandCheck(store: Store, caller: Caller, id: string): Promise<void> {
  if (caller.offices === undefined) return;
  const [check, degraded] = await Promise.all([
    store.collection<CheckDocument>(specs.checks).get(id),
    store.collection<DegradedDocument>(degradedChecks).get(id),
  ]);
  if (!mayRead(caller, (check ?? degraded)?.doc.office))
    throw new CrosscheckError('CC_NOT_FOUND', { what: 'check', id });
}
