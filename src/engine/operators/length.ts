/** The shape that operators on lengths share: characters of a text, entries of a list. */
import { measured, type Operator } from './operator.ts';

const compare = {
  '===': (a: number, b: number) => a === b,
  '!==': (a: number, b: number) => a !== b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
};

interface LengthComparison {
  name: string;
  negation: string;
  sign: keyof typeof compare;
  phrase: Operator['phrase'];
}

export const lengthComparison = ({ name, negation, sign, phrase }: LengthComparison): Operator => ({
  name,
  negation,
  signatures: measured,
  cost: 2,
  selectivity: 0.3,
  evaluate: (fact, value) => compare[sign]((fact as string | readonly unknown[]).length, value as number),
  emit: ({ fact, value }) =>
    `${fact} !== undefined && ${value} !== undefined && ${fact}.length ${sign} ${value}`,
  phrase,
});
