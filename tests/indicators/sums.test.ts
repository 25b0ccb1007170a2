/**
 * Any indicator, any two of its dimensions beside a series, under any filter, with the year before beside it: the parts of
 * what adds up are the whole, and whoever follows a figure finds as many declarations as its n. Drawn, not picked.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition, FigureSpec } from '../../src/indicators/definition.ts';
import { timeDimensions } from '../../src/indicators/dimensions.ts';
import { declarationsBehind } from '../../src/indicators/drill.ts';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import type { FigureTable } from '../../src/indicators/figure-table.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { methodOf } from '../../src/indicators/methods/table.ts';
import { yearBefore } from '../../src/projections/calendar.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { storeForty } from './forty/read.ts';

const today = '2026-04-30';
const definitions = [...soundIndicators(undefined, today).definitions.values()].filter(({ figures: all }) =>
  all.some((figure) => methodOf(figure) !== undefined),
);

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-sums-'));
let store: Store;
beforeAll(async () => {
  store = await openDuckdb(folder);
  await storeForty(store);
}, 60_000);
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What of a figure adds up over groups; none of one that counts different values or looks at its peers. */
function parts(figure: FigureSpec): ('value' | 'numerator' | 'denominator')[] {
  if ('prices' in figure && figure.prices !== undefined) return [];
  if (figure.method === 'total') return figure.of?.distinct === undefined ? ['value'] : [];
  const operands = Object.values(figure).filter((each) => typeof each === 'object');
  if (operands.some((operand) => 'distinct' in operand)) return [];
  return ['proportion', 'ratio', 'gap'].includes(figure.method) ? ['numerator', 'denominator'] : [];
}

const sum = (table: FigureTable, id: string, part: 'value' | 'numerator' | 'denominator'): number =>
  table.rows.reduce((all, row) => all + (row.figures[id]![part] ?? 0), 0);
/** A declaration is in one group of `clearance`, and may be in several of a table with more rows. */
const n = (table: FigureTable, id: string): number =>
  table.rows.reduce((all, row) => all + row.figures[id]!.n, 0);

const filters = ['office = PORT', 'office != AIR', 'flow = import', 'office = NOWHERE'];
const month = { from: '2026-03-01', to: '2026-04-30' };

/** A definition with two dimensions, one of which may be a series, and a filter that its table knows. */
const questions = fc.constantFrom(...definitions).chain((definition: Definition) =>
  fc.record({
    definition: fc.constant(definition),
    by: fc
      .tuple(
        fc.constantFrom(...definition.dimensions),
        fc.constantFrom(...definition.dimensions, ...timeDimensions),
      )
      .filter(([one, other]) => one !== other),
    where: fc.constantFrom(
      [],
      ...filters.filter((text) => definition.dimensions.includes(text.split(' ')[0]!)).map((text) => [text]),
    ),
  }),
);

describe('figures by two dimensions', () => {
  it('add up to the whole, with the year before beside them, and lead to their declarations', async () => {
    let compared = 0;
    let followed = 0;
    await fc.assert(
      fc.asyncProperty(questions, async ({ definition, by, where }) => {
        const ask = (dimensions: string[], period = month, previousYear = false) =>
          figures(
            sourceOf(store),
            definition,
            // As of one day, so that open cases are the same ones in every group.
            { by: dimensions, where, ...period, asOf: today, previousYear, limit: 10_000 },
            today,
          );
        const [grouped, whole] = await Promise.all([ask(by, month, true), ask([])]);
        const place = `${definition.id} by ${by} where ${where}`;
        for (const figure of definition.figures) {
          if (!grouped.figures.includes(figure.id)) continue;
          for (const part of parts(figure)) {
            expect(sum(grouped, figure.id, part), `${place}: ${figure.id} ${part}`).toBeCloseTo(
              sum(whole, figure.id, part),
              6,
            );
            compared += 1;
          }
          if (definition.table === 'clearance')
            expect(n(grouped, figure.id), `${place}: n of ${figure.id}`).toBe(n(whole, figure.id));
        }

        // What stands beside a row is the row of the period of a year before.
        const moved = { from: yearBefore(month.from), to: yearBefore(month.to) };
        const before = await figures(
          sourceOf(store),
          definition,
          { by, where, ...moved, asOf: yearBefore(today), limit: 10_000 },
          today,
        );
        const keyed = new Map(before.rows.map((row) => [JSON.stringify(Object.values(row.key)), row]));
        for (const row of grouped.rows) {
          const key = Object.entries(row.key).map(([name, value]) =>
            (timeDimensions as readonly string[]).includes(name) ? yearBefore(value!) : value,
          );
          const earlier = keyed.get(JSON.stringify(key));
          for (const [id, figure] of Object.entries(row.figures)) {
            const { value, n: count } = earlier?.figures[id] ?? {};
            expect(figure.previous, `${place}: ${id} a year before`).toEqual(
              earlier === undefined ? undefined : { value, n: count },
            );
          }
        }

        // Figures of one row often stand on the same declarations: each link once, of a few rows.
        const links = new Map(
          grouped.rows
            .slice(0, 6)
            .flatMap((row) => Object.values(row.figures))
            .map(({ behind, n: count }) => [JSON.stringify(behind), { behind, count }]),
        );
        for (const { behind, count } of links.values()) {
          const { references } = await declarationsBehind(store, behind, { limit: 100 });
          expect(references.length, `${place}: ${JSON.stringify(behind)}`).toBe(count);
          followed += 1;
        }
      }),
      { numRuns: 120 },
    );
    expect(compared).toBeGreaterThan(100);
    expect(followed).toBeGreaterThan(200);
  }, 60_000);

  it.each(['day', 'week', 'month'])('of every indicator add up as a series by %s', async (series) => {
    for (const definition of definitions) {
      const ask = (by: string[]) =>
        figures(sourceOf(store), definition, { by, ...month, asOf: today, limit: 10_000 }, today);
      const [grouped, whole] = await Promise.all([ask([definition.dimensions[0]!, series]), ask([])]);
      for (const figure of definition.figures)
        for (const part of grouped.figures.includes(figure.id) ? parts(figure) : [])
          expect(sum(grouped, figure.id, part), `${definition.id} ${figure.id} ${part}`).toBeCloseTo(
            sum(whole, figure.id, part),
            6,
          );
    }
  });
});
