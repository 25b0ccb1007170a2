/**
 * Facts on the system that handled a declaration, from the register of accounts, rights, duty days, sessions, criteria and
 * parameters. Where a register has no records, or an officer is not in it, the fact is missing: an incomplete register
 * accuses nobody.
 */
import type { FactCall, FactValue } from '../facts/model.ts';
import type { FactSources, Resolver } from '../facts/sources.ts';
import type { FactSubject, TrailStep } from '../facts/subject.ts';
import { selectorOf } from '../facts/trail/selector.ts';
import { localTime } from '../ground/zones.ts';
import { holds, momentOf, type ReferenceBook } from '../sources/reference/book.ts';
import { changedBefore, recordsOf, revertedAfter } from './criteria.ts';
import { sequenceOf, textOfAct } from './memory/conduct.ts';
import type { Memory } from './memory.ts';
import { zoneOf } from './offices.ts';

interface Act extends TrailStep {
  officer: string;
  place: string | undefined;
  /** True where the event itself names the office: otherwise it is the declaration's, and the act may have been elsewhere. */
  placed: boolean;
}

/** Acts of people: events of the system and of declarants are left out. */
const acts = ({ trail, declaration }: FactSubject, call: FactCall): Act[] => {
  const { test } = selectorOf(String(call.params.event));
  return trail
    .filter((step) => test(step) && step.role !== 'system' && step.role !== 'declarant' && step.officer)
    .map((step) => ({
      ...step,
      officer: step.officer!,
      place: step.office ?? declaration.office,
      placed: step.office !== undefined,
    }));
};

/** Officers for whom the test says true; missing where for one of them it cannot say. */
function officersFor(steps: readonly Act[], test: (act: Act) => boolean | undefined): FactValue {
  const found = new Set<string>();
  let unknown = false;
  for (const act of steps) {
    const answer = test(act);
    if (answer === undefined) unknown = true;
    else if (answer) found.add(act.officer);
  }
  return found.size === 0 && unknown ? undefined : [...found].sort();
}

type Answer = (subject: FactSubject, call: FactCall, book: ReferenceBook) => FactValue;

/** Before the first record of a key nothing is known: a register begins on the day from which it was kept. */
const begins = (records: readonly { from: string }[], at: string): boolean =>
  records.some(({ from }) => holds(momentOf(from), null, at));

/** A register writes days of the office: an act late in the evening falls on another day elsewhere, and on either may be its last. */
const instants = ({ at, local }: TrailStep): string[] => [at, local];

const inactive: Answer = (subject, call, book) => {
  if (!book.has('account')) return undefined;
  return officersFor(acts(subject, call), (act) => {
    if (!begins(book.history('account', act.officer), act.at)) return undefined;
    const isActive = (at: string) => {
      const account = book.asOf('account', act.officer, at);
      return account !== undefined && account.active !== false;
    };
    if (!instants(act).some(isActive)) return true;
    if (act.place === undefined) return false;
    const key = `${act.officer}|${act.place}`;
    const posted = book.history('post', key);
    if (posted.length === 0 || instants(act).some((at) => book.asOf('post', key, at) !== undefined))
      return false;
    // Out of the posting, as far as the act was surely there and the posting had begun.
    return act.placed && begins(posted, act.at) ? true : undefined;
  });
};

const laneAt = (subject: FactSubject, at: string): string | undefined =>
  subject.trail.findLast(({ kind, at: when }) => (kind === 'LANE' || kind === 'REROUTE') && when <= at)?.to;

const withoutRight: Answer = (subject, call, book) => {
  if (!book.has('right') || !book.has('account')) return undefined;
  const all = book.all('right');
  return officersFor(acts(subject, call), (act) => {
    // The register of rights has to have begun, and the account to be known, by the time of the act.
    if (!begins(all, act.at) || !begins(book.history('account', act.officer), act.at)) return undefined;
    const lane = laneAt(subject, act.at);
    const rights = [act.kind, ...(lane === undefined ? [] : [`${act.kind}:${lane}`])].flatMap((right) =>
      instants(act).flatMap((at) => book.allAsOf('right', `${act.officer}|${right}`, at)),
    );
    if (rights.some(({ office }) => office === undefined || office === act.place)) return false;
    // A right of another office may be the right one where the act names no office.
    return act.placed || rights.length === 0 ? true : undefined;
  });
};

const administrators: Answer = (subject, call, book) => {
  if (!book.has('right')) return undefined;
  return officersFor(acts(subject, call), (act) =>
    instants(act).every((at) => book.asOf('right', `${act.officer}|admin`, at) !== undefined),
  );
};

const noon = 12 * 60;
const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

const offDuty: Answer = (subject, call, book) => {
  if (!book.has('duty')) return undefined;
  return officersFor(acts(subject, call), (act) => {
    if (act.place === undefined) return undefined;
    const zone = zoneOf(book, act.place, subject.declaration.country, act.at);
    const { day, minute } = localTime(Date.parse(act.at), zone);
    // A roster may have days or hours: who has a record of the day is on it.
    const onDuty = (on: string) => book.history('duty', `${act.officer}|${act.place}|${on}`).length > 0;
    if (onDuty(day)) return false;
    // A night shift stands on the roster of the day on which it begins.
    if (minute < noon && onDuty(dayBefore(day))) return false;
    if (!act.placed) return undefined;
    // The roster of the day is known where anybody stands on it.
    const roster = book.keysBy('duty', { office: act.place, day });
    return roster.some((key) => book.history('duty', key).length > 0) ? true : undefined;
  });
};

const sharedSessions: Answer = (subject, call, book) => {
  if (!book.has('session')) return undefined;
  return officersFor(acts(subject, call), (act) => {
    const terminals = book
      .keysBy('session', { user: act.officer })
      .flatMap((key) => book.asOf('session', key, act.at)?.terminal ?? []);
    return new Set(terminals).size > 1;
  });
};

const laneStep = ({ trail }: FactSubject): TrailStep | undefined => trail.find(({ kind }) => kind === 'LANE');

const criterionAuthors: Answer = (subject, call, book) => {
  const lane = laneStep(subject);
  if (lane?.criterion === undefined) return undefined;
  const records = recordsOf(lane.criterion, subject.declaration.office, book);
  if (records.length === 0) return undefined;
  const authors = new Set(
    records
      .filter(({ from }) => momentOf(from) <= lane.at)
      .flatMap(({ user }) => (user === undefined ? [] : [user])),
  );
  return officersFor(acts(subject, call), (act) => authors.has(act.officer));
};

/** Of the criterion that decided the lane; where none did, of any that could have: what is switched off leaves no name. */
const criterionReverted: Answer = (subject, _, book) => {
  const lane = laneStep(subject);
  if (lane === undefined || lane.cause === 'random') return undefined;
  const { office } = subject.declaration;
  const criteria = lane.criterion === undefined ? changedBefore(office, lane.at, book) : [lane.criterion];
  const hours = criteria.flatMap((criterion) => revertedAfter(criterion, office, lane.at, book) ?? []);
  return hours.length === 0 ? undefined : Math.min(...hours);
};

const parameterKeys = ({ declaration }: FactSubject, name: string): string[] =>
  [declaration.office ?? '*', '*'].flatMap((office) =>
    [declaration.flow, ''].map((flow) => `${office}|${name}|${flow}|`),
  );

const parameter: Answer = (subject, call, book) => {
  const lane = laneStep(subject);
  if (lane === undefined) return undefined;
  for (const key of parameterKeys(subject, String(call.params.name))) {
    const found = book.asOf('parameter', key, lane.at);
    if (found !== undefined) return found.value;
  }
  return undefined;
};

const thirtyDays = 30 * 86_400_000;

const parameterDropped: Answer = (subject, call, book) => {
  const lane = laneStep(subject);
  if (lane === undefined) return undefined;
  for (const key of parameterKeys(subject, String(call.params.name))) {
    const records = book.history('parameter', key).filter(({ from }) => momentOf(from) <= lane.at);
    if (records.length === 0) continue;
    const now = records.at(-1)!;
    const before = records.at(-2);
    return (
      now.value === 0 &&
      before !== undefined &&
      before.value > 0 &&
      Date.parse(lane.at) - Date.parse(now.from) <= thirtyDays
    );
  }
  return undefined;
};

/** What the register and the memory of other declarations' acts say together. */
type Compared = (
  subject: FactSubject,
  parts: { memory: Memory; book: ReferenceBook; sources: FactSources },
) => FactValue;

const minute = 60_000;
const ninetyDays = 90 * 86_400_000;
const ownName = ({ reference }: FactSubject, memory: Memory): number => memory.names.find(reference);

/** Others that this officer sent down within a minute of this one; the most of any re-routing of this declaration. */
const batchSize: Compared = (subject, { memory }) => {
  const asOf = Date.parse(subject.recordedAt);
  const self = ownName(subject, memory);
  const sizes = subject.trail
    .filter(({ kind, cause, officer }) => kind === 'REROUTE' && cause === 'discretionary-down' && officer)
    .map((step) => {
      const at = Date.parse(step.at);
      const others = memory.conduct
        .reroutes(step.officer!)
        .filter((act) => act.reference !== self && act.from < asOf && Math.abs(act.at - at) <= minute);
      return new Set(others.map(({ reference }) => reference)).size;
    });
  return sizes.length === 0 ? undefined : Math.max(...sizes);
};

/** Others whose inspection act by the same officer, in the ninety days before, has the same words. */
const sameText: Compared = (subject, { memory }) => {
  const asOf = Date.parse(subject.recordedAt);
  const self = ownName(subject, memory);
  const counts = subject.trail.flatMap((step) => {
    const text = step.kind === 'INSPECT' && step.officer ? textOfAct(step.reason) : undefined;
    if (text === undefined) return [];
    const at = Date.parse(step.at);
    const others = memory.conduct
      .sameText(step.officer!, text)
      .filter(
        (act) => act.reference !== self && act.from < asOf && act.at <= at && at - act.at <= ninetyDays,
      );
    return [new Set(others.map(({ reference }) => reference)).size];
  });
  return counts.length === 0 ? undefined : Math.max(...counts);
};

/** The day is over and all of it is here: what is not here by then is missing. */
const dayIsComplete = (subject: FactSubject, sources: FactSources): boolean => {
  const { declaration, recordedAt } = subject;
  const day = declaration.registration?.date;
  const until = sources.completeTo?.(declaration, 'declaration', recordedAt);
  return day !== undefined && until !== undefined && until >= Date.parse(`${day}T00:00:00Z`) + 86_400_000;
};

const numberGap: Compared = (subject, { memory, sources }) => {
  const own = sequenceOf(subject.declaration);
  if (own === undefined || !dayIsComplete(subject, sources)) return undefined;
  const self = ownName(subject, memory);
  const below = memory.conduct.numberBelow(own.sequence, own.number, self, Date.parse(subject.recordedAt));
  return below === undefined ? undefined : own.number - below - 1;
};

/** More said than here is above zero. */
const totalsGap: Compared = (subject, { memory, book, sources }) => {
  const { office, registration } = subject.declaration;
  if (office === undefined || registration?.date === undefined || !dayIsComplete(subject, sources))
    return undefined;
  const total = book.asOf('control-total', `declaration|${office}|${registration.date}`, registration.date);
  if (total === undefined) return undefined;
  const others = memory.conduct.registered(
    office,
    registration.date,
    ownName(subject, memory),
    Date.parse(subject.recordedAt),
  );
  return total.count - others - 1;
};

const compared: Readonly<Record<string, Compared>> = {
  'system.batchSize': batchSize,
  'system.sameText': sameText,
  'system.numberGap': numberGap,
  'system.totalsGap': totalsGap,
};

const answers: Readonly<Record<string, Answer>> = {
  'system.inactive': inactive,
  'system.withoutRight': withoutRight,
  'system.administrators': administrators,
  'system.offDuty': offDuty,
  'system.sharedSessions': sharedSessions,
  'system.criterionAuthors': criterionAuthors,
  'system.criterionReverted': criterionReverted,
  'system.parameter': parameter,
  'system.parameterDropped': parameterDropped,
};

/** @param bookAt the register as it was known at a check of the instant; @param memory absent without a store. */
export function systemResolver(bookAt: (asOf: string) => ReferenceBook, memory?: Memory): Resolver {
  return async (batch, calls, sources) => {
    await memory?.follow();
    for (const subject of batch) {
      const book = bookAt(subject.recordedAt);
      const values = subject.sheet.calls!;
      for (const call of calls.declaration) {
        const comparing = compared[call.fact];
        if (comparing !== undefined) {
          if (memory !== undefined) values[call.key] = comparing(subject, { memory, book, sources });
        } else if (subject.trail.length > 0) values[call.key] = answers[call.fact]?.(subject, call, book);
      }
    }
  };
}
