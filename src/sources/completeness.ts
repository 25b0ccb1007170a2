/**
 * How far the data of each office are known to be complete. A rule that says something is absent is evaluated up to
 * this watermark and no further: on a day whose inspection acts have not arrived, nothing is missing yet.
 *
 * A watermark comes from what an extract claims of itself, from control totals that were met, or, where neither is
 * given, from the last full day of which something arrived. Pure; the store's collections are declared here as well.
 */
import type { Declaration } from '../declaration/declaration.ts';
import type { EventKind } from '../declaration/trail.ts';
import type { Feed } from '../mapping/mapping.ts';
import type { CollectionSpec } from '../store/port.ts';

/** Everything of this feed up to and with this day, on the office's clock, is known to be here. */
export interface WatermarkDocument {
  /** `source|feed|office|until`: earlier marks stay, for what was known when. */
  id: string;
  source: string;
  feed: Feed;
  /** `*`: every office. */
  office: string;
  /** Last complete day. */
  until: string;
  basis: 'claimed' | 'control totals' | 'last full day' | 'nothing sent yet';
  recordedAt: string;
}

/** What the source says it holds of one office and day; comes in as reference records of the kind `control-total`. */
export interface ControlTotal {
  feed: Feed;
  office: string;
  day: string;
  /** Declarations registered, or events of the trail. */
  count: number;
  /** Sum of taxes in minor units of the national currency; null where the source gives none. */
  taxes: number | null;
}

const text = { type: 'text' } as const;

export const watermarks: CollectionSpec = {
  name: 'watermark',
  schema: 1,
  columns: { source: text, feed: text, office: text, until: text, recordedAt: text },
  indexes: [['office', 'feed']],
};

/** Which feed carries an event, where a source has a table of its own for it; `trail` carries what no other does. */
export const feedOf: Readonly<Partial<Record<EventKind, Feed>>> = {
  INSPECT: 'inspection',
  SCAN: 'inspection',
  PAY: 'payment',
  RELEASE: 'release',
  EXIT: 'release',
  MANIFEST: 'cargo',
  ARRIVE: 'cargo',
};

/**
 * The last complete day of an office for events of a kind, or for declarations; undefined where nothing is known, and
 * then no absence may be found. Where several sources feed the office, the one that is behind counts.
 */
export function completeUntil(
  known: readonly Pick<WatermarkDocument, 'feed' | 'office' | 'until' | 'source'>[],
  office: string,
  what: EventKind | 'declaration',
): string | undefined {
  const here = known.filter((mark) => mark.office === office || mark.office === '*');
  const own = what === 'declaration' ? 'declaration' : (feedOf[what] ?? 'trail');
  // A source that brings inspections apart says so with a watermark of its own, however old it is.
  const exact = here.filter((mark) => mark.feed === own);
  const relevant =
    exact.length > 0 || what === 'declaration' ? exact : here.filter((mark) => mark.feed === 'trail');
  // Of one source its word on this office goes before its word on all of them, and the latest day before earlier ones.
  const bySource = new Map<string, Pick<WatermarkDocument, 'office' | 'until'>>();
  for (const mark of relevant) {
    const held = bySource.get(mark.source);
    const better =
      held === undefined || (held.office === mark.office ? held.until < mark.until : held.office === '*');
    if (better) bySource.set(mark.source, mark);
  }
  return [...bySource.values()].map((mark) => mark.until).sort()[0];
}

/** Whether the absence of an event by this instant may be told: the whole day of it is complete. `local` is ISO with offset. */
export const absenceIsKnown = (until: string | undefined, local: string): boolean =>
  until !== undefined && local.slice(0, 10) <= until;

export interface OfficeDay {
  feed: Feed;
  office: string;
  day: string;
  count: number;
  /** Minor units; null on feeds that carry none. */
  taxes: number | null;
}

/** Counts what comes in by feed, office and day on the office's clock. */
export interface Arrivals {
  event(feed: Feed, office: string | undefined, at: string): void;
  declaration(declaration: Declaration): void;
  days(): OfficeDay[];
}

const unknownOffice = '?';

export function collectArrivals(): Arrivals {
  const days = new Map<string, OfficeDay>();
  const at = (feed: Feed, office: string | undefined, day: string): OfficeDay => {
    const key = `${feed}|${office ?? unknownOffice}|${day}`;
    let entry = days.get(key);
    if (entry === undefined) {
      entry = {
        feed,
        office: office ?? unknownOffice,
        day,
        count: 0,
        taxes: feed === 'declaration' ? 0 : null,
      };
      days.set(key, entry);
    }
    return entry;
  };
  return {
    event(feed, office, instant) {
      at(feed, office, instant.slice(0, 10)).count++;
    },
    declaration(declaration) {
      const day = declaration.registration?.date ?? declaration.acceptedAt;
      if (day === undefined) return;
      const entry = at('declaration', declaration.office, day);
      entry.count++;
      entry.taxes! += taxesOf(declaration);
    },
    days: () =>
      [...days.values()].sort(
        (a, b) => compare(a.feed, b.feed) || compare(a.office, b.office) || compare(a.day, b.day),
      ),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The declaration's own total, else the sum of what is payable on its lines; minor units. */
export function taxesOf(declaration: Declaration): number {
  const total = declaration.totals?.taxes?.amount;
  if (total !== undefined) return total;
  let sum = 0;
  for (const item of declaration.items)
    for (const line of item.taxes ?? []) if (line.payable !== false) sum += line.amount?.amount ?? 0;
  return sum;
}

export interface Mismatch {
  feed: Feed;
  office: string;
  day: string;
  what: 'count' | 'taxes';
  expected: number;
  found: number;
}

/** Control totals against what came in; a day that the source speaks of and that is not here is found as 0. */
export function compareTotals(expected: readonly ControlTotal[], found: readonly OfficeDay[]): Mismatch[] {
  const byDay = new Map(found.map((entry) => [`${entry.feed}|${entry.office}|${entry.day}`, entry]));
  return expected.flatMap(({ feed, office, day, count, taxes }) => {
    const entry = byDay.get(`${feed}|${office}|${day}`);
    const place = { feed, office, day };
    const mismatches: Mismatch[] = [];
    if ((entry?.count ?? 0) !== count)
      mismatches.push({ ...place, what: 'count', expected: count, found: entry?.count ?? 0 });
    if (taxes !== null && (entry?.taxes ?? 0) !== taxes)
      mismatches.push({ ...place, what: 'taxes', expected: taxes, found: entry?.taxes ?? 0 });
    return mismatches;
  });
}

export interface Gap {
  feed: Feed;
  office: string;
  from: string;
  to: string;
  days: number;
}

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/**
 * Days between the first and the last arrival of an office on which nothing came, where it was open.
 * @param closed Tells days on which an office is not open: weekends and holidays of its calendar.
 */
export function gapsOf(found: readonly OfficeDay[], closed: (office: string, day: string) => boolean): Gap[] {
  const series = new Map<string, Set<string>>();
  for (const { feed, office, day } of found) {
    const key = `${feed}|${office}`;
    series.set(key, (series.get(key) ?? new Set()).add(day));
  }
  const gaps: Gap[] = [];
  for (const [key, days] of series) {
    const [feed, office] = key.split('|') as [Feed, string];
    const sorted = [...days].sort();
    let open: Gap | undefined;
    for (let day = sorted[0]!; day < sorted.at(-1)!; day = dayAfter(day, 1)) {
      if (days.has(day)) open = undefined;
      else if (!closed(office, day)) {
        if (open === undefined) {
          open = { feed, office, from: day, to: day, days: 0 };
          gaps.push(open);
        }
        open.to = day;
        open.days++;
      }
    }
  }
  return gaps;
}

export interface Claim {
  feed: Feed;
  /** `*` for all offices. */
  office: string;
  /** Last complete day. */
  until: string;
}

/**
 * New watermarks of a source. What the extract claims goes first; control totals that are met carry an office to their
 * last day; without either, the day before the last arrival is taken for complete. Nothing is complete from the first
 * day on that its totals contradict, and a watermark never goes back.
 */
export function watermarksOf(
  source: string,
  /** When checks came to know them. */
  known: { claims: string; rest: string },
  input: {
    found: readonly OfficeDay[];
    claims: readonly Claim[];
    totals: readonly ControlTotal[];
    before: readonly WatermarkDocument[];
  },
): WatermarkDocument[] {
  const made = new Map<string, Pick<WatermarkDocument, 'feed' | 'office' | 'until' | 'basis'>>();
  const offer = (
    feed: Feed,
    office: string,
    until: string,
    basis: WatermarkDocument['basis'],
    over = true,
  ) => {
    const key = `${feed}|${office}`;
    const held = made.get(key);
    if (held === undefined || (over && until > held.until)) made.set(key, { feed, office, until, basis });
  };
  for (const { feed, office, until } of input.claims) offer(feed, office, until, 'claimed');
  const wrong = new Map<string, string>();
  for (const { feed, office, day } of compareTotals(input.totals, input.found)) {
    const key = `${feed}|${office}`;
    const first = wrong.get(key);
    if (first === undefined || day < first) wrong.set(key, day);
  }
  for (const { feed, office, day } of input.totals) {
    const first = wrong.get(`${feed}|${office}`);
    if (first === undefined || day < first) offer(feed, office, day, 'control totals');
  }
  const claimed = new Set(input.claims.map(({ feed, office }) => `${feed}|${office}`));
  const last = new Map<string, OfficeDay>();
  for (const entry of input.found) {
    const key = `${entry.feed}|${entry.office}`;
    const latest = last.get(key);
    if (latest === undefined || latest.day < entry.day) last.set(key, entry);
  }
  for (const [key, { feed, office, day }] of last) {
    const spoken = made.has(key) || claimed.has(`${feed}|*`) || wrong.has(key);
    if (!spoken) offer(feed, office, dayAfter(day, -1), 'last full day');
  }
  // What contradicts its totals is complete to the day before, whatever was claimed.
  for (const [key, day] of wrong) {
    const held = made.get(key);
    if (held === undefined || held.until >= day) {
      const [feed, office] = key.split('|') as [Feed, string];
      made.set(key, { feed, office, until: dayAfter(day, -1), basis: 'control totals' });
    }
  }
  const before = new Map<string, string>();
  for (const { source: of, feed, office, until } of input.before) {
    const key = `${feed}|${office}`;
    if (of === source && (before.get(key) ?? '') < until) before.set(key, until);
  }
  return [...made.entries()]
    .filter(([key, mark]) => (before.get(key) ?? '') < mark.until)
    .map(([key, mark]) => ({
      id: `${source}|${key}|${mark.until}`,
      source,
      ...mark,
      // That all declarations are here is not so before they are.
      recordedAt: mark.basis === 'claimed' && mark.feed !== 'declaration' ? known.claims : known.rest,
    }));
}
