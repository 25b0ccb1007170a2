/**
 * A line of history to its record, fast: history comes out of an export of our own, so the model is checked in full on a
 * sample, and on every line of a range as soon as one of them breaks it.
 */
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

const checkedFirst = 20;
const checkedEvery = 50;

/** Whether the nth line of a range is checked in full, counted from 0. */
export const isSampled = (place: number): boolean => place < checkedFirst || place % checkedEvery === 0;

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
function inFull(value: unknown): ReadLine {
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

/** @param full against the whole model; else the shape alone, which is what the facts rest on */
export function readLine(text: string, full: boolean): ReadLine {
  try {
    const value = JSON.parse(text);
    if (!full && Array.isArray(value?.declaration?.items)) {
      const { declaration, trail = noTrail, outcomes = noOutcomes } = value;
      return { kind: 'record', record: { declaration, trail, outcomes } };
    }
    if (!full && Array.isArray(value?.items))
      return { kind: 'record', record: { declaration: value, trail: noTrail, outcomes: noOutcomes } };
    return inFull(value);
  } catch (thrown) {
    return refusal(thrown);
  }
}
