/**
 * A document of which a member came in as JSON text: a declaration is read from one and stored as one, and need not be
 * written anew on the path of a check. The stores keep what `JSON.parse` reads, not how it was spelled.
 */
import type { Document } from './port.ts';

/** Names the member, its value and the text that the value was parsed from. */
export const asWritten = Symbol('as written');

export interface Written {
  [asWritten]?: { member: string; value: object; text: string } | undefined;
}

/** One object, without line ends and tabs, which tell rows apart (./duckdb/lines.ts). */
const canStand = (text: string): boolean =>
  text.startsWith('{') &&
  text.endsWith('}') &&
  !text.includes('\n') &&
  !text.includes('\t') &&
  !text.includes('\r');

/** The JSON of a document, members in its order but for the one that is kept as it was written, which comes last. */
export function jsonOf(doc: Document & Written): string {
  const written = doc[asWritten];
  // A copy with another value in its place has another text.
  if (
    written === undefined ||
    (doc as unknown as Record<string, unknown>)[written.member] !== written.value ||
    !canStand(written.text)
  )
    return JSON.stringify(doc);
  const others = JSON.stringify({ ...doc, [written.member]: undefined });
  return `${others.slice(0, -1)},"${written.member}":${written.text}}`;
}
