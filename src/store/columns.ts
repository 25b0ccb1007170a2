/**
 * From a document to what the stores keep of it: its JSON text and the values of its declared columns. Both adapters
 * store the JSON as text, so keys with dots, `$` or `__proto__`, zeros after the point and odd Unicode come back as they
 * went in; only the columns are in the database's own types.
 */
import { CrosscheckError } from '../errors.ts';
import { jsonOf } from './as-written.ts';
import type { CollectionSpec, ColumnType, ColumnValue, Document } from './port.ts';

export interface Column {
  name: string;
  type: ColumnType;
  path: readonly string[];
}

/** A document ready to be written. */
export interface Row {
  id: string;
  json: string;
  /** In the order of the spec's columns. */
  values: ColumnValue[];
}

const namePattern = /^[A-Za-z][A-Za-z0-9_]*$/;
const loneSurrogate = /\p{Surrogate}/u;

/** Text as UTF-8 can carry it: half a surrogate pair becomes U+FFFD, in columns and in filter values alike. */
export const wellFormed = (text: string): string =>
  loneSurrogate.test(text) ? Buffer.from(text, 'utf8').toString('utf8') : text;

export const badArgument = (name: string, problem: string): CrosscheckError =>
  new CrosscheckError('CC_BAD_ARGUMENT', { name, problem });

/** The declared columns; throws on a spec that no store could hold. */
export function columnsOf(spec: CollectionSpec): Column[] {
  if (!namePattern.test(spec.name)) throw badArgument('collection', `${spec.name} is not a plain name`);
  const seen = new Set(['id']);
  const columns = Object.entries(spec.columns).map(([name, { type, path }]) => {
    if (!namePattern.test(name)) throw badArgument(spec.name, `column ${name} is not a plain name`);
    if (seen.has(name.toLowerCase())) throw badArgument(spec.name, `column ${name} is there twice`);
    seen.add(name.toLowerCase());
    return { name, type, path: (path ?? name).split('.') };
  });
  for (const column of spec.indexes.flat()) typeOf(spec, column);
  return columns;
}

export function typeOf(spec: CollectionSpec, column: string): ColumnType {
  if (column === 'id') return 'text';
  if (!Object.hasOwn(spec.columns, column)) throw badArgument(spec.name, `it has no column ${column}`);
  return spec.columns[column]!.type;
}

/** The value at the column's path. Null and absent are the same; a value of another type is refused, not converted. */
export function columnValue(collection: string, column: Column, doc: Document): ColumnValue {
  let value: unknown = doc;
  for (const step of column.path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return null;
    value = (value as Record<string, unknown>)[step];
  }
  if (value === null || value === undefined) return null;
  const stored = storedAs[column.type](value);
  if (stored === undefined) {
    throw badArgument(
      `${collection} ${doc.id}`,
      `${column.path.join('.')} is no ${column.type}: ${JSON.stringify(value)?.slice(0, 60)}`,
    );
  }
  return stored;
}

const storedAs: Record<ColumnType, (value: unknown) => Exclude<ColumnValue, null> | undefined> = {
  text: (value) => (typeof value === 'string' ? wellFormed(value) : undefined),
  // Adding 0 turns the negative zero, which JSON does not have, into zero.
  integer: (value) => (Number.isSafeInteger(value) ? (value as number) + 0 : undefined),
  real: (value) => (typeof value === 'number' && Number.isFinite(value) ? value + 0 : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
};

export function checkId(collection: string, id: unknown): string {
  if (typeof id !== 'string' || id === '') throw badArgument(collection, 'a document needs an id of text');
  if (loneSurrogate.test(id)) throw badArgument(collection, 'the id is not well-formed Unicode');
  return id;
}

export function rowOf(collection: string, columns: readonly Column[], doc: Document): Row {
  return {
    id: checkId(collection, doc.id),
    json: jsonOf(doc),
    values: columns.map((column) => columnValue(collection, column, doc)),
  };
}

/** A store's integer as a number. Counts and sums come back as bigint from both drivers. */
export function exactNumber(
  value: bigint | number | null,
  collection: string,
  measure: string,
): number | null {
  if (value === null) return null;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new CrosscheckError('CC_RESULT_TOO_LARGE', { collection, measure });
}
