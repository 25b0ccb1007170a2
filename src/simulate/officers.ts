/**
 * The officers: who they are, in which section and role, when they are on duty, and how they differ without being any
 * worse for it. Duty is a pure function of officer and day, so that a trail may run past the end of the period.
 */
import { day, dayOf, type WallTime, weekdayOf } from './clock.ts';
import type { Office, Shift } from './offices.ts';
import type { SimulationOptions } from './options.ts';
import { Random } from './random.ts';

export interface Officer {
  /** The account in the source system. */
  id: string;
  name: string;
  office: Office;
  section: string;
  /** The chief assigns and cancels, the releaser releases, examiners examine and assess, auditors come after clearance. */
  role: 'chief' | 'releaser' | 'examiner' | 'auditor' | 'all';
  /** Day index of the posting's start: tenure is one of the things that go with misconduct (customs-practice 3.2). */
  since: number;
  /** Factor on the minutes an act takes. */
  pace: number;
  /** Factor on the chance to find what is wrong. */
  diligence: number;
  /** Every other week on the other shift, where there are two; of two chiefs, the one on even or on odd days. */
  team: number;
  /** Chiefs and releasers stand in for each other: how many share the role. */
  turns: number;
  /** Which days off, where the office is open all week. */
  rest: number;
  terminal: string;
  leave: Map<number, boolean>;
  seed: string;
}

const given = ['Ada', 'Benno', 'Chika', 'Dalia', 'Eren', 'Fatou', 'Goran', 'Hana', 'Ilir', 'Jonas', 'Kofi'];
const family = ['Abara', 'Bello', 'Costa', 'Dembe', 'Essien', 'Fofana', 'Gomes', 'Hadji', 'Issa', 'Juma'];

export function makeOfficers(
  options: SimulationOptions,
  offices: readonly Office[],
  start: number,
): Officer[] {
  const officers: Officer[] = [];
  const posts = offices.filter((office) => office.kind === 'post').length;
  const staffed = offices.filter((office) => office.kind !== 'post');
  const weight = staffed.reduce((sum, office) => sum + office.weight, 0);
  const spare = Math.max(0, options.officers - posts - 2 * staffed.length);
  for (const office of offices) {
    const add = (role: Officer['role'], section: string, team: number, turns = 1) => {
      const number = officers.length + 1;
      const random = Random.of(options.seed, 'officer', number);
      officers.push({
        id: `of${String(number).padStart(3, '0')}`,
        name: `${random.pick(given)} ${random.pick(family)}`,
        office,
        section,
        role,
        since: start - random.integer(60, 2_500),
        pace: random.lognormal(1, 0.12),
        diligence: random.lognormal(1, 0.06),
        team,
        turns,
        rest: random.integer(0, 6),
        terminal: `${office.id}-T${number}`,
        leave: new Map(),
        seed: options.seed,
      });
    };
    if (office.kind === 'post') {
      add('all', office.sections[0]!.id, 0);
      continue;
    }
    // At least two examiners a section: with one, no rule could assign anything.
    const least = 2 * office.sections.length;
    const examiners = Math.max(least, Math.round((spare * office.weight) / weight));
    const chiefs = examiners >= 5 ? 2 : 1;
    for (let i = 0; i < chiefs; i++) add('chief', office.sections[0]!.id, i, chiefs);
    add('releaser', office.sections[0]!.id, 0);
    for (let i = 0; i < examiners; i++) {
      const section = office.sections[i % office.sections.length]!;
      add('examiner', section.id, Math.floor(i / office.sections.length) % 2);
    }
  }
  for (let i = 0; i < 2; i++) {
    const first = offices[0]!;
    officers.push({
      ...officers[0]!,
      id: `au${String(i + 1).padStart(3, '0')}`,
      name: `${given[i]} ${family[i + 4]}`,
      office: first,
      section: 'PCA',
      role: 'auditor',
      turns: 1,
      team: 0,
      terminal: `${first.id}-PCA${i + 1}`,
      leave: new Map(),
    });
  }
  return officers;
}

/** Leave in blocks of one to three weeks about twice a year, and now and then a day of sickness. */
function onLeave(officer: Officer, dayIndex: number): boolean {
  let known = officer.leave.get(dayIndex);
  if (known === undefined) {
    const half = Math.floor(dayIndex / 182);
    const block = Random.of(officer.seed, 'leave', officer.id, half);
    const first = half * 182 + block.integer(0, 160);
    const length = block.integer(5, 19);
    known =
      (dayIndex >= first && dayIndex < first + length) ||
      Random.of(officer.seed, 'sick', officer.id, dayIndex).chance(0.015);
    officer.leave.set(dayIndex, known);
  }
  return known;
}

/** The hours of this officer on this day, or undefined. A post is closed when its one officer is away. */
export function dutyOn(officer: Officer, dayIndex: number): Shift | undefined {
  const weekday = weekdayOf(dayIndex);
  const shifts = officer.office.shifts(weekday);
  if (shifts.length === 0) return undefined;
  const allWeek = officer.office.shifts(0).length > 0;
  // Chiefs and releasers keep the office running whenever it is open, taking turns where there are two.
  if (officer.role === 'chief' || officer.role === 'releaser') {
    if (dayIndex % officer.turns !== officer.team) return undefined;
    return { from: shifts[0]!.from, to: shifts[shifts.length - 1]!.to };
  }
  if (allWeek && ((weekday + officer.rest) % 7 === 0 || (weekday + officer.rest) % 7 === 3)) return undefined;
  if (onLeave(officer, dayIndex)) return undefined;
  return shifts[(officer.team + Math.floor(dayIndex / 7)) % shifts.length];
}

export const isOnDuty = (officer: Officer, at: WallTime): boolean => {
  const duty = dutyOn(officer, dayOf(at));
  const second = at - dayOf(at) * day;
  return duty !== undefined && second >= duty.from && second < duty.to;
};

/** The moment when this officer has worked so many seconds after `start`, counting hours on duty alone. */
export function afterWork(officer: Officer, start: WallTime, seconds: number): WallTime {
  let rest = seconds;
  for (let dayIndex = dayOf(start); ; dayIndex++) {
    const duty = dutyOn(officer, dayIndex);
    if (duty === undefined) continue;
    const opens = Math.max(start, dayIndex * day + duty.from);
    const available = dayIndex * day + duty.to - 1 - opens;
    if (available < 0) continue;
    if (rest <= available) return opens + rest;
    rest -= available;
  }
}

/** The same for an office's opening hours, for what needs no particular officer. */
export function afterOpening(office: Office, start: WallTime, seconds: number): WallTime {
  let rest = seconds;
  for (let dayIndex = dayOf(start); ; dayIndex++) {
    const shifts = office.shifts(weekdayOf(dayIndex));
    const first = shifts[0];
    const last = shifts[shifts.length - 1];
    if (first === undefined || last === undefined) continue;
    const opens = Math.max(start, dayIndex * day + first.from);
    const available = dayIndex * day + last.to - 1 - opens;
    if (available < 0) continue;
    if (rest <= available) return opens + rest;
    rest -= available;
  }
}
