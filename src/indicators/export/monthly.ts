/** Gathers what a monthly report shows: each indicator by its own grouping, its last twelve months, and its editions. */
import { yearBefore } from '../../projections/calendar.ts';
import type { Store } from '../../store/port.ts';
import type { Definition } from '../definition.ts';
import { figures, type Source } from '../figure.ts';
import { methodOf } from '../methods/table.ts';
import type { Language } from '../show.ts';
import { editionsOf, freeze, seriesOf } from '../snapshot.ts';
import type { Report, ReportSection } from './report.ts';

export interface MonthlyRequest {
  /** YYYY-MM */
  period: string;
  administration: string;
  /** UTC instant. */
  madeAt: string;
  language: Language;
  /** Dimension of people's names are left out of what is printed for management. */
  withPeople: boolean;
}

export const lastDayOf = (month: string): string => {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year!, number!, 0)).toISOString().slice(0, 10);
};

/** Performance indicators in the order of their ids; each month's figures are frozen as they are printed. */
export async function monthlyReport(
  store: Store,
  source: Source,
  definitions: Iterable<Definition>,
  request: MonthlyRequest,
): Promise<Report> {
  const from = `${request.period}-01`;
  const to = lastDayOf(request.period);
  const sections: ReportSection[] = [];
  for (const definition of definitions) {
    const [principal] = definition.figures;
    if (definition.class === 'integrity' || principal === undefined || methodOf(principal) === undefined)
      continue;
    const people = definition.by?.includes('officer') === true && !request.withPeople;
    const by = people ? (definition.dimensions.includes('office') ? ['office'] : []) : (definition.by ?? []);
    const asked = by[0] === 'month' ? ['office'].filter((name) => definition.dimensions.includes(name)) : by;
    const month = await figures(
      source,
      definition,
      {
        by: asked,
        from,
        to,
        previousYear: true,
        ...(definition.top === undefined ? {} : { sort: definition.top.figure, limit: 20 }),
      },
      to,
    );
    const series = await figures(
      source,
      { ...definition, figures: [principal] },
      { by: ['month'], from: `${yearBefore(from).slice(0, 7)}-01`, to },
      to,
    );
    const edition = await freeze(
      store,
      { indicator: definition.id, period: request.period, frozenAt: request.madeAt },
      { figures: month },
    );
    const all = await editionsOf(store, seriesOf(definition.id, month.by, request.period));
    const last = all.at(-1)!;
    sections.push({
      definition,
      month,
      series,
      ...(last.differences === undefined
        ? {}
        : { changes: { edition: edition.edition, differences: last.differences } }),
    });
  }
  const { period, administration, madeAt, language } = request;
  return { period, administration, madeAt, language, sections };
}
