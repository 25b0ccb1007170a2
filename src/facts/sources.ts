/**
 * What facts with parameters are resolved from: a small port with one member a family. Absent members leave their facts
 * missing, so rules on them are not evaluated. Members that look into the store take a whole batch at once.
 */
import type { Declaration } from '../declaration/declaration.ts';
import type { EventKind } from '../declaration/trail.ts';
import type { ListBook } from './list/book.ts';
import type { FactFamily } from './model.ts';
import type { Calls, FactSubject } from './subject.ts';
import type { OfficeCalendar } from './trail/calendar.ts';
import type { Procedure } from './trail/procedure.ts';

export interface FactSources {
  /** Brings in what has to be read for checks of these instants (UTC); the members below are asked afterwards. */
  prepare?(instants: readonly string[]): Promise<void>;
  /**
   * Up to when events of a kind, or declarations, are known to be complete at the declaration's office, in milliseconds, as
   * it was known at an instant (UTC); undefined where nobody has said so, and then nothing is called absent.
   */
  completeTo?(
    declaration: Pick<Declaration, 'office' | 'country'>,
    what: EventKind | 'declaration',
    asOf: string,
  ): number | undefined;
  calendar?(
    office: string | undefined,
    country: string | undefined,
    asOf: string,
  ): OfficeCalendar | undefined;
  /** The order of steps, lanes and incompatible duties of a country. */
  procedure?(country: string | undefined): Procedure | undefined;
  /** The lists in force at a check of the instant. */
  lists?(asOf: string): ListBook | undefined;
  /** What a check of the instant names, so that it is known under what it was made. */
  versions?(asOf: string): { lists?: string; baselines?: string };
  /** Families that are resolved outside: each takes the whole batch and fills what it knows. */
  families?: Partial<Record<FactFamily, Resolver>>;
}

/** Fills `sheet.calls` and `sheet.itemCalls` of every subject for the calls of its family; leaves alone what it does not know. */
export type Resolver = (
  batch: readonly FactSubject[],
  calls: Calls,
  sources: FactSources,
) => void | Promise<void>;
