/** What is measured and kept: monthly editions. */
import Type from 'typebox';
import { closed, type Example, instant, nullable, open, pageOf } from './example.ts';

const edition = {
  id: 'I01|office|2026-03|2',
  indicator: 'I01',
  period: '2026-03',
  edition: 2,
  frozenAt: '2026-04-05T00:10:00.000Z',
  series: 'I01|office|2026-03',
};
const editionProperties = {
  id: Type.String(),
  indicator: Type.String(),
  period: Type.String({ description: 'month, YYYY-MM' }),
  edition: Type.Integer({ description: 'from 1; a later one tells what is different' }),
  frozenAt: instant,
  series: Type.String({ description: 'indicator, grouping and month: what editions are editions of' }),
};
const EditionSummary = closed(
  {
    ...editionProperties,
    kind: Type.Enum(['figures', 'pairs']),
    differences: Type.Optional(Type.Integer({ description: 'values that the edition before had otherwise' })),
  },
  { title: 'EditionSummary' },
);
const difference = { key: '["XXA1"]', figure: 'count', before: 411, after: 412 };
const Difference = closed({
  key: Type.String({ description: "the row's key, as a JSON list" }),
  figure: Type.String(),
  before: nullable(Type.Number()),
  after: nullable(Type.Number()),
});
const summary = { ...edition, kind: 'figures', differences: 1 };

export const measuring: Readonly<Record<string, Example>> = {
  'GET /v1/editions': {
    query: { indicator: ['I01'], sort: '-period', limit: 1 },
    status: 200,
    answer: { data: [summary] },
    schema: pageOf(EditionSummary),
  },
  'POST /v1/editions': {
    body: { indicator: 'I01', period: '2026-03' },
    status: 201,
    answer: { data: [summary] },
    schema: closed({
      data: Type.Array(EditionSummary, { description: 'two for pairs: by officer and by assigner' }),
    }),
  },
  'GET /v1/editions/:id': {
    params: { id: edition.id },
    status: 200,
    answer: {
      ...edition,
      content: '0f9d…',
      figures: {
        indicator: 'I01',
        version: 1,
        class: 'performance',
        by: ['office'],
        period: { from: '2026-03-01', to: '2026-03-31', asOf: '2026-03-31' },
        figures: ['count'],
        rows: [{ key: { office: 'XXA1' }, figures: { count: { value: 412, unit: 'count', n: 412 } } }],
      },
      differences: [difference],
    },
    schema: open(
      {
        ...editionProperties,
        content: Type.String({ description: 'hash of what was frozen' }),
        figures: Type.Optional(open({ rows: Type.Array(Type.Unknown()) })),
        pairs: Type.Optional(open({ pairs: Type.Array(Type.Unknown()) })),
        differences: Type.Optional(Type.Array(Difference)),
      },
      { title: 'Edition' },
    ),
  },
  'GET /v1/editions/:id/differences': {
    params: { id: edition.id },
    query: { to: 1 },
    status: 200,
    answer: { from: 'I01|office|2026-03|1', to: edition.id, data: [difference] },
    schema: closed({ from: Type.String(), to: Type.String(), data: Type.Array(Difference) }),
  },
};
