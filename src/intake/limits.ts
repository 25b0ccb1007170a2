/** How much a message may hold. A genuine declaration of 9,999 items fits; what does not is refused, never cut. */
export interface Limits {
  /** Bytes of an XML message or of a single JSON document. */
  documentBytes: number;
  /** Bytes of one record among many: a line of NDJSON, an element of a JSON array, a row of CSV. */
  recordBytes: number;
  /** Nesting of elements or of JSON values. */
  depth: number;
  /** Elements of an XML message. */
  elements: number;
  /** Characters of one text or attribute. */
  textLength: number;
}

export const defaultLimits: Limits = {
  documentBytes: 128 * 2 ** 20,
  recordBytes: 32 * 2 ** 20,
  depth: 64,
  elements: 5_000_000,
  textLength: 2 ** 20,
};
