/**
 * An indicator's question as somebody writes it by hand: which counts and sums by which columns, and which bins. One
 * question for what is told of a key alone, one for amounts by currency, one for each grouping that a method looks into
 * and one for each histogram; as SQL and as a pipeline. Written from the definition, not from the plan.
 */
import type { Definition, Operand } from '../../src/indicators/definition.ts';
import { columnOf, dimensions } from '../../src/indicators/dimensions.ts';
import { methodOf } from '../../src/indicators/methods/table.ts';
import { histogramName, ownLookup } from '../../src/indicators/plan.ts';
import { parseWhere } from '../../src/indicators/where.ts';
import { type TableName, tables } from '../../src/projections/fold.ts';
import type { ColumnDefinition } from '../../src/projections/table.ts';
import type { Filter } from '../../src/store/port.ts';

export interface Question {
  table: TableName;
  where: Filter;
  /** The key, the currency of amounts, and what the method looks into. */
  groupBy: string[];
  /** Empty where bins are asked for. */
  sums: { name: string; sum?: string; distinct?: string; where?: Filter }[];
  histogram?: { name: string; bin: string };
}

export function questionsOf(
  definition: Definition,
  dimension: string,
  period: { from: string; to: string },
): Question[] {
  const { table } = definition;
  const moneyColumns: Record<string, ColumnDefinition> = tables[table].columns;
  const column = columnOf(definition, dimension)!;
  const lookup = ownLookup(definition);
  const filter = (where: readonly string[]): Filter | undefined => parseWhere(where, lookup, period.to);
  const all = (...filters: (Filter | undefined)[]): Filter => ({
    and: filters.filter((each) => each !== undefined),
  });
  const where = all(
    filter(definition.where ?? []),
    { column: 'day', op: 'ge', value: period.from },
    { column: 'day', op: 'le', value: period.to },
  );
  const byGroup = new Map<string, Question>();
  const histograms = new Map<string, Question>();
  const question = (columns: string[]): Question => {
    const key = columns.join();
    const known = byGroup.get(key) ?? { table, where, groupBy: [...new Set(columns)], sums: [] };
    byGroup.set(key, known);
    return known;
  };
  for (const figure of definition.figures) {
    const needs = methodOf(figure)?.needs(figure);
    if (needs === undefined) continue;
    const operands: [string, Operand][] = Object.entries(needs.operands);
    const money = operands.some(([, { sum }]) => sum !== undefined && moneyColumns[sum]?.money === true);
    // What people are given differs, and nobody else is held against others on the same work.
    const isPerson = dimensions[dimension]?.kind === 'people';
    const adjustment = figure.method === 'proportion' || figure.method === 'quantile';
    const inner = (adjustment && !isPerson ? [] : (needs.inner ?? []))
      .map((name) => columnOf(definition, name) ?? name)
      .filter((name) => !(adjustment || figure.method === 'standardised') || name !== column);
    const groupBy = [column, ...(money ? ['currency'] : []), ...inner];
    for (const [name, operand] of operands) {
      const narrow = filter(operand.where ?? []);
      question(groupBy).sums.push({
        name: `${figure.id}_${name}`,
        ...(operand.sum === undefined ? {} : { sum: operand.sum }),
        ...(operand.distinct === undefined ? {} : { distinct: operand.distinct }),
        ...(narrow === undefined ? {} : { where: narrow }),
      });
    }
    const behind = filter(needs.behind);
    question([column]).sums.push({
      name: `${figure.id}_n`,
      // A declaration has one row in one table alone.
      ...(table === 'clearance' ? {} : { distinct: 'declaration' }),
      ...(behind === undefined ? {} : { where: behind }),
    });
    if (needs.histogram !== undefined) {
      const { bin } = needs.histogram;
      const name = histogramName(needs.histogram);
      const narrowed = all(where, filter(needs.histogram.where));
      histograms.set(`${name} ${inner}`, {
        table,
        where: narrowed,
        groupBy: [...new Set([column, ...inner, bin])],
        sums: [],
        histogram: { name, bin },
      });
    }
  }
  return [...byGroup.values(), ...histograms.values()];
}

const literal = (value: unknown): string =>
  typeof value === 'number' ? String(value) : `'${String(value)}'`;
const operators = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

function sqlOf(filter: Filter): string {
  if ('and' in filter) return filter.and.map((each) => `(${sqlOf(each)})`).join(' AND ');
  if ('or' in filter) return filter.or.map((each) => `(${sqlOf(each)})`).join(' OR ');
  if ('not' in filter) return `NOT (${sqlOf(filter.not)})`;
  const column = `"${filter.column}"`;
  if (!('value' in filter)) return `${column} IS ${filter.op === 'isNull' ? '' : 'NOT '}NULL`;
  if (filter.op === 'in') return `${column} IN (${filter.value.map(literal).join(', ')})`;
  if (filter.op === 'prefix') return `starts_with(${column}, ${literal(filter.value)})`;
  return `${column} ${operators[filter.op]} ${literal(filter.value)}`;
}

/** Columns of the answer: the groups', then the sums. */
export function statementOf({ table, where, groupBy, sums, histogram }: Question): string {
  const measures =
    histogram !== undefined
      ? ['count(*)']
      : sums.map(({ sum, distinct, where: narrow }) => {
          const plain =
            sum !== undefined
              ? `sum("${sum}")`
              : distinct !== undefined
                ? `count(DISTINCT "${distinct}")`
                : 'count(*)';
          return `coalesce(${plain}${narrow === undefined ? '' : ` FILTER (WHERE ${sqlOf(narrow)})`}, 0)`;
        });
  const keys = groupBy.map((name) => `"${name}"`).join(', ');
  return `SELECT ${keys}, ${measures.join(', ')} FROM "${table}" WHERE ${sqlOf(where)} GROUP BY ALL`;
}

const queryOperators = { eq: '$eq', ne: '$ne', lt: '$lt', le: '$lte', gt: '$gt', ge: '$gte' } as const;

function matchOf(filter: Filter): Record<string, unknown> {
  if ('and' in filter) return { $and: filter.and.map(matchOf) };
  if ('or' in filter) return { $or: filter.or.map(matchOf) };
  if ('not' in filter) return { $nor: [matchOf(filter.not)] };
  const field = `c.${filter.column}`;
  if (!('value' in filter)) return { [field]: filter.op === 'isNull' ? null : { $ne: null } };
  if (filter.op === 'in') return { [field]: { $in: filter.value } };
  if (filter.op === 'prefix') return { [field]: { $regex: `^${filter.value}` } };
  if (filter.op === 'ne') return { [field]: { $nin: [filter.value, null] } };
  return { [field]: { [queryOperators[filter.op]]: filter.value } };
}

/** Numbers sort above null, so only what is below a value must say that there is one. */
function holds(filter: Filter): unknown {
  if ('and' in filter) return { $and: filter.and.map(holds) };
  if ('or' in filter) return { $or: filter.or.map(holds) };
  if ('not' in filter) return { $not: [holds(filter.not)] };
  const field = `$c.${filter.column}`;
  if (!('value' in filter)) return { [filter.op === 'isNull' ? '$eq' : '$ne']: [field, null] };
  if (filter.op === 'in') return { $in: [field, filter.value] };
  if (filter.op === 'prefix') return { $regexMatch: { input: field, regex: `^${filter.value}` } };
  const compared = { [queryOperators[filter.op]]: [field, filter.value] };
  return ['lt', 'le', 'ne'].includes(filter.op) ? { $and: [{ $ne: [field, null] }, compared] } : compared;
}

/** Several different values are gathered in a set, of which what was not picked is null. */
export function pipelineOf({ where, groupBy, sums, histogram }: Question): Record<string, unknown>[] {
  const measures =
    histogram !== undefined
      ? [['m0', { $sum: 1 }]]
      : sums.map(({ sum, distinct, where: narrow }, i) => {
          const value = sum === undefined && distinct === undefined ? 1 : `$c.${sum ?? distinct}`;
          const picked = (otherwise: unknown) =>
            narrow === undefined ? value : { $cond: [holds(narrow), value, otherwise] };
          return [`m${i}`, distinct === undefined ? { $sum: picked(0) } : { $addToSet: picked(null) }];
        });
  const sets = sums.flatMap(({ distinct }, i) => (distinct === undefined ? [] : [`m${i}`]));
  return [
    { $match: matchOf(where) },
    {
      $group: {
        _id: Object.fromEntries(groupBy.map((name, i) => [`k${i}`, `$c.${name}`])),
        ...Object.fromEntries(measures),
      },
    },
    ...(sets.length === 0
      ? []
      : [
          {
            $set: Object.fromEntries(
              sets.map((name) => [name, { $size: { $setDifference: [`$${name}`, [null]] } }]),
            ),
          },
        ]),
  ];
}
