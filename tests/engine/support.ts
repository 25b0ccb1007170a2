/** A small catalogue of facts and rules from few words, for the engine's tests. */
import type {
  FactCatalogue,
  FactDefinition,
  FactSheet,
  FactType,
  FactValue,
  Unit,
} from '../../src/facts/model.ts';
import type { Condition, Rule } from '../../src/rules/model.ts';

export const fact = (
  name: string,
  type: FactType,
  unit: Unit = 'none',
  params?: FactDefinition['params'],
): FactDefinition => ({
  name,
  family: 'declared',
  scope: name.startsWith('item.') ? 'item' : 'declaration',
  type,
  unit,
  meaning: { en: name, fr: name },
  source: 'test',
  ...(params === undefined ? {} : { params }),
});

export const catalogueOf = (definitions: readonly FactDefinition[]): FactCatalogue =>
  new Map(definitions.map((definition) => [definition.name, definition]));

const step = { type: 'text', required: true, meaning: 'a step of the trail' } as const;

export const catalogue: FactCatalogue = catalogueOf([
  fact('declaration.flow', 'text'),
  fact('declaration.office', 'text'),
  fact('declaration.format', 'text'),
  fact('declaration.country', 'text'),
  fact('declaration.date', 'date'),
  fact('declaration.lodgedAt', 'instant'),
  fact('declaration.releasedAt', 'instant'),
  fact('valuation.cif', 'number', 'money'),
  fact('valuation.invoice', 'number', 'money'),
  fact('valuation.freight', 'number', 'money'),
  fact('totals.items', 'number', 'count'),
  fact('totals.grossMass', 'number', 'kg'),
  fact('declarant.id', 'text'),
  fact('declarant.trusted', 'boolean'),
  fact('documents.codes', 'list<text>'),
  fact('seals.lengths', 'list<number>'),
  fact('item.number', 'number', 'count'),
  fact('item.hs', 'text'),
  fact('item.procedure', 'text'),
  fact('item.origin', 'text'),
  fact('item.value', 'number', 'money'),
  fact('item.netMass', 'number', 'kg'),
  fact('item.grossMass', 'number', 'kg'),
  fact('item.expiry', 'date'),
  fact('item.codes', 'list<text>'),
  fact('trail.precedence', 'boolean', 'none', { first: step, second: step }),
  fact('baseline.z', 'number', 'score', {
    measure: { type: 'text', required: false, default: 'unitValue', meaning: 'what is compared' },
  }),
  {
    ...fact('item.z', 'number', 'score', {
      measure: { type: 'text', required: true, meaning: 'what is compared' },
    }),
    scope: 'item',
  },
]);

export const rule = (conditions: Condition, more: Partial<Rule> = {}): Rule => ({
  id: 'TST-001',
  version: 1,
  title: { en: 'a test', fr: 'un essai' },
  kind: 'consistency',
  class: 'error',
  risk: 'revenue',
  jurisdiction: 'any',
  scope: 'declaration',
  status: 'active',
  weight: 10,
  purpose: { en: 'a test', fr: 'un essai' },
  source: 'test',
  owner: 'test',
  review: '2030-01-01',
  message: { en: 'it holds', fr: 'vrai' },
  examples: [{ title: 'it holds', given: {}, expect: 'finding' }],
  ...more,
  conditions,
});

export const sheet = (
  header: Record<string, FactValue>,
  items: Record<string, FactValue>[] = [],
  more: Pick<FactSheet, 'calls' | 'itemCalls'> = {},
): FactSheet => ({ header, items, ...more });
