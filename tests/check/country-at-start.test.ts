/** A country's profile that cannot be used is told when a desk opens, not by the first declaration of that country. */
import { expect, it, vi } from 'vitest';
import { openDesk } from '../../src/check/open-desk.ts';
import { CrosscheckError } from '../../src/errors.ts';
import { smallRules } from '../service/harness.ts';

vi.mock('../../src/declaration/country-profile.ts', async (original) => {
  const real = await original<typeof import('../../src/declaration/country-profile.ts')>();
  return {
    ...real,
    countryProfile(id: string) {
      if (id === 'NP')
        throw new CrosscheckError('CC_PROFILE_INVALID', {
          file: 'NP.yaml',
          pointer: '/',
          problem: 'cut off',
        });
      return real.countryProfile(id);
    },
  };
});

it('a desk does not open over a country profile that is cut off', async () => {
  await expect(openDesk({ rules: smallRules })).rejects.toMatchObject({
    code: 'CC_PROFILE_INVALID',
    params: { file: 'NP.yaml' },
  });
});
