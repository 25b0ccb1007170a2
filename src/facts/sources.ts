/**
 * What facts with parameters are resolved from: a small port with one member a family. Absent members leave their facts
 * missing, so rules on them are not evaluated. Members that look into the store take a whole batch at once.
 */
import type { ListBook } from './list/book.ts';
import type { OfficeCalendar } from './trail/calendar.ts';
import type { Procedure } from './trail/procedure.ts';

export interface FactSources {
  /** Up to when the trail of an office is known to be complete, UTC, as it was known at an instant. */
  watermark?(office: string | undefined, asOf: string): string | undefined;
  calendar?(office: string | undefined, country: string | undefined): OfficeCalendar | undefined;
  /** The order of steps, lanes and incompatible duties of a country. */
  procedure?(country: string | undefined): Procedure | undefined;
  lists?: ListBook;
}
