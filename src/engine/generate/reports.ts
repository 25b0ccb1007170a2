/**
 * What could not be evaluated, told once for all declarations that lack the same: thousands of a rulebook's checks give
 * a few hundred different lists of a hundred entries and more. Who gets a list shares it with others and must not change it.
 */
import type { FactSheet } from '../../facts/model.ts';
import { itemNumber } from '../explain.ts';
import type { NotEvaluated } from '../finding.ts';

/** Something that stayed unknown: which facts, as bits of the rule's names; -1 asks the closures. */
export interface Report {
  place: number;
  index: number;
  bits: number;
  told?: NotEvaluated;
}

interface Known {
  code: Int32Array;
  list: NotEvaluated[];
}

/** Lists remembered; past it all are forgotten, for messages could be made to fill any memory. */
const remembered = 2_000;

/** Answers the list of the same reports from before, or has it told. */
export function rememberReports(): (
  reports: readonly Report[],
  sheet: FactSheet,
  tell: () => NotEvaluated[],
) => NotEvaluated[] {
  const known = new Map<number, Known>();
  let scratch = new Int32Array(3_072);
  return (reports, sheet, tell) => {
    const { items } = sheet;
    const length = items.length + reports.length * 3;
    if (scratch.length < length) scratch = new Int32Array(length * 2);
    let at = 0;
    for (let i = 0; i < items.length; i++) {
      const number = itemNumber(items, i);
      if ((number | 0) !== number) return tell();
      scratch[at++] = number;
    }
    for (const { place, index, bits, told } of reports) {
      // What failed or what the closures must tell is told of this declaration alone.
      if (told !== undefined || bits < 0) return tell();
      scratch[at++] = place;
      scratch[at++] = index;
      scratch[at++] = bits;
    }
    const code = scratch.subarray(0, length);
    const key = hashOf(code);
    const found = known.get(key);
    if (found !== undefined && same(found.code, code)) return found.list;
    const list = tell();
    if (known.size >= remembered) known.clear();
    known.set(key, { code: code.slice(), list });
    return list;
  };
}

/** FNV-1a over integers; a collision costs telling again. */
function hashOf(code: Int32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < code.length; i++) hash = Math.imul(hash ^ code[i]!, 0x01000193);
  return hash;
}

function same(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
