/** Where a row belongs: the dimensions that every projected table shares, of the standing version of the declaration. */
import type { Declaration, Item } from '../declaration/declaration.ts';
import { currencyOf, itemValue } from './amounts.ts';
import { calendarOf, dayOf } from './calendar.ts';
import { first, type History, standing } from './history.ts';
import { text } from './table.ts';

export const placeColumns = {
  declaration: text('reference of the declaration'),
  office: text('customs office'),
  section: text('section to which it was assigned'),
  flow: text('import, export or transit'),
  regime: text('type of declaration and first digit of the procedure (SAD box 1), as IM4'),
  procedure: text('requested and previous procedure, 4 digits; of a declaration that of its principal item'),
  chapter: text('HS chapter; of a declaration that of its principal item, the one of greatest customs value'),
  heading: text('HS heading; of a declaration that of its principal item'),
  hs: text('HS subheading, 6 digits; of a declaration that of its principal item'),
  origin: text('country of origin of the goods; of a declaration that of its principal item'),
  declarant: text('declarant (broker)'),
  importer: text('consignee of an import'),
  exporter: text('consignor of an export'),
  consignee: text('consignee'),
  consignor: text('consignor'),
  hours: text("hours of the day in which it was registered, in the office's clock, by fours: 08-12"),
  day: text("day in the office's clock"),
  week: text('ISO 8601 week of the day'),
  month: text('month of the day'),
  year: text('year of the day'),
} as const;

export type Place = { [K in keyof typeof placeColumns]: string | null };

/** Goods of an item: the principal one's stand for the declaration, the item of greatest customs value. */
export function goodsOf(
  item: Item | undefined,
): Pick<Place, 'procedure' | 'chapter' | 'heading' | 'hs' | 'origin'> {
  const hs = item?.hs?.replace(/\D/g, '') ?? '';
  const begin = (digits: number) => (hs.length >= digits ? hs.slice(0, digits) : null);
  return {
    procedure: item?.procedure ?? null,
    chapter: begin(2),
    heading: begin(4),
    hs: begin(6),
    origin: item?.origin ?? null,
  };
}

export function principalItem(declaration: Declaration): Item | undefined {
  const currency = currencyOf(declaration);
  const value = (item: Item) => itemValue(item, currency) ?? -1;
  return declaration.items.reduce<Item | undefined>(
    (best, item) => (best === undefined || value(item) > value(best) ? item : best),
    undefined,
  );
}

/** Day and UTC instant of registration; the instant is null where only the day is known. */
export function registrationOf(history: History): { day: string | null; at: string | null } {
  const event = first(history, 'REGISTER');
  if (event !== undefined) return { day: dayOf(event.local), at: event.at };
  const { declaration } = standing(history);
  const { registration, acceptedAt } = declaration;
  return { day: registration?.date ?? acceptedAt ?? null, at: null };
}

/** Null where only the day is known. */
export function hoursOf(local: string | undefined): string | null {
  const hour = Number(local?.slice(11, 13) || Number.NaN);
  if (!Number.isInteger(hour)) return null;
  const from = hour - (hour % 4);
  return `${String(from).padStart(2, '0')}-${String(from + 4).padStart(2, '0')}`;
}

/** The day by which a declaration is counted: of registration, else of lodgement, else the day it became known. */
export function dayOfHistory(history: History): string {
  const version = standing(history);
  const lodged = first(history, 'LODGE')?.local ?? version.declaration.lodgedAt;
  return registrationOf(history).day ?? dayOf(lodged ?? version.occurredAt);
}

export function placeOf(history: History): Place {
  const version = standing(history);
  const { declaration } = version;
  const principal = principalItem(declaration);
  const goods = goodsOf(principal);
  const regime = `${declaration.type ?? ''}${declaration.generalProcedure ?? ''}`;
  return {
    declaration: history.reference,
    office: version.office,
    section: history.events.findLast((event) => event.section !== undefined)?.section ?? null,
    flow: version.flow,
    regime: regime === '' ? (goods.procedure?.slice(0, 2) ?? null) : regime,
    ...goods,
    declarant: version.declarant,
    importer: version.flow === 'import' ? version.consignee : null,
    exporter: version.flow === 'export' ? version.consignor : null,
    consignee: version.consignee,
    consignor: version.consignor,
    hours: hoursOf(first(history, 'REGISTER')?.local),
    ...calendarOf(dayOfHistory(history)),
  };
}
