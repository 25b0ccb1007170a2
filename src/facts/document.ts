/** docs/facts.md from the catalogue: one table a family and scope. A test keeps the file and the catalogue equal. */
import type { FactCatalogue, FactDefinition, FactFamily } from './model.ts';

const families: readonly [FactFamily, string][] = [
  ['declared', 'Declared: what the message says'],
  ['computed', 'Computed: what follows from the declaration alone, and the parameters of the country'],
  ['trail', "Trail: the events of the declaration's procedure"],
  ['history', 'History: what was known of the parties, goods and routes at the time of the check'],
  ['baseline', 'Baseline: computed references'],
  ['related', 'Related: other declarations that touch this one'],
  ['ledger', 'Ledger: suspense accounts and guarantees'],
  ['list', 'List: watch lists, code lists, authorisations'],
  ['tariff', 'Tariff: measures and duties'],
  ['system', 'System: users, roles, parameters, sessions'],
];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const row = (fact: FactDefinition): string =>
  `| \`${fact.name}\` | ${fact.type} | ${fact.unit === 'none' ? '' : fact.unit} | ${cell(fact.meaning.en)}${parameters(fact)} | ${cell(fact.source)} |`;

function parameters(fact: FactDefinition): string {
  if (fact.params === undefined) return '';
  const lines = Object.entries(fact.params).map(([name, parameter]) => {
    const values = parameter.values === undefined ? '' : ` (${parameter.values.join(', ')})`;
    const use = parameter.required ? 'required' : `default ${JSON.stringify(parameter.default ?? 'none')}`;
    return `<br>\`${name}\` ${parameter.type}, ${use}: ${cell(parameter.meaning)}${cell(values)}`;
  });
  return lines.join('');
}

export function factsDocument(catalogue: FactCatalogue): string {
  const all = [...catalogue.values()];
  const parts = [
    '# The catalogue of facts',
    '',
    `Generated from src/facts. Numbers are doubles, money is in major units of its currency, masses are`,
    'kilograms, rates fractions, dates `YYYY-MM-DD`, instants ISO 8601. A fact that the message does not give is missing, and a',
    'condition on it unknown. Facts of an item can be used in rules of `scope: item`.',
  ];
  for (const [family, title] of families)
    for (const scope of ['declaration', 'item'] as const) {
      const facts = all.filter((fact) => fact.family === family && fact.scope === scope);
      if (facts.length === 0) continue;
      parts.push('', `## ${title}${scope === 'item' ? ' (of an item)' : ''}`, '');
      parts.push(
        '| fact | type | unit | meaning | source or formula |',
        '|---|---|---|---|---|',
        ...facts.map(row),
      );
    }
  return `${parts.join('\n')}\n`;
}
