/**
 * The reference records of a simulated administration: what its clearance system knows beside the declarations, in the
 * kinds of src/sources/reference, so that `import` reads them as it reads anybody's. A table of kinds; each yields its
 * records. Every record holds from a day or an instant on, to another or until further notice.
 */
import { feeds } from '../mapping/mapping.ts';
import type { Simulation } from './administration.ts';
import { dateText, day, instantText, minute } from './clock.ts';
import { dutyOn, type Officer } from './officers.ts';
import { Random } from './random.ts';
import { criteria } from './selection.ts';
import type { SystemEvent } from './system-event.ts';
import { country, currencies, exports, imports, preference } from './tariff.ts';

type Plain = Readonly<Record<string, unknown>>;

/** What an officer of each role may do, by kind of event. */
const rights: Readonly<Record<Officer['role'], readonly string[]>> = {
  chief: ['ASSIGN', 'CANCEL', 'REROUTE'],
  releaser: ['RELEASE'],
  examiner: ['SCAN', 'INSPECT', 'QUERY', 'REROUTE', 'AMEND', 'ASSESS', 'REOPEN', 'OFFENCE'],
  auditor: ['PCA'],
  all: ['CANCEL', 'RELEASE', 'SCAN', 'INSPECT', 'QUERY', 'REROUTE', 'AMEND', 'ASSESS', 'REOPEN', 'OFFENCE'],
};

/** The made-up country has no summer time. */
const zones: Readonly<Record<string, string>> = { '+01:00': 'Africa/Lagos', '+02:00': 'Africa/Maputo' };

const clockText = (seconds: number): string => instantText(seconds, '').slice(11, 16);
const agencies = ['FOOD', 'PHARMA', 'STANDARDS'] as const;

/** Before the first day of any period. */
const always = '2000-01-01';

export const referenceRecords: Readonly<Record<string, (simulation: Simulation) => Iterable<Plain>>> = {
  office: ({ offices, start }) =>
    offices.map((office) => ({
      office: office.id,
      name: office.name,
      kind: office.kind,
      timezone: zones[office.offset],
      country,
      scanner: office.scanner,
      assignment: office.assignment,
      from: dateText(start),
    })),

  section: ({ offices, start }) =>
    offices.flatMap((office) =>
      office.sections.map(({ id, chapters: [first, last] }) => ({
        office: office.id,
        section: id,
        chapters: Array.from({ length: last - first + 1 }, (_, i) => String(first + i).padStart(2, '0')),
        from: dateText(start),
      })),
    ),

  calendar: ({ offices }) =>
    offices.flatMap((office) =>
      [0, 1, 2, 3, 4, 5, 6].flatMap((weekday) =>
        office.shifts(weekday).map((shift) => ({
          office: office.id,
          weekday,
          opens: clockText(shift.from),
          closes: clockText(shift.to),
          from: always,
        })),
      ),
    ),

  account: ({ officers }) =>
    officers.map((officer) => ({
      user: officer.id,
      name: officer.name,
      active: true,
      from: dateText(officer.since),
    })),

  post: ({ officers }) =>
    officers.map((officer) => ({
      user: officer.id,
      office: officer.office.id,
      section: officer.section,
      grade: officer.role,
      from: dateText(officer.since),
    })),

  right: ({ officers }) =>
    officers.flatMap((officer) =>
      rights[officer.role].map((right) => ({
        user: officer.id,
        right,
        office: officer.office.id,
        from: dateText(officer.since),
      })),
    ),

  *duty({ officers, start, end }) {
    for (let dayIndex = start; dayIndex <= end; dayIndex++) {
      for (const officer of officers) {
        const duty = dutyOn(officer, dayIndex);
        if (duty === undefined) continue;
        yield {
          user: officer.id,
          office: officer.office.id,
          day: dateText(dayIndex),
          section: officer.section,
          from: instantText(dayIndex * day + duty.from, officer.office.offset),
          to: instantText(dayIndex * day + duty.to, officer.office.offset),
        };
      }
    }
  },

  *session(simulation) {
    const { officers, start, end, options } = simulation;
    for (let dayIndex = start; dayIndex <= end; dayIndex++) {
      for (const officer of officers) {
        const duty = dutyOn(officer, dayIndex);
        if (duty === undefined) continue;
        const random = Random.of(options.seed, 'session', officer.id, dayIndex);
        const { offset, id: office } = officer.office;
        yield {
          user: officer.id,
          terminal: officer.terminal,
          office,
          from: instantText(dayIndex * day + duty.from - random.integer(0, 15) * minute, offset),
          to: instantText(dayIndex * day + duty.to + random.integer(0, 20) * minute, offset),
        };
      }
    }
    yield* eventsOf(simulation, 'session');
  },

  trader: ({ traders }) =>
    [...traders.importers, ...traders.exporters].map((trader) => ({
      id: trader.id,
      name: trader.name,
      address: trader.address,
      country,
      status: 'active',
      from: always,
    })),

  broker: ({ traders }) =>
    traders.brokers.map((broker) => ({
      id: broker.id,
      licence: `L-${broker.id}`,
      name: broker.name,
      status: 'active',
      from: always,
    })),

  mandate: ({ traders }) =>
    [...traders.importers, ...traders.exporters].flatMap((trader) =>
      trader.brokers.map((broker) => ({ trader: trader.id, broker: broker.id, from: always })),
    ),

  programme: ({ traders }) =>
    traders.importers
      .filter((trader) => trader.authorised)
      .map((trader) => ({
        trader: trader.id,
        programme: 'AEO',
        status: 'valid',
        reference: `AEO-${trader.id}`,
        from: always,
      })),

  agency: () =>
    agencies.map((agency) => ({
      agency,
      name: `Agency for ${agency.toLowerCase()}`,
      areas: [{ FOOD: 'food', PHARMA: 'medicine', STANDARDS: 'other' }[agency]],
      from: always,
    })),

  'agency-mandate': () =>
    agencies.map((agency) => ({ agency, user: `${agency.toLowerCase()}01`, from: always })),

  *criterion(simulation) {
    for (const { id, text, lane, share } of criteria) {
      yield { criterion: id, lane, share, active: true, text, from: always };
    }
    yield* eventsOf(simulation, 'criterion');
  },

  'tariff-line': () =>
    [...imports, ...exports].map((line) => ({
      hs: line.hs,
      description: line.description,
      units: line.unit === undefined ? [] : [line.unit],
      from: always,
    })),

  *'tariff-rate'() {
    for (const { hs, duty, excise, vat } of imports) {
      yield { hs, tax: 'DUT', rate: duty, from: always };
      for (const origin of preference.countries) {
        yield { hs, tax: 'DUT', rate: 0, preference: preference.code, origin, from: always };
      }
      if (excise !== undefined) yield { hs, tax: 'EXC', rate: excise, from: always };
      yield { hs, tax: 'VAT', rate: vat, from: always };
    }
  },

  'tariff-measure': () =>
    imports.flatMap(({ hs, licence }) =>
      licence === undefined
        ? []
        : [
            {
              hs,
              measure: `PERMIT-${licence.document}`,
              documents: [licence.document],
              agency: licence.agency,
              flow: 'import',
              from: always,
            },
          ],
    ),

  /** The extract is whole: a step that is not there was not taken. */
  complete: ({ start, end }) =>
    feeds.map((feed) => ({ feed, office: '*', until: dateText(end), from: dateText(start) })),

  /** Each rate once, for the days on which it counts. */
  *'exchange-rate'({ start, end, rateOn }) {
    for (const { code } of currencies) {
      let since = start;
      for (let dayIndex = start; dayIndex <= end; dayIndex++) {
        const rate = rateOn(code, dayIndex);
        if (dayIndex < end && rateOn(code, dayIndex + 1) === rate) continue;
        yield { currency: code, rate, from: dateText(since), to: dateText(dayIndex) };
        since = dayIndex + 1;
      }
    }
  },
};

function* eventsOf({ plants }: Simulation, kind: SystemEvent['kind']): Generator<Plain> {
  for (const { plant } of plants) {
    for (const event of plant.systemEvents?.() ?? []) if (event.kind === kind) yield event.record;
  }
}
