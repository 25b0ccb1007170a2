/**
 * A projected table: its columns once, with what they mean. Row type, collection spec and documentation come from the
 * same table. Rows are flat: every column is a member of the document by its own name.
 */
import type { CollectionSpec, ColumnType } from '../store/port.ts';

export interface ColumnDefinition {
  type: ColumnType;
  meaning: string;
  /** Minor units of the row's `currency`: never added up across currencies. */
  money?: true;
}

export const text = (meaning: string) => ({ type: 'text', meaning }) as const;
export const integer = (meaning: string) => ({ type: 'integer', meaning }) as const;
export const money = (meaning: string) => ({ type: 'integer', meaning, money: true }) as const;

/** A row of a table: columns are null where there is nothing to say. */
export type Row<C extends Record<string, ColumnDefinition>> = { id: string } & {
  [K in keyof C]: (C[K]['type'] extends 'text' ? string : number) | null;
};

export interface Table<C extends Record<string, ColumnDefinition> = Record<string, ColumnDefinition>> {
  spec: CollectionSpec;
  columns: C;
}

export function table<const C extends Record<string, ColumnDefinition>>(
  name: string,
  schema: number,
  columns: C,
  indexes: CollectionSpec['indexes'],
): Table<C> {
  const types = Object.entries(columns).map(([column, { type }]) => [column, { type }] as const);
  return { spec: { name, schema, columns: Object.fromEntries(types), indexes }, columns };
}
