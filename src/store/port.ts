/**
 * The store's port: collections of JSON documents with declared columns (DESIGN decisions 7 and 8). Two adapters,
 * duckdb/ and mongo/, pass one contract suite (tests/store/contract.ts). No query particular to a store exists outside
 * this folder. Aggregation returns integers alone; rates and percentiles are computed once, in indicators/.
 */

export type ColumnType = 'text' | 'integer' | 'real' | 'boolean';
/** Columns hold null where the document has no value there. Instants and days are text in ISO form, UTC, so text order is time order. */
export type ColumnValue = string | number | boolean | null;

export interface CollectionSpec {
  name: string;
  /** Version of the documents' shape, from 1. */
  schema: number;
  /**
   * `upgrades[n]` turns a document of schema n into one of schema n + 1, keeping its id. Both stores run them when they
   * open a collection that an older release wrote; a collection of a newer release is refused (CC_STORE_NEWER).
   */
  upgrades?: Readonly<Record<number, (doc: StoredJson) => StoredJson>>;
  /**
   * Column name → type and the path in the document (dots; the column's own name where absent). `id` is always there,
   * of type text. Columns may be added, dropped or retyped without a new schema: they are derived from the documents.
   */
  columns: Readonly<Record<string, { type: ColumnType; path?: string }>>;
  /** Column lists that are looked up or sorted by; the first of each should tell documents well apart. */
  indexes: readonly (readonly string[])[];
  /**
   * Column lists whose last is asked for from and to: an index where a store has no other way to them (MongoDB), none
   * where the order of writing serves (DuckDB's zone maps), so that they cost no writer of the embedded store anything.
   */
  ranges?: readonly (readonly string[])[];
  /**
   * Nearly every write is a new document that a caller waits for. The embedded store acknowledges those from a journal of
   * its own and takes them into the table by thousands; MongoDB has its own.
   */
  journaled?: true;
}

/** A document as it lies in the store, before anybody vouches for its shape. */
export interface StoredJson extends Document {
  [member: string]: unknown;
}

/** A document: JSON, with its key: a well-formed string of at least one character, compared byte by byte. */
export interface Document {
  id: string;
}

export interface Stored<T extends Document> {
  doc: T;
  /** 1 at the first write, one more at each. */
  version: number;
  /** Grows with every write of the collection, also across restarts and replicas; the cursor of `since`. */
  seq: number;
}

/**
 * Every filter states what null means: a null never satisfies a comparison unless `orNull` is set. `column` is a
 * declared column or `id`; the value's type must be the column's. Text compares by its UTF-8 bytes (which is the order
 * of code points), case and accents included; false is less than true. An empty `and` holds, an empty `or` or `in`
 * does not.
 */
export type Filter =
  | {
      column: string;
      op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
      value: Exclude<ColumnValue, null>;
      orNull?: boolean;
    }
  | { column: string; op: 'in'; value: readonly Exclude<ColumnValue, null>[]; orNull?: boolean }
  | { column: string; op: 'prefix'; value: string; orNull?: boolean }
  | { column: string; op: 'isNull' | 'isNotNull' }
  | { and: readonly Filter[] }
  | { or: readonly Filter[] }
  /** Two-valued: what the inner filter does not match, nulls included. */
  | { not: Filter };

/** Nulls sort first ascending and last descending, on both stores; ties are broken by id ascending. */
export interface Sort {
  column: string;
  direction: 'asc' | 'desc';
}

export interface FindQuery {
  where?: Filter;
  sort?: readonly Sort[];
  limit: number;
  /** Opaque, from `Page.next` of the same query. */
  cursor?: string;
}

export interface Page<T extends Document> {
  docs: T[];
  /** Absent on the last page. */
  next?: string;
}

/**
 * Each measure is an integer, null where `min` and `max` saw no value; they and `sum` take integer columns. Sums of no
 * rows and of nulls are 0. A measure's own `where` narrows it within the group.
 */
export type Measure =
  | { count: true; where?: Filter }
  /** Sum of an integer column; nulls count as nothing. */
  | { sum: string; where?: Filter }
  | { min: string; where?: Filter }
  | { max: string; where?: Filter }
  /** Distinct values that are not null. */
  | { distinct: string; where?: Filter };

export interface AggregateQuery {
  where?: Filter;
  /** Columns to group by; null is a group of its own. None: one row over everything. */
  groupBy?: readonly string[];
  measures: Readonly<Record<string, Measure>>;
  /**
   * One integer column whose values were binned when the row was written: counts per bin come back as
   * `[bin, count]` pairs in ascending order, nulls left out.
   */
  histograms?: Readonly<Record<string, { bin: string; where?: Filter }>>;
  /** Order of groups: by their keys ascending (nulls first) unless a measure is named; ties by keys. */
  sort?: { measure: string; direction: 'asc' | 'desc' };
  limit?: number;
}

export interface AggregateRow {
  key: Record<string, ColumnValue>;
  /** Integers; beyond 2^53 throws CC_RESULT_TOO_LARGE rather than losing a digit. */
  values: Record<string, number | null>;
  histograms: Record<string, [number, number][]>;
}

/** A question with thousands of groups for an answer, on which arithmetic follows. */
export interface TabulateQuery {
  where?: Filter;
  groupBy?: readonly string[];
  /** Text columns that groups are told apart by as well; null comes back as nothing. */
  within?: readonly string[];
  measures: Readonly<Record<string, Exclude<Measure, { min: string } | { max: string }>>>;
  /** Of bins less than 2^20 from zero; one further out throws CC_RESULT_TOO_LARGE. */
  histograms?: AggregateQuery['histograms'];
}

/** The answer column by column, its groups in no order; of no rows there is no group. */
export interface Groups {
  count: number;
  /** By column of `groupBy`. */
  keys: Readonly<Record<string, readonly ColumnValue[]>>;
  /** By column of `within`. */
  within: readonly Coded[];
  /** Integers by measure; beyond 2^53 throws CC_RESULT_TOO_LARGE. */
  values: Readonly<Record<string, readonly number[]>>;
  /** Of each group its bins, ascending. */
  histograms: Readonly<Record<string, readonly Bins[]>>;
}

/** A text for each group, of which many are the same: those there are, and of each group the number of its own. */
export interface Coded {
  readonly texts: readonly string[];
  readonly of: Int32Array;
}

/** Bins and how many rows each holds. */
export interface Bins {
  readonly bins: readonly number[];
  readonly counts: readonly number[];
}

/** Between texts that are joined. One that holds it may come back with its picture, U+241F, in its place. */
export const withinSeparator = '\u001f';

export interface Collection<T extends Document> {
  readonly spec: CollectionSpec;
  get(id: string): Promise<Stored<T> | undefined>;
  getMany(ids: readonly string[]): Promise<Map<string, Stored<T>>>;
  /** Insert or replace, whole documents, durable when it resolves. Of equal ids in one call the last stands. */
  put(docs: readonly T[]): Promise<void>;
  /**
   * Write only if the stored version is `expected` (0: only if it is not there); durable when it resolves to the new
   * version. CC_VERSION_CONFLICT otherwise.
   */
  putIf(doc: T, expected: number): Promise<number>;
  /** Inserts what is not there and leaves what is: answers, in order, whether each was inserted. Idempotent intake rests on it. */
  putNew(docs: readonly T[]): Promise<boolean[]>;
  delete(ids: readonly string[]): Promise<void>;
  /** Removes every document that matches, durably, and answers how many; for retention. `since` does not tell of removals. */
  purge(where: Filter): Promise<number>;
  /** Removes every document; for rebuilds. */
  clear(): Promise<void>;
  find(query: FindQuery): Promise<Page<T>>;
  count(where?: Filter): Promise<number>;
  /**
   * Documents written after the cursor (0: from the start), in order of writing; a document written twice appears once,
   * at its last place. No document ever appears later at or before a place that a reader has passed, whichever process
   * wrote it. It may be the very document that was given to `putNew`: who reads it does not change it, nor does its writer.
   */
  since(cursor: number, limit: number): Promise<Stored<T>[]>;
  aggregate(query: AggregateQuery): Promise<AggregateRow[]>;
  /** As `aggregate`, without an object for each group and without their order, which cost more than adding up. */
  tabulate(query: TabulateQuery): Promise<Groups>;
}

/**
 * Sums that the store makes of a collection by itself, row by row of a grouping, so that none of the source passes
 * through this process. They can be thrown away and made again, and are read by `tabulate` alone.
 */
export interface DerivedTable {
  /** Another grouping or other measures have another name. */
  name: string;
  /** What is added up: a collection, or a derived table's own columns. */
  from: CollectionSpec | DerivedTable;
  /** Columns of the source, by which rows are told apart; columns here under their own names. */
  groupBy: readonly string[];
  /** Counts and sums, each an integer column here. */
  measures: Readonly<Record<string, { count: true; where?: Filter } | { sum: string; where?: Filter }>>;
}

/** A derived table as its columns: what `tabulate` is checked against, and what is derived from it in turn. */
export function specOf(table: CollectionSpec | DerivedTable): CollectionSpec {
  if (!('from' in table)) return table;
  const source = specOf(table.from);
  return {
    name: table.name,
    schema: 1,
    columns: {
      ...Object.fromEntries(table.groupBy.map((column) => [column, { type: source.columns[column]!.type }])),
      ...Object.fromEntries(Object.keys(table.measures).map((name) => [name, { type: 'integer' as const }])),
    },
    indexes: [],
  };
}

export interface Derived {
  /**
   * Makes the rows anew whose column `part` holds one of the values, of what the source holds now; a source derived
   * itself is to be refreshed before. `stamp` never falls: where two processes make the same part, what has the greater
   * stamp stands. On the embedded store a reader sees all the old rows or all the new ones.
   */
  refresh(
    tables: readonly DerivedTable[],
    part: string,
    values: readonly string[],
    stamp: number,
  ): Promise<void>;
  tabulate(table: DerivedTable, query: TabulateQuery): Promise<Groups>;
  /** Drops the derived tables whose names are chosen, an older release's too, and answers those names. */
  drop(chosen: (name: string) => boolean): Promise<string[]>;
}

/** What a backup holds. */
export interface Backup {
  /** The moment whose state it is, UTC. */
  at: string;
  /** Documents by collection. */
  collections: Record<string, number>;
  bytes: number;
}

export interface Store {
  readonly kind: 'duckdb' | 'mongo';
  /** True where no other process can write: what this process has read stays true until it writes. */
  readonly exclusive: boolean;
  /** The same handle for the same name; made (tables, indexes, upgrades) at its first use, or by `prepare`. */
  collection<T extends Document>(spec: CollectionSpec): Collection<T>;
  /** Makes collections and runs their upgrades now rather than at first use; for starting a service. */
  prepare(specs: readonly CollectionSpec[]): Promise<void>;
  readonly derived: Derived;
  /** True when a write would be taken now. */
  healthy(): Promise<boolean>;
  /**
   * Copies the embedded store into a new or empty folder while it runs; writers go on but for a checkpoint. Absent on
   * MongoDB, which has tools of its own.
   */
  backup?(folder: string): Promise<Backup>;
  /** Makes the indexes anew from the rows, where they can have lost some: the embedded store's. Answers how many. */
  remakeIndexes?(): Promise<number>;
  /** Waits for writes under way; calls after it fail with CC_STORE_UNAVAILABLE. */
  close(): Promise<void>;
}
