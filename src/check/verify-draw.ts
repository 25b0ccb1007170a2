/**
 * Verifies the draw of a check once its day is over: the key told is the one committed to and gives what was drawn, and
 * what was drawn for is the registration of the declaration, or of an earlier one of the same goods, on the day on which
 * that was checked. Whoever could choose either after the day would choose a draw.
 */
import { CrosscheckError } from '../errors.ts';
import { type DrawRecord, drawValue, lotValue, verifyDraw } from '../selectivity/draw.ts';
import { readWhere } from '../store/pages.ts';
import type { Store } from '../store/port.ts';
import { type DrawKeyDocument, type DrawKeys, drawKeys } from './draw-keys.ts';
import { checkNamed } from './named.ts';
import { openRegistry } from './registry.ts';
import { drawSubject } from './select.ts';

export interface DrawVerdict {
  check: string;
  day: string;
  subject: string;
  /** Reference of the declaration whose registration the subject is; null where none here was drawn for so on that day. */
  subjectOf: string | null;
  /** Set on a draft, whose lane waits for the draw of its registration: this one selected nothing. */
  undrawn?: true;
  /** The number drawn, in [0, 1). */
  value: number;
  /** The number by which expected rates were filled, in [0, 1). */
  lot?: number;
  lane: string;
  /** The key, hexadecimal, for whoever computes it again: HMAC-SHA-256 over `day`, a newline and the subject. */
  key: string;
  /** The key's hash was written down before the day began. */
  committedBefore: boolean;
  /** The key told gives the digits that the check holds, under the commitment that was published, for that registration. */
  holds: boolean;
  /** What does not hold. */
  problem?: string;
}

async function drawnFor(store: Store, declaration: string, draw: DrawRecord): Promise<string | null> {
  const registry = openRegistry(store);
  const [office, year, serial, ...number] = draw.subject.split('/');
  const registered = [office, year, `${serial}${number.join('/')}`].join('/');
  const known = await registry.known([declaration, draw.subject, registered]);
  const references = [...new Set([...known.values()].map(({ reference }) => reference))];
  for (const [reference, versions] of await registry.versions(references)) {
    if (!versions.some((version) => drawSubject(version) === draw.subject)) continue;
    const made = await readWhere(registry.checks, 'declaration', [reference]);
    if (made.some((one) => one.draw?.subject === draw.subject && one.recordedAt.startsWith(draw.day)))
      return reference;
  }
  return null;
}

export async function verifyCheckDraw(
  store: Store,
  keys: DrawKeys,
  id: string,
  now: Date,
): Promise<DrawVerdict> {
  const check = await checkNamed(store, id);
  const { draw, lane, circumstances } = check;
  if (draw === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'draw of check', id });
  const key = keys.reveal(draw.day, now);
  const published = (await store.collection<DrawKeyDocument>(drawKeys).get(draw.day))?.doc;
  const lot = lotValue(draw);
  const subjectOf = await drawnFor(store, check.declaration, draw);
  const problem = !verifyDraw(draw, key)
    ? 'the key does not give it'
    : published?.commitment !== draw.commitment
      ? 'another key was committed to'
      : subjectOf === null
        ? 'no declaration that is here was drawn for so on that day: it was removed, or never was'
        : undefined;
  return {
    check: check.id,
    day: draw.day,
    subject: draw.subject,
    subjectOf,
    ...(circumstances?.undrawn === true ? { undrawn: true } : {}),
    value: drawValue(draw),
    ...(lot === undefined ? {} : { lot }),
    lane,
    key: key.toString('hex'),
    committedBefore: published !== undefined && published.committedAt < `${draw.day}T00:00:00.000Z`,
    holds: problem === undefined,
    ...(problem === undefined ? {} : { problem }),
  };
}
