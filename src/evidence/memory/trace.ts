/** What history is looked up in, as its indexes and sums see it: one kind of rows, and the columns behind them. */
import type { Measure } from '../../facts/baseline/definitions.ts';
import type { Column } from './columns.ts';

/** Columns that a history may be asked of, alone or together. */
export type Party = 'declarant' | 'consignee' | 'consignor' | 'office' | 'hs6' | 'origin' | 'examiner';
/** Acts of control and events of a declaration, and the same once for each of the goods they were about. */
export type TraceKind = 'declared' | 'item' | 'outcome' | 'outcomeGoods' | 'event' | 'eventGoods';

/** One kind of rows; what a kind does not have is missing in all its rows. */
export interface Trace {
  length(): number;
  /** Recorded before the instant (milliseconds) and not replaced before it. */
  known(row: number, asOf: number): boolean;
  /** The instants between which it is known, milliseconds; the second is Infinity as long as it stands. */
  from(row: number): number;
  to(row: number): number;
  reference(row: number): number;
  /** Days since 1970. */
  day(row: number): number;
  party(party: Party, row: number): number;
  /** Minor units of the national currency. */
  value(row: number): number;
  netMass(row: number): number;
  grams(row: number): number;
  /** Name of the first digit of the procedure. */
  procedure(row: number): number;
  /** 1 where nothing was payable, -1 where it is not known. */
  exempt(row: number): number;
  /** The outcome or event itself: rows of goods of one act share it. */
  act(row: number): number;
}

export interface Versions {
  reference: Column;
  number: Column;
  from: Column;
  /** Infinity while it is the newest. */
  to: Column;
  day: Column;
  /** When the declaration was made, milliseconds. */
  made: Column;
  declarant: Column;
  consignee: Column;
  consignor: Column;
  office: Column;
  value: Column;
  grams: Column;
  firstItem: Column;
  /** Row of the version before, -1 at the first. */
  before: Column;
}

export interface Items {
  version: Column;
  hs6: Column;
  origin: Column;
  consignee: Column;
  consignor: Column;
  value: Column;
  netMass: Column;
  procedure: Column;
  exempt: Column;
  measures: Record<Measure, Column>;
}

/** Of acts of control. */
export interface Controls {
  found: Column;
  random: Column;
  control: Column;
}
