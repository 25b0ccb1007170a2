/**
 * The port's filters in MongoDB's two languages: as a query, which indexes understand, and as an expression, for measures
 * that count only some of a group's documents. A stored document is `{ _id, v, s, shape, doc, c: { column: value } }`,
 * with null where a column has no value.
 */
import { Long } from 'mongodb';
import type { ColumnValue, Filter } from '../port.ts';
import { afterPrefix } from '../query.ts';

export const fieldOf = (column: string): string => (column === 'id' ? '_id' : `c.${column}`);

export type Query = Record<string, unknown>;

const queryOperators = { lt: '$lt', le: '$lte', gt: '$gt', ge: '$gte', eq: '$eq' } as const;

export function toQuery(filter: Filter): Query {
  if ('and' in filter) return filter.and.length === 0 ? {} : { $and: filter.and.map(toQuery) };
  if ('or' in filter) return filter.or.length === 0 ? nothing : { $or: filter.or.map(toQuery) };
  if ('not' in filter) return { $nor: [toQuery(filter.not)] };
  const field = fieldOf(filter.column);
  if (!('value' in filter)) return { [field]: filter.op === 'isNull' ? { $eq: null } : { $ne: null } };
  const held: Query = { [field]: comparison(filter) };
  return filter.orNull === true ? { $or: [held, { [field]: null }] } : held;
}

const nothing: Query = { _id: { $in: [] } };

export type Comparison = Extract<Filter, { value: unknown }>;

/** Ranges never match null here: a query compares within one type. */
function comparison(filter: Comparison): Query {
  if (filter.op === 'in') return { $in: filter.value };
  if (filter.op === 'ne') return { $nin: [filter.value, null] };
  if (filter.op === 'prefix') {
    const end = afterPrefix(filter.value);
    return end === undefined ? { $gte: filter.value } : { $gte: filter.value, $lt: end };
  }
  return { [queryOperators[filter.op]]: filter.value };
}

export type Expression = Record<string, unknown> | string | boolean;

const expressionOperators = { ...queryOperators, ne: '$ne' } as const;

export function toExpression(filter: Filter): Expression {
  if ('and' in filter) return { $and: filter.and.map(toExpression) };
  if ('or' in filter) return { $or: filter.or.map(toExpression) };
  if ('not' in filter) return { $not: [toExpression(filter.not)] };
  const field = `$${fieldOf(filter.column)}`;
  if (!('value' in filter)) return { [filter.op === 'isNull' ? '$eq' : '$ne']: [field, null] };
  // In expressions null is a value like others, less than all: where that would let it in it is kept out by hand.
  const lets = filter.op === 'ne' || filter.op === 'lt' || filter.op === 'le';
  const compared = comparisons(field, filter);
  const held =
    !lets && compared.length === 1
      ? compared[0]!
      : { $and: [...(lets ? [{ $ne: [field, null] }] : []), ...compared] };
  return filter.orNull === true ? { $or: [held, { $eq: [field, null] }] } : held;
}

/** As a literal: a text that begins with `$` would name a field. */
const literal = (value: ColumnValue) => ({ $literal: value });

function comparisons(field: string, filter: Comparison): Expression[] {
  if (filter.op === 'in') return [{ $in: [field, filter.value.map(literal)] }];
  if (filter.op === 'prefix') {
    const end = afterPrefix(filter.value);
    const from = { $gte: [field, literal(filter.value)] };
    return end === undefined ? [from] : [from, { $lt: [field, literal(end)] }];
  }
  return [{ [expressionOperators[filter.op]]: [field, literal(filter.value)] }];
}

/** Integers are 64 bits wide in the database, or sums of them would lose digits on the way. */
export const toInteger = (value: number): Long => Long.fromNumber(value);
