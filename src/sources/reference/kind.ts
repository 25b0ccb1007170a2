/**
 * What a kind of reference record is: its schema, what names one, and which members are accounts of people. Every record
 * holds for a time, from a day or an instant to another; what was recorded stays, corrected or not.
 */
import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { timeSchema } from '../../declaration/dates.ts';

export interface ReferenceKind<S extends TObject = TObject> {
  kind: string;
  /** What it is, for people. */
  title: string;
  schema: S;
  /** Members that together name what the record is about; equal keys with different times are its history. */
  key: readonly (keyof Static<S> & string)[];
  /** Members that hold accounts; each becomes a surrogate before anything is stored. */
  accounts: readonly (keyof Static<S> & string)[];
  /** Members that tell about persons themselves: kept in the people collection alone. */
  personal: readonly (keyof Static<S> & string)[];
}

/** A day, or an instant with offset; the book compares instants in UTC (./book.ts). */
const moment = (description: string) => timeSchema('moment', description);

export const period = {
  from: moment('first day or instant at which it holds'),
  to: Type.Optional(moment('last day or instant; open where absent')),
};

export const code = (description: string) => Type.String({ minLength: 1, maxLength: 120, description });
export const maybe = (description: string) => Type.Optional(code(description));
export const texts = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 120 }), { maxItems: 10_000, description }));

/** One kind; `accounts` and `personal` name members of the schema. */
export function kindOf<P extends TProperties>(
  kind: string,
  title: string,
  key: readonly (keyof P & string)[],
  members: P,
  people: { accounts?: readonly (keyof P & string)[]; personal?: readonly (keyof P & string)[] } = {},
) {
  const schema = Type.Object({ ...members, ...period }, { additionalProperties: false, $id: kind, title });
  return { kind, title, schema, key, accounts: people.accounts ?? [], personal: people.personal ?? [] };
}
