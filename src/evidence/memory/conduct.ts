/**
 * What facts on the system are looked up in: acts of officers that are compared with each other, registration numbers in
 * their sequence, and how many declarations of an office and day are here. Each with the instant from which it was known.
 */
import type { Collections, EventDocument } from '../../check/collections.ts';
import { sha256 } from '../../ground/canonical.ts';
import type { Names } from './names.ts';

export interface Act {
  reference: number;
  /** Milliseconds. */
  at: number;
  from: number;
}

interface Numbered {
  number: number;
  reference: number;
  from: number;
}

export interface Conduct {
  takeVersion(doc: Collections['declaration'], isFirst: boolean): void;
  takeEvent(event: EventDocument, reference: number): void;
  /** Discretionary downward re-routings of an officer. */
  reroutes(officer: string): readonly Act[];
  /** Inspection acts of an officer with the same text. */
  sameText(officer: string, text: string): readonly Act[];
  /** The last INSPECT of a declaration whose officer was known by an instant. */
  examiner(reference: number, asOf: number): string | undefined;
  /** The greatest registration number below one in its sequence; undefined where none is known. */
  numberBelow(sequence: string, number: number, own: number, asOf: number): number | undefined;
  /** Declarations of an office and day that were here before an instant, one left out. */
  registered(office: string, day: string, own: number, asOf: number): number;
}

/** Shorter acts, such as "conform", are alike without being copied. */
const shortestText = 20;

/** White space, case and marks aside; undefined where there is too little of it to compare. */
export function textOfAct(reason: string | undefined): string | undefined {
  const letters = reason
    ?.normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return letters === undefined || letters.replaceAll(' ', '').length < shortestText
    ? undefined
    : sha256(letters).slice(0, 24);
}

export interface Sequence {
  sequence: string;
  number: number;
}

/** Office, year and serial, within which numbers follow each other. */
export function sequenceOf({
  office,
  registration,
}: Collections['declaration']['declaration']): Sequence | undefined {
  const year = registration?.date?.slice(0, 4);
  const digits = registration?.number?.trim();
  if (office === undefined || year === undefined || digits === undefined || !/^\d{1,15}$/.test(digits))
    return undefined;
  return { sequence: `${office}|${year}|${registration!.serial ?? ''}`, number: Number(digits) };
}

const push = <K, T>(map: Map<K, T[]>, key: K, one: T): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [one]);
  else list.push(one);
};

export function openConduct(names: Names): Conduct {
  const down = new Map<string, Act[]>();
  const texts = new Map<string, Act[]>();
  const examiners = new Map<number, { officer: number; from: number }[]>();
  const sequences = new Map<string, { list: Numbered[]; sorted: boolean }>();
  const days = new Map<string, { reference: number; from: number }[]>();
  const seen = new Set<string>();
  const nobody: readonly Act[] = [];

  return {
    takeVersion({ declaration, recordedAt, ...doc }, isFirst) {
      if (!isFirst) return;
      const reference = names.of(doc.reference);
      const from = Date.parse(recordedAt);
      const placed = sequenceOf(declaration);
      if (placed === undefined) return;
      const sequence = sequences.get(placed.sequence) ?? { list: [], sorted: true };
      sequences.set(placed.sequence, sequence);
      const last = sequence.list.at(-1);
      sequence.sorted &&= last === undefined || last.number <= placed.number;
      sequence.list.push({ number: placed.number, reference, from });
      push(days, `${declaration.office}|${declaration.registration!.date}`, { reference, from });
    },

    takeEvent(event, reference) {
      if (event.officer === null) return;
      const act: Act = { reference, at: Date.parse(event.at), from: Date.parse(event.recordedAt) };
      if (event.kind === 'INSPECT') {
        push(examiners, reference, { officer: names.of(event.officer), from: act.from });
        const text = textOfAct(event.reason);
        if (text !== undefined) push(texts, `${event.officer}|${text}`, act);
      } else if (event.kind === 'REROUTE' && event.cause === 'discretionary-down' && !seen.has(event.id)) {
        // An event that waited for its declaration is written twice.
        seen.add(event.id);
        push(down, event.officer, act);
      }
    },

    reroutes: (officer) => down.get(officer) ?? nobody,
    sameText: (officer, text) => texts.get(`${officer}|${text}`) ?? nobody,
    examiner(reference, asOf) {
      const known = examiners.get(reference)?.findLast(({ from }) => from <= asOf);
      return known === undefined ? undefined : names.text(known.officer);
    },

    numberBelow(id, number, own, asOf) {
      const sequence = sequences.get(id);
      if (sequence === undefined) return undefined;
      if (!sequence.sorted) {
        sequence.list.sort((a, b) => a.number - b.number);
        sequence.sorted = true;
      }
      const { list } = sequence;
      let [low, high] = [0, list.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (list[middle]!.number < number) low = middle + 1;
        else high = middle;
      }
      for (let at = low - 1; at >= 0; at--) {
        const one = list[at]!;
        if (one.from < asOf && one.reference !== own) return one.number;
      }
      return undefined;
    },

    registered(office, day, own, asOf) {
      let count = 0;
      for (const { reference, from } of days.get(`${office}|${day}`) ?? [])
        if (reference !== own && from < asOf) count++;
      return count;
    },
  };
}
