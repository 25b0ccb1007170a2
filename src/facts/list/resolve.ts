/** Looks values up in the lists, in memory. */
import type { FactCall, FactSheet, FactValue } from '../model.ts';
import type { FactSources } from '../sources.ts';
import type { Calls, FactSubject } from '../subject.ts';
import { type Hit, type List, nameThreshold } from './book.ts';

export function resolveLists(batch: readonly FactSubject[], calls: Calls, sources: FactSources): void {
  for (const { sheet, recordedAt } of batch) {
    const lists = sources.lists?.(recordedAt);
    if (lists === undefined) continue;
    const day = String(sheet.header['declaration.date'] ?? recordedAt.slice(0, 10));
    const answer = (call: FactCall, item?: FactSheet['items'][number]): FactValue => {
      const list = lists.get(String(call.params.list));
      const values = valuesOf(String(call.params.of), sheet, item);
      return list === undefined || values === undefined
        ? undefined
        : answers[kind(call)]!(list, values, day, call);
    };
    for (const call of calls.declaration) sheet.calls![call.key] = answer(call);
    for (const [index, item] of sheet.items.entries())
      for (const call of calls.item) sheet.itemCalls![index]![call.key] = answer(call, item);
  }
}

const kind = (call: FactCall): string => call.fact.slice(call.fact.lastIndexOf('.') + 1);

/** Rules name a few dozen: each is taken apart once. */
const taken = new Map<string, readonly string[]>();

function namesIn(of: string): readonly string[] {
  let names = taken.get(of);
  if (names === undefined) {
    names = of.split('+').map((name) => name.trim());
    taken.set(of, names);
  }
  return names;
}

/** The values of a fact; of several facts joined by +, the one key they make together. Missing where a part is. */
export function valuesOf(
  of: string,
  sheet: FactSheet,
  item: FactSheet['items'][number] | undefined,
): readonly string[] | undefined {
  const read = (name: string): FactValue => (name.startsWith('item.') ? item?.[name] : sheet.header[name]);
  const names = namesIn(of);
  if (names.length > 1) {
    const parts = names.map(read);
    return parts.some((part) => part === undefined) ? undefined : [parts.join('|')];
  }
  const value = read(names[0]!);
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

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
    return `${hit.entry.name ?? hit.entry.key} (${hit.score.toFixed(2)}${pairs === undefined ? '' : `: ${pairs}`})`;
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
