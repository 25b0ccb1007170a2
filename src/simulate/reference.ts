/** The reference records of a simulated administration: what its clearance system knows beside the declarations. */
import { dateText, day, instantText } from './clock.ts';
import { dutyOn, type Officer } from './officers.ts';
import type { Office } from './offices.ts';
import { exports, imports, isPreferential, nationalCurrency, preference } from './tariff.ts';
import type { Broker, Trader } from './traders.ts';

/** An entry of the system's own logs: sessions and changes of parameters. */
export interface SystemEvent {
  kind: 'session' | 'criterion' | 'parameter';
  at: string;
  endedAt?: string;
  user: string;
  office?: string;
  terminal?: string;
  /** The criterion or parameter that was changed, with its value before and after. */
  object?: string;
  from?: string;
  to?: string;
}

export const officeRecord = (office: Office, from: string, to: string) => ({
  office: office.id,
  name: office.name,
  kind: office.kind,
  offset: office.offset,
  mode: office.mode,
  scanner: office.scanner,
  assignment: [{ from, to, rule: office.assignment }],
  sections: office.sections.map(({ id, chapters }) => ({ section: id, chapters })),
  hours: Array.from({ length: 7 }, (_, weekday) => ({
    weekday,
    shifts: office.shifts(weekday).map((shift) => ({ from: clockText(shift.from), to: clockText(shift.to) })),
  })),
});

export const personRecord = (officer: Officer) => ({
  user: officer.id,
  name: officer.name,
  office: officer.office.id,
  section: officer.section,
  roles: {
    chief: ['assigner', 'canceller'],
    releaser: ['releaser'],
    examiner: ['examiner', 'assessor', 'rerouter'],
    auditor: ['examiner'],
    all: ['assigner', 'canceller', 'releaser', 'examiner', 'assessor', 'rerouter'],
  }[officer.role],
  from: dateText(officer.since),
});

/** One a day and officer on duty. */
export function* dutyRecords(officers: readonly Officer[], start: number, end: number) {
  for (let dayIndex = start; dayIndex <= end; dayIndex++) {
    for (const officer of officers) {
      const duty = dutyOn(officer, dayIndex);
      if (duty === undefined) continue;
      yield {
        user: officer.id,
        office: officer.office.id,
        section: officer.section,
        date: dateText(dayIndex),
        from: instantText(dayIndex * day + duty.from, officer.office.offset),
        to: instantText(dayIndex * day + duty.to, officer.office.offset),
      };
    }
  }
}

export const brokerRecord = (broker: Broker) => ({
  id: broker.id,
  name: broker.name,
  dedicated: broker.dedicated,
  office: broker.office.id,
});

export const traderRecord = (trader: Trader) => ({
  id: trader.id,
  name: trader.name,
  flow: trader.flow,
  authorised: trader.authorised,
  brokers: trader.brokers.map((broker) => broker.id),
});

export const tariffRecords = () =>
  [...imports, ...exports].map((line) => ({
    hs: line.hs,
    description: line.description,
    unit: line.unit ?? null,
    rates: { DUT: line.duty, EXC: line.excise ?? 0, VAT: line.vat },
    preferences: line.origins
      .filter(isPreferential)
      .map((origin) => ({ code: preference.code, origin, rate: 0, document: preference.document })),
    documents: line.licence === undefined ? [] : [line.licence.document],
  }));

export const rateRecord = (currency: string, dayIndex: number, rate: number) => ({
  currency,
  national: nationalCurrency,
  from: dateText(dayIndex),
  rate,
});

const clockText = (seconds: number): string =>
  `${String(Math.floor(seconds / 3600)).padStart(2, '0')}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')}`;
