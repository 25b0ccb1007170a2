/**
 * Figures over a year of clearance rows: every indicator that plans over `clearance`, by every dimension it has, through
 * definition, plan, store and arithmetic; beside each the same question as an analyst writes it in SQL, on the same file
 * in the same run. And the figures that daily roll-ups serve, against the same hand-written scan. Each case is the median
 * of three; told are p95 over cases and the p95 of their ratios. BENCH_ROWS sets the rows, a million where absent.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Definition, FigureSpec, Operand } from '../src/indicators/definition.ts';
import { columnOf } from '../src/indicators/dimensions.ts';
import { figures, type Source, sourceOf } from '../src/indicators/figure.ts';
import { soundIndicators } from '../src/indicators/load.ts';
import { ownLookup } from '../src/indicators/plan.ts';
import { layoutOf, rollUp, rollupSource } from '../src/indicators/rollup.ts';
import { parseWhere } from '../src/indicators/where.ts';
import { tables } from '../src/projections/fold.ts';
import { databaseFile } from '../src/store/duckdb/backup.ts';
import { openDuckdb } from '../src/store/duckdb/store.ts';
import type { Filter } from '../src/store/port.ts';
import { fill } from './indicators/fill.ts';
import { type BenchCase, type BenchResult, machine, median } from './result.ts';

const rowCount = Number(process.env.BENCH_ROWS ?? 1_000_000);
const runs = 3;
const period = { from: '2025-01-01', to: '2025-12-31' };

const literal = (value: unknown): string =>
  typeof value === 'number' ? String(value) : `'${String(value)}'`;
const operators = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

function sql(filter: Filter): string {
  if ('and' in filter) return filter.and.map((each) => `(${sql(each)})`).join(' AND ');
  if ('or' in filter) return filter.or.map((each) => `(${sql(each)})`).join(' OR ');
  if ('not' in filter) return `NOT (${sql(filter.not)})`;
  const column = `"${filter.column}"`;
  if (!('value' in filter)) return `${column} IS ${filter.op === 'isNull' ? '' : 'NOT '}NULL`;
  if (filter.op === 'in') return `${column} IN (${filter.value.map(literal).join(', ')})`;
  if (filter.op === 'prefix') return `starts_with(${column}, ${literal(filter.value)})`;
  return `${column} ${operators[filter.op]} ${literal(filter.value)}`;
}

/** The question as an analyst writes it; undefined for figures that nobody would ask in one statement. */
function byHand(definition: Definition, column: string): string | undefined {
  const condition = (where: readonly string[]): string | undefined => {
    const filter = parseWhere(where, ownLookup(definition), period.to);
    return filter === undefined ? undefined : sql(filter);
  };
  const filtered = (value: string, where: readonly string[]): string => {
    const text = condition(where);
    return text === undefined ? value : `${value} FILTER (WHERE ${text})`;
  };
  const of = (operand: Operand | undefined, and: readonly string[] = []): string => {
    const value =
      operand?.sum !== undefined
        ? `sum("${operand.sum}")`
        : operand?.distinct !== undefined
          ? `count(DISTINCT "${operand.distinct}")`
          : 'count(*)';
    return filtered(value, [...(operand?.where ?? []), ...and]);
  };
  const where = [condition(definition.where ?? []), `day BETWEEN '${period.from}' AND '${period.to}'`].filter(
    (each) => each !== undefined,
  );
  const from = `FROM clearance WHERE ${where.join(' AND ')}`;
  const selected: string[] = [];
  const joined: string[] = [];
  for (const figure of definition.figures) {
    const text = figureSql(figure);
    if (text === undefined) return undefined;
    if ('select' in text) selected.push(text.select);
    else joined.push(text.statement);
  }
  const plain =
    selected.length === 0 ? [] : [`SELECT "${column}", ${selected.join(', ')}, count(*) ${from} GROUP BY 1`];
  return [...plain, ...joined].join('; ');

  function figureSql(figure: FigureSpec): { select: string } | { statement: string } | undefined {
    switch (figure.method) {
      case 'total':
        return { select: of(figure.of) };
      case 'proportion':
      case 'ratio':
      case 'gap':
        return {
          select: `${of(figure.numerator, figure.method === 'ratio' ? [] : (figure.denominator?.where ?? []))} / nullif(${of(figure.denominator)}, 0)`,
        };
      case 'quantile': {
        const seconds = `"${figure.bin.replace(/Bin$/, 'Seconds')}"`;
        return {
          select: filtered(`quantile_cont(${seconds}, ${figure.at})`, [
            ...(figure.where ?? []),
            `${figure.bin} is not null`,
          ]),
        };
      }
      case 'concentration': {
        const over = columnOf(definition, figure.over) ?? figure.over;
        return {
          statement: `SELECT k, sum((n / t) ** 2) FROM (SELECT k, n, sum(n) OVER (PARTITION BY k) AS t FROM (SELECT "${column}" AS k, "${over}" AS o, count(*) AS n ${from} GROUP BY ALL)) GROUP BY k`,
        };
      }
      case 'standardised': {
        const strata = figure.strata
          .map((name) => columnOf(definition, name) ?? name)
          .filter((name) => name !== column)
          .map((name) => `"${name}"`)
          .join(', ');
        return {
          statement: `SELECT k, sum(o) / sum(n * r) FROM (SELECT k, o, n, sum(o) OVER (PARTITION BY ${strata}) / sum(n) OVER (PARTITION BY ${strata}) AS r FROM (SELECT "${column}" AS k, ${strata}, ${of(figure.observed)} AS o, count(*) AS n ${from} GROUP BY ALL)) GROUP BY k`,
        };
      }
      default:
        return undefined;
    }
  }
}

const p95 = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(0.95 * sorted.length) - 1)]!;
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < runs; i++) {
    const begun = performance.now();
    await work();
    taken.push(performance.now() - begun);
  }
  return median(taken);
}

interface Case {
  name: string;
  definition: Definition;
  dimension: string;
  hand: string;
  ours: number;
  rolled: number | undefined;
  byHand: number;
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-bench-indicators-'));
  try {
    await fill(folder, rowCount);
    const { definitions } = soundIndicators(undefined, period.to);
    const layout = layoutOf(definitions.values());
    const cases: Case[] = [];
    const store = await openDuckdb(folder);
    const begun = performance.now();
    await rollUp(store, layout);
    const rollUpSeconds = (performance.now() - begun) / 1000;
    for (const definition of definitions.values()) {
      if (definition.table !== 'clearance') continue;
      for (const dimension of definition.dimensions) {
        const hand = byHand(definition, columnOf(definition, dimension)!);
        if (hand === undefined) continue;
        const request = { by: [dimension], ...period };
        const ours = await timed(() => figures(sourceOf(store), definition, request, period.to));
        let scanned = false;
        const rolledSource: Source = rollupSource(store, layout, {
          tabulate: async () => {
            scanned = true;
            return { count: 0, keys: {}, within: [], values: {}, histograms: {} };
          },
        });
        await figures(rolledSource, definition, request, period.to);
        const rolled = scanned
          ? undefined
          : await timed(() => figures(rolledSource, definition, request, period.to));
        cases.push({
          name: `${definition.id} by ${dimension}`,
          definition,
          dimension,
          hand,
          ours,
          rolled,
          byHand: 0,
        });
      }
    }
    await store.close();
    await handWritten(folder, cases);
    return { name: 'indicators', machine: machine(), results: told(cases, rollUpSeconds) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function handWritten(folder: string, cases: readonly Case[]): Promise<void> {
  const instance = await DuckDBInstance.create(join(folder, databaseFile));
  const connection: DuckDBConnection = await instance.connect();
  for (const each of cases) {
    each.byHand = await timed(async () => {
      for (const statement of each.hand.split('; '))
        await (await connection.runAndReadAll(statement)).getRows();
    });
  }
  connection.closeSync();
  instance.closeSync();
}

function told(cases: readonly Case[], rollUpSeconds: number): BenchCase[] {
  const rows = `${rowCount.toLocaleString('en')} ${tables.clearance.spec.name} rows`;
  const rolled = cases.filter((each) => each.rolled !== undefined);
  const worst = [...cases].sort((a, b) => b.ours / b.byHand - a.ours / a.byHand).slice(0, 5);
  return [
    {
      case: `p95 of ${cases.length} indicator × dimension, ${rows}`,
      value: p95(cases.map(({ ours }) => ours)),
      unit: 'ms',
      baseline: 'p95 of the same by hand in SQL',
      ratio: p95(cases.map(({ ours }) => ours)) / p95(cases.map(({ byHand: hand }) => hand)),
    },
    {
      case: 'p95 of the cases’ own ratios',
      value: p95(cases.map((each) => each.ours / each.byHand)),
      unit: 'times',
      baseline: 'each case by hand in SQL',
      ratio: p95(cases.map((each) => each.ours / each.byHand)),
    },
    {
      case: `from roll-ups, p95 of the ${rolled.length} that they serve`,
      value: p95(rolled.map((each) => each.rolled!)),
      unit: 'ms',
      baseline: 'p95 of the same by hand in SQL',
      ratio: p95(rolled.map((each) => each.rolled!)) / p95(rolled.map((each) => each.byHand)),
    },
    { case: 'roll-ups of every day made', value: rollUpSeconds, unit: 's' },
    ...worst.map((each) => ({
      case: `slowest against SQL: ${each.name}`,
      value: each.ours,
      unit: 'ms',
      baseline: 'by hand in SQL',
      ratio: each.ours / each.byHand,
    })),
  ];
}
