import { describe, expect, it } from 'vitest';
import { openSeal } from '../../src/ground/seal.ts';

const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

describe('what is sealed', () => {
  it('is opened by any of the keys, and sealed by the first', () => {
    const old = openSeal([one], 'tests').close('whsec_x', 'a');
    const both = openSeal([two, one], 'tests');
    expect([both.open(old, 'a'), both.isCurrent(old)]).toEqual(['whsec_x', false]);
    expect(both.isCurrent(both.close('whsec_x', 'a'))).toBe(true);
  });

  it('differs each time, and shows nothing of the text', () => {
    const seal = openSeal([one], 'tests');
    expect(seal.close('the text', 'a')).not.toBe(seal.close('the text', 'a'));
    expect(Buffer.from(seal.close('the text', 'a').split('.')[2]!, 'base64url').includes('the text')).toBe(
      false,
    );
  });

  it.each<[string, () => string]>([
    [
      'about something else',
      () => openSeal([one], 'tests').open(openSeal([one], 'tests').close('x', 'a'), 'b'),
    ],
    [
      'for another purpose',
      () => openSeal([one], 'tests').open(openSeal([one], 'others').close('x', 'a'), 'a'),
    ],
    [
      'under a key that is gone',
      () => openSeal([two], 'tests').open(openSeal([one], 'tests').close('x', 'a'), 'a'),
    ],
    [
      'and changed',
      () => {
        const sealed = openSeal([one], 'tests').close('x', 'a');
        return openSeal([one], 'tests').open(`${sealed.slice(0, -2)}AA`, 'a');
      },
    ],
    [
      'and cut',
      () => openSeal([one], 'tests').open(openSeal([one], 'tests').close('x', 'a').slice(0, 20), 'a'),
    ],
  ])('is not opened %s', (_, open) => {
    expect(open).toThrow(expect.objectContaining({ code: 'CC_SEAL_BROKEN' }));
  });

  it('and what never was comes back as it is', () => {
    expect(openSeal([one], 'tests').open('whsec_old', 'a')).toBe('whsec_old');
  });
});
