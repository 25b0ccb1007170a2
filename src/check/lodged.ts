/** What a declaration that was lodged is answered with: its check, and what could not be evaluated. */
import type { CheckDocument } from './document.ts';
import type { Hole } from './holes.ts';

export interface Lodged {
  check: CheckDocument;
  notEvaluated: Hole[];
  /** True where the same content had been checked before and nothing new was found. */
  repeated: boolean;
}
