/**
 * A third made-up administration, that shares no code with src/simulate nor with generate.ts and has what real ones have:
 * an officer who changes office in mid-year, an officer with two fifths of the work, one who works by night, specialists
 * for difficult chapters, shifts with their own brokers, brokers with a handful of declarations, declarants that are not
 * known, weeks without data, times and values without a mean worth the name. Nobody does wrong unless `fraud` says so.
 * Answers documents as intake stores them, so that the folds are run too.
 */
import type { DeclarationDocument, EventDocument, OutcomeDocument } from '../../../src/check/collections.ts';
import type { AssignmentKnowledge } from '../../../src/indicators/pairs.ts';
import type { AssignmentRule } from '../../../src/indicators/statistics/pair-tally.ts';
import { fold, tables } from '../../../src/projections/fold.ts';
import { arrange, defaultContext } from '../../../src/projections/history.ts';
import type { Document, Store } from '../../../src/store/port.ts';

export interface HarbourOptions {
  seed: number;
  rule: AssignmentRule;
  /** From the first of January 2025 on. */
  days?: number;
  /** More is wrong, what is found mostly ends in a dispute, some of several offences, and some corrections are of next to nothing. */
  disputes?: true;
  fraud?: {
    /** Of this broker's declarations with more than this at stake, all go to the officer, who corrects nothing. */
    pair?: { declarant: string; officer: string; stake: number };
    /** Never finds anything. */
    blind?: string;
    /** Assesses within the day, and opens again later. */
    gamer?: string;
    /** Asks for controls that find nothing. */
    harasser?: string;
  };
}

interface Person {
  id: string;
  office: string;
  section: string;
  /** First and last minute of his day; past midnight where the second is above 1,440. */
  hours: [number, number];
  /** Chance to be there on a day. */
  there: number;
  /** Relative to colleagues who are there. */
  share: number;
  /** Factors on time and on what is found: nothing in them. */
  slow: number;
  sharp: number;
  /** Days from when and until when he is there. */
  from: number;
  until: number;
}

interface Office {
  id: string;
  perDay: number;
  sections: Record<string, readonly number[]>;
  weekends: boolean;
}

const offices: readonly Office[] = [
  { id: 'PORT', perDay: 15, sections: { machines: [84, 85, 87], goods: [] }, weekends: false },
  { id: 'LAND', perDay: 8, sections: { all: [] }, weekends: false },
  // Open by day and by night, all week.
  { id: 'AIR', perDay: 9, sections: { all: [] }, weekends: true },
];
const chapters = [3, 22, 27, 30, 39, 48, 61, 64, 73, 84, 85, 87, 94];
const difficult = new Set([84, 85, 87]);
/** A week in which the link was down, and days off. */
const silent = (d: number): boolean => (d >= 80 && d < 87) || [0, 5, 41, 109, 120].includes(d);

function stream(seed: number): () => number {
  let a = (seed * 2654435761) >>> 0;
  return () => {
    a = (a + 0x9e3779b9) | 0;
    let t = a ^ (a >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return ((t ^ (t >>> 15)) >>> 0) / 4294967296;
  };
}

const early: [number, number] = [420, 840];
const late: [number, number] = [780, 1200];
const night: [number, number] = [1200, 1860];
const day: [number, number] = [480, 1020];

function peopleOf(uniform: () => number, days: number): Person[] {
  const person = (id: string, office: string, section: string, more: Partial<Person> = {}): Person => ({
    id,
    office,
    section,
    hours: day,
    there: 0.85,
    share: 1,
    slow: Math.exp(0.1 * (uniform() - 0.5)),
    sharp: Math.exp(0.1 * (uniform() - 0.5)),
    from: 0,
    until: days,
    ...more,
  });
  const half = Math.floor(days / 2);
  return [
    // Specialists get what is difficult.
    ...[1, 2, 3].map((i) => person(`PORT-M${i}`, 'PORT', 'machines')),
    ...[1, 2, 3, 4, 5].map((i) => person(`PORT-G${i}`, 'PORT', 'goods')),
    // Half a year in the port, half a year on the land border.
    person('MOVER', 'PORT', 'goods', { until: half }),
    person('MOVER', 'LAND', 'all', { from: half + 3 }),
    // Two fifths of the work: his colleagues are there every other day.
    person('LAND-BUSY', 'LAND', 'all', { there: 0.97, share: 1.6 }),
    ...[1, 2, 3, 4].map((i) => person(`LAND-${i}`, 'LAND', 'all', { there: 0.5 })),
    ...[1, 2, 3].map((i) => person(`AIR-E${i}`, 'AIR', 'all', { hours: early })),
    ...[1, 2, 3].map((i) => person(`AIR-L${i}`, 'AIR', 'all', { hours: late })),
    person('AIR-N1', 'AIR', 'all', { hours: night }),
    person('AIR-N2', 'AIR', 'all', { hours: night }),
  ];
}

const pad = (value: number): string => String(value).padStart(2, '0');
const dateOf = (d: number): string => new Date(Date.UTC(2025, 0, 1 + d)).toISOString().slice(0, 10);
/** Three hours east of Greenwich; minutes from the first day on. */
const localOf = (minutes: number): string => {
  const d = Math.floor(minutes / 1440);
  const m = Math.floor(minutes - d * 1440);
  return `${dateOf(d)}T${pad(Math.floor(m / 60))}:${pad(m % 60)}:00+03:00`;
};

interface Shift {
  officer: string;
  office: string;
  section: string;
  from: number;
  to: number;
}

export interface Harbour {
  declarations: DeclarationDocument[];
  events: EventDocument[];
  outcomes: OutcomeDocument[];
  /** What the administration says of its rule and its roster; without hours where it keeps days alone, nothing where it keeps none. */
  knowledge: (roster: 'hours' | 'days' | 'none') => AssignmentKnowledge;
  officers: string[];
}

export function harbour({ seed, rule, days = 180, disputes, fraud = {} }: HarbourOptions): Harbour {
  const uniform = stream(seed);
  // Apart, so that everything else is the same with disputes and without.
  const ofDisputes = stream(seed + 1_000_000);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const pick = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!;
  const heaviest = <T>(list: readonly T[], weight: (each: T) => number): T => {
    let left = uniform() * list.reduce((sum, each) => sum + weight(each), 0);
    for (const each of list) {
      left -= weight(each);
      if (left < 0) return each;
    }
    return list.at(-1)!;
  };
  const people = peopleOf(uniform, days);
  // One broker in five has three quarters of the trade; each works at one office, at hours of his own, in few chapters.
  const brokers = offices.flatMap((office) =>
    Array.from({ length: 20 }, (_, i) => ({
      id: `${office.id[0]}B${i + 1}`,
      office: office.id,
      weight: 1 / (i + 1) ** 1.1,
      hour: office.id === 'AIR' ? pick([7, 10, 14, 17, 22, 26]) : pick([8, 9, 11, 14]),
      chapters: [pick(chapters), pick(chapters), pick(chapters)],
    })),
  );
  const importers = Array.from({ length: 150 }, (_, i) => ({
    id: `I${i + 1}`,
    risk: 0.1 + 0.35 * uniform() ** 3,
    rich: Math.exp(0.8 * normal()),
    broker: pick(brokers).id,
  }));
  const shifts: Shift[] = [];
  const shiftsOf = new Map<string, Shift[]>();
  for (let d = 0; d < days; d++)
    for (const { id, office, section, hours, there, from, until } of people) {
      const weekday = new Date(`${dateOf(d)}T00:00:00Z`).getUTCDay();
      const closed = office !== 'AIR' && (weekday === 0 || weekday === 6);
      if (closed || d < from || d >= until || uniform() >= there) continue;
      const shift = { officer: id, office, section, from: d * 1440 + hours[0], to: d * 1440 + hours[1] };
      shifts.push(shift);
      const key = `${office}|${d}`;
      shiftsOf.set(key, [...(shiftsOf.get(key) ?? []), shift]);
    }
  const onDuty = (office: string, section: string | undefined, at: number): Shift[] => {
    const d = Math.floor(at / 1440);
    return [...(shiftsOf.get(`${office}|${d}`) ?? []), ...(shiftsOf.get(`${office}|${d - 1}`) ?? [])].filter(
      (shift) => at >= shift.from && at < shift.to && (section === undefined || shift.section === section),
    );
  };

  const made: Harbour = {
    declarations: [],
    events: [],
    outcomes: [],
    officers: [...new Set(people.map(({ id }) => id))],
    knowledge: (roster) => ({
      ruleOf: () => rule,
      hasHours: () => roster === 'hours',
      onDuty(office, day, section, at) {
        if (roster === 'none') return undefined;
        const local =
          at === null ? undefined : (Date.parse(at) - Date.parse('2024-12-31T21:00:00Z')) / 60_000;
        const d = Math.round((Date.parse(day) - Date.parse('2025-01-01')) / 86_400_000);
        const there =
          roster === 'hours' && local !== undefined
            ? onDuty(office, section ?? undefined, local)
            : (shiftsOf.get(`${office}|${d}`) ?? []).filter(
                (shift) => section === null || shift.section === section,
              );
        return [...new Set(there.map(({ officer }) => officer))];
      },
    }),
  };
  const busyUntil = new Map<string, number>();
  let number = 0;
  for (let d = 0; d < days; d++) {
    if (silent(d)) continue;
    for (const office of offices) {
      const weekday = new Date(`${dateOf(d)}T00:00:00Z`).getUTCDay();
      if (!office.weekends && (weekday === 0 || weekday === 6)) continue;
      const count = Math.floor(office.perDay * (weekday === 1 ? 1.5 : 0.8) * (0.5 + uniform()));
      for (let k = 0; k < count; k++) declare(office, d);
    }
  }
  return made;

  function declare(office: Office, d: number): void {
    const broker = heaviest(
      brokers.filter((each) => each.office === office.id),
      ({ weight }) => weight,
    );
    const own = importers.filter((each) => each.broker === broker.id);
    const importer = own.length > 0 && uniform() < 0.8 ? pick(own) : pick(importers);
    const chapter = uniform() < 0.8 ? pick(broker.chapters) : pick(chapters);
    // Couriers fly by night, with small things.
    const registeredAt = d * 1440 + broker.hour * 60 + Math.floor(240 * uniform());
    const courier = office.id === 'AIR' && (registeredAt % 1440 >= 1200 || registeredAt % 1440 < 420);
    const value = Math.round(
      100 *
        20_000 *
        importer.rich *
        Math.exp(1.3 * normal()) *
        (difficult.has(chapter) ? 3 : 1) *
        (courier ? 0.1 : 1),
    );
    const rate = difficult.has(chapter) ? 0.35 : 0.2;
    const declared = Math.round(value * rate);
    const reference = `H${seed}-${++number}`;
    const lane = heaviest(['green', 'yellow', 'red'] as const, (each) =>
      each === 'green' ? 0.35 : each === 'yellow' ? 0.4 : 0.25,
    );
    const random = lane !== 'green' && uniform() < 0.1;
    // Machines are looked at by those who know them, where the office has such a section.
    const section =
      Object.entries(office.sections).find(([, list]) => list.includes(chapter))?.[0] ??
      Object.keys(office.sections).at(-1)!;
    let assignedAt = registeredAt + 2 + Math.floor(15 * uniform());
    let there = onDuty(office.id, section, assignedAt);
    for (let tries = 0; there.length === 0 && tries < 400; tries++) {
      assignedAt += 60;
      there = onDuty(office.id, section, assignedAt);
    }
    if (there.length === 0) return;
    let shift = chosen(there, broker.id, assignedAt);
    const stake = Math.floor(declared / 100);
    const pair = fraud.pair;
    const steered =
      pair !== undefined && broker.id === pair.declarant && stake >= pair.stake
        ? there.find(({ officer }) => officer === pair.officer)
        : undefined;
    const trail: EventDocument[] = [];
    const add = (kind: EventDocument['kind'], minutes: number, more: Partial<EventDocument> = {}): void => {
      const local = localOf(minutes);
      const at = new Date(local).toISOString();
      trail.push({
        officer: null,
        ...more,
        id: `${reference}-${String(trail.length).padStart(3, '0')}`,
        declaration: reference,
        kind,
        at,
        local,
        enteredAt: null,
        recordedAt: at,
      } as EventDocument);
    };
    const money = (amount: number) => ({ amount, currency: 'USD' });
    if (uniform() < 0.7) add('MANIFEST', registeredAt - 60 - Math.floor(2000 / (0.05 + uniform())));
    add('REGISTER', registeredAt);
    add('LANE', registeredAt + 1, { to: lane, cause: random ? 'random' : 'criterion' });
    const toHim = { section, to: shift.officer };
    add('ASSIGN', assignedAt, { ...toHim, cause: 'engine' });
    if (steered !== undefined && steered !== shift) {
      shift = steered;
      add('ASSIGN', assignedAt + 12, {
        section,
        to: shift.officer,
        officer: `${office.id}-CHIEF`,
        cause: 'manual',
        reason: 'workload',
      });
    } else if (uniform() < 0.03 && there.length > 1) {
      // Called away.
      shift = pick(there.filter((each) => each !== shift));
      add('ASSIGN', assignedAt + 45, {
        section,
        to: shift.officer,
        officer: `${office.id}-CHIEF`,
        cause: 'manual',
        reason: 'absent',
      });
    }
    const officer = shift.officer;
    const person = people.find(({ id, office: at }) => id === officer && at === office.id)!;
    if (uniform() < 0.02) {
      add('CANCEL', assignedAt + 90, { officer: `${office.id}-CHIEF` });
      keep();
      return;
    }
    const quick = officer === fraud.gamer;
    // Pareto: the mean has hardly a variance.
    const wait = quick
      ? 30
      : Math.min(60 * 24 * 40, (25 * person.slow * (difficult.has(chapter) ? 2 : 1)) / uniform() ** 0.85);
    let now = afterWork(shift, assignedAt + 60, wait);
    const wrong =
      uniform() <
      importer.risk * (difficult.has(chapter) ? 1.8 : 1) * (courier ? 0.4 : 1) * (disputes ? 1.7 : 1);
    // Who looks twice sees something; who wants something sees it everywhere.
    const doubts = officer === fraud.harasser ? 0.5 : wrong ? 0.12 : 0.02;
    const up = lane === 'green' && uniform() < doubts;
    if (up)
      add('REROUTE', now, { officer, from: 'green', to: 'red', cause: 'up', reason: 'weights do not agree' });
    else if (lane === 'yellow' && uniform() < 0.02)
      add('REROUTE', now, {
        officer: `${office.id}-CHIEF`,
        from: 'yellow',
        to: 'green',
        cause: 'discretionary-down',
        reason: 'known goods',
      });
    const physical = lane === 'red' || up;
    const controlled = physical || lane === 'yellow';
    let duty = declared;
    let found = false;
    if (controlled) {
      if (uniform() < 0.12) {
        add('QUERY', now + 5, { officer });
        now += 30 + Math.floor(400 / (0.1 + uniform()));
        add('ANSWER', now);
      }
      now += 10;
      const blind =
        officer === fraud.blind ||
        (officer === fraud.harasser && up) ||
        (steered !== undefined && officer === pair?.officer);
      found = !blind && wrong && uniform() < (physical ? 0.8 : 0.5) * person.sharp;
      if (physical)
        add('INSPECT', now, {
          officer,
          control: 'physical',
          endedAt: new Date(localOf(now + 25)).toISOString(),
          cause: up ? 'manual' : random ? 'random' : 'criterion',
        } as Partial<EventDocument>);
      now += 30;
      if (found) {
        duty = Math.round(declared * (1.05 + 0.5 * uniform()));
        // Machines are often wrong in several ways, and what is small with them is seldom next to nothing.
        const manyWays = difficult.has(chapter) ? 0.35 : 0.2;
        if (disputes && ofDisputes() < (difficult.has(chapter) ? 0.1 : 0.2))
          duty = Math.round(declared * (1.001 + 0.007 * ofDisputes()));
        add('AMEND', now, { officer, role: 'assessor', taxBefore: money(declared), tax: money(duty) });
        const isDispute = uniform() < 0.3 || (disputes && ofDisputes() < 0.85);
        for (
          let offence = 0;
          isDispute && (offence === 0 || (disputes && ofDisputes() < manyWays));
          offence++
        )
          add('OFFENCE', now + 2 + offence, { officer, fine: money(Math.round((duty - declared) / 2)) });
      }
      const at = new Date(localOf(now)).toISOString();
      made.outcomes.push({
        id: `${reference}-U`,
        declaration: reference,
        office: office.id,
        control: physical ? 'physical' : 'documents',
        result: found ? 'value' : 'conform',
        status: 'final',
        at,
        local: localOf(now),
        enteredAt: null,
        officer,
        recordedAt: at,
        ...(random ? { random: true } : {}),
        ...(found ? { duty: money(duty - declared) } : {}),
      });
    }
    now += 5;
    add('ASSESS', now, { officer, role: 'assessor', tax: money(duty) });
    if (uniform() < (quick ? 0.25 : 0.04)) {
      add('REOPEN', now + 1440, { officer });
      add('ASSESS', now + 1500, { officer, role: 'assessor', tax: money(duty) });
      now += 1500;
    }
    const paid = now + 60 + Math.floor(300 / (0.05 + uniform()));
    add('PAY', paid, { tax: money(duty) });
    add('RELEASE', paid + 30, { officer: `${office.id}-REL` });
    if (uniform() < 0.8) add('EXIT', paid + 60 + Math.floor(500 / (0.05 + uniform())));
    keep();

    function keep(): void {
      const registered = trail.find(({ kind }) => kind === 'REGISTER')!;
      const unknown = uniform() < 0.03;
      made.events.push(...trail);
      made.declarations.push({
        id: `${reference}#1`,
        reference,
        version: 1,
        provisional: false,
        content: reference,
        office: office.id,
        flow: 'import',
        // Some extracts lose who declared.
        declarant: unknown ? null : broker.id,
        consignee: importer.id,
        consignor: `S${importer.id}`,
        occurredAt: registered.at,
        recordedAt: registered.at,
        declaration: {
          format: 'json',
          office: office.id,
          flow: 'import',
          type: 'IM',
          generalProcedure: '4',
          currency: 'USD',
          items: [
            {
              number: 1,
              hs: `${pad(chapter)}${pad(10 + (importer.id.length % 3))}1000`,
              origin: pick(['CN', 'DE', 'TR', 'AE']),
              procedure: '4000',
              netMass: 1 + Math.floor(value / 500),
              cif: money(value),
              taxes: [{ code: 'DUTY', amount: money(declared), payable: true }],
            },
          ],
        },
      } as DeclarationDocument);
    }
  }

  function chosen(there: readonly Shift[], broker: string, at: number): Shift {
    const weightOf = ({ officer, office }: Shift): number =>
      people.find(({ id, office: own }) => id === officer && own === office)!.share;
    if (rule === 'chief')
      // Habits: who knows whom.
      return heaviest(
        there,
        ({ officer }) =>
          0.2 +
          stream(
            officer.length * 7919 +
              broker.length * 104729 +
              officer.charCodeAt(officer.length - 1) * 31 +
              broker.charCodeAt(broker.length - 1),
          )() **
            3 *
            4,
      );
    if (rule !== 'workload') return heaviest(there, weightOf);
    const load = (shift: Shift): number =>
      Math.max(0, (busyUntil.get(shift.officer) ?? 0) - at) / weightOf(shift);
    const least = Math.min(...there.map(load));
    const shift = pick(there.filter((each) => load(each) <= least));
    busyUntil.set(
      shift.officer,
      Math.max(at, busyUntil.get(shift.officer) ?? 0) + 20 + Math.floor(40 * uniform()),
    );
    return shift;
  }

  /** The clock at which he has worked so many minutes: on this shift, and on those that follow. */
  function afterWork(shift: Shift, start: number, minutes: number): number {
    let left = minutes;
    let from = start;
    let own: Shift | undefined = shift;
    for (;;) {
      if (own !== undefined) {
        const begin = Math.max(from, own.from);
        const room = own.to - begin;
        if (room > left) return begin + left;
        left -= Math.max(0, room);
        from = own.to;
      }
      const next = shifts.find((each) => each.officer === shift.officer && each.from >= from);
      if (next === undefined) return from + left;
      own = next;
    }
  }
}

/** As the projections would leave it, without the documents behind it: a tenth of the time. */
export async function storeHarbour(store: Store, made: Harbour): Promise<void> {
  const of = <T extends { declaration: string }>(all: readonly T[]): Map<string, T[]> => {
    const groups = new Map<string, T[]>();
    for (const each of all) {
      const group = groups.get(each.declaration);
      if (group === undefined) groups.set(each.declaration, [each]);
      else group.push(each);
    }
    return groups;
  };
  const [trails, results] = [of(made.events), of(made.outcomes)];
  const folded = made.declarations.map((version) =>
    fold(
      arrange(
        version.reference,
        [version],
        trails.get(version.reference) ?? [],
        results.get(version.reference) ?? [],
        [],
      ),
      defaultContext,
    ),
  );
  for (const name of ['clearance', 'clearance_item', 'act'] as const)
    await store
      .collection<Document>(tables[name].spec)
      .put(folded.flatMap((rows) => rows[name] as Document[]));
}
