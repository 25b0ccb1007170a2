/**
 * The rule file (DESIGN, The rule file): TypeBox schema and type of one rule as it is written in YAML. From it come the
 * Ajv validation, schemas/rule.json for editors, and the types of everything that handles rules.
 */
import Type, { type Static } from 'typebox';
import { timeSchema } from '../declaration/dates.ts';

export const kinds = ['consistency', 'conduct', 'risk', 'system'] as const;
export const classes = ['error', 'warning', 'risk'] as const;
export const riskAreas = [
  'revenue',
  'security',
  'health',
  'environment',
  'prohibition',
  'ipr',
  'integrity',
] as const;
export const audiences = ['declarant', 'examiner', 'analyst', 'integrity'] as const;
export const statuses = ['draft', 'shadow', 'active', 'retired'] as const;
export type Audience = (typeof audiences)[number];
export type RuleStatus = (typeof statuses)[number];

/** Text by language; `en` and `fr` are asked for by lint, further languages are possible. */
export const Texts = Type.Record(
  Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]+)*$' }),
  Type.String({ minLength: 1 }),
  {
    minProperties: 1,
  },
);
export type Texts = Static<typeof Texts>;

const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);
const Params = Type.Record(Type.String(), Type.Union([Scalar, Type.Array(Scalar)]));

export const FactReference = Type.Object(
  { fact: Type.String({ minLength: 1 }), params: Type.Optional(Params) },
  { additionalProperties: false },
);
export type FactReference = Static<typeof FactReference>;

/** One comparison, as json-rules-engine writes it; no `path`. */
export const Leaf = Type.Object(
  {
    fact: Type.String({ minLength: 1 }),
    params: Type.Optional(Params),
    operator: Type.String({
      minLength: 1,
      description: 'an operator, with decorators before it: someFact:greaterThan',
    }),
    value: Type.Optional(Type.Union([Scalar, Type.Array(Scalar), FactReference])),
    name: Type.Optional(Type.String({ description: 'how the condition is called in explanations' })),
  },
  { additionalProperties: false },
);
export type Leaf = Static<typeof Leaf>;

export type Condition =
  | Leaf
  | { all: Condition[]; name?: string }
  | { any: Condition[]; name?: string }
  | { not: Condition; name?: string }
  /** A named condition shared by the rulebook (rules/shared/*.yaml). */
  | { condition: string; name?: string };

/** Recursive; the strict shape is checked by the linter, which can say where and why. */
export const Conditions = Type.Unsafe<Condition>(
  Type.Cyclic(
    {
      Condition: Type.Union([
        Leaf,
        Type.Object(
          { all: Type.Array(Type.Ref('Condition'), { minItems: 1 }), name: Type.Optional(Type.String()) },
          { additionalProperties: false },
        ),
        Type.Object(
          { any: Type.Array(Type.Ref('Condition'), { minItems: 1 }), name: Type.Optional(Type.String()) },
          { additionalProperties: false },
        ),
        Type.Object(
          { not: Type.Ref('Condition'), name: Type.Optional(Type.String()) },
          { additionalProperties: false },
        ),
        Type.Object(
          { condition: Type.String({ minLength: 1 }), name: Type.Optional(Type.String()) },
          { additionalProperties: false },
        ),
      ]),
    },
    'Condition',
  ),
);

/** The index: a declaration that does not match never reaches the rule. `40*` matches a prefix. */
export const Applies = Type.Object(
  {
    flow: Type.Optional(Type.Array(Type.Enum(['import', 'export', 'transit']), { minItems: 1 })),
    procedure: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9A-Z]{0,4}\\*?$' }), { minItems: 1 })),
    office: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    hs: Type.Optional(
      Type.Array(Type.String({ pattern: '^[0-9]{1,12}\\*?$' }), {
        minItems: 1,
        description: 'prefixes: 02, 0207*, 85171300',
      }),
    ),
    format: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description: 'source formats for which the rule is true',
      }),
    ),
    country: Type.Optional(Type.Array(Type.String({ minLength: 2 }), { minItems: 1 })),
    from: Type.Optional(timeSchema('day')),
    to: Type.Optional(timeSchema('day', 'last day')),
  },
  { additionalProperties: false },
);
export type Applies = Static<typeof Applies>;

export const Example = Type.Object(
  {
    title: Type.String({ minLength: 1 }),
    given: Type.Record(Type.String(), Type.Unknown(), {
      description:
        'changes to a clean base declaration by fact name; null removes a value; items: a list of such changes; calls: values of facts with parameters',
    }),
    expect: Type.Enum(['finding', 'none', 'not evaluated']),
    item: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);
export type Example = Static<typeof Example>;

/** A family's letters and a number: VAL-001, VAL-003A. */
export const ruleIdPattern = '^[A-Z]{2,5}-[0-9]{3}[A-Z]?$';

export const Rule = Type.Object(
  {
    id: Type.String({ pattern: ruleIdPattern }),
    version: Type.Integer({ minimum: 1 }),
    title: Texts,
    kind: Type.Enum([...kinds]),
    class: Type.Enum([...classes]),
    risk: Type.Enum([...riskAreas]),
    audience: Type.Optional(Type.Enum([...audiences])),
    jurisdiction: Type.String({ minLength: 2, description: 'any, or a country profile' }),
    scope: Type.Enum(['declaration', 'item']),
    status: Type.Enum([...statuses]),
    applies: Type.Optional(Applies),
    weight: Type.Integer({ minimum: 0, maximum: 100 }),
    lane: Type.Optional(Type.String({ description: 'forces at least this lane of the profile' })),
    purpose: Texts,
    source: Type.String({ minLength: 1 }),
    legalBasis: Type.Optional(Type.String({ minLength: 1 })),
    owner: Type.String({ minLength: 1 }),
    review: timeSchema('day'),
    let: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z][A-Za-z0-9]*$' }),
        Type.Union([Type.String({ minLength: 1 }), FactReference]),
        {
          description: 'computed facts in CEL, or a fact with parameters',
        },
      ),
    ),
    conditions: Conditions,
    message: Texts,
    examples: Type.Array(Example, { minItems: 1 }),
  },
  { $id: 'rule', title: 'Rule', additionalProperties: false },
);
export type Rule = Omit<Static<typeof Rule>, 'conditions'> & { conditions: Condition };

/** Who may read findings of a kind, where the rule itself does not say (DESIGN decision 5). */
export const defaultAudience: Record<(typeof kinds)[number], Audience> = {
  consistency: 'examiner',
  risk: 'analyst',
  conduct: 'integrity',
  system: 'integrity',
};
