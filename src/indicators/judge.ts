/**
 * The three states of a figure (DESIGN decision 13): *consistent with peers*, *look closer*, *insufficient data*; with
 * exact limits, a test against the peers without the one who is tested, and the false discovery rate over the table.
 */
import type { Definition, FigureSpec } from './definition.ts';
import type { Evidence } from './methods/method.ts';

export const states = ['consistent with peers', 'look closer', 'insufficient data'] as const;
export type State = (typeof states)[number];

export interface Candidate {
  n: number;
  evidence: Evidence | undefined;
}

export interface Judged {
  limits?: [number, number];
  p?: number;
  q?: number;
  state?: State;
}

export interface Judgement {
  figure: FigureSpec;
  definition: Definition;
  /** False where the rows are no peers of each other: a series, or one figure over everything. */
  compared: boolean;
}

/** In the order of the candidates. */
export function judge(candidates: readonly Candidate[], { definition, compared }: Judgement): Judged[] {
  return candidates.map(({ n }) =>
    compared && n < definition.minimum.n ? { state: 'insufficient data' } : {},
  );
}
