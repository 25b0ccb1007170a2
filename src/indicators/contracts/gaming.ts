/**
 * Gaming checks (profiles/contracts/gaming): indicators that show how a target was reached and not how far: opened again
 * after the day, one dispute written as several, corrections of next to nothing, cases left lying (customs-practice.md
 * 7.4). An objective names those that belong to it; a mark is held while one of them asks to look closer.
 */
import { fromRoot } from '../../ground/paths.ts';
import type { Definition } from '../definition.ts';
import { figures, type Source } from '../figure.ts';
import type { State } from '../judge.ts';
import { soundIndicators } from '../load.ts';
import { usualMinimum } from '../statistics/verdict.ts';
import type { FigureValue } from '../telling.ts';
import { periodsBefore } from './periods.ts';

let shipped: ReadonlyMap<string, Definition> | undefined;

/** The checks there are, by id. Throws CC_INDICATORS_REFUSED where a file is not sound. */
export function gamingChecks(): ReadonlyMap<string, Definition> {
  shipped ??= soundIndicators(fromRoot('profiles', 'contracts', 'gaming')).definitions;
  return shipped;
}

export interface GamingResult {
  check: string;
  title: Definition['title'];
  unit: FigureValue['unit'];
  /** First day that was looked at, up to the end of the sheet's period; absent in sheets of before it was kept. */
  from?: string;
  value: number | null;
  n: number;
  /** What the colleagues of the office show. */
  benchmark: number | null;
  state: State;
}

/**
 * What each check tells of one officer among the colleagues of the office. Disputes and corrections are few in a month: a
 * check looks at the last months that have its minimum number of cases, within the contract's own time.
 * @param who `earliest`, first day that may be looked at: of the contract, and of naming people in the office
 */
export async function gamingOf(
  source: Source,
  checks: Iterable<Definition>,
  who: { officer: string; office: string; from: string; to: string; earliest: string },
  today: string,
): Promise<GamingResult[]> {
  const told: GamingResult[] = [];
  for (const definition of checks) {
    let { from } = who;
    let figure: FigureValue | undefined;
    for (;;) {
      const request = {
        by: ['officer'],
        from,
        to: who.to,
        asOf: who.to,
        where: [`office = "${who.office}"`],
      };
      const { rows, figures: ids } = await figures(source, whateverIsExpected(definition), request, today);
      figure = rows.find(({ key }) => key.officer === who.officer)?.figures[ids[0]!];
      const before = `${periodsBefore(from.slice(0, 7), 1)}-01`;
      if ((figure?.n ?? 0) >= definition.minimum.n || before < who.earliest) break;
      from = before;
    }
    told.push({
      check: definition.id,
      title: definition.title,
      unit: definition.figures[0]!.unit,
      from,
      value: figure?.value ?? null,
      n: figure?.n ?? 0,
      benchmark: figure?.benchmark ?? null,
      state: stateOf(figure, definition),
    });
  }
  return told;
}

/**
 * Where colleagues never do it none is expected of anybody, and a least number of expected cases would keep the check
 * silent for ever: the test is made all the same, and the number is asked of what the officer did himself.
 */
const whateverIsExpected = (definition: Definition): Definition => ({
  ...definition,
  minimum: { ...definition.minimum, events: 0 },
});

function stateOf(figure: FigureValue | undefined, { minimum }: Definition): State {
  const state = figure?.state ?? 'insufficient data';
  const fewest = minimum.events ?? usualMinimum.expected;
  return state === 'look closer' && (figure?.numerator ?? 0) < fewest ? 'consistent with peers' : state;
}
