/** Kleene's logic, and the questions about absence. */
import type { Truth, Value, ValueType } from '../../values.ts';
import { type Fn, firstUnit, sameUnit, unitless } from './function.ts';

const types: readonly ValueType[] = [
  'number',
  'text',
  'boolean',
  'date',
  'instant',
  'list<number>',
  'list<text>',
  'list<boolean>',
  'list<date>',
  'list<instant>',
];

export const and3 = (a: Truth, b: Truth): Truth =>
  a === false || b === false ? false : a === undefined || b === undefined ? undefined : true;
export const or3 = (a: Truth, b: Truth): Truth =>
  a === true || b === true ? true : a === undefined || b === undefined ? undefined : false;

const logical = (name: string, evaluate: (a: Truth, b: Truth) => Truth, meaning: string): Fn => ({
  name,
  takes: ['boolean', 'boolean'],
  returns: 'boolean',
  unit: unitless,
  missing: 'aware',
  evaluate,
  meaning,
});

const presence = (name: string, evaluate: (value: Value) => boolean, meaning: string): Fn[] =>
  types.map((type) => ({
    name,
    takes: [type],
    returns: 'boolean',
    unit: unitless,
    missing: 'aware',
    evaluate,
    meaning,
  }));

export const logicFunctions: readonly Fn[] = [
  logical('&&', and3, 'both; false where one is false, whatever the other'),
  logical('||', or3, 'one of them; true where one is true, whatever the other'),
  {
    name: '!_',
    takes: ['boolean'],
    returns: 'boolean',
    unit: firstUnit,
    missing: 'strict',
    evaluate: (a: boolean) => !a,
    meaning: 'not',
  },
  ...presence('isMissing', (value) => value === undefined, 'whether there is no value; never missing itself'),
  ...presence('isPresent', (value) => value !== undefined, 'whether there is a value; never missing itself'),
  ...types.map(
    (type): Fn => ({
      name: 'orElse',
      takes: [type, type],
      returns: type,
      unit: sameUnit,
      missing: 'aware',
      evaluate: (value: Value, instead: Value) => (value === undefined ? instead : value),
      meaning: 'the first, or the second where the first is missing',
    }),
  ),
];
