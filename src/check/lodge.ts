/**
 * The path of a batch of declarations from readers to checks: identify the version, take in the trail, evaluate in
 * bulk, decide the lane, write. A batch of one is the single check. Idempotent: the same content again answers with
 * the check that is there; new content is a new version, with both kept.
 *
 * Order of writes: declarations first, since their ids arbitrate between writers, then the rest together. A crash
 * between leaves a declaration without a check, which the next call with the same content completes.
 */
import { contentHash } from '../ground/canonical.ts';
import { type KeyedLock, keyedLock } from '../ground/lock.ts';
import type { IntakeRecord } from '../intake/record.ts';
import { decide } from '../selectivity/decide.ts';
import { drawValue } from '../selectivity/draw.ts';
import type { Collection, Store } from '../store/port.ts';
import type { AliasDocument, DeclarationDocument, EventDocument, OutcomeDocument } from './collections.ts';
import * as specs from './collections.ts';
import type { Desk, Subject } from './desk.ts';
import { type CheckDocument, checkSchema } from './document.ts';
import { type People, storedPeople } from './people.ts';
import { openSettings } from './settings.ts';
import { accountsOf, eventDocument, outcomeDocument, utc } from './trail.ts';

export type DeclarationRecord = Extract<IntakeRecord, { kind: 'declaration' }>;
export type AnswerRecord = Extract<IntakeRecord, { kind: 'answer' }>;

export interface Lodged {
  check: CheckDocument;
  /** True where the same content had been checked before and nothing was written. */
  repeated: boolean;
  provisional: boolean;
}

export interface Received {
  /** Reference of the declaration, or the name under which it waits for one. */
  declaration: string;
  known: boolean;
  events: number;
  outcomes: number;
  /** Events and outcomes that had been received before. */
  repeated: number;
  /** The check that supersedes the last one, where what came changes a finding. */
  check?: CheckDocument;
}

export interface Office {
  lodge(records: readonly DeclarationRecord[]): Promise<Lodged[]>;
  /** Takes in events and outcomes of declarations that may or may not be here, and checks again what they touch. */
  receive(answers: readonly AnswerRecord[]): Promise<Received[]>;
}

/** A declaration that is to be examined, with the last check of it. */
interface Planned {
  doc: DeclarationDocument;
  earlier: CheckDocument | undefined;
}

const versionId = (reference: string, version: number): string => `${reference}#${version}`;
const findLimit = 10_000;

export const checkId = (key: string, content: string, ordinal: number): string =>
  `C-${contentHash([key, content, ordinal]).slice(0, 32)}`;

export function openOffice(desk: Desk, store: Store, people: People = storedPeople(store)): Office {
  const declarations = store.collection<DeclarationDocument>(specs.declarations);
  const events = store.collection<EventDocument>(specs.events);
  const outcomes = store.collection<OutcomeDocument>(specs.outcomes);
  const checks = store.collection<CheckDocument>(specs.checks);
  const aliases = store.collection<AliasDocument>(specs.aliases);
  const settings = openSettings(store);
  const lock: KeyedLock = keyedLock();

  /** The newest version of each reference that is here. */
  async function newest(references: readonly string[]): Promise<Map<string, DeclarationDocument>> {
    const found = new Map<string, DeclarationDocument>();
    // Most declarations are new: one look-up by key tells so, and only the others cost a search.
    const first = await declarations.getMany(references.map((reference) => versionId(reference, 1)));
    if (first.size === 0) return found;
    const present = [...first.values()].map((stored) => stored.doc.reference);
    for await (const doc of every(declarations, 'reference', present)) {
      const best = found.get(doc.reference);
      if (best === undefined || best.version < doc.version) found.set(doc.reference, doc);
    }
    return found;
  }

  async function lastChecks(references: readonly string[]): Promise<Map<string, CheckDocument>> {
    const last = new Map<string, CheckDocument>();
    if (references.length === 0) return last;
    for await (const check of every(checks, 'declaration', references)) {
      const best = last.get(check.declaration);
      if (best === undefined || follows(check, best)) last.set(check.declaration, check);
    }
    return last;
  }

  async function trails(references: readonly string[]) {
    const trail = new Map<string, EventDocument[]>();
    const results = new Map<string, OutcomeDocument[]>();
    if (references.length > 0) {
      const [eventDocs, outcomeDocs] = await Promise.all([
        collect(every(events, 'declaration', references)),
        collect(every(outcomes, 'declaration', references)),
      ]);
      for (const event of eventDocs) push(trail, event.declaration, event);
      for (const outcome of outcomeDocs) push(results, outcome.declaration, outcome);
    }
    return { trail, results };
  }

  async function lodgeDistinct(records: readonly DeclarationRecord[]): Promise<Lodged[]> {
    const recordedAt = desk.now().toISOString();
    const references = records.map((record) => record.identity.reference);
    const [known, surrogates] = await Promise.all([
      newest(references),
      people.surrogates(records.flatMap((record) => accountsOf(record.trail, record.outcomes))),
    ]);
    const earlier = await lastChecks([...known.keys()]);

    const planned = records.map((record) => {
      const { reference, content, provisional } = record.identity;
      const before = known.get(reference);
      const same = before !== undefined && before.content === content;
      const doc = same
        ? before
        : newDeclaration(record, reference, (before?.version ?? 0) + 1, content, provisional, recordedAt);
      return { record, doc, earlier: earlier.get(reference) };
    });

    const fresh = planned.filter(({ doc }) => known.get(doc.reference) !== doc);
    const inserted = await declarations.putNew(fresh.map(({ doc }) => doc));
    const lost = fresh.filter((_, index) => inserted[index] === false);
    if (lost.length > 0) {
      // Another replica wrote that version first: look again and decide anew for those.
      const again = new Set(lost.map(({ record }) => record));
      const rest = records.filter((record) => !again.has(record));
      const answers = new Map<DeclarationRecord, Lodged>();
      for (const part of [[...again], rest]) {
        if (part.length === 0) continue;
        const lodged = await lodgeDistinct(part);
        part.forEach((record, index) => {
          answers.set(record, lodged[index]!);
        });
      }
      return records.map((record) => answers.get(record)!);
    }

    const newEvents: EventDocument[] = [];
    const newOutcomes: OutcomeDocument[] = [];
    for (const { record, doc } of planned) {
      for (const event of record.trail)
        newEvents.push(eventDocument(doc.reference, event, surrogates, recordedAt));
      for (const outcome of record.outcomes)
        newOutcomes.push(outcomeDocument(doc.reference, outcome, surrogates, recordedAt));
    }
    const newAliases = fresh.flatMap(({ record, doc }) =>
      record.identity.aliases
        .filter((alias) => alias !== doc.reference)
        .map((id): AliasDocument => ({ id, reference: doc.reference })),
    );
    await adoptWaiting(newAliases);
    const { trail, results } = await trails(references);
    merge(trail, newEvents);
    merge(results, newOutcomes);

    const { answers, written } = await examine(planned, trail, results, recordedAt);
    await Promise.all([
      events.putNew(newEvents),
      outcomes.putNew(newOutcomes),
      aliases.putNew(newAliases),
      checks.putNew(written),
    ]);
    return answers;
  }

  /** Evaluates what was planned and builds the check documents that are new. */
  async function examine(
    planned: readonly Planned[],
    trail: ReadonlyMap<string, EventDocument[]>,
    results: ReadonlyMap<string, OutcomeDocument[]>,
    recordedAt: string,
  ): Promise<{ answers: Lodged[]; written: CheckDocument[] }> {
    const evaluator = desk.evaluator();
    const profile = desk.profile();
    const subjects = planned.map(
      ({ doc }): Subject => ({
        reference: doc.reference,
        version: doc.version,
        declaration: doc.declaration,
        trail: trail.get(doc.reference) ?? [],
        outcomes: results.get(doc.reference) ?? [],
        recordedAt,
      }),
    );
    const governing = [
      { kind: 'profile' as const, version: profile.version, content: profile.profile },
      ...[...new Set(planned.map(({ doc }) => doc.declaration.country))].flatMap((country) =>
        evaluator.governing(country),
      ),
    ];
    const [evaluations] = await Promise.all([
      evaluator.evaluate(subjects),
      ...governing.map((setting) => settings.keep(setting, recordedAt)),
    ]);
    const written: CheckDocument[] = [];
    const answers = planned.map(({ doc, earlier }, index): Lodged => {
      const { evidence, ...evaluation } = evaluations[index]!;
      const draw = earlier?.draw ?? desk.draw?.(drawSubject(doc), recordedAt.slice(0, 10));
      const decision = decide(profile, evaluation.findings, {
        office: doc.office ?? undefined,
        flow: doc.flow,
        ...(draw === undefined ? {} : { draw: drawValue(draw) }),
        ...(earlier === undefined ? {} : { earlierLane: earlier.lane }),
      });
      const stage = profile.profile.stage;
      const key = `${versionId(doc.reference, doc.version)}@${stage}`;
      const versions = { ...evaluator.versions(doc.declaration.country), profile: profile.version };
      const sameKey = earlier !== undefined && earlier.key === key;
      const ordinal = sameKey ? earlier.ordinal + 1 : 0;
      const check: CheckDocument = {
        id: checkId(key, doc.content, ordinal),
        schema: checkSchema,
        key,
        declaration: doc.reference,
        version: doc.version,
        content: doc.content,
        office: doc.office,
        flow: doc.flow,
        stage,
        occurredAt: doc.occurredAt,
        recordedAt,
        versions,
        evidence,
        ...evaluation,
        ...decision,
        ...(draw === undefined ? {} : { draw }),
        ordinal,
        ...(earlier === undefined ? {} : { supersedes: earlier.id }),
      };
      if (sameKey && saysTheSame(earlier, check))
        return { check: earlier, repeated: true, provisional: doc.provisional };
      written.push(check);
      return { check, repeated: false, provisional: doc.provisional };
    });
    return { answers, written };
  }

  /** What waited under another name of a declaration that is here now moves to its reference. */
  async function adoptWaiting(named: readonly AliasDocument[]): Promise<void> {
    if (named.length === 0) return;
    const target = new Map(named.map((alias) => [alias.id, alias.reference]));
    const { trail, results } = await trails([...target.keys()]);
    const moved = <T extends { declaration: string }>(docs: ReadonlyMap<string, T[]>): T[] =>
      [...docs.values()].flat().map((doc) => ({ ...doc, declaration: target.get(doc.declaration)! }));
    await Promise.all([events.put(moved(trail)), outcomes.put(moved(results))]);
  }

  async function receiveAll(answers: readonly AnswerRecord[]): Promise<Received[]> {
    const recordedAt = desk.now().toISOString();
    const names = answers.flatMap((answer) => [answer.declaration, ...answer.aliases]);
    const [direct, indirect, surrogates] = await Promise.all([
      declarations.getMany(names.map((name) => versionId(name, 1))),
      aliases.getMany(names),
      people.surrogates(answers.flatMap((answer) => accountsOf(answer.trail, answer.outcomes))),
    ]);
    const resolve = (answer: AnswerRecord): string | undefined => {
      for (const name of [answer.declaration, ...answer.aliases]) {
        if (direct.has(versionId(name, 1))) return name;
        const alias = indirect.get(name);
        if (alias !== undefined) return alias.doc.reference;
      }
      return undefined;
    };
    const resolved = answers.map((answer) => ({ answer, reference: resolve(answer) }));
    const eventDocs: EventDocument[][] = [];
    const outcomeDocs: OutcomeDocument[][] = [];
    for (const { answer, reference } of resolved) {
      const name = reference ?? answer.declaration;
      eventDocs.push(answer.trail.map((event) => eventDocument(name, event, surrogates, recordedAt)));
      outcomeDocs.push(
        answer.outcomes.map((outcome) => outcomeDocument(name, outcome, surrogates, recordedAt)),
      );
    }
    const [freshEvents, freshOutcomes] = await Promise.all([
      events.putNew(eventDocs.flat()),
      outcomes.putNew(outcomeDocs.flat()),
    ]);

    const touched = [
      ...new Set(resolved.flatMap(({ reference }) => (reference === undefined ? [] : [reference]))),
    ];
    const rechecked = await lock.run(touched, () => recheck(touched, recordedAt));
    return resolved.map(({ answer, reference }, index): Received => {
      const eventFlags = freshEvents.splice(0, eventDocs[index]!.length);
      const outcomeFlags = freshOutcomes.splice(0, outcomeDocs[index]!.length);
      const events = eventFlags.filter(Boolean).length;
      const outcomes = outcomeFlags.filter(Boolean).length;
      const check = reference === undefined ? undefined : rechecked.get(reference);
      return {
        declaration: reference ?? answer.declaration,
        known: reference !== undefined,
        events,
        outcomes,
        repeated: eventFlags.length + outcomeFlags.length - events - outcomes,
        ...(check === undefined ? {} : { check }),
      };
    });
  }

  async function recheck(
    references: readonly string[],
    recordedAt: string,
  ): Promise<Map<string, CheckDocument>> {
    const changed = new Map<string, CheckDocument>();
    const [latest, earlier] = await Promise.all([newest(references), lastChecks(references)]);
    if (latest.size === 0) return changed;
    const { trail, results } = await trails([...latest.keys()]);
    const planned = [...latest.values()].map((doc) => ({ doc, earlier: earlier.get(doc.reference) }));
    const { written } = await examine(planned, trail, results, recordedAt);
    if (written.length > 0) await checks.putNew(written);
    for (const check of written) changed.set(check.declaration, check);
    return changed;
  }

  return {
    async lodge(records) {
      // The same reference twice in a batch is two versions, one after the other.
      const answers = new Map<DeclarationRecord, Lodged>();
      let waiting = [...records];
      while (waiting.length > 0) {
        const taken = new Set<string>();
        const now = waiting.filter((record) => {
          if (taken.has(record.identity.reference)) return false;
          taken.add(record.identity.reference);
          return true;
        });
        const lodged = await lock.run([...taken], () => lodgeDistinct(now));
        now.forEach((record, index) => {
          answers.set(record, lodged[index]!);
        });
        const done = new Set(now);
        waiting = waiting.filter((record) => !done.has(record));
      }
      return records.map((record) => answers.get(record)!);
    },
    receive: receiveAll,
  };
}

function newDeclaration(
  record: DeclarationRecord,
  reference: string,
  version: number,
  content: string,
  provisional: boolean,
  recordedAt: string,
): DeclarationDocument {
  const { declaration } = record;
  return {
    id: versionId(reference, version),
    reference,
    version,
    provisional,
    content,
    office: declaration.office ?? null,
    flow: declaration.flow,
    declarant: declaration.declarant?.id ?? null,
    consignee: declaration.consignee?.id ?? null,
    consignor: declaration.consignor?.id ?? null,
    occurredAt: whenMade(declaration, record.trail) ?? recordedAt,
    recordedAt,
    declaration,
  };
}

/** When the declaration was made: its own word first, then its trail, then its registration day. */
export function whenMade(
  declaration: DeclarationRecord['declaration'],
  trail: DeclarationRecord['trail'],
): string | undefined {
  const spoken =
    declaration.lodgedAt ??
    trail.find((event) => event.kind === 'REGISTER')?.at ??
    declaration.acceptedAt ??
    declaration.registration?.date;
  if (spoken === undefined) return undefined;
  const moment = new Date(spoken);
  return Number.isNaN(moment.getTime()) ? undefined : utc(spoken);
}

/** What is drawn for: the registration, which nobody knows before lodgement. */
const drawSubject = (doc: DeclarationDocument): string => {
  const { registration, mrn } = doc.declaration;
  if (registration?.number !== undefined) {
    return [doc.office, registration.date?.slice(0, 4), registration.serial, registration.number].join('/');
  }
  return mrn ?? doc.reference;
};

/** Later version, or later check of the same version. */
const follows = (check: CheckDocument, best: CheckDocument): boolean =>
  check.version > best.version || (check.version === best.version && check.ordinal > best.ordinal);

/** Nothing that anybody reads has changed: the same findings, the same holes, the same lane. */
const saysTheSame = (before: CheckDocument, after: CheckDocument): boolean =>
  before.lane === after.lane &&
  before.score === after.score &&
  contentHash([before.findings, before.notEvaluated]) === contentHash([after.findings, after.notEvaluated]);

const push = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

/** Adds what is not there yet, by id. */
function merge<T extends { id: string; declaration: string }>(
  map: Map<string, T[]>,
  docs: readonly T[],
): void {
  for (const doc of docs) {
    if (!map.get(doc.declaration)?.some((known) => known.id === doc.id)) push(map, doc.declaration, doc);
  }
}

/** All documents whose column is one of the values, page by page. */
async function* every<T extends { id: string }>(
  collection: Collection<T>,
  column: string,
  values: readonly string[],
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await collection.find({
      where: { column, op: 'in', value: values },
      limit: findLimit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield* page.docs;
    cursor = page.next;
  } while (cursor !== undefined);
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}
