/**
 * Who was on duty when, by office: the duty records of the register in the small form that folds look up for every
 * declaration. Grows as records come; of what was recorded of one beginning the last word counts, and what was withdrawn never held.
 */
import type { ReferenceDocument } from '../sources/reference/book.ts';
import { addDays, daysBetween } from './calendar.ts';

export interface Shift {
  /** Milliseconds; undefined where the roster has days alone. */
  hours: readonly [from: number, to: number] | undefined;
}

/** Days on end, between two on which somebody does, on which nobody stands on an office's roster. */
export interface Gap {
  days: readonly string[];
  /** The same officer, and nobody beside him, stands on the days before and behind it: he may have been on leave. */
  alone: boolean;
}

/** Shorter ones are weekends. */
const leastGap = 3;

export interface Roster {
  add(document: ReferenceDocument): void;
  /** Days from the first on which anybody stands on the office's roster to the last; undefined where there is none. */
  kept(office: string): readonly [first: string, last: string] | undefined;
  /** What the officer's roster has of a day; a night shift stands on the day on which it begins. */
  shifts(office: string, officer: string, day: string): readonly Shift[];
  /** Gaps of several days that reach into these days, in order. */
  gaps(office: string, from: string, to: string): readonly Gap[];
  offices(): Iterable<string>;
  /** The nearest days before and after on which anybody stands on the office's roster; the days themselves where there are none. */
  around(office: string, from: string, to: string): readonly [before: string, after: string];
}

interface Word extends Shift {
  from: string;
  recordedAt: string;
  withdrawn: boolean;
}

interface OfficeRoster {
  /** Words by officer and day. */
  words: Map<string, Map<string, Word[]>>;
  /** Days on which anybody stands on it, in order, and the gaps between; undefined until they are asked for. */
  kept: { days: readonly string[]; gaps: readonly Gap[] } | undefined;
}

const empty: NonNullable<OfficeRoster['kept']> = { days: [], gaps: [] };

const none: readonly Shift[] = [];

const stands = (own: ReadonlyMap<string, readonly Word[]>, day: string): boolean =>
  own.get(day)?.some(({ withdrawn }) => !withdrawn) === true;

function hoursOf({ from, to }: ReferenceDocument): Shift['hours'] {
  // A day alone has no clock.
  if (from.length <= 10 || to === null || to.length <= 10) return undefined;
  const hours = [Date.parse(from), Date.parse(to)] as const;
  return hours[0] < hours[1] ? hours : undefined;
}

export function openRoster(): Roster {
  const offices = new Map<string, OfficeRoster>();

  function keptOf(office: string): typeof empty {
    const roster = offices.get(office);
    if (roster === undefined) return empty;
    roster.kept ??= look(roster);
    return roster.kept;
  }

  function look({ words }: OfficeRoster): typeof empty {
    const found = new Set<string>();
    for (const own of words.values()) for (const day of own.keys()) if (stands(own, day)) found.add(day);
    const days = [...found].sort();
    const gaps = days.flatMap((day, i) => {
      const next = days[i + 1];
      const length = next === undefined ? 0 : daysBetween(day, next) - 1;
      if (length < leastGap) return [];
      const beside = [...words.values()].filter((own) => stands(own, day) || stands(own, next!));
      return [{ days: Array.from({ length }, (_, n) => addDays(day, n + 1)), alone: beside.length === 1 }];
    });
    return { days, gaps };
  }

  return {
    add(document) {
      if (document.kind !== 'duty') return;
      const { office, user, day } = document.record as { office: string; user: string; day: string };
      const roster: OfficeRoster = offices.get(office) ?? { words: new Map(), kept: undefined };
      offices.set(office, roster);
      roster.kept = undefined;
      const own = roster.words.get(user) ?? new Map<string, Word[]>();
      roster.words.set(user, own);
      const { from, recordedAt, withdrawn } = document;
      const word: Word = { hours: hoursOf(document), from, recordedAt, withdrawn };
      const words = own.get(day.slice(0, 10)) ?? [];
      own.set(day.slice(0, 10), words);
      const before = words.findIndex((each) => each.from === from);
      if (before === -1) words.push(word);
      else if (words[before]!.recordedAt <= recordedAt) words[before] = word;
    },
    kept(office) {
      const { days } = keptOf(office);
      return days.length === 0 ? undefined : [days[0]!, days.at(-1)!];
    },
    shifts(office, officer, day) {
      const words = offices.get(office)?.words.get(officer)?.get(day);
      return words?.filter(({ withdrawn }) => !withdrawn) ?? none;
    },
    gaps(office, from, to) {
      const { gaps } = keptOf(office);
      return gaps.filter(({ days }) => days[0]! <= to && days.at(-1)! >= from);
    },
    offices: () => offices.keys(),
    around(office, from, to) {
      const { days } = keptOf(office);
      return [days.findLast((day) => day < from) ?? from, days.find((day) => day > to) ?? to];
    },
  };
}
