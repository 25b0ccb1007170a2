/** What facts with parameters are resolved for: one declaration as it stood when it was checked, with what had been recorded by then. */
import type { Declaration } from '../declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import type { FactCall, FactSheet } from './model.ts';

/** An event of the trail as it is stored: instants in UTC, officers as surrogates. */
export interface TrailStep extends Omit<TrailEvent, 'user' | 'id' | 'enteredAt'> {
  id: string;
  /** As given, with the office's offset. */
  local: string;
  enteredAt?: string | null;
  officer?: string | null;
}

export interface ControlOutcome extends Omit<Outcome, 'user' | 'id' | 'enteredAt'> {
  id: string;
  local: string;
  officer?: string | null;
}

export interface FactSubject {
  reference: string;
  version: number;
  declaration: Declaration;
  trail: readonly TrailStep[];
  outcomes: readonly ControlOutcome[];
  /** UTC: of the check. What was recorded later is not seen. */
  recordedAt: string;
  sheet: FactSheet;
}

/** The facts with parameters that a rulebook asks for. */
export interface Calls {
  declaration: readonly FactCall[];
  item: readonly FactCall[];
}
