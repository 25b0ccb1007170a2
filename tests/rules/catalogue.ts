/** The project's facts, and what it has none of yet: facts about officers and from baselines, for the lints on them. */
import { factCatalogue } from '../../src/facts/catalogue.ts';
import type { FactCatalogue, FactDefinition } from '../../src/facts/model.ts';

const made = (name: string, more: Partial<FactDefinition>): [string, FactDefinition] => [
  name,
  {
    name,
    family: 'trail',
    scope: 'declaration',
    type: 'number',
    unit: 'count',
    meaning: { en: name, fr: name },
    source: 'test',
    ...more,
  },
];

export const catalogue: FactCatalogue = new Map([
  ...factCatalogue,
  made('test.officerReroutes', { aboutOfficer: true }),
  made('test.priceRatio', { family: 'baseline', unit: 'ratio' }),
  made('test.seen', { type: 'instant', unit: 'none' }),
  made('test.within', {
    type: 'boolean',
    unit: 'none',
    params: {
      first: {
        type: 'text',
        required: true,
        values: ['LODGE', 'PAY', 'RELEASE'],
        meaning: 'the event that comes first',
      },
      hours: { type: 'number', required: false, meaning: 'hours between the two', default: 24 },
    },
  }),
]);
