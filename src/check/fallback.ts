/**
 * What is answered when a check does not come about in time or fails for no fault of the message: the profile's fallback
 * lane, marked as degraded, once the declaration is durable; the check is done again until it succeeds. The lane that was
 * answered enters that check and is not lowered by it.
 *
 * Where the store takes nothing, the spool does if there is one: what it holds is handed to the store when that is back.
 * Where neither takes it nothing is acknowledged: the refusal (CC_CHECK_NOT_KEPT, 503) names the fallback lane, and the
 * sender sends again.
 */
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import type { DeclarationRecord } from '../intake/record.ts';
import type { Collection, CollectionSpec, Store } from '../store/port.ts';
import type { EventDocument, OutcomeDocument } from './collections.ts';
import * as specs from './collections.ts';
import type { Desk } from './desk.ts';
import { type CheckDocument, checkSchema } from './document.ts';
import { nothingAsked } from './evidence.ts';
import { holesId } from './holes.ts';
import type { Office } from './lodge.ts';
import type { Lodged } from './lodged.ts';
import { storedPeople } from './people.ts';
import type { Spool } from './spool.ts';
import { accountsOf, eventDocument, outcomeDocument } from './trail.ts';
import { whenMade } from './version.ts';

/** A check that was answered with the fallback lane, and the declaration with which it is done again. */
export interface DegradedDocument {
  id: string;
  declaration: string;
  office: string | null;
  /** The lane that was answered. */
  lane: string;
  cause: 'time' | 'failure';
  /** UTC. */
  at: string;
  /** When the declaration came, UTC, and who was given the answer; absent in those of before. */
  cameAt?: string;
  by?: string;
  /** The check as it was answered. */
  answer: CheckDocument;
  /** Accounts are surrogates already. */
  record: Pick<DeclarationRecord, 'identity' | 'declaration'>;
  events: EventDocument[];
  outcomes: OutcomeDocument[];
  attempts: number;
  /** The check that took its place; null while it is still to be done. */
  redone: string | null;
  redoneAt: string | null;
}

const text = { type: 'text' } as const;
export const degradedChecks: CollectionSpec = {
  name: 'degraded_check',
  schema: 1,
  columns: { declaration: text, office: text, lane: text, cause: text, at: text, redone: text },
  indexes: [['redone'], ['declaration'], ['at']],
};

/** Attempts go on for ever, each this much later than the one before, and at most so long. */
const firstPauseMs = 2_000;
const longestPauseMs = 60_000;
/** What other replicas left undone is looked for so often. */
const lookEveryMs = 30_000;
const redoBatch = 50;

/** A degraded answer before the store has it. Accounts are those of the sender, for surrogates lie in the store. */
interface Spooled {
  cause: DegradedDocument['cause'];
  answer: CheckDocument;
  cameAt?: string;
  record: Pick<DeclarationRecord, 'identity' | 'declaration' | 'trail' | 'outcomes' | 'by'>;
}

export interface Fallback {
  /** The check, or the fallback in its place. Throws what the message itself is refused for. */
  lodge(record: DeclarationRecord): Promise<Lodged>;
  /** A degraded answer, with the check that took its place. */
  get(id: string): Promise<DegradedDocument | undefined>;
  list(): Collection<DegradedDocument>;
  /** Does what is due now; answers how many came about. */
  redo(): Promise<number>;
  close(): Promise<void>;
}

export interface FallbackOptions {
  desk: Desk;
  store: Store;
  office: Office;
  /** How a declaration is checked; alone or together with others. */
  lodge(record: DeclarationRecord): Promise<Lodged>;
  /** Takes what the store does not; absent, that is refused. */
  spool?: Spool | undefined;
  onDegraded?(answered: Pick<DegradedDocument, 'id' | 'cause'>, problem: unknown): void;
  /** Told of a check that could not be done again this time. */
  onFailure?(problem: unknown): void;
}

/** A fault of ours or of the store, where a message's own fault would be 4xx. */
const isOurs = (thrown: unknown): boolean => !(thrown instanceof CrosscheckError) || thrown.status >= 500;

const outOfTime = Symbol('out of time');

/** The work's result, or that it did not come in time; it goes on all the same. */
const within = <T>(ms: number, work: Promise<T>): Promise<T | typeof outOfTime> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, outOfTime);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });

export function openFallback(options: FallbackOptions): Fallback {
  const { desk, store, office } = options;
  const degraded = store.collection<DegradedDocument>(degradedChecks);
  const events = store.collection<EventDocument>(specs.events);
  const outcomes = store.collection<OutcomeDocument>(specs.outcomes);
  const people = storedPeople(store);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<number> | undefined;
  let pause = firstPauseMs;

  /** Writes what was not written yet; again, it changes nothing. */
  async function keep(spooled: readonly Spooled[]): Promise<void> {
    const surrogates = await people.surrogates(
      spooled.flatMap(({ record }) => accountsOf(record.trail, record.outcomes)),
    );
    const documents = spooled.map(({ cause, answer, cameAt, record }): DegradedDocument => {
      const { identity, declaration, trail, outcomes: results, by } = record;
      const { reference } = identity;
      const { id, office: at, lane, recordedAt } = answer;
      return {
        id,
        declaration: reference,
        office: at,
        lane,
        cause,
        at: recordedAt,
        ...(cameAt === undefined ? {} : { cameAt }),
        ...(by === undefined ? {} : { by }),
        answer,
        record: { identity, declaration },
        events: trail.map((event) =>
          eventDocument(reference, event, surrogates, recordedAt, { waits: true }),
        ),
        outcomes: results.map((outcome) =>
          outcomeDocument(reference, at, outcome, surrogates, recordedAt, { waits: true }),
        ),
        attempts: 0,
        redone: null,
        redoneAt: null,
      };
    });
    for (let i = 0; i < documents.length; i += redoBatch)
      await degraded.putNew(documents.slice(i, i + redoBatch));
  }

  /** Durable when it resolves, in the store or, where that does not take it in time, in the spool. */
  async function keepSomewhere(spooled: Spooled): Promise<void> {
    const { fallback: lane, fallbackAfterMs } = desk.profile().profile;
    const refusal = (problem: string, cause?: unknown) =>
      new CrosscheckError('CC_CHECK_NOT_KEPT', { lane, problem }, {}, cause);
    let refused: CrosscheckError;
    try {
      if ((await within(fallbackAfterMs, keep([spooled]))) !== outOfTime) return;
      refused = refusal('the store did not take it in time');
    } catch (thrown) {
      refused = refusal('the store did not take it', thrown);
    }
    if (options.spool === undefined) throw refused;
    await options.spool.append(spooled).catch((thrown: unknown) => {
      throw refusal('neither store nor spool took it', thrown);
    });
  }

  async function fallBack(
    record: DeclarationRecord,
    cameAt: string,
    cause: DegradedDocument['cause'],
    problem: unknown,
  ) {
    const { identity, declaration, trail, outcomes: results, by } = record;
    const answer = answerOf(desk, record, desk.now().toISOString());
    const kept = { identity, declaration, trail, outcomes: results, ...(by === undefined ? {} : { by }) };
    await keepSomewhere({ cause, answer, cameAt, record: kept });
    options.onDegraded?.({ id: answer.id, cause }, problem);
    soon(firstPauseMs);
    return { check: answer, notEvaluated: [], repeated: false };
  }

  function soon(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      void redo();
    }, ms).unref();
  }

  async function redoOne(document: DegradedDocument): Promise<boolean> {
    try {
      await events.putNew(document.events);
      await outcomes.putNew(document.outcomes);
      const record: DeclarationRecord = {
        kind: 'declaration',
        ...document.record,
        trail: [],
        outcomes: [],
        where: {},
      };
      const { id, lane, by, at, cameAt = at } = document;
      const [lodged] = await office.lodge([record], { answered: { check: id, lane, by, cameAt } });
      await degraded.put([{ ...document, redone: lodged!.check.id, redoneAt: desk.now().toISOString() }]);
      return true;
    } catch (problem) {
      options.onFailure?.(problem);
      // Counted where the store takes it; the document stays due either way.
      await degraded.put([{ ...document, attempts: document.attempts + 1 }]).catch(() => undefined);
      return false;
    }
  }

  async function run(): Promise<number> {
    let done = 0;
    let failed = false;
    try {
      await options.spool?.drain((spooled) => keep(spooled as Spooled[]));
      const { docs } = await degraded.find({
        where: { column: 'redone', op: 'isNull' },
        sort: [{ column: 'at', direction: 'asc' }],
        limit: redoBatch,
      });
      for (const document of docs) {
        if (await redoOne(document)) done += 1;
        else failed = true;
      }
      if (!failed && docs.length === redoBatch) soon(0);
    } catch (problem) {
      // The store is away: looked at again like any other failure.
      options.onFailure?.(problem);
      failed = true;
    }
    pause = failed ? Math.min(2 * pause, longestPauseMs) : firstPauseMs;
    if (failed) soon(pause);
    return done;
  }

  function redo(): Promise<number> {
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  }

  const looking = setInterval(() => void redo(), lookEveryMs).unref();
  // What was left undone when the last process ended.
  soon(firstPauseMs);

  return {
    async lodge(record) {
      const cameAt = desk.now().toISOString();
      const work = options.lodge(record);
      try {
        const lodged = await within(desk.profile().profile.fallbackAfterMs, work);
        if (lodged !== outOfTime) return lodged;
      } catch (thrown) {
        if (!isOurs(thrown)) throw thrown;
        return fallBack(record, cameAt, 'failure', thrown);
      }
      // It goes on meanwhile; what it comes to is superseded by the check that is done again.
      return fallBack(record, cameAt, 'time', undefined);
    },
    get: async (id) => (await degraded.get(id))?.doc,
    list: () => degraded,
    redo,
    async close() {
      clearInterval(looking);
      clearTimeout(timer);
      await running;
      clearTimeout(timer);
    },
  };
}

function answerOf(
  desk: Desk,
  { identity, declaration, trail }: DeclarationRecord,
  at: string,
): CheckDocument {
  const { profile, version, settings } = desk.profile();
  const { mode, stage } = settings(declaration.office, declaration.flow);
  const key = `${identity.reference}@${stage}`;
  return {
    id: `D-${contentHash([key, identity.content, at]).slice(0, 32)}`,
    schema: checkSchema,
    key,
    declaration: identity.reference,
    // Which version it is, nobody looked up.
    version: 0,
    content: identity.content,
    office: declaration.office ?? null,
    flow: declaration.flow,
    stage,
    mode,
    occurredAt: whenMade(declaration, trail) ?? at,
    recordedAt: at,
    versions: { ...desk.evaluator().versions(declaration.country), profile: version },
    evidence: nothingAsked,
    findings: [],
    holes: holesId([]),
    score: 0,
    lane: profile.fallback,
    reasons: [{ kind: 'fallback', lane: profile.fallback }],
    degraded: true,
    ordinal: 0,
  };
}
