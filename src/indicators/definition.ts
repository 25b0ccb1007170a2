/**
 * The indicator file (profiles/indicators/*.yaml): what is measured, whom it credits, how it may be read and what keeps it
 * honest. One TypeBox source gives type, Ajv validation and schema. The catalogue is reference/indicators.md's 37
 * indicators and six tables; an administration adds its own in the same form.
 */
import Type, { type Static } from 'typebox';
import { periodPattern, timeSchema } from '../declaration/dates.ts';
import { Texts } from '../rules/model.ts';

const closed = { additionalProperties: false } as const;
const column = (description: string) => Type.String({ pattern: '^[a-z][A-Za-z]*$', description });
const day = timeSchema('day');

export const tableNames = ['clearance', 'clearance_item', 'act', 'finding'] as const;
export const officerRoles = [
  'assigner',
  'assigned',
  'examiner',
  'assessor',
  'rerouter',
  'releaser',
  'canceller',
  'controller',
  'amender',
  'downrouter',
  'instigator',
  'officer',
] as const;
export const families = [
  'activity',
  'time',
  'lanes',
  'controls',
  'practices',
  'parties',
  'suspense',
  'tops',
  'system',
] as const;
export const units = [
  'count',
  'percent',
  'points',
  'ratio',
  'index',
  'hours',
  'days',
  'money',
  'per 100',
] as const;
export type Unit = (typeof units)[number];

const Where = Type.Array(Type.String({ minLength: 3 }), {
  description:
    'comparisons that must all hold: `lane in (red, yellow)`, `assessDays >= 5 or assessedDay is null`',
});

/** What a store adds up: rows, or a column of them, under a condition. */
export const Operand = Type.Object(
  {
    sum: Type.Optional(column('integer column to add up; rows are counted where it is absent')),
    distinct: Type.Optional(column('column whose different values are counted')),
    where: Type.Optional(Where),
  },
  closed,
);
export type Operand = Static<typeof Operand>;

/** `national`: in constant money, by the price index of the amounts' currency (profiles/prices); by currency once it is loaded. */
const prices = Type.Optional(
  Type.Union(
    [
      Type.Literal('national'),
      Type.Record(
        Type.String({ pattern: '^[A-Z]{3}$' }),
        Type.Record(Type.String({ pattern: periodPattern }), Type.Number({ exclusiveMinimum: 0 }), {
          minProperties: 1,
        }),
      ),
    ],
    {
      description:
        'amounts in the prices of the last period of an index: `national`, or an index by currency and period',
    },
  ),
);
const common = {
  id: Type.String({ pattern: '^[a-z][A-Za-z0-9]*$', description: 'name of the figure within the indicator' }),
  title: Texts,
  unit: Type.Enum([...units]),
};

const strata = Type.Optional(
  Type.Array(column('dimension'), {
    minItems: 1,
    description:
      'work differs in these, the coarsest first: told of officers, each is held against what the others show on the same work',
  }),
);

/** Rows or amounts. */
export const Total = Type.Object(
  { ...common, method: Type.Literal('total'), of: Type.Optional(Operand), prices },
  closed,
);
/** A share of rows, with Wilson's interval; the numerator's rows are among the denominator's. */
export const Proportion = Type.Object(
  {
    ...common,
    method: Type.Literal('proportion'),
    numerator: Operand,
    denominator: Type.Optional(Operand),
    strata,
  },
  closed,
);
/** One sum over another. */
export const Ratio = Type.Object(
  {
    ...common,
    method: Type.Literal('ratio'),
    numerator: Operand,
    denominator: Type.Optional(Operand),
    prices,
  },
  closed,
);
/** A quantile of a binned column, with its order-statistic interval. */
export const Quantile = Type.Object(
  {
    ...common,
    method: Type.Literal('quantile'),
    bin: column('bin column'),
    at: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    where: Type.Optional(Where),
    strata,
  },
  closed,
);
/** Observed over expected, the expectation from all rows of the same strata (indirect standardisation). */
export const Standardised = Type.Object(
  {
    ...common,
    method: Type.Literal('standardised'),
    observed: Operand,
    denominator: Type.Optional(Operand),
    strata: Type.Array(column('dimension'), { minItems: 1 }),
  },
  closed,
);
/** What was collected less what the same number of declarations would have brought at the mean of the year before. */
export const Added = Type.Object({ ...common, method: Type.Literal('added'), of: Operand, prices }, closed);
/** A share less the rate that the administration set. */
export const Gap = Type.Object(
  {
    ...common,
    method: Type.Literal('gap'),
    numerator: Operand,
    denominator: Type.Optional(Operand),
    expected: Type.Number({ minimum: 0, maximum: 1, description: 'the rate that was set, a fraction' }),
    /** `least`: only a share below the rate is a gap. */
    bound: Type.Optional(Type.Enum(['both', 'least'])),
  },
  closed,
);
/** Herfindahl-Hirschman index of the shares of another dimension, or the largest of these shares in percent. */
export const Concentration = Type.Object(
  {
    ...common,
    method: Type.Literal('concentration'),
    over: column('dimension'),
    of: Type.Optional(Operand),
    measure: Type.Optional(
      Type.Enum(['index', 'largest'], { description: 'the index where absent, or the largest share' }),
    ),
  },
  closed,
);
/** The part of the pool's expected duty that went to one, less his part of the declarations. */
export const Yield = Type.Object(
  {
    ...common,
    method: Type.Literal('yield'),
    of: Operand,
    strata: Type.Array(column('dimension'), { minItems: 1 }),
  },
  closed,
);
/** Mean logarithmic distance of declared unit values from their reference, the median of the same goods. */
export const LogGap = Type.Object(
  {
    ...common,
    method: Type.Literal('logGap'),
    bin: column('bin column'),
    strata: Type.Array(column('dimension'), { minItems: 1 }),
    where: Type.Optional(Where),
  },
  closed,
);
/** How far the first digits of amounts lie from Benford's law, where the law has ground. */
export const FirstDigits = Type.Object(
  {
    ...common,
    method: Type.Literal('firstDigits'),
    amount: column('money column whose digits are told; numbers that somebody assigns follow no law'),
    digits: column('bin column of its first digits'),
    where: Type.Optional(Where),
  },
  closed,
);
/** A rate over the same rate among what was drawn at random. */
export const Lift = Type.Object(
  { ...common, method: Type.Literal('lift'), numerator: Operand, denominator: Type.Optional(Operand) },
  closed,
);
/** Partner's exports against own imports, from a file of mirror statistics. */
export const Mirror = Type.Object({ ...common, method: Type.Literal('mirror'), of: Operand }, closed);
/** Days since what a dimension names was last reviewed; from its own history and not from declarations (src/indicators/age). */
export const Age = Type.Object({ ...common, method: Type.Literal('age'), of: column('dimension') }, closed);
/** Excess of a pair over the assignment rule in force; a batch of its own (src/indicators/pairs). */
export const Pairs = Type.Object(
  { ...common, method: Type.Literal('pairs'), first: column('dimension'), second: column('dimension') },
  closed,
);

export const FigureSpec = Type.Union([
  Total,
  Proportion,
  Ratio,
  Quantile,
  Standardised,
  Added,
  Gap,
  Concentration,
  Yield,
  LogGap,
  FirstDigits,
  Lift,
  Mirror,
  Age,
  Pairs,
]);
export type FigureSpec = Static<typeof FigureSpec>;
export type MethodName = FigureSpec['method'];

export const Target = Type.Object(
  {
    figure: Type.String({ minLength: 1 }),
    objective: Texts,
    start: Type.Number(),
    desired: Type.Number(),
    deadline: day,
    owner: Type.String({ minLength: 1 }),
  },
  closed,
);

/** A figure that is watched day by day for a change (watch.ts): a share, or an observed over an expected count. */
export const Watch = Type.Object(
  {
    figure: Type.String({ minLength: 1 }),
    odds: Type.Number({
      exclusiveMinimum: 1,
      maximum: 10,
      description: 'how many times those of the peers the odds must have become to be watched for',
    }),
    strata: Type.Array(column('dimension'), {
      minItems: 1,
      description: 'what cases are alike in, from coarse to fine',
    }),
  },
  closed,
);
export type Watch = Static<typeof Watch>;

export const Definition = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Z]{1,4}[0-9]{2,3}$' }),
    version: Type.Integer({ minimum: 1 }),
    title: Texts,
    purpose: Texts,
    class: Type.Enum(['performance', 'integrity']),
    family: Type.Enum([...families]),
    table: Type.Enum([...tableNames]),
    role: Type.Optional(
      Type.Enum([...officerRoles], {
        description: 'whose work it is: the column that the dimension `officer` reads',
      }),
    ),
    where: Type.Optional(Where),
    formula: Texts,
    figures: Type.Array(FigureSpec, { minItems: 1 }),
    dimensions: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true }),
    by: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'grouping where none is asked for',
        maxItems: 2,
      }),
    ),
    top: Type.Optional(
      Type.Object(
        { figure: Type.String({ minLength: 1 }), limit: Type.Integer({ minimum: 1, maximum: 1000 }) },
        closed,
      ),
    ),
    direction: Type.Enum(['up', 'down', 'band', 'none']),
    counter: Type.Optional(
      Type.String({ description: 'the indicator that shows when this one is being gamed' }),
    ),
    minimum: Type.Object(
      {
        n: Type.Integer({ minimum: 1, description: 'declarations below which no figure is compared' }),
        events: Type.Optional(
          Type.Integer({ minimum: 1, description: 'expected events below which nothing is flagged' }),
        ),
      },
      closed,
    ),
    watch: Type.Optional(Watch),
    source: Type.String({ minLength: 1 }),
    owner: Type.String({ minLength: 1 }),
    review: day,
    target: Type.Optional(Target),
  },
  { $id: 'indicator', title: 'Indicator', ...closed },
);
export type Definition = Static<typeof Definition>;
