/**
 * Lists. In a rule on the declaration a fact of items is the list of its values, one an item; where an item lacks it the
 * whole list is missing, so that no total is told from half the items.
 */
import type { ScalarType, ValueType } from '../../values.ts';
import { always, type Fn, firstUnit, unitless } from './function.ts';

const scalars: readonly ScalarType[] = ['number', 'text', 'boolean', 'date', 'instant'];
const list = (type: ScalarType): ValueType => `list<${type}>`;
const strict = (
  name: string,
  takes: Fn['takes'],
  returns: Fn['returns'],
  evaluate: Fn['evaluate'],
  meaning: string,
  unit: Fn['unit'] = unitless,
): Fn => ({ name, takes, returns, unit, missing: 'strict', evaluate, meaning });

const total = (entries: readonly number[]): number => {
  let sum = 0;
  for (const entry of entries) sum += entry;
  return sum;
};
const extreme = (pick: (a: number, b: number) => number) => (entries: readonly number[]) =>
  entries.length === 0 ? undefined : entries.reduce((a, b) => pick(a, b));

const ordered: readonly ScalarType[] = ['number', 'date', 'instant'];

export const listFunctions: readonly Fn[] = [
  ...scalars.map((type) =>
    strict(
      'size',
      [list(type)],
      'number',
      (a: readonly unknown[]) => a.length,
      'how many entries',
      always('count'),
    ),
  ),
  ...scalars.map((type) =>
    strict(
      'distinct',
      [list(type)],
      'number',
      (a: readonly unknown[]) => new Set(a).size,
      'how many different entries',
      always('count'),
    ),
  ),
  ...scalars.map((type) =>
    strict(
      'in',
      [type, list(type)],
      'boolean',
      (a: unknown, b: readonly unknown[]) => b.includes(a),
      'is one of the list',
    ),
  ),
  strict('sum', ['list<number>'], 'number', total, 'all entries added; 0 of none', firstUnit),
  strict(
    'average',
    ['list<number>'],
    'number',
    (a: readonly number[]) => (a.length === 0 ? undefined : total(a) / a.length),
    'their mean; missing of none',
    firstUnit,
  ),
  ...ordered.map((type) =>
    strict(
      'min',
      [list(type)],
      type,
      extreme(Math.min),
      'the smallest, or earliest, entry; missing of none',
      firstUnit,
    ),
  ),
  ...ordered.map((type) =>
    strict(
      'max',
      [list(type)],
      type,
      extreme(Math.max),
      'the largest, or latest, entry; missing of none',
      firstUnit,
    ),
  ),
];
