/**
 * Gaming checks (profiles/contracts/gaming): indicators that show how a target was reached and not how far: opened again
 * after the day, one dispute written as several, corrections of next to nothing, cases left lying (customs-practice.md
 * 7.4). An objective names those that belong to it; a mark is held while one of them asks to look closer.
 */
import { fromRoot } from '../../ground/paths.ts';
import type { Definition } from '../definition.ts';
import { type FigureValue, figures, type Source } from '../figure.ts';
import type { State } from '../judge.ts';
import { soundIndicators } from '../load.ts';

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
  value: number | null;
  n: number;
  /** What the colleagues of the office show. */
  benchmark: number | null;
  state: State;
}

/** What each check tells of one officer among the colleagues of the office. */
export async function gamingOf(
  source: Source,
  checks: Iterable<Definition>,
  who: { officer: string; office: string; from: string; to: string },
  today: string,
): Promise<GamingResult[]> {
  const told: GamingResult[] = [];
  for (const definition of checks) {
    const { from, to } = who;
    const request = { by: ['officer'], from, to, asOf: to, where: [`office = "${who.office}"`] };
    const { rows, figures: ids } = await figures(source, definition, request, today);
    const figure = rows.find(({ key }) => key.officer === who.officer)?.figures[ids[0]!];
    told.push({
      check: definition.id,
      title: definition.title,
      unit: definition.figures[0]!.unit,
      value: figure?.value ?? null,
      n: figure?.n ?? 0,
      benchmark: figure?.benchmark ?? null,
      state: figure?.state ?? 'insufficient data',
    });
  }
  return told;
}
