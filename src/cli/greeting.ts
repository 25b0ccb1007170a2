/** What `crosscheck serve` prints when its port is open: where it listens, and two calls that work as they stand. */
import type { Authentication } from '../service/auth/authenticate.ts';

export interface Greeted {
  address: string;
  /** Where the data are, for people. */
  where: string;
  /** The folder, where it was named: commands beside the service need it named as well. */
  data?: string;
  /** Absent: this machine is let in as it is. */
  authentication?: Authentication | undefined;
}

const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** How a caller of a role is let in, as words of a shell; and what has to be said of it before. */
function entry({ data, authentication }: Greeted): { hint: string; as: (role: string) => string } {
  const bearer = (credential: string) => `-H "authorization: Bearer ${credential}" `;
  if (authentication?.keys !== undefined) {
    const on = data === undefined ? '' : ` --data ${quoted(data)}`;
    return {
      hint: ' (each makes a key for itself, good for a day)',
      as: (role) => bearer(`$(npx crosscheck keys create --label trial --days 1${on} --role ${role})`),
    };
  }
  if (authentication?.oidc !== undefined)
    return {
      hint: ', with a token of your issuer in $ANALYST and $SYSTEM, by the role that it is of',
      as: (role) => bearer(`$${role.toUpperCase()}`),
    };
  return { hint: '', as: () => '' };
}

export function greeting(greeted: Greeted): string {
  const { address, where } = greeted;
  const { hint, as } = entry(greeted);
  return `Crosscheck listens on ${address}, data in ${where}.

Try${hint}:
  curl -s ${as('analyst')}${address}'/v1/indicators/I08?by=officer'
  curl -s -X POST ${as('system')}${address}/v1/checks -H 'content-type: application/json' --data-binary @docs/example-declaration.json

The calls are described at ${address}/openapi.json. Ctrl-C stops.`;
}
