/** Arithmetic on doubles. NaN stands for missing and goes through every one of them, as it does through JavaScript's. */
import type { ScalarType } from '../../values.ts';
import {
  comparedUnits,
  type Fn,
  firstUnit,
  productUnit,
  quotientUnit,
  sameUnit,
  unitless,
} from './function.ts';

const binary = (
  name: string,
  unit: Fn['unit'],
  evaluate: (a: number, b: number) => number,
  emit: (a: string, b: string) => string,
  meaning: string,
): Fn => ({
  name,
  takes: ['number', 'number'],
  returns: 'number',
  unit,
  missing: 'arithmetic',
  evaluate,
  emit: ([a, b]) => emit(a!, b!),
  meaning,
});

const unary = (
  name: string,
  unit: Fn['unit'],
  emitted: string,
  evaluate: (a: number) => number,
  meaning: string,
): Fn => ({
  name,
  takes: ['number'],
  returns: 'number',
  unit,
  missing: 'arithmetic',
  evaluate,
  emit: ([a]) => `${emitted}(${a})`,
  meaning,
});

export const divide = (a: number, b: number): number => (b === 0 ? Number.NaN : a / b);

/**
 * Half away from zero, at a number of decimals, as amounts are rounded on paper: 2.345 gives 2.35 though its double lies
 * just below. Missing where the decimals are no whole number from 0 to 12.
 */
export function roundTo(value: number, decimals: number): number {
  if (!(decimals >= 0 && decimals <= 12 && Number.isInteger(decimals))) return Number.NaN;
  const scale = 10 ** decimals;
  const scaled = Math.abs(value) * scale;
  // Numbers this large have no such decimals.
  if (!(scaled < 2 ** 52)) return value;
  return (Math.sign(value) * Math.floor(scaled + 0.5 + scaled * 2 ** -52)) / scale;
}

const comparable: readonly ScalarType[] = ['number', 'date', 'instant'];
const equatable: readonly ScalarType[] = ['number', 'text', 'boolean', 'date', 'instant'];

const order = (name: string, evaluate: (a: number, b: number) => boolean, meaning: string): Fn[] =>
  comparable.map((type) => ({
    name,
    takes: [type, type],
    returns: 'boolean',
    unit: comparedUnits,
    missing: 'strict',
    evaluate,
    meaning,
  }));

const equality = (name: string, evaluate: (a: unknown, b: unknown) => boolean, meaning: string): Fn[] =>
  equatable.map((type) => ({
    name,
    takes: [type, type],
    returns: 'boolean',
    unit: comparedUnits,
    missing: 'strict',
    evaluate,
    meaning,
  }));

export const numberFunctions: readonly Fn[] = [
  binary(
    '+',
    sameUnit,
    (a, b) => a + b,
    (a, b) => `(${a} + ${b})`,
    'sum',
  ),
  binary(
    '-',
    sameUnit,
    (a, b) => a - b,
    (a, b) => `(${a} - ${b})`,
    'difference',
  ),
  binary(
    '*',
    productUnit,
    (a, b) => a * b,
    (a, b) => `(${a} * ${b})`,
    'product',
  ),
  binary(
    '/',
    quotientUnit,
    divide,
    (a, b) => `divide(${a}, ${b})`,
    'quotient; 7 / 2 is 3.5; by zero it is missing',
  ),
  binary(
    '%',
    firstUnit,
    (a, b) => a % b,
    (a, b) => `(${a} % ${b})`,
    'remainder; by zero it is missing',
  ),
  unary('-_', firstUnit, '-', (a) => -a, 'negative'),
  unary('abs', firstUnit, 'Math.abs', Math.abs, 'without its sign'),
  unary('floor', firstUnit, 'Math.floor', Math.floor, 'the whole number below'),
  unary('ceil', firstUnit, 'Math.ceil', Math.ceil, 'the whole number above'),
  unary('sqrt', unitless, 'Math.sqrt', Math.sqrt, 'square root; of a negative number it is missing'),
  unary('ln', unitless, 'Math.log', Math.log, 'natural logarithm; of zero or less it is missing'),
  {
    name: 'pow',
    takes: ['number', 'number'],
    returns: 'number',
    unit: unitless,
    // Not arithmetic: NaN to the power of 0 is 1 in JavaScript.
    missing: 'strict',
    evaluate: (a: number, b: number) => a ** b,
    meaning: 'first to the power of the second',
  },
  unary('round', firstUnit, 'roundWhole', (a) => roundTo(a, 0), 'to a whole number, half away from zero'),
  binary(
    'round',
    firstUnit,
    roundTo,
    (a, b) => `roundTo(${a}, ${b})`,
    'to so many decimals (0 to 12), half away from zero',
  ),
  {
    name: 'min',
    takes: ['number', 'number'],
    variadic: true,
    returns: 'number',
    unit: sameUnit,
    missing: 'arithmetic',
    evaluate: (...args: number[]) => Math.min(...args.map(Number)),
    emit: (args) => `Math.min(${args.join(', ')})`,
    meaning: 'the smallest; missing where one is',
  },
  {
    name: 'max',
    takes: ['number', 'number'],
    variadic: true,
    returns: 'number',
    unit: sameUnit,
    missing: 'arithmetic',
    evaluate: (...args: number[]) => Math.max(...args.map(Number)),
    emit: (args) => `Math.max(${args.join(', ')})`,
    meaning: 'the largest; missing where one is',
  },
  ...order('<', (a, b) => a < b, 'less, or earlier'),
  ...order('<=', (a, b) => a <= b, 'at most, or not later'),
  ...order('>', (a, b) => a > b, 'more, or later'),
  ...order('>=', (a, b) => a >= b, 'at least, or not earlier'),
  ...equality('==', (a, b) => a === b, 'the same; both sides have one type'),
  ...equality('!=', (a, b) => a !== b, 'not the same'),
];
