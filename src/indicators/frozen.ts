/**
 * A month, frozen: an indicator by its own grouping, as the phase of each office lets it be read, or both pair tables of
 * an indicator on pairs. What is frozen by the calendar is frozen once; freezing again by hand makes a new edition where
 * something is different now.
 */
import { CrosscheckError } from '../errors.ts';
import { addDays, isOverEverywhere, lastDayOf } from '../projections/calendar.ts';
import { clearance } from '../projections/clearance.ts';
import type { Store } from '../store/port.ts';
import { assignmentKnowledge } from './assignment.ts';
import type { Definition } from './definition.ts';
import { dimensions, dimensionsOf } from './dimensions.ts';
import type { Source } from './figure.ts';
import type { FigureTable } from './figure-table.ts';
import { minimumOf } from './judge.ts';
import { methodOf } from './methods/table.ts';
import { type PairSide, pairTable } from './pairs.ts';
import { figuresInPhase, frozenInPhase, phasesAt, surrogateKey } from './phase.ts';
import { demandWhole, isWhole } from './removed.ts';
import { type Edition, editionsOf, type Frozen, freeze, seriesOf } from './snapshot.ts';

export interface FreezeMonth {
  /** YYYY-MM */
  period: string;
  /** Dimensions; the definition's own where absent. */
  by?: readonly string[];
  /** UTC instant. */
  frozenAt: string;
}

/** Outcomes and payments of a month's last days have come in by this day of the next. */
export const settledOnDay = 5;

const settledDay = (period: string): string => addDays(lastDayOf(`${period}-01`), settledOnDay);

const sides: readonly PairSide[] = ['officer', 'assigner'];

export const isPairs = ({ figures }: Definition): boolean =>
  figures.every(({ method }) => method === 'pairs');

const boundsOf = (period: string) => ({ from: `${period}-01`, to: lastDayOf(`${period}-01`) });

/** A month is one point in time: it is not told by month. */
const groupingOf = (definition: Definition, by?: readonly string[]): string[] => {
  const own = (by ?? definition.by ?? []).filter((name) => dimensions[name]?.kind !== 'time');
  return own.length === 0 && dimensionsOf(definition).includes('office') ? ['office'] : own;
};

/** A month that runs, in some office's clock at least, is half a month: nothing that lasts is made of it. */
export const isOver = (period: string, at: string): boolean => isOverEverywhere(boundsOf(period).to, at);

/** Freezes the month as it stands; answers the editions that say so, new ones or the last. */
export async function freezeMonth(
  store: Store,
  source: Source,
  definition: Definition,
  request: FreezeMonth,
): Promise<Edition[]> {
  const { period, frozenAt } = request;
  if (!isOver(period, frozenAt))
    throw new CrosscheckError('CC_BAD_ARGUMENT', { name: 'period', problem: `${period} is not over` });
  const asked = { indicator: definition.id, period, frozenAt };
  const bounds = boundsOf(period);
  await demandWhole(store, bounds.from, bounds.to);
  if (isPairs(definition)) {
    const knowledge = await assignmentKnowledge(store, bounds.from, bounds.to);
    const minimum = minimumOf(definition);
    const frozen: Edition[] = [];
    for (const side of sides) {
      frozen.push(
        await freeze(store, asked, {
          pairs: await pairTable(store, { ...bounds, side, knowledge, minimum }),
        }),
      );
    }
    return frozen;
  }
  const today = frozenAt.slice(0, 10);
  const [phaseOf, key] = await Promise.all([phasesAt(store, frozenAt), surrogateKey(store)]);
  const by = groupingOf(definition, request.by);
  const view = { phaseOf, key };
  const figures = await figuresInPhase(source, definition, { by, ...bounds }, today, view);
  const readNow = (before: Frozen): Frozen =>
    'figures' in before ? { figures: frozenInPhase(before.figures, view) } : before;
  return [await freeze(store, asked, { figures: withoutFilters(figures) }, readNow)];
}

/** What lies behind a figure changes after the month; the frozen table says what it was, not where to look now. */
const withoutFilters = (table: FigureTable): FigureTable => ({
  ...table,
  rows: table.rows.map(({ key, figures }) => ({
    key,
    figures: Object.fromEntries(
      Object.entries(figures).map(([id, figure]) => [
        id,
        { ...figure, behind: { table: figure.behind.table, where: { or: [] } } },
      ]),
    ),
  })),
});

/**
 * Freezes every indicator of a month that has no edition of a day on which its figures had settled: one that somebody
 * froze or printed before is not what the month came to. Answers how many were made; undefined where there is nothing to keep.
 */
export async function freezeDue(
  store: Store,
  source: Source,
  definitions: Iterable<Definition>,
  request: Omit<FreezeMonth, 'by'>,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const { from, to } = boundsOf(request.period);
  const rows = await store.collection(clearance.spec).count({
    and: [
      { column: 'day', op: 'ge', value: from },
      { column: 'day', op: 'le', value: to },
    ],
  });
  // Of a month before there was anything, or of which retention removed a part, there is nothing to keep.
  if (rows === 0 || !(await isWhole(store, from, to))) return undefined;
  let made = 0;
  for (const definition of definitions) {
    // What is frozen by then stays, and the rest is frozen at another look.
    signal?.throwIfAborted();
    if (!isPairs(definition) && definition.figures.every((figure) => methodOf(figure) === undefined))
      continue;
    if (await isFrozen(store, definition, request.period)) continue;
    const frozen = await freezeMonth(store, source, definition, request);
    made += frozen.filter(({ frozenAt }) => frozenAt === request.frozenAt).length;
  }
  return made;
}

async function isFrozen(store: Store, definition: Definition, period: string): Promise<boolean> {
  const by = groupingOf(definition);
  const people = by.some((name) => dimensions[name]?.kind === 'people');
  const series = isPairs(definition)
    ? // The assigners' table is made last.
      seriesOf(definition.id, [sides.at(-1)!, 'declarant'], period)
    : seriesOf(definition.id, people && !by.includes('office') ? ['office', ...by] : by, period);
  return (await editionsOf(store, series)).some(
    ({ frozenAt }) => frozenAt.slice(0, 10) >= settledDay(period),
  );
}
