/** The shape that operators of order share: JavaScript's own comparison, which is false where an operand is undefined. */
import type { Operator, Signature } from './operator.ts';

interface Comparison {
  name: string;
  negation: string;
  sign: '<' | '<=' | '>' | '>=';
  signatures: readonly Signature[];
  phrase: Operator['phrase'];
}

const compare = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
};

export const comparison = ({ name, negation, sign, signatures, phrase }: Comparison): Operator => ({
  name,
  negation,
  signatures,
  cost: 1,
  selectivity: 0.4,
  evaluate: (fact, value) => compare[sign](fact as number, value as number),
  emit: ({ fact, value }) => `${fact} ${sign} ${value}`,
  phrase,
});
