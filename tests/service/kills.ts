/** Kills the service under load, again and again on the same data, and looks for everything that it had acknowledged. */
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { checks, type EventDocument, events } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { degradedChecks } from '../../src/check/fallback.ts';
import { replay } from '../../src/check/replay.ts';
import { tables } from '../../src/projections/fold.ts';
import { rebuild } from '../../src/projections/project.ts';
import { openStore } from '../../src/store/open.ts';
import { readAll } from '../../src/store/pages.ts';
import type { Store } from '../../src/store/port.ts';
import { declaration, overweight } from './harness.ts';
import { type Place, type ServiceProcess, startProcess } from './process.ts';

interface Told {
  sent: Record<string, unknown>;
  id: string;
  declaration: string;
  /** Answered with the fallback lane, because the machine was slow: kept as that, and done again. */
  degraded?: boolean;
}
export interface Acknowledged {
  /** Answers to declarations, by reference. */
  checks: Map<string, Told>;
  /** Declarations whose release was taken in. */
  released: Set<string>;
}

const json = { 'content-type': 'application/json' };
export const send = (url: string, path: string, body: unknown): Promise<Response> =>
  fetch(url + path, { method: 'POST', headers: json, body: JSON.stringify(body) });

/** As a caller that is told to come again does. */
async function sendUntilTaken(url: string, path: string, body: unknown): Promise<Response> {
  for (;;) {
    const answer = await send(url, path, body);
    if (answer.status !== 503) return answer;
    await setTimeout(250);
  }
}

const release = { kind: 'RELEASE', at: '2026-03-02T10:00:00Z', user: 'r.releaser' };
const writers = 12;

/** Writers that send until the service is gone; what they were told stands in `acknowledged`. */
export async function load(
  { url }: ServiceProcess,
  acknowledged: Acknowledged,
  onAnswer: (answers: number) => void,
): Promise<void> {
  let answers = 0;
  const refused = new Set<string>();
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; refused.size === 0; n += 1) {
      const sent = declaration((writer + n) % 2 === 0 ? overweight : {});
      try {
        const answer = await send(url, '/v1/checks', sent);
        if (answer.status !== 200) {
          const problem = (await answer.json()) as { code: string };
          // On a busy machine it sheds, or does not get to keep a check in time; its callers come again, as it tells them to.
          if (answer.status === 503 && answer.headers.has('retry-after')) await setTimeout(250);
          else refused.add(`${answer.status} ${problem.code}`);
          continue;
        }
        const { id, declaration: reference, degraded = false } = (await answer.json()) as Told;
        acknowledged.checks.set(reference, { sent, id, declaration: reference, degraded });
        answers += 1;
        if (n % 3 === 0) {
          const told = await send(url, `/v1/declarations/${encodeURIComponent(reference)}/events`, release);
          if (told.status === 200) acknowledged.released.add(reference);
        }
      } catch {
        // The service is gone.
        return;
      }
      onAnswer(answers);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  expect([...refused], 'refused under load').toEqual([]);
}

export async function killUnderLoad(place: Place, kills: number): Promise<Acknowledged> {
  const acknowledged: Acknowledged = { checks: new Map(), released: new Set() };
  for (let run = 0; run < kills; run += 1) {
    const service = await startProcess(place);
    const enough = 20 + ((run * 37) % 60);
    try {
      await load(service, acknowledged, (answers) => {
        if (answers >= enough) service.child.kill('SIGKILL');
      });
    } finally {
      service.child.kill('SIGKILL');
    }
    expect(await service.ended).toBe('SIGKILL');
    // A command in between, or a start that comes to nothing: opened, nothing looked at, and closed.
    await (await openStore(place)).close();
  }
  return acknowledged;
}

const whole = (told: Acknowledged['checks']): Told[] =>
  [...told.values()].filter(({ degraded }) => degraded !== true);

/** What the next service makes of it: the same answers again, and projections that have caught up when it stops. */
export async function askAgain(place: Place, { checks: told }: Acknowledged): Promise<void> {
  const service = await startProcess(place);
  try {
    // Asked again, it answers with the check that it gave: written once.
    for (const { sent, id, declaration: reference } of whole(told).slice(-40)) {
      const again = (await (await sendUntilTaken(service.url, '/v1/checks', sent)).json()) as Told & {
        supersedes?: string;
      };
      expect([again.declaration, again.id === id || again.supersedes !== undefined]).toEqual([
        reference,
        true,
      ]);
    }
    // Every other declaration is clean, and has nothing to show.
    const last = whole(told).findLast(({ sent }) => sent.items === overweight.items)!.declaration;
    const found = async () => {
      const answer = await fetch(`${service.url}/v1/findings?declaration=${encodeURIComponent(last)}`);
      return ((await answer.json()) as { data: unknown[] }).data.length;
    };
    await expect.poll(found, { timeout: 60_000, interval: 250 }).toBeGreaterThan(0);
  } finally {
    service.child.kill('SIGTERM');
  }
  expect(await service.ended).toBe(0);
}

const rowsOf = (store: Store) =>
  Promise.all(Object.values(tables).map(({ spec }) => readAll(store.collection(spec))));

/** Every acknowledged check is there, once, with its projections, and replays; a rebuild changes nothing. */
export async function examine(place: Place, { checks: told, released }: Acknowledged): Promise<void> {
  const store = await openStore(place);
  try {
    const stored = await readAll(store.collection<CheckDocument>(checks));
    const ids = new Set(stored.map(({ id }) => id));
    expect(whole(told).filter(({ id }) => !ids.has(id))).toEqual([]);
    const fallen = [...told.values()].filter(({ degraded }) => degraded === true).map(({ id }) => id);
    const kept = await store.collection(degradedChecks).getMany(fallen);
    expect(fallen.filter((id) => !kept.has(id))).toEqual([]);
    const places = stored.map(({ key, ordinal }) => `${key} ${ordinal}`);
    expect(places.length - new Set(places).size, 'checks written twice').toBe(0);

    const trail = new Set(
      (await readAll(store.collection<EventDocument>(events))).map((event) => event.declaration),
    );
    expect([...released].filter((reference) => !trail.has(reference))).toEqual([]);

    const [clearance, , , findings] = (await rowsOf(store)) as {
      id: string;
      declaration: string;
      check: string;
    }[][];
    const cleared = new Set(clearance!.map((row) => row.declaration ?? row.id));
    expect(whole(told).filter(({ declaration: reference }) => !cleared.has(reference))).toEqual([]);
    const perCheck = new Map<string, number>();
    for (const { check } of findings!) perCheck.set(check, (perCheck.get(check) ?? 0) + 1);
    expect(stored.filter((check) => (perCheck.get(check.id) ?? 0) !== check.findings.length)).toEqual([]);

    for (const { id } of stored.filter((_, index) => index % Math.ceil(stored.length / 50) === 0))
      expect(await replay(store, id)).toMatchObject({ check: id, same: true });

    const before = await rowsOf(store);
    await rebuild(store);
    expect(await rowsOf(store)).toEqual(before);
  } finally {
    await store.close();
  }
}
