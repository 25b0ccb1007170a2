/** Words on one act of control: the last one stands, and what stood before it is still known. */
import { describe, expect, it } from 'vitest';
import type { OutcomeDocument } from '../../src/check/collections.ts';
import { outcomeDocument } from '../../src/check/trail.ts';
import { lastWords, wordsThatStand } from '../../src/check/words.ts';
import type { Outcome } from '../../src/declaration/trail.ts';

const found: Outcome = {
  id: 'AUD-7',
  control: 'physical',
  result: 'value',
  status: 'final',
  at: '2026-03-10T10:00:00+01:00',
};
const doc = (outcome: Outcome, recordedAt: string, standing = {}): OutcomeDocument =>
  outcomeDocument('R1', 'XX001', outcome, new Map(), recordedAt, standing);
const march = '2026-03-11T00:00:00.000Z';
const april = '2026-04-11T00:00:00.000Z';

describe('what a source numbers', () => {
  it('is kept beside what was said of it before, and the last word stands', () => {
    const first = doc(found, march);
    const annulled = doc({ ...found, status: 'annulled', at: '2026-04-10T10:00:00+02:00' }, april);
    expect(annulled.id).not.toBe(first.id);
    expect(wordsThatStand([annulled, first])).toEqual([annulled]);
    expect(wordsThatStand([first])).toEqual([first]);
  });

  it('clears where two words were recorded at one moment, in whatever order', () => {
    const both = [doc({ ...found, status: 'annulled' }, march), doc(found, march)];
    expect(wordsThatStand(both)).toEqual([both[0]]);
    expect(wordsThatStand([...both].reverse())).toEqual([both[0]]);
  });

  it('is the same word when it is told again with a reason', () => {
    expect(doc({ ...found, reason: 'Typed in later.' }, april).id).toBe(doc(found, march).id);
  });

  it('keeps the id that an earlier release gave it, and another word of it is new', () => {
    const kept: OutcomeDocument = { ...doc(found, march), id: doc(found, march).id.split('~')[0]! };
    const words = new Map([[kept.id, kept]]);
    expect(doc(found, april, { words }).id).toBe(kept.id);
    const annulled = doc({ ...found, status: 'annulled' }, april, { words });
    expect(annulled.id).not.toBe(kept.id);
    expect(wordsThatStand([kept, annulled])).toEqual([annulled]);
  });

  it('stands beside another act of the same moment', () => {
    const other = doc({ ...found, id: 'AUD-8', result: 'hs' }, march);
    expect(wordsThatStand([doc(found, march), other])).toHaveLength(2);
  });
});

describe('what a source does not number', () => {
  const { id: _, ...unnumbered } = found;

  it('is replaced by a later word on what was done then, and two results of it stand', () => {
    const first = doc(unnumbered, march);
    const annulled = doc({ ...unnumbered, status: 'annulled' }, april);
    expect(wordsThatStand([annulled, first])).toEqual([annulled]);
    expect(wordsThatStand([first, doc({ ...unnumbered, result: 'hs' }, march)])).toHaveLength(2);
  });

  it('is ordered by the file that tells it', () => {
    expect(lastWords([{ ...unnumbered, status: 'provisional' }, unnumbered])).toEqual([unnumbered]);
  });
});
