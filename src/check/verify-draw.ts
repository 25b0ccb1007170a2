/** Verifies the draw of a check once its day is over: the key told is the one committed to, and gives what was drawn. */
import { CrosscheckError } from '../errors.ts';
import { drawValue, lotValue, verifyDraw } from '../selectivity/draw.ts';
import type { Store } from '../store/port.ts';
import { checks } from './collections.ts';
import type { CheckDocument } from './document.ts';
import { type DrawKeyDocument, type DrawKeys, drawKeys } from './draw-keys.ts';

export interface DrawVerdict {
  check: string;
  day: string;
  subject: string;
  /** The number drawn, in [0, 1). */
  value: number;
  /** The number by which expected rates were filled, in [0, 1). */
  lot?: number;
  lane: string;
  /** The key, hexadecimal, for whoever computes it again: HMAC-SHA-256 over `day`, a newline and the subject. */
  key: string;
  /** The key's hash was written down before the day began. */
  committedBefore: boolean;
  /** The key told gives the digits that the check holds, under the commitment that was published. */
  holds: boolean;
}

export async function verifyCheckDraw(
  store: Store,
  keys: DrawKeys,
  id: string,
  now: Date,
): Promise<DrawVerdict> {
  const check = (await store.collection<CheckDocument>(checks).get(id))?.doc;
  if (check === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'check', id });
  const { draw, lane } = check;
  if (draw === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'draw of check', id });
  const key = keys.reveal(draw.day, now);
  const published = (await store.collection<DrawKeyDocument>(drawKeys).get(draw.day))?.doc;
  const lot = lotValue(draw);
  return {
    check: id,
    day: draw.day,
    subject: draw.subject,
    value: drawValue(draw),
    ...(lot === undefined ? {} : { lot }),
    lane,
    key: key.toString('hex'),
    committedBefore: published !== undefined && published.committedAt < `${draw.day}T00:00:00.000Z`,
    holds: verifyDraw(draw, key) && published?.commitment === draw.commitment,
  };
}
