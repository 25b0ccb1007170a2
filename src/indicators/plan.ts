/**
 * A definition and what is asked of it, compiled to the store port's aggregate queries: one for what is told of a key
 * alone, and one more for each set of inner dimensions that a method looks into. Pure; figure.ts runs the queries.
 */
import { CrosscheckError } from '../errors.ts';
import { type TableName, tables } from '../projections/fold.ts';
import type { ColumnDefinition } from '../projections/table.ts';
import type { Filter, TabulateQuery } from '../store/port.ts';
import type { Definition, FigureSpec, Operand } from './definition.ts';
import { columnOf, dimensions, dimensionsOf, filterColumn } from './dimensions.ts';
import type { Needs } from './methods/method.ts';
import { methodOf } from './methods/table.ts';
import { and, type ColumnLookup, parseWhere } from './where.ts';

export interface FigureRequest {
  /** Dimensions, two at most; the definition's own grouping where absent, [] for one figure over everything. */
  by?: readonly string[];
  /** First and last day, both included. */
  from?: string;
  to?: string;
  where?: readonly string[];
  /** The day as of which open cases are told; the last day asked for, or today. */
  asOf?: string;
  /** Beside each figure the one of the same period a year before; needs `from` and `to`. */
  previousYear?: boolean;
  /** Rows in order of a figure, greatest first, instead of by key; `limit` keeps the first of them. */
  sort?: string;
  limit?: number;
}

export interface Resolved {
  definition: Definition;
  by: readonly string[];
  /** Columns of `by`. */
  columns: readonly string[];
  from: string | undefined;
  to: string | undefined;
  asOf: string;
  /** The definition's rows in the period under the filter. */
  where: Filter | undefined;
  /** The definition's own condition, and what was asked beside it. */
  own: Filter | undefined;
  asked: Filter | undefined;
  /** As `where`, for another period. */
  whereOf(from: string | undefined, to: string | undefined): Filter | undefined;
}

export interface PlannedFigure {
  figure: FigureSpec;
  needs: Needs;
  /** True where amounts are added, which come apart by currency. */
  money: boolean;
  /** Columns inside a key that the method looks into. */
  inner: readonly string[];
}

/** One question to the store, and the figures that are made of its answer. */
export interface Plan {
  table: TableName;
  query: TabulateQuery;
  figures: PlannedFigure[];
  /** True where groups come apart by currency, as the last of the query's keys. */
  money: boolean;
  /** True for the plan that tells each figure's n. */
  counts: boolean;
}

/** Looks up the columns that a filter on the definition may name. */
export const lookupOf =
  (definition: Definition): ColumnLookup =>
  (name) => {
    const column = filterColumn(definition, name);
    return column === undefined ? undefined : withType(definition, column);
  };

/** Looks up every column of the table: for the definition's own conditions. */
export const ownLookup =
  (definition: Pick<Definition, 'table'>): ColumnLookup =>
  (name) =>
    name in tables[definition.table].columns
      ? withType(definition, name)
      : dimensions[name]?.column !== undefined && dimensions[name].column in tables[definition.table].columns
        ? withType(definition, dimensions[name].column)
        : undefined;

function withType(definition: Pick<Definition, 'table'>, column: string) {
  const type = tables[definition.table].spec.columns[column]?.type;
  return type === 'text' || type === 'integer' ? { column, type } : undefined;
}

/** Names to columns and filters. Throws CC_DIMENSION_UNKNOWN and CC_FILTER_INVALID. */
export function resolve(definition: Definition, request: FigureRequest, today: string): Resolved {
  const by = request.by ?? definition.by ?? [];
  const known = dimensionsOf(definition);
  const columns = by.map((name) => {
    const column = known.includes(name) ? columnOf(definition, name) : undefined;
    if (column === undefined || by.length > 2 || new Set(by).size !== by.length) {
      throw new CrosscheckError('CC_DIMENSION_UNKNOWN', {
        indicator: definition.id,
        dimension: by.join(', '),
        known: known.join(', '),
      });
    }
    return column;
  });
  const asOf = request.asOf ?? request.to ?? today;
  const own = parseWhere(definition.where ?? [], ownLookup(definition), asOf);
  const asked = parseWhere(request.where ?? [], lookupOf(definition), asOf);
  const whereOf = (from: string | undefined, to: string | undefined): Filter | undefined =>
    and(
      own,
      from === undefined ? undefined : { column: 'day', op: 'ge', value: from },
      to === undefined ? undefined : { column: 'day', op: 'le', value: to },
      asked,
    );
  return {
    definition,
    by,
    columns,
    from: request.from,
    to: request.to,
    asOf,
    own,
    asked,
    where: whereOf(request.from, request.to),
    whereOf,
  };
}

/** The rows behind one figure, before the key. */
export const behindFilter = (resolved: Resolved, needs: Needs): Filter | undefined =>
  parseWhere(needs.behind, ownLookup(resolved.definition), resolved.asOf);

const addsMoney = (definition: Definition, needs: Needs): boolean =>
  Object.values(needs.operands).some((operand) => {
    const columns: Record<string, ColumnDefinition> = tables[definition.table].columns;
    return operand.sum !== undefined && columns[operand.sum]?.money === true;
  });

/** Whether a figure has strata for the comparison of people alone: its value is the same without. */
export const isAdjustment = ({ method }: FigureSpec): boolean =>
  method === 'proportion' || method === 'quantile';

/** Whether people are told apart, who are not all given the same work. */
export const tellsPeople = (by: readonly string[]): boolean =>
  by.some((name) => dimensions[name]?.kind === 'people');

/** Queries for every figure of the definition, the one that counts first. */
export function plan(resolved: Resolved): Plan[] {
  const { definition } = resolved;
  const planned = definition.figures.flatMap((figure): PlannedFigure[] => {
    const method = methodOf(figure);
    if (method === undefined) return [];
    const needs = method.needs(figure);
    // What is asked for apart is no stratum of itself: an office would be its own benchmark.
    const apart = figure.method === 'standardised' || isAdjustment(figure) ? resolved.by : [];
    const inner = (isAdjustment(figure) && !tellsPeople(resolved.by) ? [] : (needs.inner ?? []))
      .filter((name) => !apart.includes(name))
      .map((name) => innerColumn(definition, name));
    return [{ figure, needs, money: addsMoney(definition, needs), inner }];
  });
  const groups = new Map<string, Gathered>([['', { inner: [], money: false, figures: [] }]]);
  for (const each of planned) {
    const { money, inner } = each;
    const key = money || inner.length > 0 ? JSON.stringify([money, inner]) : '';
    const group = groups.get(key) ?? { inner, money, figures: [] };
    group.figures.push(each);
    groups.set(key, group);
  }
  return ridden([...groups.values()], definition).map(({ inner, money, figures }, i) => ({
    table: definition.table,
    figures,
    money,
    counts: i === 0,
    query: queryOf(resolved, figures, inner, money, i === 0 ? planned : []),
  }));
}

interface Gathered {
  inner: readonly string[];
  money: boolean;
  figures: PlannedFigure[];
}

/**
 * Fewer scans: what only adds up rides on a finer question, whose groups are added up afterwards. Distinct values do not
 * add up, and bins would be read once for every inner group.
 */
function ridden([plain, ...rest]: readonly Gathered[], { table }: Definition): Gathered[] {
  const addsUp = ({ figures, inner }: Gathered): boolean =>
    table === 'clearance' &&
    inner.length === 0 &&
    figures.every(
      ({ needs }) =>
        needs.histogram === undefined &&
        Object.values(needs.operands).every((operand) => operand.distinct === undefined),
    );
  const riders = [plain!, ...rest].filter(addsUp);
  if (!riders.includes(plain!)) return [plain!, ...rest];
  const others = rest.filter((group) => !riders.includes(group));
  // Of the riders alone the one by currency carries the other; a histogram in a finer question is one query more anyway.
  const host = others[0];
  const joined: Gathered = {
    inner: host?.inner ?? [],
    money: riders.some(({ money }) => money) || host?.money === true,
    figures: [...riders.flatMap(({ figures }) => figures), ...(host?.figures ?? [])],
  };
  return [joined, ...others.slice(1)];
}

/** Linted when the definition was loaded; a name that means nothing here is a column of its own. */
const innerColumn = (definition: Definition, name: string): string => columnOf(definition, name) ?? name;

function queryOf(
  resolved: Resolved,
  figures: readonly PlannedFigure[],
  within: readonly string[],
  money: boolean,
  counted: readonly PlannedFigure[],
): TabulateQuery {
  const { definition, asOf } = resolved;
  const filterOf = (where: readonly string[]): Filter | undefined =>
    parseWhere(where, ownLookup(definition), asOf);
  const measures: Record<string, TabulateQuery['measures'][string]> = {};
  const histograms: Record<string, { bin: string; where?: Filter }> = {};
  for (const { figure, needs } of figures) {
    for (const [name, operand] of Object.entries(needs.operands)) {
      measures[`${figure.id}_${name}`] = measureOf(operand, filterOf(operand.where ?? []));
    }
    if (needs.histogram !== undefined) {
      const where = filterOf(needs.histogram.where);
      histograms[histogramName(needs.histogram)] = {
        bin: needs.histogram.bin,
        ...(where === undefined ? {} : { where }),
      };
    }
  }
  for (const { figure, needs } of counted) {
    measures[`${figure.id}_n`] = declarationsMeasure(definition.table, filterOf(needs.behind));
  }
  if (Object.keys(measures).length === 0) measures.rows = { count: true };
  return {
    ...(resolved.where === undefined ? {} : { where: resolved.where }),
    groupBy: [...resolved.columns, ...(money ? ['currency'] : [])],
    ...(within.length === 0 ? {} : { within }),
    measures,
    ...(Object.keys(histograms).length === 0 ? {} : { histograms }),
  };
}

/** Median and ninetieth percentile of the same times are read from the same bins. */
export const histogramName = ({ bin, where }: NonNullable<Needs['histogram']>): string =>
  JSON.stringify([bin, ...where]);

function measureOf(operand: Operand, where: Filter | undefined): TabulateQuery['measures'][string] {
  const condition = where === undefined ? {} : { where };
  if (operand.sum !== undefined) return { sum: operand.sum, ...condition };
  if (operand.distinct !== undefined) return { distinct: operand.distinct, ...condition };
  return { count: true, ...condition };
}

/** `clearance` has a row a declaration; elsewhere a declaration may stand behind several rows and counts once. */
const declarationsMeasure = (
  table: TableName,
  where: Filter | undefined,
): TabulateQuery['measures'][string] => ({
  ...(table === 'clearance' ? { count: true as const } : { distinct: 'declaration' }),
  ...(where === undefined ? {} : { where }),
});
