/**
 * OpenID Connect for people: a bearer token of the administration's own issuer, verified against its published keys.
 * Claims: `crosscheck_role` names the role, `crosscheck_offices` the offices, a list of texts (absent: all). Anything else in
 * its place is nobody: an issuer that writes it otherwise means to limit, and must not open all offices by that.
 */
import { createRemoteJWKSet, decodeJwt, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { CrosscheckError } from '../../errors.ts';
import { type Caller, type CallerRole, callerRoles } from '../caller.ts';

export interface OidcOptions {
  issuer: string;
  audience: string;
  /** Where the issuer's keys are; by convention below the issuer. */
  jwksUri?: string;
  /** In place of the remote keys, for networks in which the service cannot reach the issuer. */
  keys?: JWTVerifyGetKey;
}

/** Symmetric algorithms and `none` are not among them: a leaked verification key must not sign. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/**
 * Milliseconds for which the issuer's keys are taken as they were read: one that it withdrew is good for as long at most.
 * A token under a key that is not among them has them read again, though not oftener than the second: anybody can send
 * such tokens.
 */
const keysHoldMs = 10 * 60_000;
const askedAgainMs = 5_000;

/** Seconds by which the issuer's clock and ours may differ: a token is often good from the very second in which it is given. */
const clocksDifferBy = 30;

/** jose has no code of its own for an answer that is not 200 or no JSON. */
const issuersFaults: ReadonlySet<string> = new Set([
  errors.JOSEError.code,
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
]);

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

/** By what it says itself, which is not verified. */
const hasRunOut = (token: string): boolean =>
  (decodeJwt(token).exp ?? 0) + clocksDifferBy <= Math.floor(Date.now() / 1000);

export type VerifyToken = (token: string) => Promise<Caller | undefined>;

export function openOidc(options: OidcOptions): VerifyToken {
  const uri = options.jwksUri ?? `${options.issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  const jwks =
    options.keys ??
    createRemoteJWKSet(new URL(uri), { cacheMaxAge: keysHoldMs, cooldownDuration: askedAgainMs });
  return async (token) => {
    let claims: Record<string, unknown>;
    try {
      ({ payload: claims } = await jwtVerify(token, jwks, {
        ...options,
        algorithms,
        clockTolerance: clocksDifferBy,
        requiredClaims: ['sub', 'exp'],
      }));
    } catch (cause) {
      // A token that does not hold is nobody; an issuer that does not answer, or not with keys, is a fault to be told.
      if (cause instanceof errors.JOSEError && !issuersFaults.has(cause.code)) return undefined;
      // One that has run out would be nobody's whatever the issuer says; a stream must end with it, and its holder ask for another.
      if (hasRunOut(token)) return undefined;
      throw new CrosscheckError('CC_ISSUER_UNAVAILABLE', { issuer: options.issuer }, {}, cause);
    }
    const role = callerRoles.find((each) => each === claims.crosscheck_role && each !== 'local');
    // Who takes part in what takes two people is told by it.
    if (role === undefined || typeof claims.sub !== 'string' || claims.sub === '') return undefined;
    const offices = claims.crosscheck_offices;
    if (offices !== undefined && !isTexts(offices)) return undefined;
    return {
      role: role satisfies CallerRole,
      subject: `oidc:${claims.sub}`,
      ...(offices === undefined ? {} : { offices }),
    };
  };
}
