/**
 * What the statistics are given: controlled declarations, told from the records alone as a clearance system hands them
 * over, with the roster. Nothing is read from the simulation's inside.
 */
import type { DeclarationRecord } from '../../src/declaration/declaration.ts';
import type { EventKind, TrailEvent } from '../../src/declaration/trail.ts';
import type { Assigned, AssignmentRule } from '../../src/indicators/statistics/pair-tally.ts';
import { identify } from '../../src/intake/identity.ts';
import { calendarOf } from '../../src/projections/calendar.ts';
import { handsOf } from '../../src/projections/hands.ts';
import type { History } from '../../src/projections/history.ts';
import { hoursOf } from '../../src/projections/place.ts';
import { openRoster } from '../../src/projections/roster.ts';
import { type WorkOf, workingTime } from '../../src/projections/working-time.ts';
import type { Simulation } from '../../src/simulate/administration.ts';
import { referenceRecords } from '../../src/simulate/reference.ts';
import { openBook } from '../../src/sources/reference/book.ts';
import { referenceDocument } from '../../src/sources/reference/store.ts';

/** A simulated administration as it is seen from outside. */
export interface Study {
  simulation: Simulation;
  /** Last version of each declaration, by reference, in the order of registration. */
  declarations: Map<string, DeclarationRecord>;
  /** First version of each: what was declared before anybody corrected it. */
  declared: Map<string, DeclarationRecord>;
  controls: Control[];
}

/** One declaration that was assigned to an officer. */
export interface Control {
  reference: string;
  record: DeclarationRecord;
  office: string;
  lane: string;
  flow: string;
  regime: string;
  chapter: string;
  section: string;
  /** Four hours of the office's day in which it was registered. */
  hoursOfDay: string;
  declarant: string;
  /** Who had it in the end. */
  officer: string;
  month: string;
  assigned: Assigned;
  /** From registration to first assessment, as the product counts them; undefined where that has not come. */
  hours?: number;
  counted: string;
  sameDay: boolean;
  found: boolean;
  corrected: boolean;
  queried: boolean;
  /** An officer made it stricter before any control. */
  up: boolean;
}

export const eventsOf = (record: DeclarationRecord, kind: EventKind): TrailEvent[] =>
  (record.trail ?? []).filter((event) => event.kind === kind);

export const at = (event: TrailEvent | undefined): number => Date.parse(event?.at ?? '');

export async function study(simulation: Simulation): Promise<Study> {
  const declarations = new Map<string, DeclarationRecord>();
  const declared = new Map<string, DeclarationRecord>();
  for await (const record of simulation.records()) {
    const { office, registration } = record.declaration;
    // Versions follow each other; hashing every content, as identify does, is not needed to know which belong together.
    const key = `${office}/${registration?.date?.slice(0, 4)}/${registration?.serial}${registration?.number}`;
    declarations.set(key, record);
    if (!declared.has(key)) declared.set(key, record);
  }
  const [first] = declarations;
  if (first !== undefined && identify(first[1].declaration).reference !== first[0]) {
    throw new Error(`references differ: ${first[0]}`);
  }
  const roster = rosterOf(simulation);
  const workOf = workOfOffices(simulation);
  const offices = new Map(simulation.offices.map((office) => [office.id, office.assignment]));
  const controls: Control[] = [];
  for (const [reference, record] of declarations) {
    const control = controlOf(reference, record, offices, roster, workOf);
    if (control !== undefined) controls.push(control);
  }
  return { simulation, declarations, declared, controls };
}

/** Offices and duty as the register has them, with accounts for officers. */
function workOfOffices(simulation: Simulation): WorkOf {
  const documents = (['calendar', 'duty'] as const).flatMap((kind) =>
    [...referenceRecords[kind]!(simulation)].map((record) => referenceDocument({ kind, record }, '')),
  );
  const duties = openRoster();
  for (const document of documents) duties.add(document);
  return workingTime(openBook(documents.filter(({ kind }) => kind === 'calendar')), duties, undefined);
}

function inHands({ declaration, trail = [] }: DeclarationRecord, workOf: WorkOf) {
  const events = trail
    .map((event) => ({
      ...event,
      at: new Date(event.at).toISOString(),
      local: event.at,
      officer: event.user ?? null,
    }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const history = { versions: [{ office: declaration.office }], events } as unknown as History;
  return handsOf(history, { workOf });
}

type Roster = Map<string, { user: string; from: number; to: number }[]>;

/** Examiners on duty by office, section and day. */
function rosterOf(simulation: Simulation): Roster {
  const examiners = new Set(
    [...referenceRecords.post!(simulation)]
      .filter(({ grade }) => grade === 'examiner' || grade === 'all')
      .map(({ user }) => user),
  );
  const roster: Roster = new Map();
  for (const { user, office, section, day, from, to } of referenceRecords.duty!(simulation)) {
    if (!examiners.has(user)) continue;
    const key = `${office}|${section}|${day}`;
    const list = roster.get(key) ?? [];
    list.push({ user: String(user), from: Date.parse(String(from)), to: Date.parse(String(to)) });
    roster.set(key, list);
  }
  return roster;
}

function controlOf(
  reference: string,
  record: DeclarationRecord,
  offices: ReadonlyMap<string, AssignmentRule>,
  roster: Roster,
  workOf: WorkOf,
): Control | undefined {
  const assignments = eventsOf(record, 'ASSIGN');
  const first = assignments[0];
  const last = assignments[assignments.length - 1];
  if (first === undefined || last?.to === undefined) return undefined;
  const { declaration, outcomes = [] } = record;
  const office = declaration.office!;
  const moves = eventsOf(record, 'REROUTE').filter(
    ({ cause }) => cause === 'up' || cause === 'discretionary-down',
  );
  const lane = moves.at(-1)?.to ?? eventsOf(record, 'LANE')[0]?.to ?? '';
  const day = first.at.slice(0, 10);
  const moment = Date.parse(first.at);
  const onDuty = (roster.get(`${office}|${first.section}|${day}`) ?? []).filter(
    ({ from, to }) => moment >= from && moment < to,
  );
  const eligible = onDuty.map(({ user }) => user).sort();
  const registered = eventsOf(record, 'REGISTER')[0];
  const assessed = eventsOf(record, 'ASSESS')[0];
  const acts = outcomes.filter(({ control }) => control !== 'post-clearance');
  const up = moves.some(({ cause }) => cause === 'up');
  const hands = inHands(record, workOf);
  return {
    reference,
    record,
    office,
    lane,
    flow: declaration.flow,
    regime: declaration.items[0]!.procedure!.slice(0, 2),
    chapter: declaration.items[0]!.hs!.slice(0, 2),
    section: first.section ?? '',
    hoursOfDay: hoursOf(registered?.at) ?? '',
    declarant: declaration.declarant!.id!,
    officer: last.to,
    month: first.at.slice(0, 7),
    assigned: {
      officer: last.to,
      declarant: declaration.declarant!.id!,
      stratum: [office, day, first.section, lane, eligible.join(',')].join('|'),
      eligible,
      place: { office, cell: [office, first.section, calendarOf(day).week].join('|'), day },
      // Whom an officer re-routes to himself was not chosen by any rule.
      rule: up ? 'chief' : (offices.get(office) ?? 'random'),
    },
    ...(hands.seconds === null ? {} : { hours: hands.seconds / 3600 }),
    counted: hands.counting ?? '',
    sameDay: assessed?.at.slice(0, 10) === registered?.at.slice(0, 10),
    found: acts.some(({ result }) => result !== 'conform'),
    corrected: eventsOf(record, 'AMEND').some(({ role }) => role === 'assessor'),
    queried: eventsOf(record, 'QUERY').length > 0,
    up,
  };
}
