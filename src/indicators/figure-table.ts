/** What is told of an indicator: a row for each key, with the indicator's figures. */
import type { RemovedSpan } from '../projections/removed.ts';
import type { Definition } from './definition.ts';
import type { FigureValue } from './telling.ts';

export interface FigureRow {
  key: Record<string, string | null>;
  /** By figure id, in the definition's order. */
  figures: Record<string, FigureValue>;
}

export interface FigureTable {
  indicator: string;
  version: number;
  class: Definition['class'];
  by: string[];
  period: { from: string | null; to: string | null; asOf: string };
  /** Ids of the figures; the first is the indicator's principal one. */
  figures: string[];
  rows: FigureRow[];
  /** First and last day of the period of which retention removed declarations; absent where it is whole. */
  removed?: RemovedSpan;
}
