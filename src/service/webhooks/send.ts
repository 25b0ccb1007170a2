/** One attempt: a POST that follows no redirect, reads next to nothing of the answer and waits for it no longer than it must. */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { type AllowedHosts, receiverLookup } from './address.ts';

export interface Attempt {
  /** Null where no answer came. */
  status: number | null;
  /** Seconds that the receiver asks to be left alone. */
  retryAfter?: number;
  /** Why it did not succeed, in words that carry nothing of the receiver's answer. */
  problem?: string;
}

/** Milliseconds in which a receiver has to answer; work of its own belongs after the answer. */
export const patience = 15_000;

/** Seconds, told as such or as a moment; undefined where it is neither, or has passed. */
function retryAfterOf({ headers }: IncomingMessage): number | undefined {
  const told = headers['retry-after'] ?? '';
  const wait = / GMT$/.test(told) ? Math.ceil((Date.parse(told) - Date.now()) / 1000) : Number(told);
  return Number.isFinite(wait) && wait > 0 ? wait : undefined;
}

export function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { allowed, signal }: { allowed: AllowedHosts; signal?: AbortSignal },
): Promise<Attempt> {
  const { request } = url.protocol === 'https:' ? https : http;
  const lookup = receiverLookup(url, allowed);
  const limit = AbortSignal.timeout(patience);
  return new Promise((resolve) => {
    const failed = (error: Error & { code?: string }) =>
      resolve({ status: null, problem: limit.aborted ? 'no answer in time' : (error.code ?? error.message) });
    const answered = (response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      const retryAfter = retryAfterOf(response);
      // Nothing of the answer is of use, and it may be endless.
      response.destroy();
      resolve({
        status,
        ...(retryAfter === undefined ? {} : { retryAfter }),
        ...(status >= 200 && status < 300 ? {} : { problem: `answered ${status}` }),
      });
    };
    const sent = request(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body), 'user-agent': 'crosscheck' },
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        lookup,
      },
      answered,
    );
    // Told instead of an answer, and of no error: an attempt that did not end would hold up its subscription for ever.
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      answered(response);
    });
    sent.on('error', failed);
    sent.end(body);
  });
}
