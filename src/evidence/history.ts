/** Facts on history, from the memory of what was known at the time of the check. */
import type { FactCall, FactValue } from '../facts/model.ts';
import type { Resolver } from '../facts/sources.ts';
import type { FactSubject } from '../facts/subject.ts';
import { dayNumber, type Memory, type Party, type TraceKind, type TraceRow, wasKnown } from './memory.ts';

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

interface Question {
  call: FactCall;
  /** Minor units in one major unit. */
  scale: number;
  /** Day of the declaration. */
  day: number;
}
type Answer = (rows: readonly TraceRow[], question: Question) => FactValue;

const sum = (rows: readonly TraceRow[], of: (row: TraceRow) => number | undefined): number => {
  let total = 0;
  for (const row of rows) total += of(row) ?? 0;
  return total;
};

const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);
const worth = ({ value }: TraceRow): number | undefined => value;

const different = (rows: readonly TraceRow[], of: (row: TraceRow) => string | number | undefined): number => {
  const seen = new Set<string | number>();
  for (const row of rows) {
    const one = of(row);
    if (one !== undefined) seen.add(one);
  }
  return seen.size;
};

const controlled = (rows: readonly TraceRow[], { call: { params } }: Question): TraceRow[] =>
  rows.filter(
    ({ random, control }) =>
      (params.sample === 'all' || random === (params.sample === 'random')) &&
      (params.control === 'any' || control === params.control),
  );

const extremeDay = (rows: readonly TraceRow[], day: number, pick: typeof Math.min): number | undefined =>
  rows.length === 0 ? undefined : day - rows.reduce((best, row) => pick(best, row.day), rows[0]!.day);

/** By the last part of the fact's name: the rows it looks at, and what it makes of them. `goods` are items in facts of items. */
const answers: Readonly<Record<string, { kind: TraceKind | 'goods'; answer: Answer }>> = {
  count: { kind: 'goods', answer: (rows) => different(rows, ({ reference }) => reference) },
  value: { kind: 'goods', answer: (rows, { scale }) => sum(rows, worth) / scale },
  controls: { kind: 'outcome', answer: (rows, question) => controlled(rows, question).length },
  offenceRate: {
    kind: 'outcome',
    answer: (rows, question) => {
      const some = controlled(rows, question);
      return share(some.filter(({ found }) => found).length, some.length);
    },
  },
  events: {
    kind: 'event',
    answer: (rows, { call }) =>
      different(
        rows.filter(({ event }) => event === call.params.kind),
        ({ reference }) => reference,
      ),
  },
  firstSeen: { kind: 'goods', answer: (rows, { day }) => extremeDay(rows, day, Math.min) },
  lastSeen: { kind: 'goods', answer: (rows, { day }) => extremeDay(rows, day, Math.max) },
  distinct: {
    kind: 'item',
    answer: (rows, { call }) => {
      const member = String(call.params.member);
      return different(rows, (row) => (member === 'netMass' ? row.netMass : row.parties[member as Party]));
    },
  },
  procedureShare: {
    kind: 'item',
    answer: (rows, { call }) =>
      share(
        sum(
          rows.filter(({ procedure }) => procedure === call.params.procedure),
          worth,
        ),
        sum(rows, worth),
      ),
  },
  exemptShare: {
    kind: 'item',
    answer: (rows) => {
      const home = rows.filter(({ procedure, exempt }) => procedure === '4' && exempt !== undefined);
      return share(
        sum(
          home.filter(({ exempt }) => exempt),
          worth,
        ),
        sum(home, worth),
      );
    },
  },
  unitValue: {
    kind: 'goods',
    answer: (rows, { scale }) => {
      const weighed = rows.filter(({ value, grams }) => value !== undefined && grams !== undefined);
      const ratio = share(
        sum(weighed, worth),
        sum(weighed, ({ grams }) => grams),
      );
      return ratio === undefined ? undefined : (ratio * 1000) / scale;
    },
  },
};

interface Ready {
  call: FactCall;
  kind: TraceKind;
  columns: readonly Party[];
  answer: Answer;
}

function ready(call: FactCall): Ready {
  const { kind, answer } = answers[call.fact.slice(call.fact.lastIndexOf('.') + 1)]!;
  const rows = kind === 'goods' ? (call.fact.startsWith('item.') ? 'item' : 'declared') : kind;
  // Controls and events are of a declaration, not of its goods: of the key only the parties are left.
  const columns = (String(call.params.of).split('+') as Party[]).filter(
    (column) => rows === 'item' || (column !== 'hs6' && column !== 'origin'),
  );
  return { call, kind: rows, columns, answer };
}

/** What is the same for all declarations of a batch is worked out once: a large broker has ten thousand rows. */
interface Shared {
  /** Rows of one key in one window of days, as known at one instant. */
  windows: Map<string, readonly TraceRow[]>;
  answers: Map<string, FactValue>;
}

/** @param scale minor units in one major unit of a declaration's currency. */
export function historyResolver(memory: Memory, scale: (subject: FactSubject) => number): Resolver {
  function value(
    { call, kind, columns, answer }: Ready,
    subject: FactSubject,
    item: Item,
    day: number,
    shared: Shared,
  ): FactValue {
    const values = columns.map((column) => read[column](subject, item));
    if (values.length === 0 || values.some((one) => one === undefined)) return undefined;
    const end = day - Number(call.params.offset ?? 0);
    const begin = call.params.days === undefined ? Number.NEGATIVE_INFINITY : end - Number(call.params.days);
    const asOf = subject.recordedAt;
    const key = [kind, columns.join('+'), ...values, begin, end, asOf].join('\u0000');
    let rows = shared.windows.get(key);
    if (rows === undefined) {
      const all = memory.rows(kind, columns.join('+'), values as string[]);
      // Rows come in the order in which they were recorded: where the last was known, all were.
      const isLive = all.length === 0 || all.at(-1)!.from <= asOf;
      rows = all.filter(
        (row) =>
          row.day <= end &&
          row.day > begin &&
          (isLive ? row.to === null || row.to > asOf : wasKnown(row, asOf)),
      );
      shared.windows.set(key, rows);
    }
    const question = { call, scale: scale(subject), day };
    // A declaration is no part of its own history.
    if (memory.holds(subject.reference)) {
      return answer(
        rows.filter(({ reference }) => reference !== subject.reference),
        question,
      );
    }
    const asked = `${call.key}\u0000${question.scale}\u0000${key}`;
    if (!shared.answers.has(asked)) shared.answers.set(asked, answer(rows, question));
    return shared.answers.get(asked);
  }

  return async (batch, calls) => {
    await memory.follow();
    const shared: Shared = { windows: new Map(), answers: new Map() };
    const header = calls.declaration.map(ready);
    const items = calls.item.map(ready);
    for (const subject of batch) {
      const { sheet } = subject;
      const day = dayNumber(String(sheet.header['declaration.date'] ?? subject.recordedAt));
      for (const one of header) sheet.calls![one.call.key] = value(one, subject, undefined, day, shared);
      for (const [index, item] of subject.declaration.items.entries())
        for (const one of items)
          sheet.itemCalls![index]![one.call.key] = value(one, subject, item, day, shared);
    }
  };
}
