/** What generated code calls by name. */
import type { Hit } from '../detection.ts';
import { divide, roundTo } from '../expression/functions/numbers.ts';
import { finite } from '../expression/run.ts';
import { hasHole, readers, type Truth, type Value } from '../values.ts';
import { addReport, type Reports } from './reports.ts';

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);

export const runtime = {
  /** Hits on the declaration, one for each bit; they are the same objects for all declarations. */
  tellHits: (hits: Hit[], bits: number, known: readonly Hit[]): void => {
    for (let rest = bits; rest !== 0; rest &= rest - 1) hits.push(known[lowestBit(rest)]!);
  },
  tellItemHits: (hits: Hit[], bits: number, known: readonly Hit[], index: number): void => {
    for (let rest = bits; rest !== 0; rest &= rest - 1)
      hits.push({ place: known[lowestBit(rest)]!.place, index });
  },
  /** No bits: the rule is definitely false. */
  tellReport: (reports: Reports, place: number, index: number, bits: number): void => {
    if (bits !== 0) addReport(reports, place, index, bits);
  },
  divide,
  roundTo,
  roundWhole: (value: number): number => roundTo(value, 0),
  finite,
  choose: (asked: Truth, yes: Value, no: Value): Value =>
    asked === undefined ? undefined : asked ? yes : no,
  lacks: (value: Value): boolean => value === undefined || hasHole(value),
  readers,
  none: Object.freeze({}),
};
