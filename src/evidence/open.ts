/**
 * Where the facts of a service or a command come from: procedure files, lists, reference records, baselines and the store.
 * What is asked for a check is what was recorded before it, so that a check told again later, and a backtest over its
 * time, see the same. `refresh` takes in what was recorded since; history follows the store at each question.
 */
import { nationalCurrency, scaleOf } from '../facts/computed/amounts.ts';
import type { ListFile } from '../facts/list/model.ts';
import type { FactSources } from '../facts/sources.ts';
import type { Calls, FactSubject } from '../facts/subject.ts';
import type { Store } from '../store/port.ts';
import { accountResolver } from './account-facts.ts';
import { openAccounts } from './accounts.ts';
import { computeBaselines } from './baselines/compute.ts';
import { followBaselines } from './baselines/known.ts';
import { baselineResolver } from './baselines/resolver.ts';
import { type BaselineVersion, openBaselines } from './baselines/store.ts';
import { askedOfHistory, historyResolver } from './history.ts';
import { knownLists } from './lists/known.ts';
import { type Memory, openMemory } from './memory.ts';
import { procedureOf, readProcedures } from './procedures.ts';
import type { ProgrammesOf } from './programmes.ts';
import { followReference } from './reference.ts';
import { relatedResolver } from './related.ts';
import { systemResolver } from './system.ts';
import { tariffResolver } from './tariff.ts';

const scaleOfSubject = ({ declaration }: FactSubject): number =>
  scaleOf(nationalCurrency(declaration) ?? 'XXX');

export interface EvidenceOptions {
  /** Without a store only what is shipped is known. */
  store?: Store;
  /** Lists from files, which replace shipped ones of the same id and are replaced by loaded ones. */
  lists?: readonly ListFile[];
}

/** How far the history of the store is in memory. */
export interface HistoryProgress {
  taken: number;
  ready: boolean;
}

export interface Evidence {
  sources: FactSources;
  programmes: ProgrammesOf;
  /** As `sources` has it: up to when events of a kind, or declarations, of an office are known to be complete. */
  completeTo: NonNullable<FactSources['completeTo']>;
  /** What was declared before; absent without a store. */
  memory?: Memory;
  /** Takes in reference records, lists and versions of baselines that were recorded since. */
  refresh(): Promise<void>;
  /** Reads the history into memory now, rather than at the first question. */
  warm(): Promise<void>;
  history(): HistoryProgress;
  /** Holds as much history in memory as these facts look back on, and what is older in summary. */
  keepFor(calls: Calls): void;
  /** Forgets what is older, at most once in a season. */
  trim(now: Date): Promise<void>;
  /** Forgets what is no longer in the store. */
  renew(now: Date): Promise<void>;
  /** Computes and stores a version of the baselines as of an instant; absent without a store. */
  renewBaselines?(recordedAt: string, days?: number): Promise<BaselineVersion>;
  /** When the newest version was recorded. */
  baselinesOf(): string | undefined;
}

/** Length of the window that baselines look back. */
export const baselineDays = 365;

/** Sequences of numbers, day totals and acts are compared within three years. */
const leastDays = 1_096;

/** How far back the facts look, in days. */
export function longestOf({ declaration, item }: Calls): number {
  const looks = [...declaration, ...item].map(
    ({ params }) => Number(params.days ?? 0) + Number(params.offset ?? 0),
  );
  return Math.max(leastDays, ...looks.filter(Number.isFinite));
}

export async function openEvidence({ store, lists = [] }: EvidenceOptions = {}): Promise<Evidence> {
  const reference = followReference(store);
  const known = knownLists(store, lists, reference.registersAt);
  const memory = store === undefined ? undefined : openMemory(store);
  const baselines = store === undefined ? undefined : followBaselines(store);

  const sources: FactSources = {
    prepare: known.prepare,
    procedure: procedureOf(readProcedures()),
    lists: known.at,
    versions(asOf) {
      const version = baselines?.versionAt(asOf);
      return { lists: known.at(asOf).version, ...(version === undefined ? {} : { baselines: version }) };
    },
    calendar: reference.calendar,
    completeTo: reference.completeTo,
    families: {
      tariff: tariffResolver(reference.tariffOf),
      system: systemResolver(reference.bookAt, memory),
      ledger: accountResolver({
        bookAt: reference.bookAt,
        bills: reference.bills,
        ...(store === undefined || memory === undefined ? {} : { memory, accounts: openAccounts(store) }),
      }),
      ...(memory === undefined || baselines === undefined
        ? {}
        : {
            history: historyResolver(memory, scaleOfSubject),
            related: relatedResolver(memory, scaleOfSubject),
            baseline: baselineResolver(baselines.at),
          }),
    },
  };

  async function refresh(): Promise<void> {
    await Promise.all([reference.follow(), known.follow(), baselines?.follow()]);
  }

  let refreshing: Promise<void> | undefined;
  let again: Promise<void> | undefined;
  /** One at a time; who asks during one waits for the next, since his record may have come after it looked. */
  function refreshed(): Promise<void> {
    const start = () => {
      refreshing = refresh().finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    };
    if (refreshing === undefined) return start();
    again ??= refreshing
      .catch(() => undefined)
      .then(() => {
        again = undefined;
        return start();
      });
    return again;
  }

  await refreshed();
  return {
    sources,
    programmes: reference.programmes,
    completeTo: reference.completeTo,
    ...(memory === undefined ? {} : { memory }),
    refresh: refreshed,
    warm: async () => memory?.warm(),
    history: () => memory?.progress() ?? { taken: 0, ready: true },
    keepFor: (calls) => memory?.keep(longestOf(calls), askedOfHistory(calls)),
    trim: async (now) => memory?.trim(now),
    renew: async (now) => memory?.renew(now),
    baselinesOf: () => baselines?.newest()?.recordedAt,
    ...(store === undefined || memory === undefined
      ? {}
      : {
          async renewBaselines(recordedAt: string, days = baselineDays) {
            // A window longer than what is in memory is read for this once.
            const far = days > baselineDays ? openMemory(store) : memory;
            const { version, groups } = await computeBaselines(far, recordedAt, days);
            await openBaselines(store).put(version, groups);
            await refreshed();
            return version;
          },
        }),
  };
}
