/**
 * What could not be evaluated, told once for all declarations that lack the same: thousands of a rulebook's checks give
 * a few hundred different lists of a hundred entries and more. So generated code writes numbers, and entries are made of
 * them where nobody had the same numbers before. Who gets a list shares it with others and must not change it.
 */
import type { FactSheet } from '../../facts/model.ts';
import { itemNumber } from '../explain.ts';
import type { NotEvaluated } from '../finding.ts';

/** Something that stayed unknown: which facts, as bits of the rule's names; -1 asks the closures. */
export interface Report {
  place: number;
  index: number;
  bits: number;
  told?: NotEvaluated | undefined;
}

/** Those of one declaration, as they come: place, index and bits each, one after the other. */
export interface Reports {
  code: Int32Array;
  /** Numbers in use. */
  length: number;
  /** What was told at once, by where its numbers begin; of this declaration alone. */
  told: Map<number, NotEvaluated>;
}

export const noReports = (): Reports => ({ code: new Int32Array(3_072), length: 0, told: new Map() });

export function addReport(reports: Reports, place: number, index: number, bits: number): void {
  const at = reports.length;
  if (at + 3 > reports.code.length) {
    const larger = new Int32Array(reports.code.length * 2);
    larger.set(reports.code);
    reports.code = larger;
  }
  reports.code[at] = place;
  reports.code[at + 1] = index;
  reports.code[at + 2] = bits;
  reports.length = at + 3;
}

export function addTold(reports: Reports, place: number, index: number, entry: NotEvaluated): void {
  reports.told.set(reports.length, entry);
  addReport(reports, place, index, 0);
}

/** The declaration's first, then item by item, each in the rulebook's order. */
export function listOf({ code, length, told }: Reports): Report[] {
  const list: Report[] = [];
  for (let at = 0; at < length; at += 3)
    list.push({ place: code[at]!, index: code[at + 1]!, bits: code[at + 2]!, told: told.get(at) });
  return list.sort((a, b) => a.index - b.index || a.place - b.place);
}

interface Known {
  items: readonly number[];
  code: Int32Array;
  list: NotEvaluated[];
}

/** Lists remembered; past it all are forgotten, for messages could be made to fill any memory. */
const remembered = 2_000;

/** Answers the list of the same reports from before, or has it told. */
export function rememberReports(): (
  reports: Reports,
  sheet: FactSheet,
  tell: () => NotEvaluated[],
) => NotEvaluated[] {
  const known = new Map<number, Known>();
  return ({ code, length, told }, { items }, tell) => {
    if (told.size > 0) return tell();
    let hash = start;
    for (let i = 0; i < items.length; i++) {
      const number = itemNumber(items, i);
      if ((number | 0) !== number) return tell();
      hash = mixed(hash, number);
    }
    for (let i = 0; i < length; i++) {
      // What the closures must tell is told of this declaration alone.
      if (i % 3 === 2 && code[i]! < 0) return tell();
      hash = mixed(hash, code[i]!);
    }
    const found = known.get(hash);
    if (found !== undefined && isSame(found, code, length, items)) return found.list;
    const list = tell();
    if (known.size >= remembered) known.clear();
    known.set(hash, {
      items: items.map((_, i) => itemNumber(items, i)),
      code: code.slice(0, length),
      list,
    });
    return list;
  };
}

/** FNV-1a over integers; a collision costs telling again. */
const start = 0x811c9dc5;
const mixed = (hash: number, value: number): number => Math.imul(hash ^ value, 0x01000193);

function isSame(known: Known, code: Int32Array, length: number, items: FactSheet['items']): boolean {
  if (known.code.length !== length || known.items.length !== items.length) return false;
  for (let i = 0; i < items.length; i++) if (known.items[i] !== itemNumber(items, i)) return false;
  for (let i = 0; i < length; i++) if (known.code[i] !== code[i]) return false;
  return true;
}
