/** Every kind of reference record: the table from which storing, importing and the published schemas come. */

import { arrival, bill, billContainer, billVehicle, manifest } from './cargo.ts';
import { complete, controlTotal } from './completeness.ts';
import { agency, agencyMandate, criterion, parameter } from './control.ts';
import type { ReferenceKind } from './kind.ts';
import { calendar, holiday, office, section } from './office.ts';
import { account, duty, post, right, role, session } from './people.ts';
import { exchangeRate, redenomination, tariffLine, tariffMeasure, tariffRate } from './tariff.ts';
import { broker, guarantee, mandate, programme, trader } from './trade.ts';

const all = [
  office,
  section,
  calendar,
  holiday,
  account,
  post,
  duty,
  right,
  role,
  session,
  trader,
  broker,
  mandate,
  programme,
  guarantee,
  agency,
  agencyMandate,
  parameter,
  criterion,
  tariffLine,
  tariffRate,
  tariffMeasure,
  exchangeRate,
  redenomination,
  controlTotal,
  complete,
  manifest,
  bill,
  billContainer,
  billVehicle,
  arrival,
] as const;

/** Record types by kind, for typed look-ups. */
export interface ReferenceTypes {
  office: typeof office;
  section: typeof section;
  calendar: typeof calendar;
  holiday: typeof holiday;
  account: typeof account;
  post: typeof post;
  duty: typeof duty;
  right: typeof right;
  role: typeof role;
  session: typeof session;
  trader: typeof trader;
  broker: typeof broker;
  mandate: typeof mandate;
  programme: typeof programme;
  guarantee: typeof guarantee;
  agency: typeof agency;
  'agency-mandate': typeof agencyMandate;
  parameter: typeof parameter;
  criterion: typeof criterion;
  'tariff-line': typeof tariffLine;
  'tariff-rate': typeof tariffRate;
  'tariff-measure': typeof tariffMeasure;
  'exchange-rate': typeof exchangeRate;
  redenomination: typeof redenomination;
  'control-total': typeof controlTotal;
  complete: typeof complete;
  manifest: typeof manifest;
  bill: typeof bill;
  'bill-container': typeof billContainer;
  'bill-vehicle': typeof billVehicle;
  arrival: typeof arrival;
}
export type ReferenceKindName = keyof ReferenceTypes;

export const referenceKinds: ReadonlyMap<string, ReferenceKind> = new Map(
  all.map((kind) => [kind.kind, kind as unknown as ReferenceKind]),
);
