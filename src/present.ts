/** The one presenter: any thrown value becomes a problem document (HTTP, RFC 9457) or lines for a terminal. */
import { CrosscheckError, type Where } from './errors.ts';

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  hint: string;
  where?: Where;
  /** The request's id, by which the log is searched. */
  instance?: string;
  /** Where a check could not be kept: the documented fallback lane, to act on meanwhile. */
  lane?: string;
  degraded?: true;
}

/** What is not one of ours tells the outside nothing about our inside. */
export const asCrosscheckError = (thrown: unknown): CrosscheckError =>
  thrown instanceof CrosscheckError ? thrown : new CrosscheckError('CC_INTERNAL', {}, {}, thrown);

export function toProblem(thrown: unknown, instance?: string): Problem {
  const error = asCrosscheckError(thrown);
  const problem: Problem = {
    type: `urn:crosscheck:error:${error.code}`,
    title: error.code,
    status: error.status,
    code: error.code,
    detail: error.message,
    hint: error.hint,
  };
  if (Object.keys(error.where).length > 0) problem.where = error.where;
  if (instance !== undefined) problem.instance = instance;
  if (error.code === 'CC_CHECK_NOT_KEPT') Object.assign(problem, { lane: error.params.lane, degraded: true });
  return problem;
}

/** `file:line:column CODE message`, then the hint; what is unknown of the place is left out. */
export function toLines(thrown: unknown): string {
  const error = asCrosscheckError(thrown);
  return `${[placeOf(error.where), error.code, error.message].filter(Boolean).join(' ')}\n  ${error.hint}`;
}

export function placeOf(where: Where): string {
  const head = [where.file, where.line, where.column].filter((part) => part !== undefined).join(':');
  const record = where.record === undefined ? '' : `record ${where.record}`;
  return [head, record, where.pointer].filter(Boolean).join(' ');
}

export const exitCodeOf = (thrown: unknown): number => (asCrosscheckError(thrown).status >= 500 ? 3 : 2);
