/**
 * The path of a batch of declarations from readers to checks: identify the version, take in the trail, evaluate in
 * bulk, decide the lane, write. A batch of one is the single check. Idempotent: the same content again answers with
 * the check that is there; new content is a new version, with both kept.
 *
 * Order of writes: declarations first, since their ids arbitrate between writers, then the rest together. A crash
 * between leaves a declaration without a check, which the next call with the same content completes.
 */
import { type KeyedLock, keyedLock } from '../ground/lock.ts';
import type { IntakeRecord } from '../intake/record.ts';
import type { Store } from '../store/port.ts';
import type { AliasDocument, DeclarationDocument } from './collections.ts';
import type { Desk } from './desk.ts';
import type { CheckDocument } from './document.ts';
import { examine, governing } from './examine.ts';
import { type Hole, type HoleBook, openHoles } from './holes.ts';
import { type People, storedPeople } from './people.ts';
import { addTo, type Known, openRegistry, type Registry, versionId } from './registry.ts';
import { openSettings } from './settings.ts';
import { accountsOf, eventDocument, outcomeDocument, utc } from './trail.ts';

export type DeclarationRecord = Extract<IntakeRecord, { kind: 'declaration' }>;
export type AnswerRecord = Extract<IntakeRecord, { kind: 'answer' }>;

export interface Lodged {
  check: CheckDocument;
  notEvaluated: Hole[];
  /** True where the same content had been checked before and nothing new was found. */
  repeated: boolean;
}

export interface Received {
  /** Reference of the declaration, or the name under which the message waits for one. */
  declaration: string;
  known: boolean;
  events: number;
  outcomes: number;
  /** Events and outcomes that had been received before. */
  repeated: number;
  /** The check that supersedes the last one, where what came changes a finding. */
  superseding?: Lodged;
}

export interface LodgeOptions {
  /**
   * What the content of an older version means. Live, it is a change back, hence a new version. In a file that is
   * imported again it is the same history told again, and nothing new.
   */
  olderContent?: 'new version' | 'known';
}

export interface Office {
  lodge(records: readonly DeclarationRecord[], options?: LodgeOptions): Promise<Lodged[]>;
  /** Takes in events and outcomes of declarations that may or may not be here, and checks again what they touch. */
  receive(answers: readonly AnswerRecord[]): Promise<Received[]>;
  /** Which declaration a message speaks of, by any of its names. */
  known: Registry['known'];
  /** What checks could not evaluate. */
  holes: HoleBook;
}

/** A record with the reference under which its declaration is kept. */
interface Referred {
  record: DeclarationRecord;
  reference: string;
}

export function openOffice(desk: Desk, store: Store, people: People = storedPeople(store)): Office {
  const registry = openRegistry(store);
  const settings = openSettings(store);
  const holes = openHoles(store);
  const lock: KeyedLock = keyedLock();
  const { declarations, events, outcomes, checks, aliases } = registry;

  async function lodgeDistinct(
    batch: readonly Referred[],
    recordedAt: string,
    options: LodgeOptions,
  ): Promise<Lodged[]> {
    const references = batch.map(({ reference }) => reference);
    const [present, surrogates] = await Promise.all([
      registry.known(references),
      people.surrogates(batch.flatMap(({ record }) => accountsOf(record.trail, record.outcomes))),
    ]);
    const here = [...present.keys()];
    const [versions, earlier] = await Promise.all([registry.versions(here), registry.lastChecks(here)]);

    const planned = batch.map(({ record, reference }) => {
      const before = versions.get(reference) ?? [];
      const newest = before.at(-1);
      const told = before.some(({ content }) => content === record.identity.content);
      const same = options.olderContent === 'known' ? told : newest?.content === record.identity.content;
      const isNew = newest === undefined || !same;
      const doc = isNew ? newVersion(record, reference, (newest?.version ?? 0) + 1, recordedAt) : newest;
      return { record, doc, isNew, earlier: earlier.get(reference) };
    });

    const fresh = planned.filter(({ isNew }) => isNew);
    const inserted = await declarations.putNew(fresh.map(({ doc }) => doc));
    // Another replica wrote a version first: what it wrote is there to be seen now, so decide anew.
    if (inserted.includes(false)) return lodgeDistinct(batch, recordedAt, options);

    const newEvents = planned.flatMap(({ record, doc }) =>
      record.trail.map((event) => eventDocument(doc.reference, event, surrogates, recordedAt)),
    );
    const newOutcomes = planned.flatMap(({ record, doc }) =>
      record.outcomes.map((outcome) =>
        outcomeDocument(doc.reference, doc.office, outcome, surrogates, recordedAt),
      ),
    );
    const newAliases = fresh.flatMap(({ record, doc }) =>
      [record.identity.reference, ...record.identity.aliases]
        .filter((name) => name !== doc.reference)
        .map((id): AliasDocument => ({ id, reference: doc.reference })),
    );
    await adoptWaiting(
      newAliases,
      planned.map(({ doc }) => doc),
    );
    const trails = await registry.trails(references);
    addTo(trails.events, newEvents);
    addTo(trails.outcomes, newOutcomes);

    const [examined] = await Promise.all([
      examine(desk, planned, trails, recordedAt),
      ...governing(desk, planned).map((setting) => settings.keep(setting, recordedAt)),
    ]);
    const written = examined.filter(({ isNew }) => isNew);
    await holes.keep(written.map(({ notEvaluated }) => notEvaluated));
    await Promise.all([
      events.putNew(newEvents),
      outcomes.putNew(newOutcomes),
      aliases.putNew(newAliases),
      checks.putNew(written.map(({ check }) => check)),
    ]);
    return examined.map(({ check, notEvaluated, isNew }) => ({ check, notEvaluated, repeated: !isNew }));
  }

  /** What waited under another name of a declaration that is here now moves to its reference. */
  async function adoptWaiting(
    named: readonly AliasDocument[],
    docs: readonly DeclarationDocument[],
  ): Promise<void> {
    if (named.length === 0) return;
    const reference = new Map(named.map((alias) => [alias.id, alias.reference]));
    const office = new Map(docs.map((doc) => [doc.reference, doc.office]));
    const waiting = await registry.trails([...reference.keys()]);
    const home = (name: string): string => reference.get(name)!;
    await Promise.all([
      events.put(
        [...waiting.events.values()].flat().map((doc) => ({ ...doc, declaration: home(doc.declaration) })),
      ),
      outcomes.put(
        [...waiting.outcomes.values()].flat().map((doc) => ({
          ...doc,
          declaration: home(doc.declaration),
          office: office.get(home(doc.declaration)) ?? null,
        })),
      ),
    ]);
  }

  async function recheck(references: readonly string[], recordedAt: string): Promise<Map<string, Lodged>> {
    const [versions, earlier, trails] = await Promise.all([
      registry.versions(references),
      registry.lastChecks(references),
      registry.trails(references),
    ]);
    const planned = [...versions].map(([reference, docs]) => ({
      doc: docs.at(-1)!,
      earlier: earlier.get(reference),
    }));
    const [examined] = await Promise.all([
      examine(desk, planned, trails, recordedAt),
      ...governing(desk, planned).map((setting) => settings.keep(setting, recordedAt)),
    ]);
    const written = examined.filter(({ isNew }) => isNew);
    await holes.keep(written.map(({ notEvaluated }) => notEvaluated));
    if (written.length > 0) await checks.putNew(written.map(({ check }) => check));
    return new Map(
      written.map(({ check, notEvaluated }) => [check.declaration, { check, notEvaluated, repeated: false }]),
    );
  }

  return {
    known: registry.known,
    holes,

    async lodge(records, options = {}) {
      const recordedAt = desk.now().toISOString();
      const names = records.flatMap(({ identity }) => [identity.reference, ...identity.aliases]);
      const known = await registry.known(names);
      const referred = records.map((record): Referred => ({ record, reference: referenceOf(record, known) }));

      // The same reference twice in a batch is two versions, one after the other.
      const answers = new Map<DeclarationRecord, Lodged>();
      let waiting = referred;
      while (waiting.length > 0) {
        const taken = new Map<string, Referred>();
        for (const each of waiting) if (!taken.has(each.reference)) taken.set(each.reference, each);
        const now = [...taken.values()];
        const lodged = await lock.run([...taken.keys()], () => lodgeDistinct(now, recordedAt, options));
        now.forEach(({ record }, index) => {
          answers.set(record, lodged[index]!);
        });
        waiting = waiting.filter((each) => taken.get(each.reference) !== each);
      }
      return records.map((record) => answers.get(record)!);
    },

    async receive(answers) {
      const recordedAt = desk.now().toISOString();
      const [known, surrogates] = await Promise.all([
        registry.known(answers.flatMap((answer) => [answer.declaration, ...answer.aliases])),
        people.surrogates(answers.flatMap((answer) => accountsOf(answer.trail, answer.outcomes))),
      ]);
      const messages = answers.map((answer) => {
        const name = [answer.declaration, ...answer.aliases].find((each) => known.has(each));
        const found = name === undefined ? undefined : known.get(name);
        const declaration = found?.reference ?? answer.declaration;
        return {
          declaration,
          known: found !== undefined,
          events: answer.trail.map((event) => eventDocument(declaration, event, surrogates, recordedAt)),
          outcomes: answer.outcomes.map((outcome) =>
            outcomeDocument(declaration, found?.office ?? null, outcome, surrogates, recordedAt),
          ),
        };
      });
      const [newEvents, newOutcomes] = await Promise.all([
        events.putNew(messages.flatMap((message) => message.events)),
        outcomes.putNew(messages.flatMap((message) => message.outcomes)),
      ]);
      const touched = [
        ...new Set(messages.filter((message) => message.known).map((message) => message.declaration)),
      ];
      const superseding = await lock.run(touched, () => recheck(touched, recordedAt));
      return messages.map((message): Received => {
        const eventsIn = newEvents.splice(0, message.events.length).filter(Boolean).length;
        const outcomesIn = newOutcomes.splice(0, message.outcomes.length).filter(Boolean).length;
        const lodged = superseding.get(message.declaration);
        return {
          declaration: message.declaration,
          known: message.known,
          events: eventsIn,
          outcomes: outcomesIn,
          repeated: message.events.length + message.outcomes.length - eventsIn - outcomesIn,
          ...(lodged === undefined ? {} : { superseding: lodged }),
        };
      });
    },
  };
}

/**
 * The reference under which a declaration is kept: its own, or that of a provisional declaration which it names. A
 * registered one is never taken for another that is registered, even if both carry the same trader's reference.
 */
function referenceOf({ identity }: DeclarationRecord, known: ReadonlyMap<string, Known>): string {
  const own = known.get(identity.reference);
  if (own !== undefined) return own.reference;
  for (const alias of identity.aliases) {
    const other = known.get(alias);
    if (other !== undefined && (other.provisional || identity.provisional)) return other.reference;
  }
  return identity.reference;
}

function newVersion(
  record: DeclarationRecord,
  reference: string,
  version: number,
  recordedAt: string,
): DeclarationDocument {
  const { declaration, identity } = record;
  return {
    id: versionId(reference, version),
    reference,
    version,
    provisional: identity.provisional,
    content: identity.content,
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
