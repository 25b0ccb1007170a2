/**
 * What became due because nothing came. Looked for in the store from what began so long ago: events of a kind in a window
 * of time, or goods under a procedure in a window of days, as long as the trail of the office is known to be complete.
 * Each window begins where the last one ended, so a day's work is what became due in a day, however much is stored.
 * What came in late was checked when it came, and an entry whose window has passed again where something else is taken of it
 * since (taken.ts): a history that is read in order of its file has entries told overdue before what took them out is read.
 * Idempotent: killed, it begins again with the same windows and entries.
 */
import { type EventDocument, events } from '../check/collections.ts';
import type { Desk } from '../check/desk.ts';
import type { Office } from '../check/lodge.ts';
import { openRegistry, type Registry } from '../check/registry.ts';
import { dayOf } from '../declaration/form.ts';
import type { CollectionSpec, Filter, Store } from '../store/port.ts';
import { clearance } from './clearance.ts';
import { type ClearanceItemRow, clearanceItem } from './clearance-item.ts';
import { lookAtTaken } from './taken.ts';
import { entriesCalled } from './taking.ts';
import { type AgeWait, type EventWait, type Wait, waitsOf } from './waits.ts';

/** How far an office was looked at for a wait. */
interface Looked {
  /** By `lookedId`. */
  id: string;
  /** Up to when its trail was complete then, UTC. */
  complete: string;
}

const lookedId = ({ key }: Wait, office: string): string => `${key}|${office}`;

const looked: CollectionSpec = { name: 'overdue', schema: 1, columns: {}, indexes: [] };

export interface Overdue {
  /** Declarations that became due, or were due when something else was taken of them, and were checked again. */
  checked: number;
  /** Of these, that got a new check. */
  changed: number;
  /** Rules that wait for a limit that can't be told from them. */
  unseen: { rule: string; fact: string }[];
}

type Parts = {
  store: Store;
  office: Office;
  desk: Pick<Desk, 'rulebook' | 'evidence' | 'refresh' | 'now'>;
  signal?: AbortSignal | undefined;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The zone of an office is known with its declarations; before, a day may end so much earlier or later. */
const zoneMs = 14 * hourMs;
/** A day may be stated as the acceptance while rows are counted by registration: so far apart at most. */
const datesApartMs = 45 * dayMs;
/** A source that claims the hour gone by is followed in such steps. */
const stepMs = 6 * hourMs;
const page = 1_000;

const iso = (time: number): string => new Date(time).toISOString();
const day = (time: number): string => iso(time).slice(0, 10);
const between = (column: string, after: string | undefined, upTo: string): Filter[] => [
  ...(after === undefined ? [] : [{ column, op: 'gt', value: after } as const]),
  { column, op: 'le', value: upTo },
];

/** Offices of which the same was looked at before and the same is complete now. */
interface Window {
  offices: ReadonlySet<string>;
  before: number | undefined;
  complete: number;
}

async function windowsOf(
  { store, desk }: Parts,
  offices: readonly string[],
  wait: Wait,
  now: number,
): Promise<Window[]> {
  const ids = new Map(offices.map((office) => [lookedId(wait, office), office]));
  const seen = await store.collection<Looked>(looked).getMany([...ids.keys()]);
  const windows = new Map<string, Window & { offices: Set<string> }>();
  for (const [id, office] of ids) {
    const complete = completeTo(desk, { office }, wait, now);
    const stored = seen.get(id)?.doc.complete;
    const before = stored === undefined ? undefined : Date.parse(stored);
    if (complete === undefined || (before !== undefined && complete < before + stepMs)) continue;
    const key = `${before}|${complete}`;
    const window = windows.get(key) ?? { offices: new Set(), before, complete };
    windows.set(key, window);
    window.offices.add(office);
  }
  return [...windows.values()];
}

function completeTo(
  { evidence }: Parts['desk'],
  of: { office?: string | undefined; country?: string | undefined },
  wait: Wait,
  now: number,
): number | undefined {
  const { office, country } = of;
  const place = {
    ...(office === undefined ? {} : { office }),
    ...(country === undefined ? {} : { country }),
  };
  let least = now;
  for (const what of wait.of === 'age' ? (['declaration'] as const) : wait.then.kinds) {
    const until = evidence?.completeTo(place, what, iso(now));
    if (until === undefined) return undefined;
    least = Math.min(least, until);
  }
  return least;
}

/** Declarations that may have become due, a page at a time: one may come on several pages. */
async function* candidates(store: Store, wait: Wait, window: Window): AsyncGenerator<string[]> {
  let cursor: string | undefined;
  do {
    const next = cursor === undefined ? {} : { cursor };
    if (wait.of === 'event') {
      const found = await store.collection<EventDocument>(events).find({ ...begun(wait, window), ...next });
      yield [...new Set(found.docs.map(({ declaration }) => declaration))];
      cursor = found.next;
    } else {
      const found = await store
        .collection<ClearanceItemRow>(clearanceItem.spec)
        .find({ ...aged(wait, window), ...next });
      yield [...new Set(found.docs.flatMap(({ declaration }) => declaration ?? []))];
      cursor = found.next;
    }
  } while (cursor !== undefined);
}

function begun(wait: EventWait, { before, complete }: Window) {
  const limit = wait.hours * hourMs;
  // Of working hours it is not known when they are over: what began is looked at for some time on.
  const on = wait.working ? 3 * limit + 14 * dayMs : 0;
  const after = before === undefined ? undefined : iso(before - zoneMs - limit - on);
  const kinds = { column: 'kind', op: 'in', value: wait.first.kinds } as const;
  return {
    where: { and: [kinds, ...between('at', after, iso(complete + zoneMs - limit))] },
    sort: [{ column: 'at', direction: 'asc' }] as const,
    limit: page,
  };
}

function aged({ days, procedures }: AgeWait, { before, complete, offices }: Window) {
  const limit = days * dayMs;
  const after = before === undefined ? undefined : day(before - zoneMs - limit - datesApartMs);
  const under: Filter[] =
    procedures === undefined
      ? []
      : [{ or: procedures.map((value) => ({ column: 'procedure', op: 'prefix', value }) as const) }];
  const here: Filter = { column: 'office', op: 'in', value: [...offices] };
  return {
    where: { and: [here, ...under, ...between('day', after, day(complete + zoneMs - limit + datesApartMs))] },
    sort: [{ column: 'day', direction: 'asc' }] as const,
    limit: page,
  };
}

const endOf = (from: string, { days }: AgeWait): number => Date.parse(`${from}T00:00:00Z`) + days * dayMs;

/** Of the candidates, those that are due now and were not before. */
async function due(
  parts: Parts & { registry: Registry },
  references: readonly string[],
  wait: Wait,
  { offices, before }: Window,
  now: number,
): Promise<string[]> {
  const { registry, desk } = parts;
  const [versions, { events: trails }] = await Promise.all([
    registry.versions(references),
    wait.of === 'event' ? registry.trails(references) : { events: new Map<string, EventDocument[]>() },
  ]);
  return references.filter((reference) => {
    const doc = versions.get(reference)?.at(-1);
    if (doc === undefined || doc.office === null || !offices.has(doc.office)) return false;
    if (wait.flows !== undefined && !wait.flows.has(doc.flow)) return false;
    const { country } = doc.declaration;
    const complete = completeTo(desk, { office: doc.office, country }, wait, now);
    if (complete === undefined) return false;
    if (wait.of === 'age') {
      const from = dayOf(doc.declaration);
      if (from === undefined) return false;
      const at = endOf(from, wait);
      return at <= complete + zoneMs && (before === undefined || at > before - zoneMs - dayMs);
    }
    const steps = (trails.get(reference) ?? []).toSorted((a, b) => (a.at < b.at ? -1 : 1));
    const first = steps.find((step) => wait.first.test(step));
    if (first === undefined) return false;
    const answered = steps.some((step) => step !== first && step.at >= first.at && wait.then.test(step));
    return !answered && (wait.working || Date.parse(first.at) + wait.hours * hourMs <= complete);
  });
}

/** Of the entries, those whose windows were looked at already: the others are looked at in theirs. */
async function passed(
  { store, registry }: Parts & { registry: Registry },
  references: readonly string[],
  waits: readonly AgeWait[],
): Promise<string[]> {
  const versions = await registry.versions(references);
  const offices = new Set([...versions.values()].flatMap((docs) => docs.at(-1)?.office ?? []));
  const ids = waits.flatMap((wait) => [...offices].map((office) => lookedId(wait, office)));
  const marks = await store.collection<Looked>(looked).getMany(ids);
  return references.filter((reference) => {
    const doc = versions.get(reference)?.at(-1);
    const from = doc === undefined ? undefined : dayOf(doc.declaration);
    if (from === undefined) return false;
    const { office, flow } = doc!;
    return waits.some((wait) => {
      const mark = office === null ? undefined : marks.get(lookedId(wait, office));
      if (mark === undefined || (wait.flows !== undefined && !wait.flows.has(flow))) return false;
      return endOf(from, wait) <= Date.parse(mark.doc.complete) + zoneMs;
    });
  });
}

async function officesHere(store: Store): Promise<string[]> {
  const rows = await store
    .collection(clearance.spec)
    .aggregate({ groupBy: ['office'], measures: { rows: { count: true } } });
  return rows.flatMap(({ key }) => (typeof key.office === 'string' ? [key.office] : []));
}

/** To be called when declarations are projected; cheap where nothing is complete further than at the last call. */
export async function checkOverdue(parts: Parts): Promise<Overdue> {
  const { store, office, desk } = parts;
  const { rules, shared } = desk.rulebook();
  const { waits, unseen } = waitsOf(rules, shared);
  const done: Overdue = { checked: 0, changed: 0, unseen };
  if (desk.evidence === undefined) return done;
  await desk.refresh?.();
  const now = desk.now().getTime();
  const registry = openRegistry(store);
  const checkAgain = async (references: readonly string[]): Promise<void> => {
    parts.signal?.throwIfAborted();
    done.checked += references.length;
    if (references.length > 0) done.changed += (await office.again(references, iso(now))).length;
  };
  const ages = waits.filter((wait) => wait.of === 'age');
  await lookAtTaken(store, async (names) => {
    // What takes of them may have come to another replica since.
    await desk.refresh?.();
    await checkAgain(await passed({ ...parts, registry }, await entriesCalled(store, names), ages));
  });
  if (waits.length === 0) return done;
  const offices = await officesHere(store);
  for (const wait of waits)
    for (const window of await windowsOf(parts, offices, wait, now)) {
      for await (const references of candidates(store, wait, window)) {
        await checkAgain(await due({ ...parts, registry }, references, wait, window, now));
      }
      const complete = iso(window.complete);
      await store
        .collection<Looked>(looked)
        .put([...window.offices].map((name) => ({ id: lookedId(wait, name), complete })));
    }
  return done;
}
