import { describe, expect, it } from 'vitest';
import {
  countryIds,
  countryProfile,
  parseCountryProfile,
  rateKindOf,
} from '../../src/declaration/country-profile.ts';

describe('country profiles', () => {
  it.each(countryIds())('%s is usable', (id) => expect(countryProfile(id).id).toBe(id));

  it('say how a printed rate is meant, by tax code', () => {
    expect(rateKindOf(countryProfile('AL'), 'TVS')).toBe('fraction');
    expect(rateKindOf(countryProfile('AL'), 'AKC')).toBe('specific');
    expect(rateKindOf(countryProfile('GD'), 'VAT')).toBe('percent');
    expect(rateKindOf(countryProfile('ZZ'), 'VAT')).toBe('unknown');
  });

  it('of an unknown country do not exist, whatever the name', () => {
    expect(() => countryProfile('QQ')).toThrow(expect.objectContaining({ code: 'CC_NOT_FOUND' }));
    expect(() => countryProfile('../../package')).toThrow(expect.objectContaining({ code: 'CC_NOT_FOUND' }));
  });

  it.each([
    ['a key given twice', 'id: XX\nid: XX\n', 2],
    ['a member that does not exist', 'id: XX\ncolour: red\n', undefined],
  ])('with %s are refused', (_, text, line) => {
    expect(() => parseCountryProfile(text, 'x.yaml')).toThrow(
      expect.objectContaining({
        code: 'CC_PROFILE_INVALID',
        where: expect.objectContaining({ file: 'x.yaml' }),
      }),
    );
    if (line !== undefined) {
      expect(() => parseCountryProfile(text, 'x.yaml')).toThrow(
        expect.objectContaining({ where: expect.objectContaining({ line }) }),
      );
    }
  });

  it('with a time zone that nobody knows are refused', () => {
    const text = `id: XX
name: { en: a, fr: b }
currency: XXX
timeZone: Mars/Olympus
dateOrder: mdy
rates: { default: unknown, origin: none }
`;
    expect(() => parseCountryProfile(text, 'x.yaml')).toThrow(/Mars\/Olympus/);
  });
});
