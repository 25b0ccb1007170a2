/** Looks values up in the lists, in memory. */
import type { FactCall, FactSheet, FactValue } from '../model.ts';
import type { FactSources } from '../sources.ts';
import type { Calls, FactSubject } from '../subject.ts';
import { type Hit, type List, type ListBook, nameThreshold } from './book.ts';

interface Ready {
  call: FactCall;
  list: List;
  values: Values;
  answer: Answer;
}

/** The calls that a book has lists for; facts on the others stay missing. */
function readyFor(calls: readonly FactCall[], lists: ListBook): Ready[] {
  return calls.flatMap((call) => {
    const list = lists.get(String(call.params.list));
    if (list === undefined) return [];
    const answer = answers[call.fact.slice(call.fact.lastIndexOf('.') + 1)]!;
    return [{ call, list, values: valuesOf(String(call.params.of)), answer }];
  });
}

export function resolveLists(batch: readonly FactSubject[], calls: Calls, sources: FactSources): void {
  const ready = new Map<ListBook, { declaration: Ready[]; item: Ready[] }>();
  for (const { sheet, recordedAt } of batch) {
    const lists = sources.lists?.(recordedAt);
    if (lists === undefined) continue;
    let asked = ready.get(lists);
    if (asked === undefined) {
      asked = { declaration: readyFor(calls.declaration, lists), item: readyFor(calls.item, lists) };
      ready.set(lists, asked);
    }
    const day = String(sheet.header['declaration.date'] ?? recordedAt.slice(0, 10));
    fill(asked.declaration, sheet, undefined, day, sheet.calls!);
    for (let index = 0; index < sheet.items.length; index++)
      fill(asked.item, sheet, sheet.items[index], day, sheet.itemCalls![index]!);
  }
}

function fill(
  asked: readonly Ready[],
  sheet: FactSheet,
  item: FactSheet['items'][number] | undefined,
  day: string,
  into: Record<string, FactValue>,
): void {
  for (const { call, list, values, answer } of asked) {
    const found = values(sheet, item);
    if (found !== undefined) into[call.key] = answer(list, found, day, call);
  }
}

/** The values of a fact; of several facts joined by +, the one key they make together. Missing where a part is. */
type Values = (
  sheet: FactSheet,
  item: FactSheet['items'][number] | undefined,
) => readonly string[] | undefined;

/** Rules name a few dozen: each is taken apart once. */
const taken = new Map<string, Values>();

function valuesOf(of: string): Values {
  let values = taken.get(of);
  if (values === undefined) {
    const read = of.split('+').map((name) => reader(name.trim()));
    values = read.length > 1 ? together(read) : alone(read[0]!);
    taken.set(of, values);
  }
  return values;
}

type Read = (sheet: FactSheet, item: FactSheet['items'][number] | undefined) => FactValue;

const reader = (name: string): Read =>
  name.startsWith('item.') ? (_, item) => item?.[name] : (sheet) => sheet.header[name];

const alone =
  (read: Read): Values =>
  (sheet, item) => {
    const value = read(sheet, item);
    if (value === undefined) return undefined;
    return Array.isArray(value) ? value.map(String) : [String(value)];
  };

const together =
  (reads: readonly Read[]): Values =>
  (sheet, item) => {
    let key = '';
    for (let at = 0; at < reads.length; at++) {
      const part = reads[at]!(sheet, item);
      if (part === undefined) return undefined;
      key += at === 0 ? part : `|${part}`;
    }
    return [key];
  };

type Answer = (list: List, values: readonly string[], day: string, call: FactCall) => FactValue;

const isFound = (hit: Hit | undefined): hit is Hit => hit !== undefined && hit.score >= nameThreshold;

const best = (list: List, values: readonly string[], day: string): Hit | undefined =>
  values
    .map((value) => list.find(value, day))
    .reduce((top, hit) => ((hit?.score ?? -1) > (top?.score ?? -1) ? hit : top), undefined);

const column: Answer = (list, values, day, call) => {
  const hit = best(list, values, day);
  return isFound(hit) ? hit.entry.values?.[String(call.params.column)] : undefined;
};

/** A number with the leading noughts that spreadsheets drop, and without: nobody is called absent for them. */
const writings = (value: string): string[] =>
  /^\d+$/.test(value) ? [value, value.replace(/^0+(?=\d)/, ''), `0${value}`, `00${value}`] : [value];

const answers: Readonly<Record<string, Answer>> = {
  found: (list, values, day) => values.filter((value) => isFound(list.find(value, day))),
  absent: (list, values, day) =>
    list.file.complete === true
      ? values.filter((value) => !writings(value).some((one) => isFound(list.find(one, day))))
      : undefined,
  lapsed: (list, values, day) =>
    values.filter((value) => !isFound(list.find(value, day)) && list.entry(value) !== undefined),
  score: (list, values, day) => best(list, values, day)?.score ?? 0,
  nearest: (list, values, day) => {
    const hit = best(list, values, day);
    if (hit === undefined) return undefined;
    const pairs = hit.why?.pairs.map(([a, b]) => (a === b ? a : `${a}~${b}`)).join(' ');
    const grade = hit.entry.grade === undefined ? '' : `; ${hit.entry.grade}`;
    return `${hit.entry.name ?? hit.entry.key} (${hit.score.toFixed(2)}${pairs === undefined ? '' : `: ${pairs}`}${grade})`;
  },
  grade: (list, values, day) => {
    const hit = best(list, values, day);
    return isFound(hit) ? hit.entry.grade : undefined;
  },
  value: (list, values, day, call) => {
    const value = column(list, values, day, call);
    return value === undefined ? undefined : String(value);
  },
  number: (list, values, day, call) => {
    const value = column(list, values, day, call);
    return typeof value === 'number' ? value : undefined;
  },
};
