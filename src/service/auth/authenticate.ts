/** Before every request: who is it, and may they call this route. The only place that admits anybody. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { CrosscheckError } from '../../errors.ts';
import { type Caller, demandEveryOffice, localCaller } from '../caller.ts';
import type { Keys } from './keys.ts';
import type { VerifyToken } from './oidc.ts';
import { ofEveryOffice, permissions } from './permissions.ts';

export interface Authentication {
  keys?: Keys;
  oidc?: VerifyToken;
}

export interface GuardOptions {
  /** Absent: the local session alone. */
  by?: Authentication | undefined;
  /** Lets commands of this machine's user in; it lies in a file that only they can read. */
  localToken?: string | undefined;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the key or token of a call that is still under way is good now, for what it was good at its beginning. */
    isStillCaller(request: FastifyRequest): Promise<boolean>;
  }
}

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const forwarding = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];
const localNames = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Without configured authentication there is the local session alone: a caller on this machine, who names this machine.
 * The name is looked at because a page in a browser here could reach us under a name of its own (DNS rebinding), and what a
 * proxy on this machine says of whom it calls for: he is not here.
 */
function localSession(request: FastifyRequest): Caller | undefined {
  const { host, origin } = request.headers;
  if (forwarding.some((name) => request.headers[name] !== undefined)) return undefined;
  const named = host === undefined || localNames.test(host);
  const ownPage = origin === undefined || localNames.test(origin.replace(/^https?:\/\//, ''));
  return loopback.has(request.socket.remoteAddress ?? '127.0.0.1') && named && ownPage
    ? localCaller
    : undefined;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
/** Of any two texts, also where what was sent has other bytes than characters. */
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

async function callerOf(
  request: FastifyRequest,
  { by, localToken }: GuardOptions,
): Promise<Caller | undefined> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined && localToken !== undefined && equal(token, localToken)) return localCaller;
  if (by === undefined) return localSession(request);
  if (token === undefined) return undefined;
  return token.startsWith('ck_') ? by.keys?.verify(token, new Date()) : by.oidc?.(token);
}

const keyOf = (method: string, url: string): string => `${method} ${url}`;

/** Guards every route of the application; call before any is registered. */
export function guard(app: FastifyInstance, options: GuardOptions): void {
  const seen = new Set<string>();
  app.addHook('onRoute', (route: RouteOptions) => {
    for (const method of [route.method].flat()) {
      // Fastify answers HEAD beside each GET; it is the same right.
      const key = keyOf(method === 'HEAD' ? 'GET' : method, route.url);
      if (!Object.hasOwn(permissions, key)) throw new Error(`no permission is stated for ${key}`);
      seen.add(key);
    }
  });
  app.addHook('onReady', async () => {
    const gone = Object.keys(permissions).filter((key) => !seen.has(key));
    if (gone.length > 0)
      throw new Error(`permissions are stated for routes that do not exist: ${gone.join(', ')}`);
  });
  app.addHook('onRequest', async (request) => {
    const { url } = request.routeOptions;
    const key = keyOf(request.method === 'HEAD' ? 'GET' : request.method, url ?? '');
    const allowed = Object.hasOwn(permissions, key) ? permissions[key]! : undefined;
    if (allowed === 'public') return;
    const caller = await callerOf(request, options);
    if (caller === undefined) throw new CrosscheckError('CC_UNAUTHENTICATED');
    // Who may not call anything learns no routes either: an unknown path is answered after authentication.
    if (allowed === undefined) return;
    if (!allowed.includes(caller.role)) {
      throw new CrosscheckError('CC_FORBIDDEN', { role: caller.role, call: key });
    }
    if (ofEveryOffice.has(key)) demandEveryOffice(caller);
    request.caller = caller;
  });
  app.decorate('isStillCaller', async (request) => {
    const now = await callerOf(request, options);
    const { role, offices } = request.caller;
    return now?.role === role && String(now.offices) === String(offices);
  });
}
