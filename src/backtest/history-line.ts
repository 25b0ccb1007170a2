/** A line of history to its record, held against the canonical model as every line that is read. */
import type { Declaration } from '../declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import { validateAnswer, validateDeclaration, validateRecord } from '../declaration/validate.ts';
import { CrosscheckError } from '../errors.ts';
import { type Apart, apartOf } from './apart.ts';

export interface LineRecord {
  declaration: Declaration;
  trail: readonly TrailEvent[];
  outcomes: readonly Outcome[];
}

/** `answer`: what speaks of a declaration on another line; its outcomes are joined, its trail is not. */
export type ReadLine =
  | { kind: 'record'; record: LineRecord }
  | { kind: 'answer'; apart: Apart }
  | { kind: 'refused'; error: CrosscheckError };

const refusal = (thrown: unknown): ReadLine => ({
  kind: 'refused',
  error:
    thrown instanceof CrosscheckError
      ? thrown
      : new CrosscheckError('CC_JSON_MALFORMED', { problem: (thrown as Error).message }),
});

const noTrail: readonly TrailEvent[] = [];
const noOutcomes: readonly Outcome[] = [];

/** The shapes that src/intake/json.ts takes; who the declaration is, is asked of examples alone. */
function recordOf(value: unknown): ReadLine {
  const record = typeof value === 'object' && value !== null ? value : {};
  if ('declaration' in record) {
    const { declaration, trail = noTrail, outcomes = noOutcomes } = validateRecord(value);
    return { kind: 'record', record: { declaration, trail, outcomes } };
  }
  if ('reference' in record) {
    const { reference, outcomes = noOutcomes } = validateAnswer(value);
    return { kind: 'answer', apart: apartOf([reference], outcomes) };
  }
  const declaration = validateDeclaration('format' in record ? value : { format: 'json', ...record });
  return { kind: 'record', record: { declaration, trail: noTrail, outcomes: noOutcomes } };
}

export function readLine(text: string): ReadLine {
  try {
    return recordOf(JSON.parse(text));
  } catch (thrown) {
    return refusal(thrown);
  }
}
