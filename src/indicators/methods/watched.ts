/** Which rows a figure that is watched counts: the outcomes among the cases; undefined where it counts no rows. */
import type { FigureSpec, Operand } from '../definition.ts';

export function operandsOfWatch(figure: FigureSpec): { outcomes: Operand; cases: Operand } | undefined {
  if (figure.method !== 'proportion' && figure.method !== 'standardised') return undefined;
  const outcomes = figure.method === 'proportion' ? figure.numerator : figure.observed;
  const cases = figure.denominator ?? {};
  const adds = [outcomes, cases].some(({ sum, distinct }) => sum !== undefined || distinct !== undefined);
  return adds
    ? undefined
    : { outcomes: { where: [...(cases.where ?? []), ...(outcomes.where ?? [])] }, cases };
}
