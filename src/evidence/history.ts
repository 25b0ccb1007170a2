/** Facts on history, from the memory of what was known at the time of the check. */
import { factCatalogue } from '../facts/catalogue.ts';
import type { FactCall, FactValue } from '../facts/model.ts';
import type { Resolver } from '../facts/sources.ts';
import type { Calls, FactSubject } from '../facts/subject.ts';
import { type Answer, type FromSums, type Question, ways } from './history-ways.ts';
import type { Sums } from './memory/daily.ts';
import type { Whose } from './memory/indexes.ts';
import { noName } from './memory/names.ts';
import { manyRows } from './memory/postings.ts';
import type { Party, Trace, TraceKind } from './memory/trace.ts';
import { dayNumber } from './memory/traces.ts';
import type { Memory } from './memory.ts';

type Item = FactSubject['declaration']['items'][number] | undefined;

const read: Record<Party, (subject: FactSubject, item: Item) => string | undefined> = {
  declarant: ({ declaration }) => declaration.declarant?.id,
  consignee: ({ declaration }, item) => item?.consignee?.id ?? declaration.consignee?.id,
  consignor: ({ declaration }, item) => item?.consignor?.id ?? declaration.consignor?.id,
  office: ({ declaration }) => declaration.office,
  hs6: (_, item) => (item?.hs === undefined || item.hs.length < 6 ? undefined : item.hs.slice(0, 6)),
  origin: (_, item) => item?.origin,
  examiner: ({ trail }) =>
    trail.findLast(({ kind, officer }) => kind === 'INSPECT' && officer)?.officer ?? undefined,
};

interface Ready {
  call: FactCall;
  answer: Answer;
  fromSums: FromSums | undefined;
  /** Days of the window, and days before the declaration at which it ends; the first absent where it has no beginning. */
  days: number | undefined;
  offset: number;
}

/** Calls on the same rows: of one kind, and of whoever stands in the same columns. */
interface Group extends Whose {
  calls: Ready[];
}

/** Whose rows these calls ask for; those that are not on history ask for none. */
export const askedOfHistory = ({ declaration, item }: Calls): Whose[] =>
  grouped([...declaration, ...item].filter(({ fact }) => factCatalogue.get(fact)?.family === 'history'));

function grouped(calls: readonly FactCall[]): Group[] {
  const groups = new Map<string, Group>();
  for (const call of calls) {
    const way = ways[call.fact.slice(call.fact.lastIndexOf('.') + 1)]!;
    const ofItem = call.fact.startsWith('item.');
    const kinds: Record<typeof way.kind, TraceKind> = {
      goods: ofItem ? 'item' : 'declared',
      item: 'item',
      outcome: ofItem ? 'outcomeGoods' : 'outcome',
      event: ofItem ? 'eventGoods' : 'event',
    };
    const kind = kinds[way.kind];
    const { of, days, offset } = call.params;
    const id = `${kind}|${of}`;
    const group: Group = groups.get(id) ?? { kind, columns: String(of).split('+') as Party[], calls: [] };
    groups.set(id, group);
    group.calls.push({
      call,
      answer: way.answer,
      fromSums: way.fromSums,
      days: days === undefined ? undefined : Number(days),
      offset: Number(offset ?? 0),
    });
  }
  for (const { calls } of groups.values())
    calls.sort((a, b) => (a.days ?? 0) - (b.days ?? 0) || a.offset - b.offset);
  return [...groups.values()];
}

/** Who asks, and as of when. */
interface Asking {
  subject: FactSubject;
  day: number;
  asOf: number;
  scale: number;
  /** A declaration is no part of its own history; `noName` where it is not here yet. */
  own: number;
}

/** What is the same for all declarations of a batch is worked out once: a large broker has ten thousand rows. */
interface Shared {
  /** Rows of one key in one window of days, as known at one instant. */
  windows: Map<string, readonly number[]>;
  answers: Map<string, FactValue>;
}

const noRows: readonly number[] = [];

/** Rows dated after `begin` up to `end`, as known at an instant, a declaration's own left out. */
function rowsIn(
  trace: Trace,
  rows: readonly number[],
  begin: number,
  end: number,
  asOf: number,
  own: number,
): readonly number[] {
  const isIn = (row: number): boolean => {
    const on = trace.day(row);
    return (
      on <= end && on > begin && trace.known(row, asOf) && (own === noName || trace.reference(row) !== own)
    );
  };
  // Most of a trader's rows are of the year that is asked for: nothing is copied before one is left out.
  const out = rows.findIndex((row) => !isIn(row));
  if (out < 0) return rows;
  const found = rows.slice(0, out);
  for (let place = out + 1; place < rows.length; place++) if (isIn(rows[place]!)) found.push(rows[place]!);
  return found;
}

/** @param scale minor units in one major unit of a declaration's currency. */
export function historyResolver(memory: Memory, scale: (subject: FactSubject) => number): Resolver {
  function askedBy(subject: FactSubject): Asking {
    const name = memory.names.find(subject.reference);
    return {
      subject,
      day: dayNumber(String(subject.sheet.header['declaration.date'] ?? subject.recordedAt)),
      asOf: Date.parse(subject.recordedAt),
      scale: scale(subject),
      own: name !== noName && memory.traces.newest(name) >= 0 ? name : noName,
    };
  }

  /** Who stands in a group's columns, by name; undefined where nobody does. */
  function whoStands({ columns }: Group, subject: FactSubject, item: Item): number[] | undefined {
    const values: number[] = [];
    for (const column of columns) {
      const text = read[column](subject, item);
      if (text === undefined) return undefined;
      values.push(memory.names.find(text));
    }
    return values;
  }

  /** Fills in what a group asks of whoever stands in its columns. */
  function fill(
    { kind, columns, calls }: Group,
    values: readonly number[],
    asking: Asking,
    shared: Shared,
    into: Record<string, FactValue>,
  ): void {
    const { traces } = memory;
    const trace = traces.trace(kind);
    const { day, asOf, own } = asking;
    const daily = traces.daily(kind, columns, values);
    let sums: Sums | undefined;

    let rows: readonly number[] | undefined;
    /** Rows of the window of the call before, which is the next one's as a rule. */
    let window: readonly number[] = [];
    let windowOf: Ready | undefined;
    /** One for all calls, put to each in its words: a declaration asks two hundred times. */
    const question: Question = {
      call: calls[0]!.call,
      memory,
      trace,
      scale: asking.scale,
      day,
      older: undefined,
    };

    for (const one of calls) {
      const { call, answer, fromSums, days, offset } = one;
      const end = day - offset;
      const begin = days === undefined ? Number.NEGATIVE_INFINITY : end - days;
      question.call = call;
      question.older = days === undefined ? memory.seenBefore(columns, values) : undefined;
      if (daily !== undefined && fromSums !== undefined) {
        sums ??= daily.asOf(asOf, ownRows(trace, kind, columns, values, asking));
        into[call.key] = fromSums(sums, begin, end, question);
        continue;
      }
      rows ??= traces.rows(kind, columns, values);
      if (rows.length < manyRows) {
        if (windowOf?.days !== days || windowOf?.offset !== offset)
          window = rowsIn(trace, rows, begin, end, asOf, own);
        windowOf = one;
        into[call.key] = answer(window, question);
        continue;
      }
      const place = `${kind}|${columns.join('+')}|${values.join(',')}|${begin}|${end}|${asOf}|${own}`;
      const asked = `${call.key}\u0000${asking.scale}\u0000${place}`;
      if (!shared.answers.has(asked)) {
        const found = shared.windows.get(place) ?? rowsIn(trace, rows, begin, end, asOf, own);
        shared.windows.set(place, found);
        shared.answers.set(asked, answer(found, question));
      }
      into[call.key] = shared.answers.get(asked);
    }
  }

  /** Rows of a key that are the declaration's own, which running sums have and its history has not. */
  function ownRows(
    trace: Trace,
    kind: TraceKind,
    columns: readonly Party[],
    values: readonly number[],
    { own, asOf }: Asking,
  ): readonly number[] {
    if (own === noName) return noRows;
    return memory.traces
      .rowsOf(kind, own)
      .filter(
        (row) =>
          trace.known(row, asOf) && columns.every((column, at) => trace.party(column, row) === values[at]),
      );
  }

  /** Item by item; the same goods again, which often follow one another, are answered as before. */
  function fillItems(group: Group, asking: Asking, shared: Shared): void {
    const { declaration, sheet } = asking.subject;
    let before: { values: readonly number[]; answers: Record<string, FactValue> } | undefined;
    for (let index = 0; index < declaration.items.length; index++) {
      const values = whoStands(group, asking.subject, declaration.items[index]);
      if (values === undefined) continue;
      const answers = sheet.itemCalls![index]!;
      if (before !== undefined && values.every((value, at) => value === before!.values[at]))
        for (const { call } of group.calls) answers[call.key] = before.answers[call.key];
      else fill(group, values, asking, shared, answers);
      before = { values, answers };
    }
  }

  /** Rulebooks ask the same calls again and again. */
  const groupsOf = new WeakMap<readonly FactCall[], Group[]>();
  const groupsFor = (calls: readonly FactCall[]): Group[] => {
    const known = groupsOf.get(calls) ?? grouped(calls);
    groupsOf.set(calls, known);
    return known;
  };

  return async (batch, calls) => {
    await memory.follow();
    const shared: Shared = { windows: new Map(), answers: new Map() };
    const header = groupsFor(calls.declaration);
    const items = groupsFor(calls.item);
    for (const subject of batch) {
      const asking = askedBy(subject);
      for (const group of header) {
        const values = whoStands(group, subject, undefined);
        if (values !== undefined) fill(group, values, asking, shared, subject.sheet.calls!);
      }
      for (const group of items) fillItems(group, asking, shared);
    }
  };
}
