/**
 * Random rules and declarations for the differential tests. Values come from small domains, so that conditions meet;
 * every operator, decorator, scope and form of fact can come up, and facts are missing or of the wrong type at times.
 */
import fc from 'fast-check';
import { decorators as decoratorTable } from '../../src/engine/decorators/table.ts';
import { parseOperator, type Taken, takenBy } from '../../src/engine/operators/resolve.ts';
import { operators } from '../../src/engine/operators/table.ts';
import type { FactSheet, FactValue } from '../../src/facts/model.ts';
import type { Applies, Condition, Leaf, Rule } from '../../src/rules/model.ts';
import { catalogueOf, fact, rule } from './support.ts';

type Scope = 'declaration' | 'item';

const scalars: Record<string, readonly unknown[]> = {
  number: [-1, 0, 1, 2, 5.5],
  text: ['', 'A', 'B', 'AB', 'C1'],
  boolean: [true, false],
  date: ['2026-01-30', '2026-01-31', '2026-02-01'],
  instant: ['2026-01-31T10:00:00Z', '2026-01-31T11:00:00+01:00', '2026-02-01T00:00:00Z'],
};
const valuesOf = (type: string): fc.Arbitrary<unknown> =>
  type.startsWith('list<')
    ? fc.array(fc.constantFrom(...scalars[type.slice(5, -1)]!), { maxLength: 3 })
    : fc.constantFrom(...scalars[type]!);

const definitions = [
  fact('declaration.flow', 'text'),
  fact('declaration.office', 'text'),
  fact('declaration.date', 'date'),
  fact('n1', 'number', 'money'),
  fact('n2', 'number', 'money'),
  fact('t1', 'text'),
  fact('t2', 'text'),
  fact('flag', 'boolean'),
  fact('d1', 'date'),
  fact('d2', 'date'),
  fact('i1', 'instant'),
  fact('i2', 'instant'),
  fact('texts', 'list<text>'),
  fact('numbers', 'list<number>'),
  fact('numbers2', 'list<number>'),
  fact('item.procedure', 'text'),
  fact('item.hs', 'text'),
  fact('item.n', 'number', 'money'),
  fact('item.m', 'number', 'money'),
  fact('item.t', 'text'),
  fact('item.flag', 'boolean'),
  fact('item.d', 'date'),
  fact('item.texts', 'list<text>'),
  fact('call', 'number', 'none', { k: { type: 'text', required: true, meaning: 'which' } }),
  fact('item.call', 'number', 'none', { k: { type: 'text', required: true, meaning: 'which' } }),
];
export const fuzzCatalogue = catalogueOf(definitions);

/** Lets of each scope with the type they have. */
const lets: Record<
  Scope,
  Record<string, readonly [text: string | { fact: string; params: { k: string } }, type: string]>
> = {
  declaration: {
    sumOf: ['n1 + n2 * 2', 'number'],
    share: ['round(n1 / n2, 1)', 'number'],
    nested: ['abs(sumOf) - min(n1, share)', 'number'],
    total: ['sum(item.n)', 'number'],
    most: ['max(item.m) + 0.5', 'number'],
    truth: ['n1 > n2 || flag', 'boolean'],
    joined: ['t1 + t2', 'text'],
    chosen: ['flag ? n1 : n2', 'number'],
    filled: ['orElse(n1, 0.0) + size(texts)', 'number'],
    later: ['addDays(d1, 1)', 'date'],
    days: ['daysBetween(d1, d2)', 'number'],
    hours: ['hoursBetween(i1, i2)', 'number'],
    read: ['double(t1)', 'number'],
    called: [{ fact: 'call', params: { k: 'a' } }, 'number'],
    column: [{ fact: 'item.call', params: { k: 'a' } }, 'list<number>'],
    held: ['t1.startsWith("A") && !flag', 'boolean'],
  },
  item: {
    price: ['item.n / item.m', 'number'],
    header: ['n1 + n2', 'number'],
    part: ['round(price * header, 1)', 'number'],
    part2: ['item.n - n1', 'number'],
    code: ['prefix(item.hs, 2)', 'text'],
    same: ['item.t == t1', 'boolean'],
    due: ['addDays(item.d, 1)', 'date'],
    called: [{ fact: 'item.call', params: { k: 'a' } }, 'number'],
  },
};

interface Named {
  name: string;
  type: string;
  params?: { k: string };
}

const namesOf = (scope: Scope): Named[] => [
  ...definitions.flatMap(({ name, type, scope: own, params }): Named[] => {
    const column = scope === 'declaration' && own === 'item';
    if (column && type.startsWith('list<')) return [];
    return [
      {
        name,
        type: column ? `list<${type}>` : type,
        ...(params === undefined ? {} : { params: { k: 'b' } }),
      },
    ];
  }),
  ...Object.entries(lets[scope]).map(([name, [, type]]) => ({ name, type })),
];
/** These are missing on complete data too: a division by zero, a text that is no number, the most of nothing. */
const failing = new Set(['share', 'nested', 'most', 'read', 'price', 'part']);
const names: Record<Scope, Named[]> = { declaration: namesOf('declaration'), item: namesOf('item') };
const pick = (scope: Scope, complete: boolean): Named[] =>
  complete ? names[scope].filter(({ name }) => !failing.has(name)) : names[scope];

interface Template {
  operator: string;
  taken: Taken;
  /** Whether a fact may stand for the value. */
  factValue: boolean;
}

const chains = ['', ...decoratorTable.keys()].flatMap((outer) =>
  (outer === '' ? [''] : ['', ...decoratorTable.keys()]).map((inner) => [outer, inner].filter(Boolean)),
);
const templates: Template[] = [...operators.values()].flatMap((operator) =>
  chains.flatMap((chain) => {
    const text = [...chain, operator.name].join(':');
    const name = parseOperator(text);
    if ('unknown' in name) return [];
    return takenBy(name)
      .filter(({ valueSide }) => operator.refuse === undefined || valueSide === 'value')
      .map((taken) => ({ operator: text, taken, factValue: operator.refuse === undefined }));
  }),
);
const templatesOf: Record<Scope, Template[]> = { declaration: [], item: [] };
for (const scope of ['declaration', 'item'] as const)
  for (const template of templates)
    if (names[scope].some(({ type }) => type === template.taken.outer.fact))
      templatesOf[scope].push(template);

const literalFor = (operator: string, type: string): fc.Arbitrary<unknown> => {
  const plain = operator.split(':').at(-1)!;
  if (/etween$/.test(plain))
    return type === 'list<number>'
      ? fc.constantFrom([0, 1], [-1, 5])
      : type === 'list<date>'
        ? fc.constant(['2026-01-30', '2026-01-31'])
        : fc.constant(['2026-01-31T10:00:00Z', '2026-01-31T12:00:00Z']);
  if (/atch/.test(plain))
    return type === 'text' ? fc.constantFrom('^A', 'B$', '[0-9]') : fc.constantFrom([], ['^A', '1']);
  return valuesOf(type);
};

const leafOf = (scope: Scope, complete: boolean): fc.Arbitrary<Leaf> =>
  fc.constantFrom(...templatesOf[scope]).chain(({ operator, taken, factValue }) => {
    const facts = pick(scope, complete).filter(({ type, name }) => {
      if (type !== taken.outer.fact) return false;
      // A column can't be asked whether it is missing as a whole; that is refused, and tested by name.
      return !(/is(Missing|Present)$/.test(operator) && !operator.includes('Fact') && isColumn(scope, name));
    });
    if (facts.length === 0) return fc.constant<Leaf>({ fact: 'n1', operator: 'isPresent' });
    const reference = (named: Named) => ({
      fact: named.name,
      ...(named.params === undefined ? {} : { params: named.params }),
    });
    const { value } = taken.outer;
    if (value === 'none')
      return fc.constantFrom(...facts).map((named) => ({ ...reference(named), operator }) as Leaf);
    const others = pick(scope, complete).filter(({ type }) => type === value);
    const literal = literalFor(operator, value);
    const operand =
      factValue && others.length > 0
        ? fc.oneof(
            { weight: 3, arbitrary: literal },
            { weight: 1, arbitrary: fc.constantFrom(...others).map(reference) },
          )
        : literal;
    return fc
      .record({ named: fc.constantFrom(...facts), operand })
      .map(({ named, operand: other }) => ({ ...reference(named), operator, value: other }) as Leaf);
  });

const isColumn = (scope: Scope, name: string): boolean =>
  scope === 'declaration' && (name.startsWith('item.') || name === 'column');

const shared = (scope: Scope): Record<string, Condition> => ({
  common:
    scope === 'item'
      ? {
          any: [
            { fact: 'item.n', operator: 'greaterThan', value: 0 },
            { fact: 't1', operator: 'matches', value: 'A' },
          ],
        }
      : {
          any: [
            { fact: 'n1', operator: 'greaterThan', value: 0 },
            { fact: 't1', operator: 'matches', value: 'A' },
          ],
        },
});

const conditionOf = (scope: Scope, complete: boolean): fc.Arbitrary<Condition> => {
  const leaf = leafOf(scope, complete);
  const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 4, arbitrary: leaf },
      { weight: 2, arbitrary: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })) },
      { weight: 2, arbitrary: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })) },
      { weight: 1, arbitrary: tie('tree').map((not) => ({ not })) },
      { weight: 1, arbitrary: fc.constant({ condition: `${scope}Common` }) },
    ),
  }));
  return tree;
};

const applies: fc.Arbitrary<Applies | undefined> = fc.option(
  fc.record(
    {
      flow: fc.constantFrom<Applies['flow']>(['import'], ['export'], ['import', 'export']),
      office: fc.constantFrom(['A'], ['A*'], ['A', 'B']),
      procedure: fc.constantFrom(['40*'], ['4000'], ['1*', '40*']),
      hs: fc.constantFrom(['02'], ['0207*'], ['85', '02']),
      from: fc.constant('2026-01-31'),
      to: fc.constant('2026-01-31'),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined, freq: 2 },
);

export interface FuzzRule {
  scope: Scope;
  applies?: Applies;
  conditions: Condition;
}

const fuzzRule = (complete: boolean): fc.Arbitrary<FuzzRule> =>
  fc
    .constantFrom<Scope>('declaration', 'item')
    .chain((scope) =>
      fc
        .record({ scope: fc.constant(scope), applies, conditions: conditionOf(scope, complete) })
        .map(({ applies: restricted, ...rest }) =>
          restricted === undefined ? rest : { ...rest, applies: restricted },
        ),
    );

export const fuzzShared: Record<string, Condition> = {
  declarationCommon: shared('declaration').common!,
  itemCommon: shared('item').common!,
};

/** The lets that a text speaks of, and those that they speak of. */
function letsOf(scope: Scope, text: string): Rule['let'] {
  const needed: NonNullable<Rule['let']> = {};
  const add = (spoken: string): void => {
    for (const [name, [definition]] of Object.entries(lets[scope])) {
      if (name in needed || !new RegExp(`\\b${name}\\b`).test(spoken)) continue;
      needed[name] = definition;
      if (typeof definition === 'string') add(definition);
    }
  };
  add(text);
  return needed;
}

export const toRule = ({ scope, applies: restricted, conditions }: FuzzRule, place: number): Rule =>
  rule(conditions, {
    id: `FUZ-${String(place + 1).padStart(3, '0')}`,
    scope,
    ...(restricted === undefined ? {} : { applies: restricted }),
    let: letsOf(scope, JSON.stringify(conditions)),
    message: { en: scope === 'item' ? '{item}: {item.n} of {item.t}' : '{n1|1} and {texts}' },
  });

const indexValues: Record<string, readonly string[]> = {
  'declaration.flow': ['import', 'export', 'transit'],
  'declaration.office': ['A', 'AB', 'B', 'C'],
  'item.procedure': ['4000', '4071', '1000'],
  'item.hs': ['0207', '020711', '8517', '01'],
};

/** `complete` leaves no value out. */
const record = (scope: Scope, complete: boolean): fc.Arbitrary<Record<string, FactValue>> =>
  fc.record(
    Object.fromEntries(
      definitions
        .filter((definition) => definition.scope === scope && definition.params === undefined)
        .map(({ name, type }) => [name, present(indexValues[name], type, complete)]),
    ),
  ) as fc.Arbitrary<Record<string, FactValue>>;

const wrong = fc.constantFrom<unknown>(undefined, undefined, undefined, null, Number.NaN, {}, '2026-02-30');

const present = (
  own: readonly string[] | undefined,
  type: string,
  complete: boolean,
): fc.Arbitrary<unknown> => {
  const right = own === undefined ? valuesOf(type) : fc.constantFrom(...own);
  // '2026-02-30' is a text like another, so of a text it is no wrong value.
  return complete ? right : fc.oneof({ weight: 5, arbitrary: right }, { weight: 1, arbitrary: wrong });
};

const callRecord = (prefix: string, complete: boolean) =>
  fc.record({
    [`${prefix}call(k=a)`]: present(undefined, 'number', complete),
    [`${prefix}call(k=b)`]: present(undefined, 'number', complete),
  }) as fc.Arbitrary<Record<string, FactValue>>;

const sheetOf = (complete: boolean): fc.Arbitrary<FactSheet> =>
  fc
    .record({
      header: record('declaration', complete),
      items: fc.array(fc.tuple(record('item', complete), callRecord('item.', complete)), { maxLength: 3 }),
      calls: callRecord('', complete),
    })
    .map(({ header, items, calls }) => ({
      header,
      items: items.map(([item]) => item),
      calls,
      itemCalls: items.map(([, called]) => called),
    }));

export interface FuzzCase {
  rules: FuzzRule[];
  sheet: FactSheet;
}

export const fuzzCase = (complete: boolean): fc.Arbitrary<FuzzCase> =>
  fc.record({
    rules: fc.array(fuzzRule(complete), { minLength: 1, maxLength: 4 }),
    sheet: sheetOf(complete),
  });
