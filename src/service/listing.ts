/**
 * Lists: one shape for every resource. `?column=value` filters (repeated: any of), `column.from` and `column.to` bound,
 * `sort=-recordedAt,office`, `limit`, `cursor`. Only declared columns can be named; a null never matches a filter.
 */
import Type, { type TSchema } from 'typebox';
import { CrosscheckError } from '../errors.ts';
import type { Collection, CollectionSpec, Document, Filter, FindQuery, Sort } from '../store/port.ts';

export const pageLimit = 500;

type Query = Record<string, unknown>;

/** The query string of a list over these columns, for validation and OpenAPI. */
export function listQuery(spec: CollectionSpec): TSchema {
  const columns = Object.keys(spec.columns);
  const properties: Record<string, TSchema> = {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageLimit, default: 50 })),
    cursor: Type.Optional(Type.String({ maxLength: 4000, description: 'from `next` of the page before' })),
    sort: Type.Optional(
      Type.String({
        maxLength: 400,
        description: `columns, - before one for descending: ${columns.join(', ')}`,
      }),
    ),
  };
  for (const [column, { type }] of Object.entries(spec.columns)) {
    const one =
      type === 'text' ? Type.String({ maxLength: 400 }) : type === 'boolean' ? Type.Boolean() : Type.Number();
    properties[column] = Type.Optional(
      Type.Array(one, { maxItems: 100, description: 'any of these values' }),
    );
    if (type !== 'boolean') {
      properties[`${column}.from`] = Type.Optional(one);
      properties[`${column}.to`] = Type.Optional(one);
    }
  }
  return Type.Object(properties, { additionalProperties: false });
}

export function findQuery(spec: CollectionSpec, query: Query, also: readonly Filter[] = []): FindQuery {
  const filters: Filter[] = [...also];
  for (const column of Object.keys(spec.columns)) {
    const wanted = query[column];
    if (wanted !== undefined) filters.push({ column, op: 'in', value: wanted as (string | number)[] });
    const from = query[`${column}.from`];
    if (from !== undefined) filters.push({ column, op: 'ge', value: from as string | number });
    const to = query[`${column}.to`];
    if (to !== undefined) filters.push({ column, op: 'le', value: to as string | number });
  }
  return {
    limit: Number(query.limit ?? 50),
    ...(filters.length > 0 ? { where: { and: filters } } : {}),
    ...(query.sort === undefined ? {} : { sort: sorting(spec, String(query.sort)) }),
    ...(query.cursor === undefined ? {} : { cursor: String(query.cursor) }),
  };
}

function sorting(spec: CollectionSpec, text: string): Sort[] {
  return text.split(',').map((part): Sort => {
    const column = part.replace(/^-/, '');
    if (!Object.hasOwn(spec.columns, column)) {
      throw new CrosscheckError('CC_REQUEST_INVALID', {
        pointer: '/querystring/sort',
        problem: `"${column}" is not a column of this list; there are ${Object.keys(spec.columns).join(', ')}`,
      });
    }
    return { column, direction: part.startsWith('-') ? 'desc' : 'asc' };
  });
}

export async function page<T extends Document, A>(
  collection: Collection<T>,
  query: FindQuery,
  show: (doc: T) => A,
): Promise<{ data: A[]; next?: string }> {
  const found = await collection.find(query);
  return { data: found.docs.map(show), ...(found.next === undefined ? {} : { next: found.next }) };
}
