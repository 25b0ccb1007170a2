/**
 * What is rolled up by day: for which dimensions of `clearance` (those of which a day has far fewer keys than declarations),
 * and which sums, which are all that the definitions add up and that mean the same tomorrow. Pure; rollup-tables.ts makes it.
 */
import { contentHash } from '../ground/canonical.ts';
import { tables } from '../projections/fold.ts';
import type { DerivedTable, Filter, Measure } from '../store/port.ts';
import type { Definition } from './definition.ts';
import { columnOf } from './dimensions.ts';
import { plan, resolve } from './plan.ts';
import { and } from './where.ts';

/** Columns of `clearance` by which days are rolled up, alone or two together. */
const rolledUp: readonly (readonly string[])[] = [
  [],
  ['office'],
  ['section'],
  ['flow'],
  ['regime'],
  ['procedure'],
  ['chapter'],
  ['criterion'],
  ['firstLane'],
  ['lastLane'],
  ['assessor'],
  ['assigned'],
  ['controller'],
  ['amender'],
  ['downrouter'],
  ['releaser'],
  ['declarant'],
  ['origin'],
  ['risk'],
  ['firstLane', 'office'],
];

const timeColumns = ['day', 'week', 'month', 'year'] as const;
export const isTime = (column: string): boolean => (timeColumns as readonly string[]).includes(column);

type Sum = DerivedTable['measures'][string];

/** Sums of one set of dimensions, by day. */
export interface RolledUp {
  columns: readonly string[];
  day: DerivedTable;
}

/** What of the definitions can be rolled up, and under which columns: another set of definitions has other roll-ups. */
export interface Layout {
  version: string;
  sets: readonly RolledUp[];
  /** Histograms that mean the same tomorrow, by their signatures. */
  bins: ReadonlySet<string>;
  definitions: ReadonlyMap<string, Definition>;
}

const signature = (measure: object, where: Filter | undefined): string =>
  contentHash([measure, where ?? null]).slice(0, 12);

export const strip = (measure: Measure): object =>
  Object.fromEntries(Object.entries(measure).filter(([name]) => name !== 'where'));

const conditional = <T extends object>(measure: T, where: Filter | undefined): T =>
  where === undefined ? measure : { ...measure, where };

/** Column of a sum: its meaning in a few letters, so that two indicators that add up the same share it. */
export const columnFor = (measure: object, where: Filter | undefined): string =>
  `m${signature(measure, where)}`;

/** A condition that speaks of a day that moves is not the same tomorrow. */
const probeDays = ['2001-01-01', '2002-02-02'] as const;

export function layoutOf(definitions: Iterable<Definition>): Layout {
  const asked = rolledUp.map(() => ({}) as Record<string, Sum>);
  const bins = new Set<string>();
  const all = [...definitions];
  for (const definition of all) {
    if (definition.table !== 'clearance') continue;
    const [one, other] = probeDays.map((today) => askedBy(definition, today));
    const lasting = [...one!.sums].filter(([column]) => other!.sums.has(column));
    for (const bin of one!.bins) if (other!.bins.has(bin)) bins.add(bin);
    const known = definition.dimensions.map((name) => columnOf(definition, name));
    rolledUp.forEach((columns, i) => {
      if (columns.every((column) => known.includes(column)))
        Object.assign(asked[i]!, Object.fromEntries(lasting));
    });
  }
  const version = contentHash([asked, rolledUp, 'days']).slice(0, 8);
  return {
    version,
    bins,
    definitions: new Map(all.map((definition) => [definition.id, definition])),
    sets: rolledUp.map((columns, i) => ({
      columns,
      day: {
        name: ['rollup', version, ...columns, 'day'].join('_'),
        from: tables.clearance.spec,
        groupBy: [...timeColumns, ...columns, 'currency'],
        measures: asked[i]!,
      },
    })),
  };
}

/** Every sum that the definition's plans ask for, its own condition within each, by column; and its histograms' signatures. */
function askedBy(definition: Definition, today: string): { sums: Map<string, Sum>; bins: Set<string> } {
  const resolved = resolve(definition, { by: [] }, today);
  const sums = new Map<string, Sum>([
    [columnFor({ count: true }, resolved.own), conditional({ count: true as const }, resolved.own)],
  ]);
  const bins = new Set<string>();
  for (const { query } of plan(resolved)) {
    for (const measure of Object.values(query.measures)) {
      if ('distinct' in measure) continue;
      const where = and(resolved.own, measure.where);
      sums.set(columnFor(strip(measure), where), conditional(strip(measure) as Sum, where));
    }
    for (const { bin, where } of Object.values(query.histograms ?? {}))
      bins.add(columnFor({ bin }, and(resolved.own, where)));
  }
  return { sums, bins };
}
