/** What a function or a sign of a `let` is; docs/language.md lists the tables of them. */
import type { Unit } from '../../../facts/model.ts';
import type { Value, ValueType } from '../../values.ts';

export interface Fn {
  /** As it is called: `round`, or the sign: `+`, `<=`, `&&`, `!_`, `-_`. */
  name: string;
  takes: readonly ValueType[];
  /** Any further number of arguments like the last one. */
  variadic?: boolean;
  returns: ValueType;
  /** The unit of the result, or what is wrong with the operands' units. */
  unit(units: readonly Unit[]): Unit | { mismatch: readonly [Unit, Unit] };
  /**
   * How a missing operand is met. `strict`: the result is missing and the function not called. `arithmetic`: operands and
   * result are doubles, NaN for missing. `aware`: the function is called and decides.
   */
  missing: 'strict' | 'arithmetic' | 'aware';
  evaluate(...args: never[]): Value;
  /** Arithmetic functions write themselves out; others are called. */
  emit?(args: readonly string[]): string;
  meaning: string;
}

/** Units that measure nothing by themselves: multiplying by them keeps the other's unit. */
const bare: ReadonlySet<Unit> = new Set(['none', 'ratio', 'fraction', 'count', 'score']);

export const unitless = (): Unit => 'none';

/** Sums, differences and comparisons: numbers without a unit go with any. */
export function sameUnit(units: readonly Unit[]): ReturnType<Fn['unit']> {
  let unit: Unit = 'none';
  for (const other of units) {
    if (other === 'none') continue;
    if (unit === 'none') unit = other;
    // A ratio, a fraction and a count are plain numbers to each other.
    else if (other !== unit && !(bare.has(other) && bare.has(unit))) return { mismatch: [unit, other] };
  }
  return unit;
}

export const comparedUnits = (units: readonly Unit[]): ReturnType<Fn['unit']> => {
  const unit = sameUnit(units);
  return typeof unit === 'string' ? 'none' : unit;
};

const monies: ReadonlySet<Unit> = new Set(['money', 'foreign money']);

/** A plain number may be a conversion, hours a day or a price a kilogram; money times a number stays money. */
const scaled = (unit: Unit): Unit => (monies.has(unit) ? unit : 'none');

export function productUnit([left = 'none', right = 'none']: readonly Unit[]): Unit {
  // A ratio may be a rate of exchange, which makes one money of the other.
  if ((left === 'ratio' && monies.has(right)) || (right === 'ratio' && monies.has(left))) return 'none';
  if (left === 'none') return scaled(right);
  if (right === 'none') return scaled(left);
  if (bare.has(right)) return bare.has(left) ? 'none' : left;
  return bare.has(left) ? right : 'none';
}

export function quotientUnit([left = 'none', right = 'none']: readonly Unit[]): Unit {
  if (left !== 'none' && left === right) return 'ratio';
  if (right === 'none') return scaled(left);
  return bare.has(right) ? left : 'none';
}

export const firstUnit = (units: readonly Unit[]): Unit => units[0] ?? 'none';
export const always = (unit: Unit) => (): Unit => unit;
