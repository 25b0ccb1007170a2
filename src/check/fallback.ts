/**
 * What is answered when a check does not come about in time or fails for no fault of the message: the profile's fallback
 * lane, marked as degraded, once the declaration is durable; the check is done again until it succeeds. The lane that was
 * answered enters that check and is not lowered by it.
 *
 * Where the store takes nothing, nothing is acknowledged: the refusal (CC_CHECK_NOT_KEPT, 503) names the fallback lane,
 * and the sender sends again.
 */
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import type { Collection, CollectionSpec, Store } from '../store/port.ts';
import type { EventDocument, OutcomeDocument } from './collections.ts';
import * as specs from './collections.ts';
import type { Desk } from './desk.ts';
import { type CheckDocument, checkSchema } from './document.ts';
import { holesId } from './holes.ts';
import { type DeclarationRecord, type Lodged, type Office, whenMade } from './lodge.ts';
import { storedPeople } from './people.ts';
import { accountsOf, eventDocument, outcomeDocument } from './trail.ts';

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
  onDegraded?(document: DegradedDocument, problem: unknown): void;
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

  async function fallBack(record: DeclarationRecord, cause: DegradedDocument['cause'], problem: unknown) {
    const { profile } = desk.profile();
    const write = async (): Promise<DegradedDocument> => {
      const at = desk.now().toISOString();
      const { identity, declaration, trail, outcomes: results } = record;
      const surrogates = await people.surrogates(accountsOf(trail, results));
      const answer = answerOf(desk, record, at);
      const document: DegradedDocument = {
        id: answer.id,
        declaration: identity.reference,
        office: answer.office,
        lane: answer.lane,
        cause,
        at,
        answer,
        record: { identity, declaration },
        events: trail.map((event) => eventDocument(identity.reference, event, surrogates, at, true)),
        outcomes: results.map((outcome) =>
          outcomeDocument(identity.reference, answer.office, outcome, surrogates, at, true),
        ),
        attempts: 0,
        redone: null,
        redoneAt: null,
      };
      await degraded.put([document]);
      return document;
    };
    const written = await within(profile.fallbackAfterMs, write()).catch((failed: unknown) => {
      throw new CrosscheckError(
        'CC_CHECK_NOT_KEPT',
        { lane: profile.fallback, problem: 'the store did not take it' },
        {},
        failed,
      );
    });
    if (written === outOfTime)
      throw new CrosscheckError('CC_CHECK_NOT_KEPT', {
        lane: profile.fallback,
        problem: 'the store did not take it in time',
      });
    options.onDegraded?.(written, problem);
    soon(firstPauseMs);
    return { check: written.answer, notEvaluated: [], repeated: false };
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
      const { id, lane } = document;
      const [lodged] = await office.lodge([record], { answered: { check: id, lane } });
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
      const work = options.lodge(record);
      try {
        const lodged = await within(desk.profile().profile.fallbackAfterMs, work);
        if (lodged !== outOfTime) return lodged;
      } catch (thrown) {
        if (!isOurs(thrown)) throw thrown;
        return fallBack(record, 'failure', thrown);
      }
      // It goes on meanwhile; what it comes to is superseded by the check that is done again.
      return fallBack(record, 'time', undefined);
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
    evidence: [],
    findings: [],
    holes: holesId([]),
    score: 0,
    lane: profile.fallback,
    reasons: [{ kind: 'fallback', lane: profile.fallback }],
    degraded: true,
    ordinal: 0,
  };
}
