/**
 * Events and outcomes of declarations that may or may not be here: taken in under the names by which they call them, and
 * what they touch is checked again. What comes before its declaration waits for it.
 */
import type { KeyedLock } from '../ground/lock.ts';
import type { AnswerRecord } from '../intake/record.ts';
import type { Store } from '../store/port.ts';
import type { Desk } from './desk.ts';
import type { Lodged } from './lodged.ts';
import type { People } from './people.ts';
import type { Known, Registry } from './registry.ts';
import { keepRetold, type Retold, retold } from './retold.ts';
import { accountsOf, eventDocument, formerEventIds, formerOutcomeIds, outcomeDocument } from './trail.ts';
import { unexamined } from './unexamined.ts';

export interface Received {
  /** Reference of the declaration, or the name under which the message waits for one. */
  declaration: string;
  known: boolean;
  events: number;
  outcomes: number;
  /** Events and outcomes that had been received before; where they are told better now, that stands. */
  repeated: number;
  /** The check that supersedes the last one, where what came changes a finding. */
  superseding?: Lodged;
}

/** Checks again what is here; answers the checks that say something new, by declaration. */
type Recheck = (
  references: readonly string[],
  recordedAt: string,
  told: { by: ReadonlyMap<string, string | undefined>; better: Retold },
) => Promise<Map<string, Lodged>>;

export interface ReceivingParts {
  desk: Desk;
  store: Store;
  registry: Registry;
  people: People;
  /** The lodging's own: one that comes meanwhile finds what waits for it, or is found. */
  lock: KeyedLock;
  recheck: Recheck;
}

/** By then a replica that was about to write has written, or its lease is over. */
const lookAgainMs = 10_000;

export function openReceiving({ desk, store, registry, people, lock, recheck }: ReceivingParts): {
  receive(answers: readonly AnswerRecord[]): Promise<Received[]>;
} {
  const { events, outcomes } = registry;

  /** Under the names by which they call their declarations. What else these are called is known to the registry. */
  async function takeIn(
    answers: readonly AnswerRecord[],
    known: ReadonlyMap<string, Known>,
  ): Promise<Received[]> {
    const recordedAt = desk.now().toISOString();
    const named = answers.map((answer) => {
      const name = [answer.declaration, ...answer.aliases].find((each) => known.has(each));
      const found = name === undefined ? undefined : known.get(name);
      return { answer, found, declaration: found?.reference ?? answer.declaration };
    });
    const [surrogates, formerEvents, formerOutcomes] = await Promise.all([
      people.surrogates(answers.flatMap((answer) => accountsOf(answer.trail, answer.outcomes))),
      events.getMany(
        named.flatMap(({ answer, declaration }) =>
          answer.trail.flatMap((event) => formerEventIds(declaration, event)),
        ),
      ),
      outcomes.getMany(
        named.flatMap(({ answer, declaration }) =>
          answer.outcomes.flatMap((outcome) => formerOutcomeIds(declaration, outcome)),
        ),
      ),
    ]);
    const formerly = { events: new Set(formerEvents.keys()), outcomes: new Set(formerOutcomes.keys()) };
    const words = new Map([...formerOutcomes].map(([id, { doc }]) => [id, doc]));
    const messages = named.map(({ answer, found, declaration }) => {
      const waits = found === undefined;
      return {
        declaration,
        known: !waits,
        by: answer.by,
        events: answer.trail.map((event) =>
          eventDocument(declaration, event, surrogates, recordedAt, { waits, here: formerly.events }),
        ),
        outcomes: answer.outcomes.map((outcome) =>
          outcomeDocument(declaration, found?.office ?? null, outcome, surrogates, recordedAt, {
            waits,
            here: formerly.outcomes,
            words,
          }),
        ),
      };
    });
    const eventDocs = messages.flatMap((message) => message.events);
    const outcomeDocs = messages.flatMap((message) => message.outcomes);
    const [newEvents, newOutcomes] = await Promise.all([
      events.putNew(eventDocs),
      outcomes.putNew(outcomeDocs),
    ]);
    const arrived = new Set(
      [
        ...eventDocs.filter((_, index) => newEvents[index]),
        ...outcomeDocs.filter((_, index) => newOutcomes[index]),
      ].map(({ declaration }) => declaration),
    );
    const better = await retold(registry, {
      events: eventDocs.filter((_, index) => !newEvents[index]),
      outcomes: outcomeDocs.filter((_, index) => !newOutcomes[index]),
    });
    for (const { declaration } of [...better.events, ...better.outcomes]) arrived.add(declaration);
    const here = new Set(messages.flatMap((message) => (message.known ? [message.declaration] : [])));
    const ofHere = ({ declaration }: { declaration: string }) => here.has(declaration);
    const waits = (doc: { declaration: string }) => !ofHere(doc);
    // What waits for its declaration is examined with it.
    await keepRetold(registry, {
      events: better.events.filter(waits),
      outcomes: better.outcomes.filter(waits),
    });
    const repeated = [...here].filter((declaration) => !arrived.has(declaration));
    const touched = [
      ...[...arrived].filter((declaration) => here.has(declaration)),
      ...(await unexamined(registry, repeated)),
    ];
    const by = new Map(messages.map((message) => [message.declaration, message.by]));
    const ours = { events: better.events.filter(ofHere), outcomes: better.outcomes.filter(ofHere) };
    const superseding = await recheck(touched, recordedAt, { by, better: ours });
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
  }

  const calledBy = (answers: readonly AnswerRecord[]): string[] =>
    answers.flatMap((answer) => [answer.declaration, ...answer.aliases]);

  /** Under the locks that a lodging takes: one that comes meanwhile finds what waits for it, or is found. */
  async function receiveHere(answers: readonly AnswerRecord[]): Promise<Received[]> {
    const names = calledBy(answers);
    let references: string[] = [];
    for (;;) {
      const held = new Set([...names, ...references]);
      const received = await lock.run([...held], async () => {
        const known = await registry.known(names);
        references = [...known.values()].map(({ reference }) => reference);
        return references.every((reference) => held.has(reference)) ? takeIn(answers, known) : undefined;
      });
      if (received !== undefined) return received;
    }
  }

  /**
   * Another replica may be about to write the declaration of what waits now, and have looked for what waits before this
   * was written. Its commit is over in seconds: what is of a declaration that is here by then is taken in again, as its own.
   */
  function lookAgain(waiting: readonly AnswerRecord[]): void {
    if (waiting.length === 0) return;
    setTimeout(async () => {
      try {
        const known = await registry.known(calledBy(waiting));
        await receiveHere(waiting.filter((answer) => calledBy([answer]).some((name) => known.has(name))));
      } catch {
        // The store is away: it waits for the next word on its declaration.
      }
    }, lookAgainMs).unref();
  }

  return {
    async receive(answers) {
      const received = await receiveHere(answers);
      if (!store.exclusive) lookAgain(answers.filter((_, index) => !received[index]!.known));
      return received;
    },
  };
}
