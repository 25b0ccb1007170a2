/** RL306: a let that hides a fact, or is called by a word that expressions keep for themselves. */
import type { Lint } from './lint.ts';

/** CEL's reserved words (cel-spec, syntax). */
const words = new Set(
  (
    'true false null in as break const continue else for function if import let loop package namespace return var ' +
    'void while prototype'
  ).split(' '),
);

/** Also what every JavaScript object has: `__proto__`, `constructor`, `toString`. */
const isReserved = (name: string): boolean => words.has(name) || name in {};

export const letName: Lint = {
  code: 'RL306',
  name: 'let-name',
  severity: 'error',
  finds: 'a `let` with the name of a fact, of the first part of facts, or of a reserved word',
  about: 'rules',
  *check({ vocabulary }, { catalogue }) {
    for (const name of vocabulary.lets.keys()) {
      const hides = catalogue.has(name) || [...catalogue.keys()].some((fact) => fact.startsWith(`${name}.`));
      if (hides || isReserved(name))
        yield {
          path: ['let', name],
          part: 'key',
          message: hides
            ? `${name} would hide the facts of that name`
            : `${name} is a reserved word of expressions`,
          fix: 'Call it otherwise.',
        };
    }
  },
};
