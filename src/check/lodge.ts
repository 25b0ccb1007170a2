/**
 * The path of a batch of declarations from readers to checks: identify the version, take in the trail, evaluate in
 * bulk, decide the lane, write. A batch of one is the single check. Idempotent: the same content again answers with
 * the check that is there; new content is a new version, with both kept.
 *
 * On a store of our own everything is written together. Where other replicas write too, declarations come first, since
 * their ids arbitrate between writers; a crash between leaves a declaration without a check, which the next call with
 * the same content completes.
 */
import { type KeyedLock, keyedLock } from '../ground/lock.ts';
import type { AnswerRecord, DeclarationRecord } from '../intake/record.ts';
import type { Store } from '../store/port.ts';
import type { AliasDocument } from './collections.ts';
import type { Desk } from './desk.ts';
import { type Examined, examine, governing } from './examine.ts';
import { openFileOrder } from './file-order.ts';
import { type HoleBook, openHoles } from './holes.ts';
import { comeHome } from './homecoming.ts';
import type { Lodged } from './lodged.ts';
import { type People, storedPeople } from './people.ts';
import { openReceiving, type Received } from './receive.ts';
import { addTo, betterTold, type Known, openRegistry, type Registry } from './registry.ts';
import { keepRetold, type Retold, takeOver } from './retold.ts';
import { openSettings } from './settings.ts';
import { timed } from './stages.ts';
import { accountsOf, eventDocument, outcomeDocument } from './trail.ts';
import { newVersion, openRound, referenceOf } from './version.ts';

/** A degraded answer: its lane, who was given it, and when the declaration came (UTC). */
export interface Answered {
  check: string;
  lane: string;
  by?: string | undefined;
  cameAt: string;
}

export interface LodgeOptions {
  /**
   * What the content of an older version means. Live, it is a change back, hence a new version. In a file that is
   * imported again it is the same history told again, and nothing new.
   */
  olderContent?: 'new version' | 'known';
  /**
   * One after the other, as they came: each is told after the one before and sees it. Of a day's declarations that are
   * brought together none would otherwise see another of its importer, its certificate or its number. Costs a commit more.
   */
  inOrder?: boolean;
  /** The degraded answer for which this is done again: examined whatever is there, and its lane not lowered. */
  answered?: Answered;
}

export interface Office {
  lodge(records: readonly DeclarationRecord[], options?: LodgeOptions): Promise<Lodged[]>;
  /** Takes in events and outcomes of declarations that may or may not be here, and checks again what they touch. */
  receive(answers: readonly AnswerRecord[]): Promise<Received[]>;
  /**
   * Checks again what is here, where the last check was made before `since`: more may be known by now of what is absent.
   * Answers the checks that say something new.
   */
  again(references: readonly string[], since: string): Promise<Lodged[]>;
  /** Which declaration a message speaks of, by any of its names. */
  known: Registry['known'];
  /** What checks could not evaluate. */
  holes: HoleBook;
}

/** A record with the reference under which its declaration is kept. */
interface Referred {
  record: DeclarationRecord;
  reference: string;
  recordedAt: string;
}

export function openOffice(desk: Desk, store: Store, people: People = storedPeople(store)): Office {
  const registry = openRegistry(store);
  const settings = openSettings(store);
  const holes = openHoles(store);
  const lock: KeyedLock = keyedLock();
  const order = openFileOrder(desk);
  const { declarations, events, outcomes, checks, aliases } = registry;

  async function lodgeDistinct(
    batch: readonly Referred[],
    known: ReadonlyMap<string, Known>,
    options: LodgeOptions,
  ): Promise<Lodged[]> {
    const here = batch.map(({ reference }) => reference).filter((reference) => known.has(reference));
    // What waits is called by the reference or by any other name of the declaration.
    const home = new Map(
      batch.flatMap(({ record, reference }) =>
        namesOf(record)
          // What is called so already is another's.
          .filter((name) => (known.get(name)?.reference ?? reference) === reference)
          .map((name) => [name, reference]),
      ),
    );
    for (const { reference } of batch) home.set(reference, reference);
    const [versions, earlier, surrogates, called] = await timed('read', () =>
      Promise.all([
        registry.versions(here),
        registry.lastChecks(here),
        people.surrogates(batch.flatMap(({ record }) => accountsOf(record.trail, record.outcomes))),
        registry.trails([...home.keys()]),
      ]),
    );

    const planned = batch.map(({ record, reference, recordedAt }) => {
      const before = versions.get(reference) ?? [];
      const newest = before.at(-1);
      const told = before.some(({ content }) => content === record.identity.content);
      const same = options.olderContent === 'known' ? told : newest?.content === record.identity.content;
      // What was kept since a degraded answer is not news where a later version has come meanwhile.
      const isOutdated =
        options.answered !== undefined &&
        newest !== undefined &&
        (newest.cameAt ?? newest.recordedAt) > options.answered.cameAt;
      const isNew = newest === undefined || !(same || isOutdated);
      const doc = isNew
        ? newVersion(record, reference, (newest?.version ?? 0) + 1, recordedAt, options.answered?.cameAt)
        : newest;
      const { by } = record;
      return {
        record,
        doc,
        isNew,
        earlier: earlier.get(reference),
        answered: options.answered,
        by,
        recordedAt,
      };
    });
    const offices = new Map(planned.map(({ doc }) => [doc.reference, doc.office]));
    const { trails, ...came } = comeHome(called, home, offices);
    const idsOf = (list: readonly { id: string }[] = []) => ({ here: new Set(list.map(({ id }) => id)) });
    const arriving = {
      events: planned.flatMap(({ record, doc, recordedAt }) => {
        const standing = idsOf(trails.events.get(doc.reference));
        return record.trail.map((event) =>
          eventDocument(doc.reference, event, surrogates, recordedAt, standing),
        );
      }),
      outcomes: planned.flatMap(({ record, doc, recordedAt }) => {
        const here = trails.outcomes.get(doc.reference) ?? [];
        const standing = { ...idsOf(here), words: new Map(here.map((one) => [one.id, one])) };
        return record.outcomes.map((outcome) =>
          outcomeDocument(doc.reference, doc.office, outcome, surrogates, recordedAt, standing),
        );
      }),
    };
    // What was said before and is said again is answered as it was: facts on history have moved on since, and a check
    // that was given must not change because it was asked for twice.
    const better = {
      events: betterTold(trails.events, arriving.events),
      outcomes: betterTold(trails.outcomes, arriving.outcomes),
    };
    const touched = new Set([
      ...[...better.events, ...better.outcomes].map(({ declaration }) => declaration),
      ...addTo(trails.events, arriving.events),
      ...addTo(trails.outcomes, arriving.outcomes),
      ...[...came.events.moved, ...came.outcomes.moved].map(({ declaration }) => declaration),
    ]);
    const due = planned.filter(
      ({ isNew, earlier, doc }) =>
        isNew ||
        // Nor was the version ever examined that a crash left without a check.
        (earlier?.version ?? 0) < doc.version ||
        options.answered !== undefined ||
        touched.has(doc.reference),
    );
    const examinedDocs = new Set(due.map(({ doc }) => doc));
    const standing = planned.flatMap(({ earlier, doc }) =>
      examinedDocs.has(doc) || earlier === undefined ? [] : [earlier],
    );

    const fresh = planned.filter(({ isNew }) => isNew);
    const claim = async () => {
      const inserted = await declarations.putNew(fresh.map(({ doc }) => doc));
      return !inserted.includes(false);
    };
    const again = async () => lodgeDistinct(batch, await registry.known(batch.flatMap(allNames)), options);
    let unwritten = arriving;
    if (options.inOrder === true) {
      if (!(await timed('commit', claim))) return again();
      // Of what was here before a crash would leave news that nobody looks at: it is written with the checks.
      const isFresh = new Set(fresh.map(({ doc }) => doc.reference));
      const of = (fresh: boolean): typeof arriving => ({
        events: arriving.events.filter(({ declaration }) => isFresh.has(declaration) === fresh),
        outcomes: arriving.outcomes.filter(({ declaration }) => isFresh.has(declaration) === fresh),
      });
      const first = of(true);
      unwritten = of(false);
      await timed('commit', () =>
        Promise.all([events.putNew(first.events), outcomes.putNew(first.outcomes)]),
      );
    }
    const kept = Promise.all(
      governing(desk, due).map((setting) => settings.keep(setting, batch[0]!.recordedAt)),
    );
    const examining = examine(desk, due, trails, registry);
    const undone = undoing(examining);
    // Nobody else can write a version whose names are locked here. Otherwise versions are claimed before anything is said.
    const alone =
      store.exclusive && batch.every(({ record, reference }) => namesOf(record).includes(reference));
    const claimed = options.inOrder === true;
    if (!claimed && !alone && !(await claim().catch(undone))) {
      await Promise.allSettled([kept, forget(examining)]);
      return again();
    }
    const [examined, lacking] = await Promise.all([
      examining,
      holes.read(standing.map((check) => check.holes)),
      kept,
    ]).catch(undone);
    const written = examined.filter(({ isNew }) => isNew);
    await holes.keep(written.map(({ notEvaluated }) => notEvaluated)).catch(undone);
    const named = fresh.flatMap(({ record, doc }) => aliasesOf(record, doc.reference));
    const isTaken = ({ id, spoken }: AliasDocument): boolean => !spoken && known.get(id)?.spoken === true;
    let inserted: boolean[] = [];
    const writeChecks = async () => {
      inserted = await checks.putNew(written.map(({ check }) => check));
    };
    await timed('commit', () =>
      Promise.all([
        alone && !claimed ? claim() : undefined,
        events.put(came.events.moved),
        outcomes.put(came.outcomes.moved),
        // Those that are here already are left by putNew.
        events.put(better.events),
        outcomes.put(better.outcomes),
        events.putNew(unwritten.events),
        outcomes.putNew(unwritten.outcomes),
        aliases.putNew(named.filter((alias) => !isTaken(alias))),
        // A name that is a declaration's alone is not lost to whoever wrote it as his own reference before.
        aliases.put(named.filter(isTaken)),
        writeChecks(),
      ]),
    ).catch(undone);
    // After the others are written: what a crash leaves of these comes home again with the next call.
    if (came.events.left.length > 0) await events.delete(came.events.left);
    if (came.outcomes.left.length > 0) await outcomes.delete(came.outcomes.left);
    const answers = new Map<string, Lodged>();
    for (const check of standing) {
      const notEvaluated = lacking.get(check.holes) ?? [];
      answers.set(check.declaration, { check, notEvaluated, repeated: true });
    }
    for (const { check, notEvaluated, isNew } of examined) {
      answers.set(check.declaration, { check, notEvaluated, repeated: !isNew });
    }
    const beside = overtaken(written, inserted);
    if (beside.size > 0) {
      const others = batch.filter(({ reference }) => beside.has(reference));
      const standing = await registry.known(others.flatMap(allNames));
      for (const lodged of await lodgeDistinct(others, standing, options))
        answers.set(lodged.check.declaration, lodged);
      // Of what came along here it may know nothing.
      const news = others.filter(({ record }) => record.trail.length + record.outcomes.length > 0);
      for (const [reference, lodged] of await recheck(
        news.map(({ reference }) => reference),
        batch[0]!.recordedAt,
      ))
        answers.set(reference, lodged);
    }
    return batch.map(({ reference }) => answers.get(reference)!);
  }

  async function recheck(
    references: readonly string[],
    recordedAt: string,
    options: { since?: string; by?: ReadonlyMap<string, string | undefined>; better?: Retold } = {},
  ): Promise<Map<string, Lodged>> {
    const { since, by, better } = options;
    const [versions, earlier, trails] = await Promise.all([
      registry.versions(references),
      registry.lastChecks(references),
      registry.trails(references),
    ]);
    const planned = [...versions]
      .map(([reference, docs]) => ({
        doc: docs.at(-1)!,
        earlier: earlier.get(reference),
        by: by?.get(reference),
        recordedAt,
      }))
      .filter((each) => since === undefined || (each.earlier?.recordedAt ?? '') < since);
    const told = better === undefined ? undefined : takeOver(trails, better);
    const examining = examine(desk, planned, trails, registry);
    const undone = undoing(examining);
    const [examined] = await Promise.all([
      examining,
      ...governing(desk, planned).map((setting) => settings.keep(setting, recordedAt)),
    ]).catch(undone);
    const written = examined.filter(({ isNew }) => isNew);
    await holes.keep(written.map(({ notEvaluated }) => notEvaluated)).catch(undone);
    const inserted =
      written.length > 0 ? await checks.putNew(written.map(({ check }) => check)).catch(undone) : [];
    const beside = overtaken(written, inserted);
    // Last, so that a crash before it leaves what is better told to be found again when it is sent again.
    if (told !== undefined) await keepRetold(registry, told);
    const said = new Map<string, Lodged>(
      written
        .filter(({ check }) => !beside.has(check.declaration))
        .map(({ check, notEvaluated }) => [check.declaration, { check, notEvaluated, repeated: false }]),
    );
    // Behind the one that was written meanwhile, which may not know what is known here.
    if (beside.size > 0)
      for (const [reference, lodged] of await recheck([...beside], recordedAt, options))
        said.set(reference, lodged);
    return said;
  }

  const receiving = openReceiving({ desk, store, registry, people, lock, recheck });

  return {
    known: registry.known,
    holes,

    lodge(records, options = {}) {
      const now = desk.now().toISOString();
      const times = options.inOrder === true ? order.instants(records.length) : undefined;
      const recordedAt = new Map(records.map((record, i) => [record, times?.[i] ?? now]));
      return lock.run(records.flatMap(namesOf), async () => {
        // The same declaration twice in a batch, a draft and its registration too, is two versions, one after the other.
        const answers = new Map<DeclarationRecord, Lodged>();
        let waiting = [...records];
        while (waiting.length > 0) {
          const known = await registry.known(waiting.flatMap(namesOf));
          const round = openRound();
          const batch: Referred[] = [];
          for (const record of waiting) {
            const reference = referenceOf(record, known);
            if (round.isApart(record, reference))
              batch.push({ record, reference, recordedAt: recordedAt.get(record)! });
          }
          const lodged = await lodgeDistinct(batch, known, options);
          batch.forEach(({ record }, index) => {
            answers.set(record, lodged[index]!);
          });
          waiting = waiting.filter((record) => !answers.has(record));
        }
        if (times !== undefined) await order.reached(times.length);
        return records.map((record) => answers.get(record)!);
      });
    },

    async again(references, since) {
      const recordedAt = desk.now().toISOString();
      const lodged = await lock.run(references, () =>
        recheck(references, recordedAt, since === undefined ? {} : { since }),
      );
      return [...lodged.values()];
    },

    receive: receiving.receive,
  };
}

/**
 * Declarations of which another replica wrote a check of the same name meanwhile: that one stands, whoever asked, and what was
 * decided here decides nothing of others.
 */
function overtaken(written: readonly Examined[], inserted: readonly boolean[]): Set<string> {
  const beside = written.filter((_, index) => inserted[index] === false);
  for (const examined of beside) examined.forget();
  return new Set(beside.map(({ check }) => check.declaration));
}

/** What was decided and does not come to be written decides nothing of others. */
async function forget(examining: Promise<readonly Examined[]>): Promise<void> {
  for (const examined of await examining) examined.forget();
}

/** For `catch`. */
const undoing =
  (examining: Promise<readonly Examined[]>) =>
  async (thrown: unknown): Promise<never> => {
    await forget(examining).catch(() => undefined);
    throw thrown;
  };

const namesOf = ({ identity }: DeclarationRecord): string[] => [identity.reference, ...identity.aliases];
const aliasesOf = (record: DeclarationRecord, reference: string): AliasDocument[] =>
  namesOf(record)
    .filter((name) => name !== reference)
    .map((id) => ({ id, reference, ...(id === record.identity.spoken ? { spoken: true } : {}) }));
const allNames = ({ record, reference }: Referred): string[] => [reference, ...namesOf(record)];
