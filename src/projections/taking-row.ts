/** One of the goods that a declaration takes out of what an earlier one put under suspense (taking.ts writes and reads them). */
import type { Taking } from '../facts/ledger/account.ts';
import type { Document } from '../store/port.ts';

export interface TakingRow extends Document, Pick<Taking, 'item' | 'hs' | 'procedure' | 'amounts'> {
  /** The declaration that takes, and which of its takings it is. */
  declaration: string;
  taking: string;
  /** A name of the entry, as it is called there. */
  entry: string;
  day: string;
}
