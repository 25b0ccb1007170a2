/**
 * The stream behind ./live.ts: who listens, from where on, and what each of them is sent. Checks come from the store in the
 * order in which they were written, our own at once and those of other replicas when the store is asked again.
 */
import type { ServerResponse } from 'node:http';
import * as specs from '../check/collections.ts';
import type { CheckDocument } from '../check/document.ts';
import { sha256 } from '../ground/canonical.ts';
import { runner } from '../ground/runner.ts';
import { lastWritten } from '../store/pages.ts';
import type { Store, Stored } from '../store/port.ts';
import { type Caller, type CallerRole, mayRead } from './caller.ts';
import { openDiffering } from './differing.ts';
import { lookMs } from './while-good.ts';

interface Subscriber {
  caller: Caller;
  response: ServerResponse;
  cursor: number;
  /** It asked for a place that is not there, and begins at this one, as an event's id. */
  reset?: string;
  /** Whether the caller may go on reading. */
  isStillCaller: () => Promise<boolean>;
}

/** How often the store is asked for what other replicas wrote; our own writes are told at once. */
const pollMs = 1_000;
const batch = 500;
/** So often a silent stream says that it is there, and its caller's key or token is looked at again. */
const breathMs = lookMs;
/** Bytes that may wait for a slow client before its connection is ended, with what waits; it resumes where it was. */
const patience = 1 << 20;

/**
 * Tells checks at one place of two histories apart: what was restored and written past a place holds another check there, or
 * the same one of another moment.
 */
const markOf = ({ id, recordedAt }: CheckDocument): string => sha256(`${id} ${recordedAt}`).slice(0, 12);
const placeOf = ({ doc, seq }: Stored<CheckDocument>): string => `${seq}-${markOf(doc)}`;

/** An event's id; those of before have no mark. Longer numbers are no places. */
const placePattern = /^(\d{1,15})(?:-([0-9a-f]{12}))?$/;

export interface Live {
  /**
   * Where a stream begins: behind what the client had last, or at the present where it names nothing or a place that is
   * not there (`reset`).
   * @param last its Last-Event-ID
   */
  begin(last: string | undefined): Promise<Pick<Subscriber, 'cursor' | 'reset'>>;
  subscribe(subscriber: Subscriber): void;
  /** Something was written. */
  poke(): void;
  /** Projections have moved on. */
  figures(): void;
  close(): void;
}

export function openLive(store: Store): Live {
  const checks = store.collection<CheckDocument>(specs.checks);
  const differing = openDiffering(store);
  const subscribers = new Set<Subscriber>();
  let timers: NodeJS.Timeout[] = [];
  let closed = false;

  const cutOff = (subscriber: Subscriber) => {
    subscriber.response.destroy();
    forget(subscriber);
  };
  const drop = (subscriber: Subscriber) => {
    subscriber.response.end();
    forget(subscriber);
  };
  const forget = (subscriber: Subscriber) => {
    subscribers.delete(subscriber);
    if (subscribers.size > 0) return;
    for (const timer of timers) clearInterval(timer);
    timers = [];
  };

  async function breathe(): Promise<void> {
    for (const subscriber of [...subscribers]) {
      // An issuer that does not answer has taken nothing back.
      const allowed = await subscriber.isStillCaller().catch(() => true);
      if (allowed) subscriber.response.write(':\n\n');
      // What a client does not read would keep its stream open.
      else if (subscriber.response.writableLength > 0) cutOff(subscriber);
      else drop(subscriber);
    }
  }

  /** Each subscriber from its own cursor: those that are level share one read. */
  async function tell(): Promise<void> {
    const byCursor = new Map<number, Subscriber[]>();
    for (const subscriber of subscribers) {
      const level = byCursor.get(subscriber.cursor) ?? [];
      level.push(subscriber);
      byCursor.set(subscriber.cursor, level);
    }
    for (const [cursor, level] of byCursor) {
      const written = await checks.since(cursor, batch);
      if (written.length === batch) telling.poke();
      const documents = written.map(({ doc }) => doc);
      const news = new Map<CallerRole, ReadonlySet<CheckDocument>>();
      for (const { caller } of level)
        if (!news.has(caller.role)) news.set(caller.role, new Set(await differing.news(caller, documents)));
      for (const one of written) {
        const { doc, seq } = one;
        const { id, declaration, lane, office } = doc;
        const event = `id: ${placeOf(one)}\nevent: check\ndata: ${JSON.stringify({ id, declaration, lane, office })}\n\n`;
        for (const subscriber of level) {
          subscriber.cursor = seq;
          const { caller, response } = subscriber;
          if (mayRead(caller, office) && news.get(caller.role)!.has(doc)) response.write(event);
        }
      }
      // An end behind what it does not read would wait with it.
      for (const { response } of level) if (response.writableLength > patience) response.destroy();
    }
  }

  // A store that does not answer now is asked again by the timer.
  const telling = runner(tell);
  const poke = (): void => {
    if (subscribers.size > 0) telling.poke();
  };

  const end = (): Promise<Stored<CheckDocument> | undefined> => lastWritten(checks, 'recordedAt');

  async function begin(last: string | undefined): Promise<Pick<Subscriber, 'cursor' | 'reset'>> {
    if (last === undefined || last === '') return { cursor: (await end())?.seq ?? 0 };
    const [, place, mark] = placePattern.exec(last) ?? [];
    const cursor = place === undefined ? Number.POSITIVE_INFINITY : Number(place);
    if (cursor === 0) return { cursor };
    const [there] = Number.isFinite(cursor) ? await checks.since(cursor - 1, 1) : [];
    if (there !== undefined && (mark === undefined || (there.seq === cursor && markOf(there.doc) === mark)))
      return { cursor };
    // Where the very check was removed since, nobody can tell whose history the place is of.
    const present = await end();
    return { cursor: present?.seq ?? 0, reset: present === undefined ? '0' : placeOf(present) };
  }

  return {
    begin,
    subscribe(subscriber) {
      const { response } = subscriber;
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        // A proxy that compressed it would hold back what does not fill a block yet.
        'cache-control': 'no-store, no-transform',
        // Ended with the stream: kept alive, it would hold up our own end.
        connection: 'close',
        'x-accel-buffering': 'no',
      });
      response.write('retry: 2000\n\n');
      if (subscriber.reset !== undefined)
        response.write(`id: ${subscriber.reset}\nevent: reset\ndata: {}\n\n`);
      if (closed) return void response.end();
      subscribers.add(subscriber);
      response.on('close', () => drop(subscriber));
      if (timers.length === 0)
        timers = [setInterval(poke, pollMs).unref(), setInterval(breathe, breathMs).unref()];
      poke();
    },
    poke,
    figures() {
      for (const { response } of subscribers) response.write('event: figures\ndata: {}\n\n');
    },
    close() {
      closed = true;
      for (const subscriber of [...subscribers]) drop(subscriber);
    },
  };
}
