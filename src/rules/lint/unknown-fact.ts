/** RL201: a misspelt fact; json-rules-engine ends the run, or with `notEqual` hits always (trap 6). */
import { didYouMean } from '../did-you-mean.ts';
import type { Lint } from './lint.ts';
import { factOperand, isRecord } from './tree.ts';

export const unknownFact: Lint = {
  code: 'RL201',
  name: 'unknown-fact',
  severity: 'error',
  finds: 'a fact that is neither in the catalogue nor a `let` of the rule',
  about: 'conditions',
  *check({ leaves, vocabulary, raw }, { catalogue }) {
    const complain = (name: string, path: readonly (string | number)[], known: readonly string[]) => ({
      path,
      message: `there is no fact \`${name}\``,
      fix: didYouMean(name, known) ?? 'docs/facts.md lists the facts.',
    });
    for (const { fact, operand, path } of leaves) {
      if (vocabulary.lookup(fact) === undefined && !/[$[\]@]/.test(fact))
        yield complain(fact, [...path, 'fact'], vocabulary.names());
      const other = factOperand(operand);
      if (other !== undefined && vocabulary.lookup(other.fact) === undefined)
        yield complain(other.fact, [...path, 'value', 'fact'], vocabulary.names());
    }
    for (const { name, call } of vocabulary.lets.values()) {
      if (call !== undefined && !catalogue.has(call.fact))
        yield complain(call.fact, ['let', name, 'fact'], [...catalogue.keys()]);
    }
    if (!Array.isArray(raw.examples)) return;
    for (const [i, example] of raw.examples.entries()) {
      if (!isRecord(example) || !isRecord(example.given)) continue;
      const { items, calls, ...header } = example.given;
      const given: [string, readonly (string | number)[]][] = Object.keys(header).map((name) => [
        name,
        ['examples', i, 'given', name],
      ]);
      if (Array.isArray(items))
        for (const [at, item] of items.entries())
          if (isRecord(item))
            given.push(
              ...Object.keys(item).map((name): (typeof given)[number] => [
                name,
                ['examples', i, 'given', 'items', at, name],
              ]),
            );
      // `trail.absence`, or with its parameters behind it where a rule asks it twice.
      if (isRecord(calls))
        for (const call of Object.keys(calls)) {
          const name = call.split(/[({?]/)[0]!.trim();
          if (!catalogue.has(name))
            yield {
              ...complain(name, ['examples', i, 'given', 'calls', call], [...catalogue.keys()]),
              part: 'key',
            };
        }
      for (const [name, path] of given) {
        if (!catalogue.has(name) && !catalogue.has(`item.${name}`))
          yield { ...complain(name, path, [...catalogue.keys()]), part: 'key' };
      }
    }
  },
};
