/**
 * What each office was given before, counted in memory: lanes of the month by flow for expected rates, lanes of the day
 * for capacities, and how many went free in a row although rules hit. Counted from what the store holds when an office is
 * seen for the first time, and from our own decisions after that, so a check costs no read for it. Declarations count
 * once, by their first check, and only while they are new: a file of last year's declarations fills nobody's day.
 *
 * Replicas count each for itself and take in what the others decided at every `refresh`, and of an office that was quiet
 * here before its next decision; a capacity can be exceeded by what was decided elsewhere in the seconds between. Every number that entered a decision is kept with its check.
 */
import { flows } from '../declaration/declaration.ts';
import type { Counts } from '../selectivity/counts.ts';
import { selects } from '../selectivity/decide.ts';
import type { Filter, Store } from '../store/port.ts';
import type { DeclarationDocument } from './collections.ts';
import { checks as checkSpec } from './collections.ts';
import type { CheckDocument } from './document.ts';
import { following, type OfficeClock, officeClock } from './office-clock.ts';

export interface Tally {
  /** Resolves once what these offices were given before is known; undefined where it is known already. */
  ready(offices: readonly string[], at: string): Promise<void> | undefined;
  /** Undefined for a declaration that is not counted. */
  counts(doc: Counted, at: string): Counts | undefined;
  /**
   * Adds a first check, or the one at which a draft was registered. Answers what takes it off again, for a check that was
   * not written after all; of hits in a row, which it may have ended, as near as can be told.
   */
  add(doc: Counted, check: Pick<CheckDocument, 'lane' | 'findings'>, at: string): () => void;
  /** Takes in what others decided. */
  refresh(at: string): Promise<void>;
}

/** With when it was taken in by customs, as far as it tells, as `occurredAt`. */
type Counted = Pick<DeclarationDocument, 'office' | 'flow' | 'occurredAt'>;

interface FlowCounts {
  declared: number;
  lanes: Record<string, number>;
  unselected: number;
}

interface OfficeCounts {
  day: string;
  month: string;
  flows: Map<string, FlowCounts>;
  today: Record<string, number>;
}

/** Days after which a declaration is history: its lane takes nobody's time today. */
const newForDays = 7;
const dayMs = 86_400_000;
/** Checks of one batch share their instant: so many of the newest are looked at to find the last of a flow. */
const ofOneBatch = 1_000;
/** What was decided so shortly before a count began may not have been written when it read. */
const writingMs = 2_000;
/** Where others decide too, a count that was read longer ago is read anew before it decides anything. */
const freshForMs = 6_000;
/** An office that was read within that time is one that is followed. */
const followedMs = 60_000;

/**
 * @param free lane of what nothing selects
 * @param hasRows whether hits in a row select at an office and flow; nothing is read for them elsewhere
 */
export function openTally(
  store: Store,
  free: string,
  clock: OfficeClock = officeClock(),
  hasRows: (office: string, flow: string) => boolean = () => true,
): Tally {
  const checks = store.collection<CheckDocument>(checkSpec);
  const offices = new Map<string, OfficeCounts>();
  const seeding = new Map<string, Promise<void>>();
  /** Our own decisions of late, which a count that began meanwhile may have missed. */
  let recent: { office: string; decided: number; add: (counts: OfficeCounts) => void }[] = [];

  /** Declared since then it is new on that day: whole days, so that what the store holds is counted alike after a restart. */
  const newSince = (office: string, day: string): string =>
    new Date(Date.parse(clock.beginning(office, day)) - newForDays * dayMs).toISOString();
  const isNew = (office: string, occurredAt: string, at: string): boolean =>
    occurredAt >= newSince(office, clock.dayAt(office, at));

  /** Counts of an office as of a moment; a new day or month begins at nothing. */
  function current(office: string, at: string): OfficeCounts {
    const day = clock.dayAt(office, at);
    const month = day.slice(0, 7);
    let counts = offices.get(office);
    if (counts === undefined) {
      counts = { day, month, flows: new Map(), today: {} };
      offices.set(office, counts);
    }
    if (counts.day !== day) {
      counts.day = day;
      counts.today = {};
    }
    if (counts.month !== month) {
      counts.month = month;
      for (const flow of counts.flows.values()) {
        flow.declared = 0;
        flow.lanes = {};
      }
    }
    return counts;
  }

  function flowOf(counts: OfficeCounts, flow: string): FlowCounts {
    let found = counts.flows.get(flow);
    if (found === undefined) {
      found = { declared: 0, lanes: {}, unselected: 0 };
      counts.flows.set(flow, found);
    }
    return found;
  }

  async function seed(office: string, at: string): Promise<void> {
    const began = performance.now();
    const day = clock.dayAt(office, at);
    const since = (first: string, flow?: string): Filter => {
      const days: Filter[] = [];
      for (let one = first; one <= day; one = following(one))
        days.push({
          and: [
            { column: 'recordedAt', op: 'ge', value: clock.beginning(office, one) },
            { column: 'recordedAt', op: 'lt', value: clock.beginning(office, following(one)) },
            { column: 'occurredAt', op: 'ge', value: newSince(office, one) },
          ],
        });
      return {
        and: [
          { column: 'office', op: 'eq', value: office },
          ...(flow === undefined ? [] : [{ column: 'flow', op: 'eq', value: flow } as const]),
          { column: 'recordedAt', op: 'ge', value: clock.beginning(office, first) },
          {
            or: [
              // It was found to be new when it was counted.
              { column: 'counted', op: 'eq', value: 1 },
              {
                and: [
                  { column: 'counted', op: 'isNull' },
                  { column: 'supersedes', op: 'isNull' },
                  { or: days },
                ],
              },
            ],
          },
        ],
      };
    };
    const thisMonth = `${day.slice(0, 7)}-01`;
    const monthBefore = `${new Date(Date.parse(thisMonth) - dayMs).toISOString().slice(0, 7)}-01`;
    /** How many had gone free in a row with the last one of a flow, of which there is one since a day. */
    const rowOf = async (flow: string, first: string): Promise<number> => {
      const newest = async (where: Filter, limit: number) =>
        (await checks.find({ where, sort: [{ column: 'recordedAt', direction: 'desc' }], limit })).docs;
      const [last] = await newest(since(first, flow), 1);
      if (last === undefined) return 0;
      const together: Filter = {
        and: [since(first, flow), { column: 'recordedAt', op: 'eq', value: last.recordedAt }],
      };
      const place = ({ circumstances }: CheckDocument) => circumstances?.counts?.declared ?? -1;
      const [end] = (await newest(together, ofOneBatch)).sort((a, b) => place(b) - place(a));
      const before = end?.circumstances?.counts?.unselected;
      return before === undefined ? 0 : unselectedAfter(before, end!, free);
    };
    const [month, today] = await Promise.all([
      checks.aggregate({
        where: since(thisMonth),
        groupBy: ['flow', 'lane'],
        measures: { count: { count: true } },
      }),
      checks.aggregate({ where: since(day), groupBy: ['lane'], measures: { count: { count: true } } }),
    ]);
    const counts: OfficeCounts = { day, month: day.slice(0, 7), flows: new Map(), today: {} };
    for (const { key, values } of month) {
      const flow = flowOf(counts, String(key.flow));
      flow.declared += values.count ?? 0;
      flow.lanes[String(key.lane)] = values.count ?? 0;
    }
    for (const { key, values } of today) counts.today[String(key.lane)] = values.count ?? 0;
    // A row goes on over the end of a month. Where none of a flow came since, what was known of it a moment ago stands.
    const lately =
      (known.get(office) ?? Number.NEGATIVE_INFINITY) > began - followedMs
        ? offices.get(office)?.flows
        : undefined;
    const rows = await Promise.all(
      flows
        .filter((flow) => hasRows(office, flow))
        .map(async (flow): Promise<[string, number]> => {
          if (counts.flows.has(flow)) return [flow, await rowOf(flow, thisMonth)];
          return [flow, lately?.get(flow)?.unselected ?? (await rowOf(flow, monthBefore))];
        }),
    );
    for (const [flow, unselected] of rows) if (unselected > 0) flowOf(counts, flow).unselected = unselected;
    recent = recent.filter((one) => one.office !== office || one.decided >= began - writingMs);
    for (const one of recent) if (one.office === office && known.has(office)) one.add(counts);
    offices.set(office, counts);
    known.set(office, began);
  }
  /** When each was last read, by the clock that is never set. */
  const known = new Map<string, number>();
  let seen = new Set<string>();

  return {
    ready(wanted, at) {
      // An office that was quiet here may have been busy elsewhere, and only busy ones are read at every refresh.
      const stale = (read: number | undefined): boolean =>
        read === undefined || (!store.exclusive && read + freshForMs < performance.now());
      // A clock that was ahead has begun a day that is not there yet: what was given today is read anew.
      const isAhead = (office: string): boolean => (offices.get(office)?.day ?? '') > clock.dayAt(office, at);
      const unknown = wanted.filter((office) => stale(known.get(office)) || isAhead(office));
      if (unknown.length === 0) return undefined;
      const waiting = [...new Set(unknown)].map((office) => {
        const started =
          seeding.get(office) ??
          seed(office, at).finally(() => {
            seeding.delete(office);
          });
        seeding.set(office, started);
        return started;
      });
      return Promise.all(waiting).then(() => undefined);
    },
    counts(doc, at) {
      if (doc.office === null || !isNew(doc.office, doc.occurredAt, at)) return undefined;
      const office = current(doc.office, at);
      const flow = flowOf(office, doc.flow);
      return {
        declared: flow.declared,
        lanes: { ...flow.lanes },
        today: { ...office.today },
        unselected: flow.unselected,
      };
    },
    add(doc, check, at) {
      if (doc.office === null || !isNew(doc.office, doc.occurredAt, at)) return () => {};
      const undo: (() => void)[] = [];
      const add = (office: OfficeCounts): void => {
        const flow = flowOf(office, doc.flow);
        const { day, month } = office;
        const row = flow.unselected;
        flow.declared += 1;
        flow.lanes[check.lane] = (flow.lanes[check.lane] ?? 0) + 1;
        flow.unselected = unselectedAfter(row, check, free);
        office.today[check.lane] = (office.today[check.lane] ?? 0) + 1;
        const added = flow.unselected - row;
        undo.push(() => {
          if (office.month === month) {
            flow.declared -= 1;
            flow.lanes[check.lane]! -= 1;
          }
          if (office.day === day) office.today[check.lane]! -= 1;
          flow.unselected = Math.max(0, flow.unselected - added);
        });
      };
      add(current(doc.office, at));
      const one = { office: doc.office, decided: performance.now(), add };
      if (!store.exclusive) {
        seen.add(doc.office);
        recent.push(one);
      }
      return () => {
        recent = recent.filter((each) => each !== one);
        for (const takeOff of undo) takeOff();
      };
    },
    async refresh(at) {
      // Nobody else writes into an exclusive store: our own count is the count.
      if (store.exclusive) return;
      const active = [...seen];
      seen = new Set();
      await Promise.all(active.map((office) => seed(office, at)));
    },
  };
}

/** A declaration that no rule hits says nothing about those that are hit and go free. */
function unselectedAfter(
  before: number,
  { lane, findings }: Pick<CheckDocument, 'lane' | 'findings'>,
  free: string,
): number {
  if (!findings.some(selects)) return before;
  return lane === free ? before + 1 : 0;
}
