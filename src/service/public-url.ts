/**
 * The address under which people reach the service: whatever leads back to it from a printed page or a described call begins
 * with it. It is told at the start and taken from no request, since behind a proxy that ends TLS a request does not know it,
 * and X-Forwarded-* may be anybody's.
 */
import { CrosscheckError } from '../errors.ts';

/**
 * @param name of the argument or variable, for the error
 * @returns without a slash at its end
 */
export function publicUrl(text: string, name: string): string {
  const refused = (problem: string) =>
    new CrosscheckError('CC_BAD_ARGUMENT', { name, problem: `"${text}" ${problem}` });
  if (!URL.canParse(text)) throw refused('is no address, such as https://crosscheck.customs.example');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused('begins with neither https: nor http:');
  // A password would be printed on every page.
  if (url.username !== '' || url.password !== '') throw refused('names a user');
  if (url.search !== '' || url.hash !== '') throw refused('goes on behind its path');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
