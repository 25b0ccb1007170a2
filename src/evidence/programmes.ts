/** Programmes a trader takes part in (authorised operators and the like), as reference records tell. */
import type { ReferenceBook } from '../sources/reference/book.ts';

/** Names of the programmes in which a trader is valid at a moment. A later word, such as a suspension, takes the place of the one before. */
export type ProgrammesOf = (trader: string, at: string) => readonly string[];

export const programmesOf =
  (book: ReferenceBook): ProgrammesOf =>
  (trader, at) =>
    book
      .keysBy('programme', { trader })
      .flatMap((key) => {
        const record = book.asOf('programme', key, at);
        return record?.status === 'valid' ? [record.programme] : [];
      })
      .sort();
