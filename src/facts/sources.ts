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
  /**
   * Up to when events of a kind are known to be complete at the declaration's office, in milliseconds, as it was known at
   * an instant (UTC); undefined where nobody has said so, and then nothing is called absent.
   */
  completeTo?(declaration: Declaration, kind: EventKind, asOf: string): number | undefined;
  calendar?(office: string | undefined, country: string | undefined): OfficeCalendar | undefined;
  /** The order of steps, lanes and incompatible duties of a country. */
  procedure?(country: string | undefined): Procedure | undefined;
  lists?: ListBook;
  /** Families that are resolved outside: each takes the whole batch and fills what it knows. */
  families?: Partial<Record<FactFamily, Resolver>>;
}

/** Fills `sheet.calls` and `sheet.itemCalls` of every subject for the calls of its family; leaves alone what it does not know. */
export type Resolver = (
  batch: readonly FactSubject[],
  calls: Calls,
  sources: FactSources,
) => void | Promise<void>;
