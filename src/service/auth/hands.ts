/**
 * Whether two callers may be one person. What takes two people must not be done by one with two keys: the key that took the
 * place of another is in the same hand, and who makes or rotates a key is shown it. Two keys made by a third person are two people's,
 * as far as can be told from here; that the third holds neither is what the audit log of keys and OpenID Connect are for.
 */
import type { Store } from '../../store/port.ts';
import { type KeyDocument, keys } from './keys.ts';

const prefix = 'key:';

/** A subject with those it succeeds, and with `makers` those who made any of them. */
async function before(store: Store, subject: string, makers: boolean): Promise<Set<string>> {
  const collection = store.collection<KeyDocument>(keys);
  const seen = new Set<string>();
  const waiting = [subject];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    if (!one.startsWith(prefix)) continue;
    const key = (await collection.get(one.slice(prefix.length)))?.doc;
    if (key?.replaces !== undefined) waiting.push(prefix + key.replaces);
    if (key !== undefined && makers) waiting.push(key.createdBy);
  }
  return seen;
}

const meet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  [...one].some((each) => other.has(each));

/** @param one a caller's subject, as `key:…` or `oidc:…` */
export async function inOneHand(store: Store, one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const [own, ownMakers, its, itsMakers] = await Promise.all([
    before(store, one, false),
    before(store, one, true),
    before(store, other, false),
    before(store, other, true),
  ]);
  return meet(own, itsMakers) || meet(its, ownMakers);
}

/** Whether a caller is another one, or has the key that took its place. */
export const succeeds = async (store: Store, caller: string, other: string): Promise<boolean> =>
  (await before(store, caller, false)).has(other);
