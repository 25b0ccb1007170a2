/**
 * Files, or the dumps of a clearance system, as history: laid into a passing store as they would have been recorded then,
 * so that facts on history, related declarations, accounts and baselines are known in a backtest that has no store.
 *
 * Each version is recorded when it was made, each event and outcome when it was entered. What a rule looks up beside the
 * declaration is what was recorded before that version was made: never the future, and never its own outcome. The trail
 * is seen whole. Registers of an extract count as known all along; their own days of validity hold.
 *
 * On disk in the system's folder for temporary files, removed at the end. In memory: the small rows of src/evidence/memory.ts,
 * some kilobytes a declaration with its items, and what is told apart from its declaration, until all are read.
 */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AliasDocument,
  aliases,
  type DeclarationDocument,
  declarations,
  type EventDocument,
  events,
  type OutcomeDocument,
  outcomes,
} from '../check/collections.ts';
import { passingPeople } from '../check/people.ts';
import { versionId } from '../check/registry.ts';
import { eventDocument, outcomeDocument, utc } from '../check/trail.ts';
import { whenMade } from '../check/version.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import type { CrosscheckError } from '../errors.ts';
import { type Evidence, openEvidence } from '../evidence/open.ts';
import { factCatalogue } from '../facts/catalogue.ts';
import type { FactCall, FactFamily } from '../facts/model.ts';
import { factSheet } from '../facts/sheet.ts';
import type { Calls } from '../facts/subject.ts';
import { read } from '../intake/read.ts';
import type { IntakeRecord } from '../intake/record.ts';
import { openFeed } from '../sources/feed.ts';
import type { ReferenceDocument } from '../sources/reference/book.ts';
import { references } from '../sources/reference/store.ts';
import { openDuckdb } from '../store/duckdb/store.ts';
import type { Store } from '../store/port.ts';
import { casesFor, type HistoryRecord } from './case.ts';
import { callsOf, type History } from './history.ts';
import { fromStore } from './store-history.ts';

export interface LaidOptions {
  /** Files of declarations; folders of dumps where `source` is given. */
  paths: readonly string[];
  /** Mapping of the dumps: the id of a shipped one, or a file. */
  source?: string;
  country?: string;
  /** Column mapping, for CSV. */
  mapping?: string;
  onRefused(error: CrosscheckError): void;
}

export interface LaidHistory extends History {
  close(): Promise<void>;
}

/** Facts of these families ask what else was recorded. */
const past: ReadonlySet<FactFamily> = new Set<FactFamily>([
  'history',
  'related',
  'baseline',
  'ledger',
  'system',
]);

const isPast = ({ fact }: FactCall): boolean => past.has(factCatalogue.get(fact)!.family);

/** Whether rules ask for anything that files alone do not tell. */
export const asksHistory = ({ declaration, item }: Calls): boolean => [...declaration, ...item].some(isPast);

/** Registers are known from before every declaration. */
async function antedate(store: Store): Promise<void> {
  const collection = store.collection<ReferenceDocument>(references);
  const recordedAt = new Date(0).toISOString();
  let cursor: string | undefined;
  do {
    const page = await collection.find({ limit: 5_000, ...(cursor === undefined ? {} : { cursor }) });
    await collection.put(page.docs.map((doc) => ({ ...doc, recordedAt })));
    cursor = page.next;
  } while (cursor !== undefined);
}

async function* recordsOf(
  { paths, source, country, mapping }: LaidOptions,
  store: Store,
  people: ReturnType<typeof passingPeople>,
): AsyncGenerator<IntakeRecord> {
  for (const path of paths) {
    if (source === undefined) {
      const options = {
        file: path,
        ...(country === undefined ? {} : { country }),
        ...(mapping === undefined ? {} : { mapping }),
      };
      yield* read(createReadStream(path), options);
    } else {
      const options = {
        mapping: source,
        full: true,
        ...(country === undefined ? {} : { country }),
      };
      const feed = await openFeed(store, people, path, options);
      yield* feed.records;
      await feed.finish();
      await antedate(store);
    }
  }
}

const batchSize = 1_000;

interface Apart {
  names: readonly string[];
  trail: readonly TrailEvent[];
  outcomes: readonly Outcome[];
}

async function lay(store: Store, options: LaidOptions): Promise<{ first?: string; last?: string }> {
  const people = passingPeople();
  /** Newest version and its content by reference; every name to its reference. */
  const newest = new Map<string, { version: number; content: string; office: string | null }>();
  const called = new Map<string, string>();
  const apart: Apart[] = [];
  const span: { first?: string; last?: string } = {};
  const docs = {
    declarations: [] as DeclarationDocument[],
    events: [] as EventDocument[],
    outcomes: [] as OutcomeDocument[],
    aliases: [] as AliasDocument[],
  };

  const told = async (reference: string, trail: readonly TrailEvent[], found: readonly Outcome[]) => {
    const users = [...trail, ...found].flatMap(({ user }) => (user === undefined ? [] : [user]));
    const assigned = trail.flatMap(({ kind, from, to }) => (kind === 'ASSIGN' ? [from, to] : []));
    const surrogates = await people.surrogates([...users, ...assigned.filter((each) => each !== undefined)]);
    const office = newest.get(reference)?.office ?? null;
    for (const event of trail)
      docs.events.push(eventDocument(reference, event, surrogates, utc(event.enteredAt ?? event.at)));
    for (const one of found)
      docs.outcomes.push(outcomeDocument(reference, office, one, surrogates, utc(one.enteredAt ?? one.at)));
  };
  const flush = async () => {
    await Promise.all([
      store.collection<DeclarationDocument>(declarations).put(docs.declarations.splice(0)),
      store.collection<EventDocument>(events).put(docs.events.splice(0)),
      store.collection<OutcomeDocument>(outcomes).put(docs.outcomes.splice(0)),
      store.collection<AliasDocument>(aliases).put(docs.aliases.splice(0)),
    ]);
  };

  for await (const record of recordsOf(options, store, people)) {
    if (record.kind === 'refused') options.onRefused(record.error.at(record.where));
    else if (record.kind === 'answer')
      apart.push({
        names: [record.declaration, ...record.aliases],
        trail: record.trail,
        outcomes: record.outcomes,
      });
    else {
      const { declaration, identity, trail } = record;
      const { reference, content } = identity;
      const before = newest.get(reference);
      if (before?.content !== content) {
        const version = (before?.version ?? 0) + 1;
        // What tells no time was recorded last: nobody before it sees it.
        const made = whenMade(declaration, trail);
        const recordedAt = made ?? new Date().toISOString();
        if (made !== undefined && !(span.first !== undefined && span.first <= made)) span.first = made;
        if (made !== undefined && !(span.last !== undefined && span.last >= made)) span.last = made;
        const office = declaration.office ?? null;
        newest.set(reference, { version, content, office });
        docs.declarations.push({
          id: versionId(reference, version),
          reference,
          version,
          provisional: identity.provisional,
          content,
          office,
          flow: declaration.flow,
          declarant: declaration.declarant?.id ?? null,
          consignee: declaration.consignee?.id ?? null,
          consignor: declaration.consignor?.id ?? null,
          occurredAt: recordedAt,
          recordedAt,
          declaration,
        });
        for (const name of identity.aliases) {
          called.set(name, reference);
          docs.aliases.push({ id: name, reference });
        }
      }
      await told(reference, trail, record.outcomes);
    }
    if (docs.declarations.length + docs.events.length >= batchSize) await flush();
  }
  for (const { names, trail, outcomes: found } of apart) {
    const reference = names
      .map((name) => (newest.has(name) ? name : called.get(name)))
      .find((each) => each !== undefined);
    if (reference !== undefined) await told(reference, trail, found);
    if (docs.events.length >= batchSize) await flush();
  }
  await flush();
  return span;
}

/** The first day of each month from one instant to another. */
function* months(first: string, last: string): Generator<string> {
  const at = new Date(`${first.slice(0, 7)}-01T00:00:00.000Z`);
  for (; at.toISOString() <= last; at.setUTCMonth(at.getUTCMonth() + 1)) yield at.toISOString();
}

/** What is looked up is as of the version's own making, what the procedure did is seen to its end. */
async function* resolved(
  store: Store,
  evidence: Evidence,
  calls: Calls,
  country: string | undefined,
): AsyncGenerator<HistoryRecord[]> {
  const some = (wanted: (call: FactCall) => boolean): Calls => ({
    declaration: calls.declaration.filter(wanted),
    item: calls.item.filter(wanted),
  });
  const officer = (surrogate: string) => surrogate;
  const { sources } = evidence;
  const before = casesFor(some(isPast), country, factSheet, officer, sources);
  const whole = casesFor(
    some((call) => !isPast(call)),
    country,
    factSheet,
    officer,
    sources,
  );
  const versions = store.collection<DeclarationDocument>(declarations);
  for await (const records of fromStore(store)) {
    const ids = records.map(({ reference, version }) => versionId(reference, version!));
    const found = await versions.getMany(ids);
    const made = records.map((record, i) => ({ ...record, recordedAt: found.get(ids[i]!)!.doc.recordedAt }));
    const ended = records.map(({ recordedAt: _, ...record }) => record);
    const [known, seen] = [await before(made), await whole(ended)];
    yield made.map((record, i) => {
      const [a, b] = [known[i]!.sheet, seen[i]!.sheet];
      return {
        ...record,
        resolved: {
          calls: { ...a.calls, ...b.calls },
          itemCalls: record.declaration.items.map((_, item) => ({
            ...a.itemCalls?.[item],
            ...b.itemCalls?.[item],
          })),
        },
      };
    });
  }
}

export async function layHistory(options: LaidOptions): Promise<LaidHistory> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-history-'));
  let store: Store | undefined;
  // It holds declarations with their names: who breaks off leaves none of them behind.
  const signals = { SIGINT: 130, SIGTERM: 143 } as const;
  const breakOff = (signal: NodeJS.Signals) => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(signals[signal as keyof typeof signals]);
  };
  for (const signal of Object.keys(signals)) process.once(signal, breakOff);
  const close = async () => {
    await store?.close();
    rmSync(folder, { recursive: true, force: true });
    for (const signal of Object.keys(signals)) process.off(signal, breakOff);
  };
  try {
    const laid = await openDuckdb(folder);
    store = laid;
    const { first, last } = await lay(laid, options);
    return {
      count: () => laid.collection(declarations).count(),
      async *records(asking, window, country) {
        if (window.from !== undefined || window.to !== undefined || window.declaration !== undefined)
          throw new TypeError('a laid history is read whole');
        const calls = callsOf(asking);
        const evidence = await openEvidence({ store: laid });
        const asksBaselines = [...calls.declaration, ...calls.item].some(
          ({ fact }) => factCatalogue.get(fact)!.family === 'baseline',
        );
        // A version a month, as the service makes them: each of what was recorded before it.
        if (asksBaselines && first !== undefined && last !== undefined)
          for (const month of months(first, last)) await evidence.renewBaselines!(month);
        yield* resolved(laid, evidence, calls, country);
      },
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
