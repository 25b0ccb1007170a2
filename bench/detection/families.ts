/**
 * Families of flags: everybody in the table of one indicator, told by the product's own judgement. The null test asks
 * how often such a family holds a flag where there is nothing to find.
 */

import { type Candidate, judge } from '../../src/indicators/judge.ts';
import { defaultIndicators, definitionOf, loadIndicators } from '../../src/indicators/load.ts';
import type { Evidence } from '../../src/indicators/methods/method.ts';
import { pairFigures } from '../../src/indicators/statistics/pairs.ts';
import { standardise, usualLikeness } from '../../src/indicators/statistics/standardise.ts';
import { countBins } from '../../src/indicators/statistics/times.ts';
import { watchFamily } from '../../src/indicators/statistics/watch.ts';
import { type Control, eventsOf } from './cases.ts';

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

function judged(
  id: string,
  figureId: string,
  evidenceOf: (groups: Map<string, Control[]>) => Map<string, { n: number; evidence: Evidence }>,
): (controls: readonly Control[]) => Family {
  const definition = definitionOf(loaded, id);
  const figure = definition.figures.find((each) => each.id === figureId);
  if (figure === undefined) throw new Error(`${id} has no figure ${figureId}`);
  return (controls) => {
    const told = evidenceOf(byOfficer(controls));
    const names = [...told.keys()];
    const candidates: Candidate[] = [...told.values()];
    const [states] = judge([candidates], { figure, definition, compared: true });
    const flagged = names.filter((_, i) => states![i]!.state === 'look closer');
    return { flagged, tested: states!.filter(({ q }) => q !== undefined).length };
  };
}

const share = (
  of: (control: Control) => boolean,
  among: (control: Control) => boolean = () => true,
): ((groups: Map<string, Control[]>) => Map<string, { n: number; evidence: Evidence }>) => {
  return (groups) =>
    new Map(
      [...groups].map(([officer, all]) => {
        const used = all.filter(among);
        const evidence = { kind: 'binomial', events: used.filter(of).length, trials: used.length } as const;
        return [officer, { n: used.length, evidence }];
      }),
    );
};

const strata = (control: Control): string[] => [
  control.office,
  control.lane,
  control.flow,
  control.regime,
  control.chapter,
];

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

export const families: Readonly<Record<string, (controls: readonly Control[]) => Family>> = {
  'I05 same day': judged(
    'I05',
    'share',
    share(({ sameDay }) => sameDay, assessed),
  ),
  'I08 time in hands': judged(
    'I08',
    'median',
    (groups) =>
      new Map(
        [...groups].map(([officer, all]) => {
          const seconds = all.filter(assessed).map(({ hours }) => Math.round(hours! * 3600));
          const histogram = countBins(seconds);
          return [
            officer,
            { n: seconds.length, evidence: { kind: 'quantile', histogram, at: 0.5 } as const },
          ];
        }),
      ),
  ),
  'I15 hit rate': judged('I15', 'ratio', (groups) => {
    const cells = [...groups].flatMap(([unit, all]) =>
      all
        .filter(controlled)
        .map((control) => ({ unit, strata: strata(control), n: 1, observed: control.found ? 1 : 0 })),
    );
    return new Map(
      standardise(cells, usualLikeness).map(({ unit, n, observed, expected }) => [
        unit,
        { n, evidence: { kind: 'expected', events: observed, expected } as const },
      ]),
    );
  }),
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
