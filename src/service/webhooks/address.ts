/**
 * Where webhooks may go. An address that somebody types in must not reach what only this machine reaches (server-side
 * request forgery): https alone, no addresses of private networks, looked at again when the name is resolved, so that a
 * name cannot point elsewhere later. Hosts of the administration's own network are named in CROSSCHECK_WEBHOOK_HOSTS
 * (host or host:port, with commas) and may have private addresses and plain http.
 */
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { CrosscheckError } from '../../errors.ts';
import { type FindAddresses, openNames } from './names.ts';

export type AllowedHosts = ReadonlySet<string>;

export const allowedHosts = (environment: Readonly<Record<string, string | undefined>> = process.env) =>
  new Set(
    (environment.CROSSCHECK_WEBHOOK_HOSTS ?? '')
      .split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
  );

/** Special-purpose networks (IANA registries): none of them is a public receiver. */
const inside = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  inside.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(network, bits, 'ipv6');

/** True for addresses of this machine, of private networks and of no network; IPv4 within IPv6 included. */
export const isInside = (address: string): boolean =>
  inside.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

const refuse = (problem: string) => new CrosscheckError('CC_WEBHOOK_ADDRESS', { problem });

const isAllowed = (url: URL, allowed: AllowedHosts): boolean =>
  allowed.has(url.host.toLowerCase()) || allowed.has(url.hostname.toLowerCase());

/** The address if webhooks may be sent to it; throws CC_WEBHOOK_ADDRESS. */
export function webhookUrl(text: string, allowed: AllowedHosts): URL {
  if (!URL.canParse(text)) throw refuse('it is no URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw refuse('it holds a user or a password');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse(`${url.protocol} is not https`);
  if (isAllowed(url, allowed)) return url;
  if (url.protocol !== 'https:') throw refuse('it is not https');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isInside(host)) throw refuse('its host lies in a private network');
  if (/^localhost\.?$|\.localhost\.?$/i.test(host)) throw refuse('its host is this machine');
  return url;
}

const found = openNames();

/** Finds a name's addresses for a connection; private ones are refused, whatever the name pointed to before. */
export function receiverLookup(
  url: URL,
  allowed: AllowedHosts,
  addresses: FindAddresses = found,
): LookupFunction {
  const isFree = isAllowed(url, allowed);
  return (hostname, { all, family }, callback) => {
    addresses(hostname).then(
      (every) => {
        if (!isFree && every.some(({ address }) => isInside(address)))
          return callback(refuse('its name points into a private network'), []);
        const fit = every.filter((one) => (family !== 4 && family !== 6 ? true : one.family === family));
        const [first] = fit;
        if (first === undefined) return callback(refuse('its name has no address'), []);
        if (all === true) return callback(null, fit);
        return callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, []),
    );
  };
}
