/**
 * Who was on duty when, by office: the duty records of the register in the small form that folds look up for every
 * declaration. Grows as records come; of what was recorded of one beginning the last word counts, and what was withdrawn never held.
 */
import type { ReferenceDocument } from '../sources/reference/book.ts';

export interface Shift {
  /** Milliseconds; undefined where the roster has days alone. */
  hours: readonly [from: number, to: number] | undefined;
}

export interface Roster {
  add(document: ReferenceDocument): void;
  /** Days from the first on which anybody stands on the office's roster to the last; undefined where there is none. */
  kept(office: string): readonly [first: string, last: string] | undefined;
  /** What the officer's roster has of a day; a night shift stands on the day on which it begins. */
  shifts(office: string, officer: string, day: string): readonly Shift[];
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
  /** Days on which anybody stands on it, in order; undefined until it is asked for. */
  days: readonly string[] | undefined;
}

const none: readonly Shift[] = [];

function hoursOf({ from, to }: ReferenceDocument): Shift['hours'] {
  // A day alone has no clock.
  if (from.length <= 10 || to === null || to.length <= 10) return undefined;
  const hours = [Date.parse(from), Date.parse(to)] as const;
  return hours[0] < hours[1] ? hours : undefined;
}

export function openRoster(): Roster {
  const offices = new Map<string, OfficeRoster>();

  function daysOf(office: string): readonly string[] {
    const roster = offices.get(office);
    if (roster === undefined) return [];
    if (roster.days === undefined) {
      const days = new Set<string>();
      for (const own of roster.words.values())
        for (const [day, words] of own) if (words.some(({ withdrawn }) => !withdrawn)) days.add(day);
      roster.days = [...days].sort();
    }
    return roster.days;
  }

  return {
    add(document) {
      if (document.kind !== 'duty') return;
      const { office, user, day } = document.record as { office: string; user: string; day: string };
      const roster: OfficeRoster = offices.get(office) ?? { words: new Map(), days: undefined };
      offices.set(office, roster);
      roster.days = undefined;
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
      const days = daysOf(office);
      return days.length === 0 ? undefined : [days[0]!, days.at(-1)!];
    },
    shifts(office, officer, day) {
      const words = offices.get(office)?.words.get(officer)?.get(day);
      return words?.filter(({ withdrawn }) => !withdrawn) ?? none;
    },
    around(office, from, to) {
      const days = daysOf(office);
      return [days.findLast((day) => day < from) ?? from, days.find((day) => day > to) ?? to];
    },
  };
}
