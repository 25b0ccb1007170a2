/**
 * What facts on history make of the rows of a window, by the last part of a fact's name: from the rows themselves, and from
 * running sums by day where it adds up.
 */
import { Outcome } from '../declaration/trail.ts';
import type { FactCall, FactValue } from '../facts/model.ts';
import { controlsSum, procedureSum } from './memory/adding.ts';
import type { Sums } from './memory/daily.ts';
import { noName } from './memory/names.ts';
import type { Seen } from './memory/seen.ts';
import type { Party, Trace } from './memory/trace.ts';
import type { Memory } from './memory.ts';

export interface Question {
  call: FactCall;
  memory: Memory;
  trace: Trace;
  /** Minor units in one major unit. */
  scale: number;
  /** Day of the declaration. */
  day: number;
  /** What is no longer in memory, of the same; where the window has no beginning. */
  older: Seen | undefined;
}
export type Answer = (rows: readonly number[], question: Question) => FactValue;
/** The same from running sums by day: of what, in the window. */
export type FromSums = (sums: Sums, begin: number, end: number, question: Question) => FactValue;

/** Missing values count as nothing. */
const sum = (rows: readonly number[], of: (row: number) => number): number => {
  let total = 0;
  for (const row of rows) {
    const one = of(row);
    if (!Number.isNaN(one)) total += one;
  }
  return total;
};

const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);

/** Rows of which looking one by one whether a value came before is cheaper than a set. */
const few = 32;
const fewSeen: number[] = [];

function differentOfFew(rows: readonly number[], of: (row: number) => number): number {
  let count = 0;
  for (const row of rows) {
    const one = of(row);
    if (one === noName || Number.isNaN(one)) continue;
    let place = 0;
    while (place < count && fewSeen[place] !== one) place += 1;
    if (place === count) fewSeen[count++] = one;
  }
  return count;
}

/** Of rows whose value is known. */
const different = (rows: readonly number[], of: (row: number) => number): number => {
  if (rows.length < few) return differentOfFew(rows, of);
  const seen = new Set<number>();
  for (const row of rows) {
    const one = of(row);
    if (one !== noName && !Number.isNaN(one)) seen.add(one);
  }
  return seen.size;
};

function memberOf({ params }: FactCall, trace: Trace): (row: number) => number {
  const { member } = params;
  return member === 'netMass' ? trace.netMass : (row) => trace.party(member as Party, row);
}

/** Controls of the sample and kind that is asked for, each once however many goods it was of. */
function controlled(rows: readonly number[], { call: { params }, memory, trace }: Question): number[] {
  const { random, control } = memory.traces.outcomes;
  const wanted = params.control === 'any' ? undefined : memory.names.find(String(params.control));
  const acts = new Set<number>();
  for (const row of rows) {
    const act = trace.act(row);
    const isRandom = random.at(act) === 1;
    if (
      (params.sample === 'all' || isRandom === (params.sample === 'random')) &&
      (wanted === undefined || control.at(act) === wanted)
    )
      acts.add(act);
  }
  return [...acts];
}

const controlKinds = Outcome.properties.control.enum as readonly string[];

/** Sums of acts of the sample and kind that is asked for. */
function totalOfActs(
  of: 'controls' | 'found',
  sums: Sums,
  begin: number,
  end: number,
  { call: { params }, memory }: Question,
): number {
  const kinds = params.control === 'any' ? controlKinds : [String(params.control)];
  const samples = params.sample === 'all' ? [false, true] : [params.sample === 'random'];
  let acts = 0;
  for (const kind of kinds)
    for (const random of samples)
      acts += sums.total(controlsSum(of, memory.names.find(kind), random), begin, end);
  return acts;
}

/** Days back to the first or last day, of what is in memory and of what is no longer. */
function daysBack(known: number | undefined, { day, older }: Question, pick: typeof Math.min): FactValue {
  const before = older === undefined ? undefined : pick(older.first, older.last);
  const extreme = known === undefined ? before : before === undefined ? known : pick(before, known);
  return extreme === undefined ? undefined : day - extreme;
}

const extremeDay = (rows: readonly number[], question: Question, pick: typeof Math.min): FactValue =>
  daysBack(
    rows.length === 0 ? undefined : rows.map(question.trace.day).reduce((extreme, day) => pick(extreme, day)),
    question,
    pick,
  );

/** The rows that a fact looks at, and what it makes of them. `goods` are items in facts of items. */
export interface Way {
  kind: 'goods' | 'item' | 'outcome' | 'event';
  answer: Answer;
  /** Absent where it does not add up by day. */
  fromSums?: FromSums;
}
export const ways: Readonly<Record<string, Way>> = {
  count: {
    kind: 'goods',
    answer: (rows, { trace }) => different(rows, trace.reference),
    fromSums: (sums, begin, end) => sums.total('count', begin, end),
  },
  value: {
    kind: 'goods',
    answer: (rows, { scale, trace }) => sum(rows, trace.value) / scale,
    fromSums: (sums, begin, end, { scale }) => sums.total('value', begin, end) / scale,
  },
  controls: {
    kind: 'outcome',
    answer: (rows, question) => controlled(rows, question).length,
    fromSums: (sums, begin, end, question) => totalOfActs('controls', sums, begin, end, question),
  },
  offenceRate: {
    kind: 'outcome',
    answer: (rows, question) => {
      const acts = controlled(rows, question);
      const { found } = question.memory.traces.outcomes;
      return share(acts.filter((act) => found.at(act) === 1).length, acts.length);
    },
    fromSums: (sums, begin, end, question) =>
      share(
        totalOfActs('found', sums, begin, end, question),
        totalOfActs('controls', sums, begin, end, question),
      ),
  },
  events: {
    kind: 'event',
    answer: (rows, { call, memory, trace }) => {
      const wanted = memory.names.find(String(call.params.kind));
      const { kind } = memory.traces.events;
      return different(
        rows.filter((row) => kind.at(trace.act(row)) === wanted),
        trace.reference,
      );
    },
    fromSums: (sums, begin, end, { call, memory, trace }) => {
      const wanted = memory.names.find(String(call.params.kind));
      const { kind } = memory.traces.events;
      if (wanted === noName) return 0;
      const memberOf = (row: number) => (kind.at(trace.act(row)) === wanted ? trace.reference(row) : noName);
      return sums.different({ name: `event ${wanted}`, memberOf, window: call.key }, begin, end);
    },
  },
  firstSeen: {
    kind: 'goods',
    answer: (rows, question) => extremeDay(rows, question, Math.min),
    fromSums: (sums, begin, end, question) => daysBack(sums.ends(begin, end)?.first, question, Math.min),
  },
  lastSeen: {
    kind: 'goods',
    answer: (rows, question) => extremeDay(rows, question, Math.max),
    fromSums: (sums, begin, end, question) => daysBack(sums.ends(begin, end)?.last, question, Math.max),
  },
  distinct: {
    kind: 'item',
    answer: (rows, { call, trace }) => different(rows, memberOf(call, trace)),
    fromSums: (sums, begin, end, { call, trace }) =>
      sums.different(
        { name: String(call.params.member), memberOf: memberOf(call, trace), window: call.key },
        begin,
        end,
      ),
  },
  procedureShare: {
    kind: 'item',
    answer: (rows, { call, memory, trace }) => {
      const wanted = memory.names.find(String(call.params.procedure));
      return share(
        sum(
          rows.filter((row) => wanted !== noName && trace.procedure(row) === wanted),
          trace.value,
        ),
        sum(rows, trace.value),
      );
    },
    fromSums: (sums, begin, end, { call, memory }) => {
      const wanted = memory.names.find(String(call.params.procedure));
      const part = wanted === noName ? 0 : sums.total(procedureSum(wanted), begin, end);
      return share(part, sums.total('value', begin, end));
    },
  },
  exemptShare: {
    kind: 'item',
    answer: (rows, { memory, trace }) => {
      const homeUse = memory.names.find('4');
      const home = rows.filter(
        (row) => homeUse !== noName && trace.procedure(row) === homeUse && trace.exempt(row) >= 0,
      );
      return share(
        sum(
          home.filter((row) => trace.exempt(row) === 1),
          trace.value,
        ),
        sum(home, trace.value),
      );
    },
    fromSums: (sums, begin, end) => share(sums.total('exempt', begin, end), sums.total('home', begin, end)),
  },
  unitValue: {
    kind: 'goods',
    answer: (rows, { scale, trace }) => {
      const weighed = rows.filter(
        (row) => !Number.isNaN(trace.value(row)) && !Number.isNaN(trace.grams(row)),
      );
      const ratio = share(sum(weighed, trace.value), sum(weighed, trace.grams));
      return ratio === undefined ? undefined : (ratio * 1000) / scale;
    },
    fromSums: (sums, begin, end, { scale }) => {
      const ratio = share(sums.total('weighedValue', begin, end), sums.total('grams', begin, end));
      return ratio === undefined ? undefined : (ratio * 1000) / scale;
    },
  },
};
