/**
 * An indicator watched day by day: for each officer, or whatever is asked for, a risk-adjusted chart of the figure that
 * the definition names under `watch`, with the days on which it signalled, its limit and what each day is made of. Reads
 * counts by key, day and stratum from the store; the arithmetic is statistics/watch.ts.
 */
import { CrosscheckError } from '../errors.ts';
import { tables } from '../projections/fold.ts';
import type { Filter, Store } from '../store/port.ts';
import type { Definition } from './definition.ts';
import { columnOf, dimensions } from './dimensions.ts';
import { operandsOfWatch } from './methods/watched.ts';
import { type FigureRequest, ownLookup, type Resolved, resolve } from './plan.ts';
import { demandWhole } from './removed.ts';
import { usualLikeness } from './statistics/standardise.ts';
import { usualDiscoveryRate, usualMinimum } from './statistics/verdict.ts';
import { type Change, type Watched, type WatchedCell, watchFamily } from './statistics/watch.ts';
import type { DrillDown } from './telling.ts';
import { and, parseWhere } from './where.ts';

export interface WatchRow extends Watched {
  key: Record<string, string | null>;
  behind: DrillDown;
}

export interface WatchTable {
  indicator: string;
  version: number;
  figure: string;
  by: string[];
  period: { from: string | null; to: string | null };
  /** Odds against the peers' that are watched for. */
  odds: number;
  /** Share of the signals that may be false, over the table. */
  falseDiscoveryRate: number;
  rows: WatchRow[];
}

/** Where more is better, what has become rarer is watched for. */
const changes: Record<Definition['direction'], readonly Change[]> = {
  up: ['fewer'],
  down: ['more'],
  band: ['more', 'fewer'],
  none: ['more', 'fewer'],
};

/** Charts of everybody in the table, in order of their keys. Throws CC_NOT_WATCHED where the definition watches nothing. */
export async function watch(
  store: Store,
  definition: Definition,
  request: FigureRequest,
  today: string,
): Promise<WatchTable> {
  const figure = definition.figures.find(({ id }) => id === definition.watch?.figure);
  const operands = figure === undefined ? undefined : operandsOfWatch(figure);
  if (definition.watch === undefined || operands === undefined)
    throw new CrosscheckError('CC_NOT_WATCHED', { indicator: definition.id });
  const { odds, strata, figure: id } = definition.watch;
  const resolved = resolve(definition, { ...request, by: request.by ?? definition.by ?? [] }, today);
  if (resolved.by.length === 0 || resolved.by.some((name) => dimensions[name]?.kind === 'time')) {
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: 'by',
      problem: 'a change is watched of officers, offices or firms, day by day; name what the charts are of',
    });
  }
  await demandWhole(store, resolved.from, resolved.to);
  const cases = parseWhere(operands.cases.where ?? [], ownLookup(definition), resolved.asOf);
  const units = await cellsOf(store, definition, resolved, strata, operands);
  const families = familiesOf(units);
  const rows = families.flatMap((family) => {
    const told = watchFamily(
      family.map(({ cells }) => cells),
      {
        odds,
        changes: changes[definition.direction],
        minimum: { n: definition.minimum.n, expected: definition.minimum.events ?? usualMinimum.expected },
        likeness: usualLikeness,
      },
    );
    return family.map(({ parts }, i): WatchRow => {
      const key = Object.fromEntries(resolved.by.map((name, at) => [name, parts[at]!]));
      const own = parts.map((part, at): Filter => {
        const column = resolved.columns[at]!;
        return part === null ? { column, op: 'isNull' } : { column, op: 'eq', value: part };
      });
      return {
        key,
        ...told[i]!,
        behind: { table: definition.table, where: and(resolved.where, cases, ...own) },
      };
    });
  });
  const textOf = ({ key }: WatchRow): string => JSON.stringify(Object.values(key));
  return {
    indicator: definition.id,
    version: definition.version,
    figure: id,
    by: [...resolved.by],
    period: { from: resolved.from ?? null, to: resolved.to ?? null },
    odds,
    falseDiscoveryRate: usualDiscoveryRate,
    rows: rows.sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1)),
  };
}

interface Unit {
  parts: (string | null)[];
  cells: WatchedCell[];
}

async function cellsOf(
  store: Store,
  definition: Definition,
  resolved: Resolved,
  strata: readonly string[],
  operands: NonNullable<ReturnType<typeof operandsOfWatch>>,
): Promise<Unit[]> {
  // What is asked for apart is no stratum of itself.
  const within = strata
    .filter((name) => !resolved.by.includes(name))
    .map((name) => columnOf(definition, name) ?? name);
  const count = (where: readonly string[] | undefined) => {
    const filter = parseWhere(where ?? [], ownLookup(definition), resolved.asOf);
    return { count: true as const, ...(filter === undefined ? {} : { where: filter }) };
  };
  const days: Filter = { column: 'day', op: 'isNotNull' };
  const groups = await store.collection(tables[definition.table].spec).tabulate({
    where: and(resolved.where, days)!,
    groupBy: [...resolved.columns, 'day'],
    ...(within.length === 0 ? {} : { within }),
    measures: { n: count(operands.cases.where), outcomes: count(operands.outcomes.where) },
  });
  const units = new Map<string, Unit>();
  for (let i = 0; i < groups.count; i++) {
    const n = groups.values.n![i]!;
    if (n === 0) continue;
    const parts = resolved.columns.map((column) => groups.keys[column]![i] as string | null);
    const name = JSON.stringify(parts);
    const unit = units.get(name) ?? { parts, cells: [] };
    unit.cells.push({
      day: groups.keys.day![i] as string,
      strata: groups.within.map(({ texts, of }) => texts[of[i]!]!),
      n,
      outcomes: groups.values.outcomes![i]!,
    });
    units.set(name, unit);
  }
  return [...units.values()];
}

/** Peers are who share the rest of the key; what nobody did is nobody's peer. */
function familiesOf(units: readonly Unit[]): Unit[][] {
  const families = new Map<string, Unit[]>();
  for (const unit of units) {
    if (unit.parts.at(-1) === null) continue;
    const name = JSON.stringify(unit.parts.slice(0, -1));
    families.set(name, [...(families.get(name) ?? []), unit]);
  }
  return [...families.values()];
}
