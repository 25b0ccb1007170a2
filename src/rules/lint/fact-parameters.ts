/** RL204: parameters that a fact does not have, needs, or does not take with this value. */
import type { FactDefinition, ParameterDefinition } from '../../facts/model.ts';
import { impossibleIn, selectorPattern } from '../../facts/trail/selector.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { Path } from '../source.ts';
import { fits, typeWords } from './language.ts';
import type { Complaint, Lint } from './lint.ts';
import { factOperand } from './tree.ts';

const shown = (value: unknown): string => JSON.stringify(value);

function wrong(
  name: string,
  definition: ParameterDefinition,
  value: unknown,
): Omit<Complaint, 'path'> | undefined {
  if (!fits(value, definition.type))
    return {
      message: `parameter ${name} is ${shown(value)} and must be ${typeWords(definition.type)}`,
      fix: definition.meaning,
    };
  const strange = [value]
    .flat()
    .find((each) => definition.values !== undefined && !definition.values.includes(String(each)));
  if (
    definition.pattern !== undefined &&
    typeof value === 'string' &&
    !new RegExp(definition.pattern).test(value)
  )
    return {
      message: `parameter ${name} is ${shown(value)}, which is not as it must be`,
      fix: definition.meaning,
    };
  const impossible = definition.pattern === selectorPattern ? impossibleIn(String(value)) : undefined;
  if (impossible !== undefined)
    return {
      message: `parameter ${name} is ${shown(value)}, and no event says ${impossible.value}`,
      fix: didYouMean(impossible.value, impossible.known) ?? `Events say ${impossible.known.join(', ')}.`,
    };
  return strange === undefined
    ? undefined
    : {
        message: `parameter ${name} is ${shown(strange)}, which is none of ${definition.values!.join(', ')}`,
        fix: didYouMean(String(strange), definition.values!) ?? definition.meaning,
      };
}

/** @param at path of the mapping that has `fact` and perhaps `params` */
function* check(
  fact: FactDefinition,
  params: Readonly<Record<string, unknown>>,
  at: Path,
): Iterable<Complaint> {
  const known = fact.params ?? {};
  for (const [name, value] of Object.entries(params)) {
    const definition = Object.hasOwn(known, name) ? known[name] : undefined;
    const path = [...at, 'params', name];
    if (definition === undefined)
      yield {
        path,
        part: 'key',
        message:
          fact.params === undefined
            ? `${fact.name} takes no parameters`
            : `${fact.name} has no parameter \`${name}\``,
        fix: fact.params === undefined ? 'Remove `params`.' : didYouMean(name, Object.keys(known)),
      };
    else {
      const problem = wrong(name, definition, value);
      if (problem !== undefined) yield { path, ...problem };
    }
  }
  for (const [name, { required, meaning }] of Object.entries(known)) {
    if (required && !Object.hasOwn(params, name))
      yield {
        path: [...at, 'fact'],
        message: `${fact.name} needs the parameter \`${name}\``,
        fix: `${name}: ${meaning}.`,
      };
  }
}

export const factParameters: Lint = {
  code: 'RL204',
  name: 'fact-parameters',
  severity: 'error',
  finds: 'a parameter that the fact does not have, that it needs, or with a value it does not take',
  about: 'conditions',
  *check({ leaves, vocabulary }, { catalogue }) {
    for (const { fact, params, operand, path } of leaves) {
      const own = vocabulary.lets.has(fact);
      const definition = own ? undefined : catalogue.get(fact);
      if (definition !== undefined) yield* check(definition, params, path);
      else if (own && Object.keys(params).length > 0)
        yield {
          path: [...path, 'params'],
          part: 'key',
          message: `${fact} is a let and takes no parameters`,
          fix: 'Give them where the let is written.',
        };
      const other = factOperand(operand);
      const compared =
        other === undefined || vocabulary.lets.has(other.fact) ? undefined : catalogue.get(other.fact);
      if (compared !== undefined) yield* check(compared, other!.params, [...path, 'value']);
    }
    for (const { name, call } of vocabulary.lets.values()) {
      const definition = call === undefined ? undefined : catalogue.get(call.fact);
      if (definition !== undefined) yield* check(definition, call!.params, ['let', name]);
    }
  },
};
