/**
 * A list: codes, authorisations or watched names, with validity, an owner, and for intelligence its grading by the
 * Admiralty code. Facts look values up in it as of the day of the declaration.
 */
import Type, { type Static } from 'typebox';
import { timeSchema } from '../../declaration/dates.ts';

const closed = <P extends Record<string, Type.TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

export const ListEntry = closed({
  key: Type.String({
    minLength: 1,
    maxLength: 400,
    description: 'code, identification, prefix or name; several parts joined by |',
  }),
  name: Type.Optional(Type.String({ maxLength: 400 })),
  aliases: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 400 }))),
  from: Type.Optional(timeSchema('day', 'first day')),
  to: Type.Optional(timeSchema('day', 'last day')),
  grade: Type.Optional(
    Type.String({
      pattern: '^[A-F][1-6]$',
      description: 'Admiralty code: reliability of the source A to F, credibility of the information 1 to 6',
    }),
  ),
  values: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  ),
});
export type ListEntry = Static<typeof ListEntry>;

export const ListFile = closed({
  id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
  title: closed({ en: Type.String({ minLength: 1 }), fr: Type.String({ minLength: 1 }) }),
  kind: Type.Enum(['codes', 'authorisations', 'watch', 'measures']),
  match: Type.Enum(['exact', 'prefix', 'name'], {
    description: 'the whole value, the longest key that begins it, or a name written nearly alike',
  }),
  owner: Type.String({ minLength: 1 }),
  origin: Type.String({ minLength: 1, description: 'where the entries are from' }),
  complete: Type.Optional(
    Type.Boolean({ description: 'what is not on the list does not exist; without it absence says nothing' }),
  ),
  entries: Type.Array(ListEntry),
});
export type ListFile = Static<typeof ListFile>;
