/** What an import could not use, counted and kept: the first of each kind in full, all of them for who listens. */
import { CrosscheckError, type Where } from '../errors.ts';
import type { CellFault, RowCode } from '../mapping/values.ts';

export interface RowProblem {
  code: RowCode;
  table: string;
  file: string;
  /** The record's ordinal in its file, 1-based, the header not counted. */
  row: number;
  line?: number;
  column?: string;
  problem: string;
  /** What became of the row: left out, kept without the field, or waiting for the declaration it speaks of. */
  effect: 'left out' | 'field left out' | 'waits';
}

/** Problems of one kind in one column: what somebody mends at once. */
export interface ProblemGroup {
  table: string;
  code: RowCode;
  column: string | undefined;
  count: number;
  /** The first five. */
  examples: RowProblem[];
}

export interface Problems {
  add(problem: RowProblem): void;
  total: number;
  groups: Map<string, ProblemGroup>;
  /** The first ones in full. */
  kept: RowProblem[];
}

const examplesKept = 5;

/** @param most How many are kept for the report; all are counted and given to `onProblem`. */
export function collectProblems(most: number, onProblem: (problem: RowProblem) => void): Problems {
  const groups: Problems['groups'] = new Map();
  const kept: RowProblem[] = [];
  const problems: Problems = {
    total: 0,
    groups,
    kept,
    add(problem) {
      problems.total++;
      const { table, code, column } = problem;
      const key = `${table}|${code}|${column ?? ''}`;
      const group = groups.get(key) ?? { table, code, column, count: 0, examples: [] };
      groups.set(key, group);
      group.count++;
      if (group.examples.length < examplesKept) group.examples.push(problem);
      if (kept.length < most) kept.push(problem);
      onProblem(problem);
    },
  };
  return problems;
}

export const whereOf = (problem: RowProblem): Where => ({
  file: problem.file,
  record: problem.row,
  ...(problem.line === undefined ? {} : { line: problem.line }),
});

/** The problem as an error of the catalogue, with its place. */
export const errorOf = (problem: RowProblem): CrosscheckError =>
  new CrosscheckError(
    problem.code,
    { table: problem.table, column: problem.column ?? 'row', problem: problem.problem },
    whereOf(problem),
  );

export const faultProblem = (
  fault: CellFault,
  place: Pick<RowProblem, 'table' | 'file' | 'row' | 'line' | 'column'>,
  effect: RowProblem['effect'],
): RowProblem => ({ ...place, code: fault.code, problem: fault.problem, effect });
