/**
 * What the description says of a call beside what its route validates: the schema of its answer and one example, request
 * and answer. It is documentation alone: nothing is serialised by it. Tests send every request and hold example and real
 * answer to the schema.
 */
import Type, { type TProperties, type TSchema } from 'typebox';
import type { CollectionSpec } from '../../store/port.ts';

export interface Example {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, unknown>>;
  body?: unknown;
  /** Content type of the body; JSON where absent. */
  sends?: string;
  /** Schema of the body where a reader validates it and allows more than the model does. */
  takes?: TSchema;
  status: number;
  /** Content type of the answer; JSON where absent. */
  answers?: string;
  answer: unknown;
  schema: TSchema;
}

export const open = (properties: TProperties, options: { title?: string; description?: string } = {}) =>
  Type.Object(properties, { ...options, additionalProperties: true });

export const closed = (properties: TProperties, options: { title?: string; description?: string } = {}) =>
  Type.Object(properties, { ...options, additionalProperties: false });

export const nullable = (schema: TSchema) => Type.Union([schema, Type.Null()]);

/** A page of a list. */
export const pageOf = (schema: TSchema) =>
  closed({
    data: Type.Array(schema),
    next: Type.Optional(Type.String({ description: 'cursor of the next page; absent on the last' })),
  });

const types = {
  text: Type.String(),
  integer: Type.Integer(),
  real: Type.Number(),
  boolean: Type.Boolean(),
} as const;

/** Columns of a collection whose ids are not for callers. */
export const namelessOf = (spec: CollectionSpec, also: TProperties = {}, title?: string) =>
  open(
    {
      ...Object.fromEntries(
        Object.entries(spec.columns)
          .filter(([, { path }]) => path === undefined)
          .map(([column, { type }]) => [column, Type.Optional(nullable(types[type]))]),
      ),
      ...also,
    },
    title === undefined ? {} : { title },
  );

/** A document of a collection by its declared columns; what has no value may be null or absent. */
export const rowOf = (spec: CollectionSpec, also: TProperties = {}, title?: string) =>
  namelessOf(spec, { id: Type.String(), ...also }, title);

export const instant = Type.String({ description: 'UTC, ISO 8601' });
export const day = Type.String({ description: 'YYYY-MM-DD' });
