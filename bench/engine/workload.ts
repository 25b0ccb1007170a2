/**
 * The workload of reference/peers.md, section 3: seeded declarations of 40 header fields (24 numbers, 12 texts, 4
 * booleans) and 5 items of 10 fields, and rules of 4 leaves in four shapes, of which about 12 in 100 hold.
 *
 * Set A reads the header alone; in B a quarter of the rules asks `some item`; C runs once per item; D is A with an
 * `applies` that lets about one rule in twenty reach a declaration. Each engine gets the same declarations in the shape
 * that suits it best, made before the clock starts.
 */
import type { FactCatalogue, FactDefinition, FactSheet, FactType, FactValue } from '../../src/facts/model.ts';
import type { Applies, Condition, Leaf, Rule } from '../../src/rules/model.ts';

export type SetName = 'A' | 'B' | 'C' | 'D';

export interface Workload {
  set: SetName;
  rules: readonly Rule[];
  catalogue: FactCatalogue;
  sheets: readonly FactSheet[];
}

/** Mulberry32: small, seeded, good enough to draw fields. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const codes = Array.from({ length: 20 }, (_, i) => `C${i}`);
const offices = Array.from({ length: 20 }, (_, i) => `O${i}`);

const numbered = (prefix: string, count: number, type: FactType): [string, FactType][] =>
  Array.from({ length: count }, (_, i) => [`${prefix}${i}`, type]);
const headerFields = [
  ...numbered('n', 24, 'number'),
  ...numbered('t', 12, 'text'),
  ...numbered('b', 4, 'boolean'),
];
const itemFields = [...numbered('in', 6, 'number'), ...numbered('it', 4, 'text')];
const indexFields: [string, FactType][] = [
  ['declaration.flow', 'text'],
  ['declaration.office', 'text'],
];

const definition =
  (scope: FactDefinition['scope']) =>
  ([name, type]: [string, FactType]): FactDefinition => ({
    name,
    family: 'declared',
    scope,
    type,
    unit: 'none',
    meaning: { en: name, fr: name },
    source: 'benchmark',
  });
const catalogue: FactCatalogue = new Map(
  [
    ...[...headerFields, ...indexFields].map(definition('declaration')),
    ...itemFields.map(definition('item')),
  ].map((fact) => [fact.name, fact]),
);

const drawOf = (random: () => number): Record<string, (type: FactType) => FactValue> => ({
  number: () => Math.round(random() * 10_000) / 10,
  text: () => codes[Math.floor(random() * codes.length)]!,
  boolean: () => random() < 0.3,
});

/** `missing` is the share of fields that are left out. */
export function declarations(count: number, missing = 0, seed = 1): FactSheet[] {
  const random = seeded(seed);
  const draw = drawOf(random);
  const record = (fields: readonly [string, FactType][]): Record<string, FactValue> => {
    const values: Record<string, FactValue> = {};
    for (const [name, type] of fields) {
      const value = draw[type]!(type);
      if (random() >= missing) values[name] = value;
    }
    return values;
  };
  return Array.from({ length: count }, () => {
    const header = record(headerFields);
    header['declaration.flow'] = random() < 0.7 ? 'import' : 'export';
    header['declaration.office'] = offices[Math.floor(random() * offices.length)]!;
    const sheet: FactSheet = { header, items: Array.from({ length: 5 }, () => record(itemFields)) };
    // As a declaration arrives: parsed from JSON.
    return JSON.parse(JSON.stringify(sheet)) as FactSheet;
  });
}

export function workload(set: SetName, rules: number, sheets = 1000): Workload {
  const random = seeded(rules * 4 + set.charCodeAt(0));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

  const leafOn = (fields: readonly [string, FactType][]): Leaf => {
    const [fact, type] = pick(fields);
    if (type === 'boolean') return { fact, operator: 'equal', value: true };
    if (type === 'number')
      return random() < 0.5
        ? { fact, operator: 'greaterThan', value: 650 + Math.floor(random() * 100) }
        : { fact, operator: 'lessThan', value: 250 + Math.floor(random() * 100) };
    if (random() < 0.2) return { fact, operator: 'equal', value: pick(codes) };
    const first = Math.floor(random() * 14);
    return { fact, operator: 'in', value: codes.slice(first, first + 6) };
  };
  const someItem = (): Leaf => ({
    fact: pick(itemFields.slice(0, 6))[0],
    operator: 'someFact:greaterThan',
    value: 900 + Math.floor(random() * 60),
  });
  const shapes: readonly ((leaf: () => Leaf) => Condition)[] = [
    (leaf) => ({ all: [leaf(), leaf(), leaf(), leaf()] }),
    (leaf) => ({ all: [leaf(), leaf(), { any: [leaf(), leaf()] }] }),
    (leaf) => ({ any: [{ all: [leaf(), leaf()] }, { all: [leaf(), leaf()] }] }),
    (leaf) => ({ all: [{ any: [leaf(), leaf()] }, { any: [leaf(), leaf()] }] }),
  ];
  const conditions = (i: number): Condition => {
    const shape = shapes[i % shapes.length]!;
    if (set === 'C') return shape(() => leafOn(random() < 0.7 ? itemFields : headerFields));
    let pending = set === 'B' && i % 4 === Math.floor(i / 4) % 4;
    return shape(() => {
      if (!pending) return leafOn(headerFields);
      pending = false;
      return someItem();
    });
  };
  const applies = (): Pick<Rule, 'applies'> => {
    if (set !== 'D') return {};
    const restricted: Applies = {
      flow: [random() < 0.7 ? 'import' : 'export'],
      office: [pick(offices), pick(offices)],
    };
    return { applies: restricted };
  };
  return {
    set,
    catalogue,
    sheets: declarations(sheets),
    rules: Array.from({ length: rules }, (_, i) => ({
      id: `BEN-${i}`,
      version: 1,
      title: { en: 'benchmark' },
      kind: 'consistency',
      class: 'error',
      risk: 'revenue',
      jurisdiction: 'any',
      scope: set === 'C' ? 'item' : 'declaration',
      status: 'active',
      weight: 1,
      purpose: { en: 'benchmark' },
      source: 'benchmark',
      owner: 'benchmark',
      review: '2030-01-01',
      message: { en: 'n0 is {n0}, t0 is {t0}', fr: 'n0 vaut {n0}, t0 vaut {t0}' },
      examples: [{ title: 'none', given: {}, expect: 'none' }],
      ...applies(),
      conditions: conditions(i),
    })),
  };
}
