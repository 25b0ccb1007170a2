/**
 * Tables in memory as columns of numbers: a row costs what its numbers take, eight bytes or four, and no object. Texts
 * are kept once and stand in the columns as numbers (./names.ts).
 */

export interface Column {
  at(row: number): number;
  push(value: number): void;
  set(row: number, value: number): void;
  /** Rows so far. */
  length(): number;
  bytes(): number;
}

type Numbers = Float64Array | Int32Array | Int8Array;

/** Grows by half: a column is never more than a third empty. */
function column<A extends Numbers>(make: (length: number) => A): Column {
  let values: A = make(1024);
  let length = 0;
  return {
    at: (row) => values[row]!,
    push(value) {
      if (length === values.length) {
        const wider = make(Math.ceil(values.length * 1.5));
        wider.set(values as never);
        values = wider;
      }
      values[length++] = value;
    },
    set(row, value) {
      values[row] = value;
    },
    length: () => length,
    bytes: () => values.byteLength,
  };
}

/** Amounts, masses and instants; NaN where there is none. */
export const reals = (): Column => column((length) => new Float64Array(length));
/** Numbers of names, of rows, of days; -1 where there is none. */
export const integers = (): Column => column((length) => new Int32Array(length));
/** 1, 0, or -1 where it is not known. */
export const flags = (): Column => column((length) => new Int8Array(length));

export const real = (value: number | undefined): number => value ?? Number.NaN;
export const flag = (value: boolean | undefined): number => (value === undefined ? -1 : value ? 1 : 0);
