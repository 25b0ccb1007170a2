/** Programmes a trader takes part in (authorised operators and the like), as reference records tell. */
import type { ReferenceBook } from '../sources/reference/book.ts';

/** Names of the programmes in which a trader is valid at a moment. A later word, such as a suspension, takes the place of the one before. */
export type ProgrammesOf = (trader: string, at: string) => readonly string[];

export function programmesOf(book: ReferenceBook): ProgrammesOf {
  const byTrader = new Map<string, Set<string>>();
  for (const { trader, programme } of book.all('programme')) {
    const names = byTrader.get(trader) ?? new Set();
    names.add(programme);
    byTrader.set(trader, names);
  }
  return (trader, at) =>
    [...(byTrader.get(trader) ?? [])]
      .filter((name) => book.asOf('programme', `${trader}|${name}`, at)?.status === 'valid')
      .sort();
}
