/**
 * Families of flags: everybody in the table of one indicator, told by the product's own judgement. The null test asks
 * how often such a family holds a flag where there is nothing to find.
 */

import type { Candidate } from '../../src/indicators/compared.ts';
import type { FigureSpec } from '../../src/indicators/definition.ts';
import { judge } from '../../src/indicators/judge.ts';
import { defaultIndicators, definitionOf, loadIndicators } from '../../src/indicators/load.ts';
import {
  type Cell,
  type CellColumns,
  type Computed,
  innerSeparator,
  merge,
} from '../../src/indicators/methods/method.ts';
import { proportion } from '../../src/indicators/methods/proportion.ts';
import { quantile } from '../../src/indicators/methods/quantile.ts';
import { standardised } from '../../src/indicators/methods/standardised.ts';
import { methodOf } from '../../src/indicators/methods/table.ts';
import { sharedOf } from '../../src/indicators/readings.ts';
import { pairFigures } from '../../src/indicators/statistics/pairs.ts';
import { usualLikeness } from '../../src/indicators/statistics/standardise.ts';
import { countBins } from '../../src/indicators/statistics/times.ts';
import { watchFamily } from '../../src/indicators/statistics/watch.ts';
import { itemValue } from '../../src/projections/amounts.ts';
import { binOf } from '../../src/projections/bins.ts';
import { codedOf } from '../../src/store/groups.ts';
import type { Bins, Coded } from '../../src/store/port.ts';
import { type Control, eventsOf, type Study } from './cases.ts';

export interface Family {
  /** Units that were told to look closer. */
  flagged: string[];
  /** Units that could be told anything of. */
  tested: number;
}

const loaded = loadIndicators('2026-01-01', defaultIndicators());

const byOfficer = (controls: readonly Control[]): Map<string, Control[]> => {
  const groups = new Map<string, Control[]>();
  for (const control of controls) {
    const group = groups.get(control.officer) ?? [];
    group.push(control);
    groups.set(control.officer, group);
  }
  return groups;
};

/** Work as the definition's strata tell it apart, under the names of dimensions. */
const dimensions: Readonly<Record<string, (control: Control) => string>> = {
  office: ({ office }) => office,
  section: ({ section }) => section,
  lane: ({ lane }) => lane,
  flow: ({ flow }) => flow,
  regime: ({ regime }) => regime,
  hours: ({ hoursOfDay }) => hoursOfDay,
  counted: ({ counted }) => counted,
  chapter: ({ chapter }) => chapter,
};

/** Counts of an officer's controls in one stratum. */
interface Counted {
  values: Record<string, number>;
  seconds: number[];
}

/** A figure as the product tells it of officers: against the others on the same work (decision 51). */
function judged(
  id: string,
  figureId: string,
  count: (control: Control) => Counted | undefined,
): (controls: readonly Control[]) => Family {
  const definition = definitionOf(loaded, id);
  const figure = definition.figures.find((each) => each.id === figureId);
  if (figure === undefined) throw new Error(`${id} has no figure ${figureId}`);
  const strata = ('strata' in figure ? figure.strata : undefined) ?? [];
  const innerOf = (control: Control): string =>
    strata.map((name) => dimensions[name]!(control)).join(innerSeparator);
  return (controls) => {
    const units = [...byOfficer(controls)].map(([officer, all]) => {
      const cells = new Map<string, Counted>();
      for (const control of all) {
        const counted = count(control);
        if (counted === undefined) continue;
        const known = cells.get(innerOf(control)) ?? { values: {}, seconds: [] };
        for (const [name, value] of Object.entries(counted.values))
          known.values[name] = (known.values[name] ?? 0) + value;
        known.seconds.push(...counted.seconds);
        cells.set(innerOf(control), known);
      }
      return {
        officer,
        cells: [...cells].map(([inner, { values, seconds }]) => ({
          inner,
          values,
          histogram: countBins(seconds),
        })),
      };
    });
    const candidates: Candidate[] = computedOf(
      figure,
      units.map(({ cells }) => cells),
    ).map(({ evidence, denominator }) => ({ n: denominator ?? 0, evidence }));
    const [states] = judge([candidates], { figure, definition, compared: true, people: true });
    const flagged = units.filter((_, i) => states![i]!.state === 'look closer').map(({ officer }) => officer);
    return { flagged, tested: states!.filter(({ q }) => q !== undefined).length };
  };
}

function computedOf(figure: FigureSpec, units: readonly Cell[][]): Computed[] {
  if (figure.method === 'quantile') return units.map((cells) => quantile.compute(cells, figure, nobody));
  const columns = columnsOf(units);
  if (figure.method === 'proportion')
    return figure.strata === undefined
      ? units.map((cells) => proportion.compute(cells, figure, nobody))
      : proportion.adjusted!(columns, figure);
  if (figure.method === 'standardised') return standardised.together!(columns, figure);
  throw new Error(`no family for the method ${figure.method}`);
}

const nobody = { pool: () => new Map() };

/** Inner keys level by level. */
function levelsOf(texts: readonly string[]): Coded[] {
  const paths = texts.map((text) => text.split(innerSeparator));
  return (paths[0] ?? []).map((_, level) => codedOf(paths.map((path) => path[level]!)));
}

function columnsOf(units: readonly Cell[][]): CellColumns {
  const cells = units.flat();
  const texts = [...new Set(cells.map(({ inner }) => inner))];
  const places = new Map(texts.map((text, i) => [text, i]));
  const starts = new Int32Array(units.length + 1);
  units.forEach((own, i) => {
    starts[i + 1] = starts[i]! + own.length;
  });
  const names = Object.keys(cells[0]?.values ?? {});
  return {
    starts,
    strata: Int32Array.from(cells, ({ inner }) => places.get(inner)!),
    inner: { count: texts.length, levels: levelsOf(texts) },
    values: Object.fromEntries(
      names.map((name) => [name, Float64Array.from(cells, ({ values }) => values[name]!)]),
    ),
  };
}

const share = (
  of: (control: Control) => boolean,
  among: (control: Control) => boolean,
  [numerator, denominator]: readonly [string, string] = ['numerator', 'denominator'],
): ((control: Control) => Counted | undefined) => {
  return (control) =>
    among(control)
      ? { values: { [numerator]: of(control) ? 1 : 0, [denominator]: 1 }, seconds: [] }
      : undefined;
};

const strata = (control: Control): string[] =>
  ['office', 'lane', 'flow', 'regime', 'hours', 'chapter'].map((name) => dimensions[name]!(control));

const assessed = (control: Control): boolean => control.hours !== undefined;
const controlled = (control: Control): boolean => (control.record.outcomes ?? []).length > 0;

/** Charts over the month, each day's cases together, for both changes where the indicator looks at both tails. */
const watched =
  (
    of: (control: Control) => boolean,
    among: (control: Control) => boolean,
  ): ((controls: readonly Control[]) => Family) =>
  (controls) => {
    const groups = byOfficer(controls.filter(among));
    const names = [...groups.keys()];
    const told = watchFamily(
      names.map((name) =>
        groups.get(name)!.map((control) => ({
          day: eventsOf(control.record, 'REGISTER')[0]?.at.slice(0, 10) ?? '',
          strata: strata(control),
          n: 1,
          outcomes: of(control) ? 1 : 0,
        })),
      ),
      { odds: 2, changes: ['more', 'fewer'], minimum: { n: 30, expected: 5 }, likeness: usualLikeness },
    );
    return {
      flagged: names.filter((_, i) => told[i]!.state === 'look closer'),
      tested: told.filter(({ charts }) => charts.length > 0).length,
    };
  };

/** Of re-routings to a stricter lane. */
export const upRouting = judged(
  'I13',
  'share',
  share(
    ({ found }) => found,
    () => true,
  ),
);

export const families: Readonly<Record<string, (controls: readonly Control[]) => Family>> = {
  'I05 same day': judged(
    'I05',
    'share',
    share(({ sameDay }) => sameDay, assessed),
  ),
  'I08 time in hands': judged('I08', 'median', ({ hours, counted }) =>
    hours === undefined || counted === 'clock'
      ? undefined
      : { values: {}, seconds: [Math.round(hours * 3600)] },
  ),
  'I15 hit rate': judged(
    'I15',
    'ratio',
    share(({ found }) => found, controlled, ['observed', 'denominator']),
  ),
  'I17 corrections': judged(
    'I17',
    'share',
    share(({ corrected }) => corrected, controlled),
  ),
  'I15 watched': watched(({ found }) => found, controlled),
  'I17 watched': watched(({ corrected }) => corrected, controlled),
  'I29 pairs': (controls) => {
    const { pairs } = pairFigures(controls.map(({ assigned }) => assigned));
    return {
      flagged: pairs
        .filter(({ verdict }) => verdict === 'look closer')
        .map((pair) => `${pair.officer} ${pair.declarant}`),
      tested: pairs.filter(({ verdict }) => verdict !== 'insufficient data').length,
    };
  },
};

/**
 * Importers whose declared prices lie lower than others' of the same goods, as I32 tells them of what stands in the end:
 * what an officer corrected is as it should be.
 */
export function underpriced({ declarations }: Study): Set<string> {
  const definition = definitionOf(loaded, 'I32');
  const figure = definition.figures.find((each) => each.id === 'gap')!;
  const method = methodOf(figure)!;
  const importers = new Map<string, { declarations: Set<string>; goods: Map<string, number[]> }>();
  for (const [reference, { declaration }] of declarations) {
    if (declaration.flow !== 'import') continue;
    for (const item of declaration.items) {
      const importer = item.consignee?.id ?? declaration.consignee?.id;
      const value = itemValue(item, item.statisticalValue?.currency ?? null);
      if (importer === undefined || value === null || !item.netMass) continue;
      const bin = binOf(Math.round((value * 1_000_000) / Math.round(item.netMass * 1000)));
      if (bin === null) continue;
      const own = importers.get(importer) ?? { declarations: new Set(), goods: new Map() };
      importers.set(importer, own);
      own.declarations.add(reference);
      const inner = [item.hs!.slice(0, 6), item.origin ?? ''].join(innerSeparator);
      const bins = own.goods.get(inner) ?? [];
      own.goods.set(inner, bins);
      bins.push(bin);
    }
  }
  const names = [...importers.keys()];
  const cells = names.map((name) =>
    [...importers.get(name)!.goods].map(
      ([inner, bins]): Cell => ({ inner, values: { rows: bins.length }, histogram: histogramOf(bins) }),
    ),
  );
  const shared = sharedOf(cells);
  const pool = new Map(shared.map(({ cells: own }) => [own[0]!.inner, merge(own, own[0]!.inner)]));
  const computed = cells.map((own) =>
    method.compute(own, figure, { pool: () => pool, shared: () => shared }),
  );
  const candidates = names.map((name, i) => ({
    n: importers.get(name)!.declarations.size,
    evidence: computed[i]!.evidence,
  }));
  const [judged] = judge([candidates], { figure, definition, compared: true });
  return new Set(
    names.filter((_, i) => judged![i]!.state === 'look closer' && (computed[i]!.value ?? 0) < 0),
  );
}

function histogramOf(bins: readonly number[]): Bins {
  const counts = new Map<number, number>();
  for (const bin of bins) counts.set(bin, (counts.get(bin) ?? 0) + 1);
  const ascending = [...counts.keys()].sort((a, b) => a - b);
  return { bins: ascending, counts: ascending.map((bin) => counts.get(bin)!) };
}
