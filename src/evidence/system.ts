/**
 * Facts on the system that handled a declaration, from the register of accounts, rights, duty days, sessions, criteria and
 * parameters. Where a register has no records, or an officer is not in it, the fact is missing: an incomplete register
 * accuses nobody.
 */
import { nationalCurrency } from '../facts/computed/amounts.ts';
import type { FactCall, FactValue } from '../facts/model.ts';
import type { Resolver } from '../facts/sources.ts';
import type { FactSubject, TrailStep } from '../facts/subject.ts';
import { localTime } from '../facts/trail/calendar.ts';
import { selectorOf } from '../facts/trail/selector.ts';
import type { ReferenceBook } from '../sources/reference/book.ts';
import { zoneOf } from './offices.ts';

interface Act extends TrailStep {
  officer: string;
  place: string | undefined;
}

/** Acts of people: events of the system and of declarants are left out. */
const acts = ({ trail, declaration }: FactSubject, call: FactCall): Act[] => {
  const { test } = selectorOf(String(call.params.event));
  return trail
    .filter((step) => test(step) && step.role !== 'system' && step.role !== 'declarant' && step.officer)
    .map((step) => ({ ...step, officer: step.officer!, place: step.office ?? declaration.office }));
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

const inactive: Answer = (subject, call, book) => {
  if (!book.has('account')) return undefined;
  return officersFor(acts(subject, call), (act) => {
    if (book.history('account', act.officer).length === 0) return undefined;
    const account = book.asOf('account', act.officer, act.at);
    if (account === undefined || account.active === false) return true;
    if (act.place === undefined) return false;
    const posted = book.history('post', `${act.officer}|${act.place}`);
    return posted.length > 0 && book.asOf('post', `${act.officer}|${act.place}`, act.at) === undefined;
  });
};

const laneAt = (subject: FactSubject, at: string): string | undefined =>
  subject.trail.findLast(({ kind, at: when }) => (kind === 'LANE' || kind === 'REROUTE') && when <= at)?.to;

const withoutRight: Answer = (subject, call, book) => {
  if (!book.has('right') || !book.has('account')) return undefined;
  return officersFor(acts(subject, call), (act) => {
    if (book.history('account', act.officer).length === 0) return undefined;
    const lane = laneAt(subject, act.at);
    const rights = [act.kind, ...(lane === undefined ? [] : [`${act.kind}:${lane}`])].flatMap((right) =>
      book.allAsOf('right', `${act.officer}|${right}`, act.at),
    );
    return !rights.some(({ office }) => office === undefined || office === act.place);
  });
};

const administrators: Answer = (subject, call, book) => {
  if (!book.has('right')) return undefined;
  return officersFor(
    acts(subject, call),
    (act) => book.asOf('right', `${act.officer}|admin`, act.at) !== undefined,
  );
};

const offDuty: Answer = (subject, call, book) => {
  if (!book.has('duty')) return undefined;
  return officersFor(acts(subject, call), (act) => {
    if (act.place === undefined) return undefined;
    const { day } = localTime(
      Date.parse(act.at),
      zoneOf(book, act.place, subject.declaration.country, act.at),
    );
    if (book.asOf('duty', `${act.officer}|${act.place}|${day}`, day) !== undefined) return false;
    // The roster of the day is known where anybody stands on it.
    return book.every('duty', day).some(({ office, day: on }) => office === act.place && on === day)
      ? true
      : undefined;
  });
};

const sharedSessions: Answer = (subject, call, book) => {
  if (!book.has('session')) return undefined;
  return officersFor(acts(subject, call), (act) => {
    const open = book.every('session', act.at).filter(({ user }) => user === act.officer);
    return new Set(open.map(({ terminal }) => terminal)).size > 1;
  });
};

const laneStep = ({ trail }: FactSubject): TrailStep | undefined => trail.find(({ kind }) => kind === 'LANE');

/** Records of the criterion that decided the lane, of the office and of everywhere, in order. */
function criterionOf({ declaration, ...subject }: FactSubject, book: ReferenceBook) {
  const lane = laneStep({ declaration, ...subject });
  if (lane?.criterion === undefined) return undefined;
  const keys = [`${lane.criterion}|${declaration.office ?? ''}`, `${lane.criterion}|`];
  return { at: lane.at, records: keys.flatMap((key) => book.history('criterion', key)) };
}

const criterionAuthors: Answer = (subject, call, book) => {
  const criterion = criterionOf(subject, book);
  if (criterion === undefined || criterion.records.length === 0) return undefined;
  const authors = new Set(
    criterion.records
      .filter(({ from }) => from <= criterion.at)
      .flatMap(({ user }) => (user === undefined ? [] : [user])),
  );
  return officersFor(acts(subject, call), (act) => authors.has(act.officer));
};

const criterionReverted: Answer = (subject, _, book) => {
  const criterion = criterionOf(subject, book);
  if (criterion === undefined) return undefined;
  const { at, records } = criterion;
  for (let index = 1; index + 1 < records.length; index++) {
    const [before, during, after] = records.slice(index - 1, index + 2);
    const same =
      before!.text === after!.text && before!.active === after!.active && before!.share === after!.share;
    const changed =
      during!.text !== before!.text || during!.active !== before!.active || during!.share !== before!.share;
    if (same && changed && during!.from <= at && at < after!.from)
      return (Date.parse(after!.from) - Date.parse(during!.from)) / 3_600_000;
  }
  return undefined;
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
    const records = book.history('parameter', key).filter(({ from }) => from <= lane.at);
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

export function systemResolver(book: ReferenceBook): Resolver {
  return (batch, calls) => {
    for (const subject of batch) {
      if (subject.trail.length === 0) continue;
      for (const call of calls.declaration) {
        const answer = answers[call.fact];
        if (answer !== undefined) subject.sheet.calls![call.key] = answer(subject, call, book);
      }
    }
  };
}

/** The amount of a guarantee in the declaration's currency, as its register has it. */
export function guaranteeAmount(
  book: ReferenceBook,
  { declaration }: FactSubject,
  day: string,
): number | undefined {
  const reference = declaration.guarantee?.reference;
  const amount = reference === undefined ? undefined : book.asOf('guarantee', reference, day)?.amount;
  return amount === undefined || amount.currency !== nationalCurrency(declaration)
    ? undefined
    : amount.amount;
}
