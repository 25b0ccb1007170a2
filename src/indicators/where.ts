/**
 * The filter language of indicator files, `--where` and `?where=`: comparisons joined by `or`, a list of which must all
 * hold. `office = PORT`, `lane in (red, yellow)`, `assessDays >= 5 or assessedDay is null`, `hs begins 8517`.
 * `$asOf` is the day as of which the figure is told; `$asOf-30d` thirty days before. A null satisfies no comparison.
 */
import { CrosscheckError } from '../errors.ts';
import { addDays } from '../projections/calendar.ts';
import type { Filter } from '../store/port.ts';

/** What the parser must know of a column; undefined where there is none of that name. */
export type ColumnLookup = (name: string) => { column: string; type: 'text' | 'integer' } | undefined;

type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
const symbols: Record<string, Comparison> = {
  '=': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};

const shapes = {
  test: /^(\w+)\s+is\s+(not\s+)?null$/,
  list: /^(\w+)\s+(not\s+)?in\s+\((.*)\)$/,
  begins: /^(\w+)\s+begins\s+(.+)$/,
  comparison: /^(\w+)\s*(<=|>=|!=|=|<|>)\s*(.+)$/,
} as const;

const unquote = (text: string): string => text.trim().replace(/^"(.*)"$|^'(.*)'$/, (_, a, b) => a ?? b);

/** Splits at a word outside quotes and parentheses. */
function splitAt(text: string, separator: RegExp): string[] {
  const parts: string[] = [];
  let begin = 0;
  for (const match of text.matchAll(separator)) {
    const before = text.slice(0, match.index);
    const quoted = (before.match(/"/g) ?? []).length % 2 === 1;
    const inside = (before.match(/\(/g) ?? []).length > (before.match(/\)/g) ?? []).length;
    if (quoted || inside) continue;
    parts.push(text.slice(begin, match.index));
    begin = match.index + match[0].length;
  }
  return [...parts, text.slice(begin)].map((part) => part.trim());
}

/** Throws CC_FILTER_INVALID, which names the part that is wrong. */
export function parseWhere(texts: readonly string[], lookup: ColumnLookup, asOf: string): Filter | undefined {
  const filters = texts.flatMap((text) =>
    splitAt(text, /\s+and\s+/g).map((conjunct): Filter => {
      const alternatives = splitAt(conjunct, /\s+or\s+/g).map((part) => parseComparison(part, lookup, asOf));
      return alternatives.length === 1 ? alternatives[0]! : { or: alternatives };
    }),
  );
  return and(...filters);
}

/** All of them at once; what is undefined asks for nothing. */
export function and(...filters: readonly (Filter | undefined)[]): Filter | undefined {
  const asked = filters.filter((filter) => filter !== undefined);
  return asked.length <= 1 ? asked[0] : { and: asked };
}

function parseComparison(text: string, lookup: ColumnLookup, asOf: string): Filter {
  const fault = (problem: string) => new CrosscheckError('CC_FILTER_INVALID', { text, problem });
  const known = (name: string) => {
    const found = lookup(name);
    if (found === undefined) throw fault(`there is no column ${name} to filter by`);
    return found;
  };
  const valueFor = (type: 'text' | 'integer', written: string): string | number => {
    const value = unquote(written);
    const moved = /^\$asOf(?:\s*-\s*(\d+)d)?$/.exec(value);
    if (moved) return addDays(asOf, -Number(moved[1] ?? 0));
    if (type === 'text') return value;
    const number = Number(value);
    if (value === '' || !Number.isInteger(number)) throw fault(`${value || 'nothing'} is no whole number`);
    return number;
  };

  const test = shapes.test.exec(text);
  if (test) return { column: known(test[1]!).column, op: test[2] === undefined ? 'isNull' : 'isNotNull' };
  const list = shapes.list.exec(text);
  if (list) {
    const { column, type } = known(list[1]!);
    const filter: Filter = {
      column,
      op: 'in',
      value: list[3]!.split(',').map((each) => valueFor(type, each)),
    };
    return list[2] === undefined ? filter : { and: [{ not: filter }, { column, op: 'isNotNull' }] };
  }
  const begins = shapes.begins.exec(text);
  if (begins) {
    const { column, type } = known(begins[1]!);
    if (type !== 'text') throw fault(`${begins[1]} is a number and begins with nothing`);
    return { column, op: 'prefix', value: unquote(begins[2]!) };
  }
  const comparison = shapes.comparison.exec(text);
  if (comparison === null)
    throw fault('a comparison is `column = value`, `column in (a, b)` or `column is null`');
  const { column, type } = known(comparison[1]!);
  return { column, op: symbols[comparison[2]!]!, value: valueFor(type, comparison[3]!) };
}
