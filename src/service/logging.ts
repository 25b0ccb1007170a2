/**
 * What of a request and of an error enters the log, and nothing else does: no personal data (Convention 108+ art. 5,
 * data minimisation). An address names declarations, traders and surrogates in its path and its query, so a request is
 * logged by the route that it came to. The text of an error may quote what was sent, so of our own the declared sentence
 * stands without its parameters, and of others' the text without what is quoted in it; code, place and stack stay.
 */
import type { FastifyRequest, FastifyServerOptions } from 'fastify';
import { CrosscheckError, errorTable } from '../errors.ts';

export interface LoggedError {
  type: string;
  code?: string;
  message: string;
  /** Frames alone, without the text that a stack begins with. */
  stack?: string;
  cause?: LoggedError;
}

/** Causes of causes that are told. */
const deepest = 5;
/** Quoted texts, documents in braces and lists in brackets: values, in what libraries and stores say of a failure. */
const quoted = /"(?:[^"\\]|\\.)*"|'[^']*'|`[^`]*`|“[^”]*”|«[^»]*»|\{[^{}]*\}|\[[^[\]]*\]/g;

const unquoted = (text: string): string => text.split('\n')[0]!.replace(quoted, '…').slice(0, 300);
const framesOf = (stack: string | undefined): string | undefined =>
  stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');

export function loggedError(thrown: unknown, depth = 0): LoggedError {
  if (!(thrown instanceof Error))
    return { type: typeof thrown, message: 'something was thrown that is no error' };
  const ours = thrown instanceof CrosscheckError;
  const code = ours ? thrown.code : (thrown as NodeJS.ErrnoException).code;
  const frames = framesOf(thrown.stack);
  return {
    type: thrown.name,
    ...(code === undefined ? {} : { code: String(code) }),
    message: ours ? errorTable[thrown.code].message : unquoted(thrown.message),
    ...(frames === undefined ? {} : { stack: frames }),
    ...(thrown.cause === undefined || depth >= deepest
      ? {}
      : { cause: loggedError(thrown.cause, depth + 1) }),
  };
}

/** Of a request that comes to no route, the method alone. */
export const loggedRequest = (request: Pick<FastifyRequest, 'method' | 'routeOptions'>) => ({
  method: request.method,
  route: request.routeOptions?.url ?? null,
});

/** The logger as the caller wants it, with what it writes of requests and errors decided here. */
export function withoutPersonalData(
  logger: FastifyServerOptions['logger'],
): NonNullable<FastifyServerOptions['logger']> {
  if (logger === undefined || logger === false) return false;
  return {
    ...(logger === true ? {} : logger),
    serializers: { req: loggedRequest, err: (error: unknown) => loggedError(error) as never },
  };
}
