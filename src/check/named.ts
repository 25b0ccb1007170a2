/** The check that an id stands for: of a degraded answer, which evaluated nothing, the one that took its place. */
import { CrosscheckError } from '../errors.ts';
import type { Store } from '../store/port.ts';
import { checks } from './collections.ts';
import type { CheckDocument } from './document.ts';
import { type DegradedDocument, degradedChecks } from './fallback.ts';

/** Throws CC_NOT_FOUND, and CC_NOT_EVALUATED for a degraded answer that was not done again yet. */
export async function checkNamed(store: Store, id: string): Promise<CheckDocument> {
  const checked = store.collection<CheckDocument>(checks);
  const found = await checked.get(id);
  if (found !== undefined) return found.doc;
  const degraded = (await store.collection<DegradedDocument>(degradedChecks).get(id))?.doc;
  if (degraded?.redone === null) throw new CrosscheckError('CC_NOT_EVALUATED', { check: id });
  const redone = degraded === undefined ? undefined : await checked.get(degraded.redone!);
  if (redone === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'check', id });
  return redone.doc;
}
