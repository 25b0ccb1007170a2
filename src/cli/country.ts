/** `--country`, by which messages are read that name none: one that nobody knows would have them read as nobody's. */
import { countryIds } from '../declaration/country-profile.ts';
import { CrosscheckError } from '../errors.ts';

/** Throws CC_BAD_ARGUMENT. */
export function knownCountry(id: string | undefined): void {
  if (id === undefined || countryIds().includes(id)) return;
  const problem = `there is no profile ${id}; known are ${countryIds().join(', ')}`;
  throw new CrosscheckError('CC_BAD_ARGUMENT', { name: '--country', problem });
}
