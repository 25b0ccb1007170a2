/**
 * Gathers what a monthly report shows: each performance indicator by its own grouping, its last thirteen months, and what
 * its newest edition changed. Of a month that runs it shows what there is, and freezes nothing. Figures on officers stand as the phase of each office lets them be read, whoever prints.
 */
import { lastDayOf, yearBefore } from '../../projections/calendar.ts';
import type { Store } from '../../store/port.ts';
import type { Definition, FigureSpec } from '../definition.ts';
import { dimensions, dimensionsOf } from '../dimensions.ts';
import { figures, type Source } from '../figure.ts';
import type { FigureTable } from '../figure-table.ts';
import { freezeMonth, isOver } from '../frozen.ts';
import { methodOf } from '../methods/table.ts';
import { figuresInPhase, phasesAt, surrogateKey } from '../phase.ts';
import type { Language } from '../show.ts';
import type { Report, ReportSection } from './report/model.ts';

export interface MonthlyRequest {
  /** YYYY-MM */
  period: string;
  administration: string;
  /** UTC instant. */
  madeAt: string;
  language: Language;
  /** Whether indicators that are told by officer are printed so; by office otherwise. */
  withPeople: boolean;
  /** What of an indicator is kept from the reader, and what he is kept to, told by these dimensions. */
  where?: (definition: Definition, by: readonly string[]) => string[];
  /** Rules by whose names no change is told. */
  hidden?: readonly string[];
  /** False for a reader of some offices: an edition is of all of them, and so are its changes. */
  whole?: boolean;
}

/** Rows of a table that is printed by its greatest. */
const mostRows = 20;

/** Performance indicators in the order of their ids; figures of a month that is over are frozen as they are printed. */
export async function monthlyReport(
  store: Store,
  source: Source,
  definitions: Iterable<Definition>,
  request: MonthlyRequest,
): Promise<Report> {
  const { period, administration, madeAt, language, whole = true } = request;
  const from = `${period}-01`;
  const to = lastDayOf(from);
  const [phaseOf, key] = await Promise.all([phasesAt(store, madeAt), surrogateKey(store)]);
  const isFinal = isOver(period, madeAt);
  const sections: ReportSection[] = [];
  for (const definition of definitions) {
    const [principal] = definition.figures;
    if (definition.class === 'integrity' || principal === undefined || methodOf(principal) === undefined)
      continue;
    const by = groupingOf(definition, request.withPeople);
    const people = by.some(isPeople);
    const where = request.where?.(definition, by) ?? [];
    const month = await figuresInPhase(
      source,
      definition,
      {
        by,
        from,
        to,
        where,
        // An office that names its officers since this year has no year before to stand beside.
        ...(people ? {} : { previousYear: true }),
        ...(definition.top === undefined ? {} : { sort: definition.top.figure, limit: mostRows }),
      },
      to,
      { phaseOf, key },
    );
    const series = await figures(
      source,
      { ...definition, figures: [overMonths(definition, month)] },
      { by: ['month'], from: `${yearBefore(from).slice(0, 7)}-01`, to, where },
      to,
    );
    sections.push({
      definition,
      month,
      series,
      ...(whole && isFinal
        ? await changesOf(store, source, definition, {
            period,
            by,
            frozenAt: madeAt,
            hidden: request.hidden ?? [],
          })
        : {}),
    });
  }
  return { period, administration, madeAt, language, ...(isFinal ? {} : { runs: true }), sections };
}

/** The first figure that stands by itself, as a whole administration has no peers to be expected of, and that there is anything of. */
function overMonths({ figures: specs }: Definition, { rows }: FigureTable): FigureSpec {
  const alone = specs.filter(({ method }) => method !== 'standardised');
  const isTold = ({ id }: FigureSpec): boolean =>
    rows.some(({ figures: told }) => (told[id]?.value ?? null) !== null);
  return alone.find(isTold) ?? alone[0] ?? specs[0]!;
}

const isPeople = (name: string): boolean => dimensions[name]?.kind === 'people';

/** A month is one point in time, and people are told apart where that is asked for. */
function groupingOf(definition: Definition, withPeople: boolean): string[] {
  const kept = (definition.by ?? []).filter(
    (name) => dimensions[name]?.kind !== 'time' && (withPeople || !isPeople(name)),
  );
  return kept.length > 0 ? kept : ['office'].filter((name) => dimensionsOf(definition).includes(name));
}

/** Freezes the month by the grouping that is printed, and answers what its edition says that the one before did not. */
async function changesOf(
  store: Store,
  source: Source,
  definition: Definition,
  request: { period: string; by: string[]; frozenAt: string; hidden: readonly string[] },
): Promise<Pick<ReportSection, 'changes'>> {
  const { hidden, ...frozen } = request;
  const [edition] = await freezeMonth(store, source, definition, frozen);
  if (edition?.differences === undefined) return {};
  const known = ({ key }: { key: string }): boolean =>
    !(JSON.parse(key) as (string | null)[]).some((part) => part !== null && hidden.includes(part));
  return { changes: { edition: edition.edition, differences: edition.differences.filter(known) } };
}
