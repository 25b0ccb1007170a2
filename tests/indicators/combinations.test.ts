/**
 * Every indicator by each of its dimensions, and by each beside a series or a second dimension, over one simulated store,
 * asked by HTTP: nothing is refused with a fault of ours, each figure's link leads to as many declarations as its n, and
 * shares and ratios are what a plain count over the projected rows gives. What a figure does not apply to says so.
 * `COMBINATIONS=all` takes each pair of dimensions and every seventh row of a table; otherwise a series for every second dimension and few rows.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition, FigureSpec, Operand } from '../../src/indicators/definition.ts';
import { columnOf, dimensions } from '../../src/indicators/dimensions.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import type { FigureValue } from '../../src/indicators/telling.ts';
import { addDays } from '../../src/projections/calendar.ts';
import { tables } from '../../src/projections/fold.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { smallForm } from '../../src/simulate/options.ts';
import { readAll } from '../../src/store/pages.ts';
import { get, type Harness, startService } from '../service/harness.ts';
import { collect } from '../simulate/collect.ts';

type AnyRow = Record<string, string | number | null>;
const whole = process.env.COMBINATIONS === 'all';
const period = { from: '2026-03-02', to: '2026-03-31' };
const definitions = [...soundIndicators().definitions.values()];
const token = 'combinations';
const headers = { authorization: `Bearer ${token}` };
let harness: Harness;
const rows = new Map<string, AnyRow[]>();

beforeAll(
  async () => {
    harness = await startService({ localToken: token });
    const form = {
      ...smallForm,
      seed: 'combinations',
      offices: 2,
      officers: 12,
      declarations: whole ? 900 : 300,
    };
    const records = [
      ...(await collect(simulate({ ...form, from: '2025-03-03', declarations: 150 }))),
      ...(await collect(simulate(form))),
    ];
    const answer = await harness.app.inject({
      method: 'POST',
      url: '/v1/import?file=declarations.ndjson',
      headers: { 'content-type': 'application/octet-stream', ...headers },
      payload: records.map((record) => JSON.stringify(record)).join('\n'),
    });
    expect(answer.json()).toMatchObject({ refused: 0 });
    await harness.settle();
    for (const [name, { spec }] of Object.entries(tables))
      rows.set(name, (await readAll(harness.store.collection(spec), undefined)) as unknown as AnyRow[]);
  },
  whole ? 900_000 : 120_000,
);
afterAll(() => harness.close());

/** One comparison of a definition's filter, by itself: a null satisfies none. */
function satisfies(row: AnyRow, text: string, asOf: string): boolean {
  const [, name, operator, written] = /^(\w+)\s*(is not null|is null|<=|>=|!=|=|<|>|not in|in)\s*(.*)$/.exec(
    text,
  )!;
  // A filter may name a dimension instead of its column.
  const value = row[dimensions[name!]?.column ?? name!] ?? null;
  if (operator === 'is null') return value === null;
  if (value === null) return false;
  if (operator === 'is not null') return true;
  const plain = written!.replace(/^["(]|[")]$/g, '');
  if (operator === 'in' || operator === 'not in')
    return plain.split(',').some((each) => each.trim() === String(value)) === (operator === 'in');
  const moved = /^\$asOf(?:-(\d+)d)?$/.exec(plain);
  const right = moved
    ? addDays(asOf, -Number(moved[1] ?? 0))
    : typeof value === 'number'
      ? Number(plain)
      : plain;
  switch (operator) {
    case '=':
      return value === right;
    case '!=':
      return value !== right;
    case '<':
      return value < right;
    case '<=':
      return value <= right;
    case '>':
      return value > right;
    default:
      return value >= right;
  }
}
const holds = (row: AnyRow, where: readonly string[] = []): boolean =>
  where.every((text) => text.split(' or ').some((part) => satisfies(row, part.trim(), period.to)));

const total = (list: readonly AnyRow[], { sum, where }: Operand = {}): number =>
  list
    .filter((row) => holds(row, where))
    .reduce((all, row) => all + (sum === undefined ? 1 : Number(row[sum] ?? 0)), 0);

/** Rows of the table that a figure's row stands on, before what its own operands ask for. */
function rowsOf(definition: Definition, key: Record<string, string | null>): AnyRow[] {
  return rows
    .get(definition.table)!
    .filter(
      (row) =>
        row.day! >= period.from &&
        row.day! <= period.to &&
        holds(row, definition.where) &&
        Object.entries(key).every(([name, value]) => (row[columnOf(definition, name)!] ?? null) === value),
    );
}

/** What is counted of a share is of what it is a share of. */
const within = ({ method, numerator, denominator }: Extract<FigureSpec, { numerator: Operand }>): Operand =>
  method === 'proportion'
    ? { ...numerator, where: [...(numerator.where ?? []), ...(denominator?.where ?? [])] }
    : numerator;

const factors: Readonly<Record<string, number>> = { percent: 100, 'per 100': 100 };

/** Pairs of dimensions to be asked for: each alone, each beside a series, and where it is the whole each beside each. */
function groupings({ dimensions }: Definition): string[] {
  const series = ['day', 'week', 'month'];
  const alone = [...dimensions, ...series];
  const beside = dimensions.flatMap((one, i) =>
    whole
      ? [...dimensions.slice(i + 1), ...series].map((other) => `${one},${other}`)
      : i % 2 === 0
        ? [`${one},${series[i % 3]!}`]
        : [],
  );
  return ['none', ...alone, ...beside];
}

/** The first, the last and those without a value; every seventh row where the whole is asked for. */
const looked = <R extends { key: Record<string, string | null> }>(list: readonly R[], nth: number): R[] =>
  whole
    ? list.filter((_, i) => i % 7 === nth % 7)
    : list.filter((row, i) => i === nth % list.length || (i < 2 && Object.values(row.key).includes(null)));

let seen = 0;
afterAll(() => expect(seen).toBeGreaterThan(500));

describe('each indicator by all that it can be grouped by', () => {
  it.each(definitions)(
    '$id',
    async (definition) => {
      let followed = 0;
      let counted = 0;
      for (const [nth, by] of groupings(definition).entries()) {
        const query = new URLSearchParams({ by, ...period, previousYear: 'true' });
        const place = `${definition.id} ${by}`;
        const { status, body } = await get(harness, `/v1/indicators/${definition.id}?${query}`, headers);
        if (status !== 200) {
          // Pairs are told pair by pair, and by nothing else.
          expect([status, body.code, body.detail], place).toEqual([
            400,
            'CC_BAD_ARGUMENT',
            expect.stringContaining('pair by pair'),
          ]);
          return;
        }
        for (const row of looked<{
          key: Record<string, string | null>;
          figures: Record<string, FigureValue & { declarations: string }>;
        }>(body.rows, nth)) {
          for (const figure of definition.figures) {
            const told = row.figures[figure.id];
            if (told === undefined) {
              expect(body.figures, `${place} ${figure.id}`).not.toContain(figure.id);
              continue;
            }
            const words = `${place} ${JSON.stringify(row.key)} ${figure.id} ${JSON.stringify(told)}`;
            if (told.value === null)
              expect(told.state !== undefined || told.note !== undefined || !told.denominator, words).toBe(
                true,
              );
            else expect(Number.isFinite(told.value), words).toBe(true);
            const behind = await get(harness, `${told.declarations}&limit=1000`, headers);
            expect([behind.status, behind.body.n, behind.body.data?.length], words).toEqual([
              200,
              told.n,
              told.n,
            ]);
            followed += 1;
            if (figure.method !== 'proportion' && figure.method !== 'ratio') continue;
            if ('prices' in figure && figure.prices !== undefined) continue;
            if ([figure.numerator, figure.denominator].some((each) => each?.distinct !== undefined)) continue;
            const own = rowsOf(definition, row.key);
            const [above, below] = [total(own, within(figure)), total(own, figure.denominator)];
            expect([told.numerator ?? 0, told.denominator ?? 0], words).toEqual([above, below]);
            if (below > 0)
              expect(told.value, words).toBeCloseTo((above / below) * (factors[figure.unit] ?? 1), 9);
            counted += 1;
          }
        }
      }
      expect(followed, definition.id).toBeGreaterThan(0);
      seen += counted;
    },
    whole ? 3_600_000 : 60_000,
  );
});
