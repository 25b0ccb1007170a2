/**
 * The contract file (profiles/contracts/*.yaml): what an officer or a firm is measured by, with a threshold from history,
 * a coefficient, and a counter-indicator beside every target (customs-practice.md 2.1 to 2.4, 2.14, 3.8). It names
 * indicators and figures; values come from figure.ts.
 */
import { Ajv } from 'ajv';
import Type, { type Static } from 'typebox';
import { timeSchema } from '../../declaration/dates.ts';
import { problemOf } from '../../declaration/validate.ts';
import { CrosscheckError } from '../../errors.ts';
import { readYaml } from '../../ground/yaml.ts';
import { Texts } from '../../rules/model.ts';
import type { Definition } from '../definition.ts';
import { dimensionsOf } from '../dimensions.ts';
import { gamingChecks } from './gaming.ts';

const closed = { additionalProperties: false } as const;
const day = timeSchema('day');

const Measured = Type.Object(
  { indicator: Type.String({ minLength: 1 }), figure: Type.String({ minLength: 1 }) },
  closed,
);

export const Objective = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][A-Za-z0-9]*$' }),
    title: Texts,
    measured: Measured,
    better: Type.Enum(['up', 'down']),
    coefficient: Type.Number({ exclusiveMinimum: 0 }),
    /** Share of the median of history by which the target is set: 1 asks for what was usual. */
    demand: Type.Number({ exclusiveMinimum: 0 }),
    counter: Measured,
    counterBetter: Type.Enum(['up', 'down']),
    /** Gaming checks of this target: its mark is held while one of them asks to look closer. */
    gaming: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { uniqueItems: true })),
    /**
     * Periods before the sheet's own whose cases are looked at, on the last day of the sheet's own: for what takes time to
     * show. No case of a month is older than thirty days at its end.
     */
    lag: Type.Optional(Type.Integer({ minimum: 1, maximum: 12 })),
  },
  closed,
);
export type Objective = Static<typeof Objective>;

export const Contract = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    version: Type.Integer({ minimum: 1 }),
    title: Texts,
    party: Type.Enum(['officer', 'declarant', 'importer'], {
      description: 'whose contract it is; a dimension',
    }),
    sheet: Type.Enum(['month', 'year']),
    from: day,
    to: day,
    /** Months that are compared with nothing: their trade is not that of others (customs-practice.md 2.4). */
    excludedMonths: Type.Array(Type.Integer({ minimum: 1, maximum: 12 }), { uniqueItems: true }),
    /** Marks of a sheet on which every objective was reached. */
    full: Type.Number({ exclusiveMinimum: 0 }),
    /** The most that one objective counts: 1 caps at the full mark, more lets a firm exceed it. */
    most: Type.Number({ minimum: 1 }),
    objectives: Type.Array(Objective, { minItems: 1 }),
    owner: Type.String({ minLength: 1 }),
    review: day,
  },
  { $id: 'contract', title: 'Contract', ...closed },
);
export type Contract = Static<typeof Contract>;

/** Amounts that come with a declaration: whoever is given the rich ones has the more of them (customs-practice.md 3.3). */
const given = new Set(['value', 'declared', 'firstAssessed', 'final', 'paid', 'due', 'tax']);

/** Also against what is expected: the richest of a stratum are still richer than its mean. */
function rewardsTheGiven({ figures }: Definition, id: string): boolean {
  const figure = figures.find((each) => each.id === id);
  if (figure === undefined) return false;
  const operands = [
    'observed' in figure ? figure.observed : undefined,
    'numerator' in figure ? figure.numerator : undefined,
    'of' in figure && typeof figure.of === 'object' ? figure.of : undefined,
  ];
  return operands.some((operand) => operand?.sum !== undefined && given.has(operand.sum));
}

const validate = new Ajv({ allErrors: true, strict: false }).compile(Contract);

/** Validates a contract's content against its schema and the indicators it names. Throws CC_PROFILE_INVALID. */
export function useContract(
  content: unknown,
  definitions: ReadonlyMap<string, Definition>,
  file = 'contract',
): Contract {
  const refuse = (pointer: string, problem: string) =>
    new CrosscheckError('CC_PROFILE_INVALID', { file, pointer: pointer || '/', problem }, { file, pointer });
  if (!validate(content)) {
    const { pointer, problem } = problemOf(validate.errors![0]!);
    throw refuse(pointer, problem);
  }
  const contract = content as Contract;
  contract.objectives.forEach((objective, i) => {
    for (const key of ['measured', 'counter'] as const) {
      const { indicator, figure } = objective[key];
      const definition = definitions.get(indicator);
      const pointer = `/objectives/${i}/${key}`;
      if (definition === undefined) throw refuse(pointer, `there is no indicator ${indicator}`);
      if (!definition.figures.some(({ id }) => id === figure)) {
        throw refuse(pointer, `${indicator} has no figure ${figure}`);
      }
      if (key === 'measured' && !dimensionsOf(definition).includes(contract.party)) {
        throw refuse(pointer, `${indicator} is not told by ${contract.party}`);
      }
      // An amount per officer rewards who is given the rich declarations (customs-practice.md 3.3).
      if (
        contract.party === 'officer' &&
        definition.figures.find(({ id }) => id === figure)!.unit === 'money'
      ) {
        throw refuse(
          pointer,
          `${indicator} ${figure} is an amount; an officer is not paid by what he is given`,
        );
      }
      if (contract.party === 'officer' && rewardsTheGiven(definition, figure)) {
        throw refuse(
          pointer,
          `${indicator} ${figure} grows with the declarations that an officer is given; nobody is paid by it`,
        );
      }
      if (contract.party === 'officer' && definition.class === 'integrity') {
        throw refuse(pointer, `${indicator} is for the integrity unit alone and no part of a contract`);
      }
    }
    for (const id of objective.gaming ?? []) {
      if (!gamingChecks().has(id)) throw refuse(`/objectives/${i}/gaming`, `there is no gaming check ${id}`);
      if (contract.party !== 'officer')
        throw refuse(`/objectives/${i}/gaming`, 'gaming checks are told of officers');
    }
    if (objective.measured.indicator === objective.counter.indicator) {
      throw refuse(`/objectives/${i}/counter`, 'a target is no counter of itself');
    }
  });
  return contract;
}

/** Throws CC_PROFILE_INVALID, and as readYaml. */
export function loadContract(file: string, definitions: ReadonlyMap<string, Definition>): Contract {
  return useContract(readYaml(file), definitions, file);
}
