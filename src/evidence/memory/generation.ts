/**
 * One reading of the store into memory, followed from then on. It may begin at a day: what is older is left out but for
 * when its people and goods were first and last seen, and for what has a part in accounts, which stay open for long.
 * A later reading takes its place (../memory.ts); who has begun to look into one goes on with it.
 */
import {
  type Collections,
  declarations,
  type EventDocument,
  events,
  type OutcomeDocument,
  outcomes,
} from '../../check/collections.ts';
import type { Declaration } from '../../declaration/declaration.ts';
import { dayOf } from '../../declaration/form.ts';
import { isSuspense } from '../../facts/ledger/account.ts';
import type { CollectionSpec, Store } from '../../store/port.ts';
import { type AnyLink, keysOf } from '../links.ts';
import { type Conduct, openConduct } from './conduct.ts';
import { type Names, names as newNames, noName } from './names.ts';
import { openSeen, type Seen } from './seen.ts';
import type { Party } from './trace.ts';
import { dayNumber, openTraces, type Traces } from './traces.ts';

/** What is asked of the memory; the same rows as long as it is held. */
export interface View {
  readonly names: Names;
  readonly traces: Traces;
  readonly conduct: Conduct;
  /** Rows of versions that have the key and were known before an instant (milliseconds), cancelled declarations left out. */
  linked(by: AnyLink, key: string, asOf: number): number[];
  /** How many versions `links` has under a key. */
  linkCount(by: AnyLink, key: string): number;
  /**
   * Every version under a key, cancelled and replaced ones too, as far as they are taken in; more come at their end.
   * @param from how many of them are passed over
   */
  links(
    by: AnyLink,
    key: string,
    from?: number,
  ): Iterable<{ reference: string; consignee: string | undefined }>;
  /** Whether its cancellation was recorded. */
  cancelled(reference: number, asOf: number): boolean;
  /** Whether its payment or exit was recorded. */
  ended(reference: number, asOf: number): boolean;
  /** First and last day of what was left out, of these people and goods together. */
  seenBefore(columns: readonly Party[], values: readonly number[]): Seen | undefined;
}

export interface Generation extends View {
  /** Takes in what was written before the call. */
  follow(): Promise<void>;
  /** Documents taken in so far, and whether the first run through the store is over. */
  progress(): { taken: number; ready: boolean };
  /** Day of the oldest declaration that is kept for history alone; Infinity where there is none. */
  oldest(): number;
}

const readBatch = 2_000;
const nothing: readonly number[] = [];

/** Entries under suspense, what discharges them and what is secured are looked for as long as they are in the store. */
const hasAccounts = ({ guarantee, previous, items }: Declaration): boolean =>
  guarantee?.reference !== undefined ||
  (previous ?? []).length > 0 ||
  items.some((item) => isSuspense(item.procedure) || (item.previous ?? []).length > 0);

/** @param from day before which nothing is kept, as its number; everything is kept where absent. */
export function openGeneration(store: Store, from = Number.NEGATIVE_INFINITY): Generation {
  const names = newNames();
  const traces = openTraces(names);
  const conduct = openConduct(names);
  /** Versions by link and key; most keys are of one version, which needs no list. */
  const links = new Map<AnyLink, Map<string, number | number[]>>();
  const cancellations = new Map<number, number>();
  const ends = new Map<number, number>();
  /** A movement ends where it arrives; goods that are imported arrive before. */
  const movements = new Set<number>();
  /** Events and outcomes whose declaration is not here yet. */
  const waiting = new Map<string, (() => void)[]>();
  const position = { declaration: 0, event: 0, outcome: 0 };
  let taken = 0;
  let oldest = Number.POSITIVE_INFINITY;
  let ready = false;
  let running: Promise<void> | undefined;
  let isReading = false;
  let next: Promise<void> | undefined;

  const earliest = (map: Map<number, number>, reference: number, recordedAt: string): void => {
    const at = Date.parse(recordedAt);
    const known = map.get(reference);
    if (known === undefined || at < known) map.set(reference, at);
  };

  const older = openSeen(names);

  function takeVersion(doc: Collections['declaration']): void {
    const day = dayNumber(dayOf(doc.declaration) ?? doc.occurredAt);
    if (day < from && !hasAccounts(doc.declaration)) {
      older.take(doc, day);
      return;
    }
    if (!hasAccounts(doc.declaration)) oldest = Math.min(oldest, day);
    const reference = names.of(doc.reference);
    const before = traces.newest(reference);
    traces.takeVersion(doc);
    const version = traces.newest(reference);
    if (version === before) return;
    conduct.takeVersion(doc, before < 0);
    if (doc.flow === 'transit') movements.add(reference);
    for (const { by, key } of keysOf(doc.declaration)) {
      // A reference is used once it was accepted: what was refused, or waits, is lodged again under the same one.
      if (by === 'localReference' && doc.provisional) continue;
      let versions = links.get(by);
      if (versions === undefined) {
        versions = new Map();
        links.set(by, versions);
      }
      const known = versions.get(key);
      if (known === undefined) versions.set(key, version);
      else if (typeof known === 'number') versions.set(key, [known, version]);
      else known.push(version);
    }
    const late = waiting.get(doc.reference);
    if (late === undefined) return;
    waiting.delete(doc.reference);
    for (const take of late) take();
  }

  /** Now, or when the declaration has come. */
  function whenKnown(name: string, recordedAt: string, take: (reference: number) => void): void {
    const reference = names.find(name);
    if (reference !== noName && traces.newest(reference) >= 0) take(reference);
    // Of what was left out itself: declarations are read first.
    else if (dayNumber(recordedAt) >= from) {
      const late = waiting.get(name) ?? [];
      waiting.set(name, late);
      late.push(() => take(names.find(name)));
    }
  }

  const remembered = new Set<EventDocument['kind']>(['AMEND', 'CANCEL', 'OFFENCE']);
  const ending = new Set<EventDocument['kind']>(['EXIT', 'PAY']);
  const compared = new Set<EventDocument['kind']>(['INSPECT', 'REROUTE']);

  function takeEvent(event: EventDocument): void {
    const { kind, recordedAt } = event;
    if (!remembered.has(kind) && !ending.has(kind) && !compared.has(kind) && kind !== 'ARRIVE') return;
    whenKnown(event.declaration, recordedAt, (reference) => {
      if (compared.has(kind)) conduct.takeEvent(event, reference);
      if (remembered.has(kind)) traces.takeEvent(event, reference);
      // What is cancelled is related to nothing any more, and takes nothing of any account.
      if (kind === 'CANCEL') earliest(cancellations, reference, recordedAt);
      if (ending.has(kind) || (kind === 'ARRIVE' && movements.has(reference)))
        earliest(ends, reference, recordedAt);
    });
  }

  const takeOutcome = (outcome: OutcomeDocument): void =>
    whenKnown(outcome.declaration, outcome.recordedAt, (reference) => {
      const examiner = outcome.officer ?? conduct.examiner(reference, Date.parse(outcome.recordedAt));
      traces.takeOutcome({ ...outcome, officer: examiner ?? null }, reference);
    });

  async function run(): Promise<void> {
    const read = async <K extends keyof typeof position>(
      name: K,
      spec: CollectionSpec,
      take: (doc: Collections[K]) => void,
    ): Promise<void> => {
      for (;;) {
        const batch = await store.collection<Collections[K]>(spec).since(position[name], readBatch);
        for (const { doc, seq } of batch) {
          take(doc);
          position[name] = Math.max(position[name], seq);
        }
        taken += batch.length;
        if (batch.length < readBatch) return;
      }
    };
    const versions = () => read('declaration', declarations, takeVersion);
    // Of the first reading declarations come first; later, what is said of one that has not been read yet waits for it.
    if (!ready) await versions();
    await Promise.all([versions(), read('event', events, takeEvent), read('outcome', outcomes, takeOutcome)]);
    ready = true;
  }

  /** Begins after this turn of the loop, so that all who ask in it share one run. */
  const start = (): Promise<void> => {
    isReading = false;
    running = Promise.resolve()
      .then(() => {
        isReading = true;
        return run();
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };

  const since = (map: Map<number, number>, reference: number, asOf: number): boolean => {
    const at = map.get(reference);
    return at !== undefined && at < asOf;
  };

  const found = (by: AnyLink, key: string): readonly number[] => {
    const versions = links.get(by)?.get(key) ?? nothing;
    return typeof versions === 'number' ? [versions] : versions;
  };

  return {
    names,
    traces,
    conduct,
    progress: () => ({ taken, ready }),
    oldest: () => oldest,

    /** A run under way may have read before what the caller knows of was written: it waits for the one after. */
    follow() {
      if (running === undefined) return start();
      if (!isReading) return running;
      next ??= running
        .catch(() => undefined)
        .then(() => {
          next = undefined;
          return start();
        });
      return next;
    },

    linked(by, key, asOf) {
      const { known, reference } = traces.trace('declared');
      return found(by, key).filter(
        (version) => known(version, asOf) && !since(cancellations, reference(version), asOf),
      );
    },
    linkCount: (by, key) => found(by, key).length,
    *links(by, key, from = 0) {
      const { reference, consignee } = traces.versions;
      const versions = found(by, key);
      for (let index = from; index < versions.length; index += 1) {
        const version = versions[index]!;
        const name = consignee.at(version);
        yield {
          reference: names.text(reference.at(version)),
          consignee: name === noName ? undefined : names.text(name),
        };
      }
    },
    cancelled: (reference, asOf) => since(cancellations, reference, asOf),
    ended: (reference, asOf) => since(ends, reference, asOf),
    seenBefore: older.of,
  };
}
