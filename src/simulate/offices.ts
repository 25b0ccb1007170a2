/** The offices: what kind, where, when they are open, and how declarations come to their officers. */
import { hour, weekdayOf } from './clock.ts';
import type { AssignmentRule, SimulationOptions } from './options.ts';

/** One opening of a day, seconds after midnight. */
export interface Shift {
  from: number;
  to: number;
}

export interface OfficeKind {
  kind: 'port' | 'airport' | 'border' | 'inland' | 'post';
  name: string;
  /** Mode of transport at the border, UN Recommendation 19: 1 sea, 3 road, 4 air. */
  mode: '1' | '3' | '4';
  assignment: AssignmentRule;
  scanner: boolean;
  /** Relative share of the trade. */
  weight: number;
  /** Shifts by weekday, 0 Sunday. */
  shifts: (weekday: number) => readonly Shift[];
}

const shift = (from: number, to: number): Shift => ({ from: from * hour, to: to * hour });
const officeHours = [shift(8, 17)];
const saturday = [shift(8, 12)];
const long = [shift(7, 19)];
const two = [shift(6, 14), shift(14, 22)];

type Sections = readonly { id: string; chapters: readonly [number, number] }[];
const whole: Sections = [{ id: 'A', chapters: [1, 99] }];
const bySection: Sections = [
  { id: 'A', chapters: [1, 40] },
  { id: 'B', chapters: [41, 99] },
];

/** Offices are made in this order and begin again at the top. */
const kinds: readonly OfficeKind[] = [
  {
    kind: 'port',
    name: 'Port',
    mode: '1',
    assignment: 'section',
    scanner: true,
    weight: 6,
    shifts: (weekday) => (weekday === 0 ? [] : weekday === 6 ? saturday : [shift(7.5, 17.5)]),
  },
  {
    kind: 'airport',
    name: 'Airport',
    mode: '4',
    assignment: 'random',
    scanner: false,
    weight: 3,
    shifts: () => two,
  },
  {
    kind: 'border',
    name: 'Road border',
    mode: '3',
    assignment: 'workload',
    scanner: false,
    weight: 3,
    shifts: () => long,
  },
  {
    kind: 'inland',
    name: 'Inland depot',
    mode: '1',
    assignment: 'chief',
    scanner: false,
    weight: 2,
    shifts: (weekday) => (weekday === 0 || weekday === 6 ? [] : officeHours),
  },
  {
    kind: 'post',
    name: 'Post',
    mode: '3',
    assignment: 'random',
    scanner: false,
    weight: 0.4,
    shifts: (weekday) => (weekday === 0 ? [] : officeHours),
  },
];

export interface Office extends OfficeKind {
  id: string;
  name: string;
  /** Tariff chapters of each section; one section means none. */
  sections: Sections;
  /** Offset from UTC; the last office kinds lie one time zone further east. */
  offset: string;
  weight: number;
}

const letters: Readonly<Record<OfficeKind['kind'], string>> = {
  port: 'P',
  airport: 'A',
  border: 'B',
  inland: 'I',
  post: 'O',
};

export function makeOffices(options: SimulationOptions): Office[] {
  return Array.from({ length: options.offices }, (_, i) => {
    const kind = kinds[i % kinds.length]!;
    const round = Math.floor(i / kinds.length) + 1;
    const assignment = options.assignment ?? kind.assignment;
    return {
      ...kind,
      id: `XX${letters[kind.kind]}${round}`,
      name: `${kind.name} ${round}`,
      assignment,
      // Sections go with the rule that assigns by them, whatever kind the office is of.
      sections: kind.kind !== 'post' && assignment === 'section' ? bySection : whole,
      offset: kind.kind === 'inland' || kind.kind === 'post' ? '+02:00' : '+01:00',
      weight: kind.weight / round,
    };
  });
}

/** Index of the shift that is on at this time of this day, or -1. */
export function shiftAt(office: Office, dayIndex: number, second: number): number {
  return office.shifts(weekdayOf(dayIndex)).findIndex((each) => second >= each.from && second < each.to);
}

/** The section whose chapters hold the code; the first where the office has only one. */
export function sectionOf(office: Office, hs: string): string {
  const chapter = Number(hs.slice(0, 2));
  const section = office.sections.find(({ chapters }) => chapter >= chapters[0] && chapter <= chapters[1]);
  return (section ?? office.sections[0]!).id;
}
