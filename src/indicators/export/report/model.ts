/** What a monthly report is made of (../monthly.ts gathers it, ./page.ts shows it). */
import type { Definition } from '../../definition.ts';
import type { FigureRow, FigureTable } from '../../figure-table.ts';
import type { Language } from '../../show.ts';
import type { Difference } from '../../snapshot.ts';

export interface ReportSection {
  definition: Definition;
  /** The month by the section's dimension, with the year before. */
  month: FigureTable;
  /** The first figure that a whole has, month by month. */
  series: FigureTable;
  /** Since the edition before. */
  changes?: { edition: number; differences: readonly Difference[] };
}

export interface Report {
  /** YYYY-MM */
  period: string;
  administration: string;
  madeAt: string;
  language: Language;
  /** The month is not over: nothing of it is frozen. */
  runs?: true;
  /** Address of the service, where one prints: figures link to their declarations there. */
  service?: string;
  sections: readonly ReportSection[];
}

/** The rows that ask for a look; undefined of an indicator that asks for none, whatever its figures. */
export function flaggedRows({ definition, month }: ReportSection): FigureRow[] | undefined {
  if (month.by.length === 0 || definition.direction === 'none') return undefined;
  return month.rows.filter((row) => Object.values(row.figures).some(({ state }) => state === 'look closer'));
}
