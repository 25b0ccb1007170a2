/**
 * Signatures after Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`, so that neither
 * content nor age can be changed, in the headers webhook-id, webhook-timestamp and webhook-signature. Receivers verify
 * with any of its libraries.
 */
import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';

export const newSecret = (): string => prefix + randomBytes(32).toString('base64');

/** @param seconds Unix time of the attempt. */
export function signature(secret: string, id: string, seconds: number, body: string): string {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** One signature for each secret that is good now: while a secret is changed there are two. */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  now: Date,
  body: string,
): Record<string, string> {
  const seconds = Math.floor(now.getTime() / 1000);
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': secrets.map((secret) => signature(secret, id, seconds, body)).join(' '),
  };
}
