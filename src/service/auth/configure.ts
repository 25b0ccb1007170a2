/**
 * Which ways of authentication a service is started with: `--auth` or CROSSCHECK_AUTH, `keys`, `oidc` or both with a
 * comma. OpenID Connect reads CROSSCHECK_OIDC_ISSUER, CROSSCHECK_OIDC_AUDIENCE and, where the keys are elsewhere,
 * CROSSCHECK_OIDC_JWKS.
 */
import { CrosscheckError } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import type { Authentication } from './authenticate.ts';
import { openKeys } from './keys.ts';
import { openOidc } from './oidc.ts';

type Environment = Readonly<Record<string, string | undefined>>;

function need(environment: Environment, name: string): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw new CrosscheckError('CC_BAD_ARGUMENT', { name, problem: 'must be set for OpenID Connect' });
}

const ways: Readonly<Record<string, (store: Store, environment: Environment) => Authentication>> = {
  keys: (store) => ({ keys: openKeys(store) }),
  oidc: (_, environment) => {
    const jwksUri = environment.CROSSCHECK_OIDC_JWKS;
    return {
      oidc: openOidc({
        issuer: need(environment, 'CROSSCHECK_OIDC_ISSUER'),
        audience: need(environment, 'CROSSCHECK_OIDC_AUDIENCE'),
        ...(jwksUri === undefined ? {} : { jwksUri }),
      }),
    };
  },
};

/** Undefined where none is configured: then only this machine is let in. */
export function configureAuthentication(
  asked: string | undefined,
  store: Store,
  environment: Environment = process.env,
): Authentication | undefined {
  const named = asked ?? environment.CROSSCHECK_AUTH;
  if (named === undefined || named === '') return undefined;
  return named.split(',').reduce<Authentication>((authentication, name) => {
    const way = ways[name];
    if (way === undefined) {
      throw new CrosscheckError('CC_BAD_ARGUMENT', {
        name: '--auth',
        problem: `"${name}" is not one of ${Object.keys(ways).join(', ')}`,
      });
    }
    return Object.assign(authentication, way(store, environment));
  }, {});
}
