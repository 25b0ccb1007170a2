/** What is measured and kept: monthly editions, contracts and mark sheets. */
import Type from 'typebox';
import { Contract } from '../../indicators/contracts/contract.ts';
import { closed, day, type Example, instant, nullable, open, pageOf } from './example.ts';

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
  n: Type.Optional(
    closed(
      { before: Type.Integer(), after: Type.Integer() },
      { description: 'declarations, where they are others and the value is the same' },
    ),
  ),
});
const summary = { ...edition, kind: 'figures', differences: 1 };

const objective = {
  id: 'sameDay',
  title: { en: 'Assessed the same day', fr: 'Liquidées le jour même' },
  measured: { indicator: 'I05', figure: 'share' },
  better: 'up',
  coefficient: 2,
  demand: 1,
  counter: { indicator: 'I20', figure: 'share' },
  counterBetter: 'down',
};
const contract = {
  id: 'inspector',
  version: 1,
  title: { en: 'Inspector, monthly', fr: 'Inspecteur, mensuel' },
  party: 'officer',
  sheet: 'month',
  from: '2026-01-01',
  to: '2026-12-31',
  excludedMonths: [12, 1],
  full: 20,
  most: 1,
  objectives: [objective],
  owner: 'performance unit',
  review: '2027-01-31',
};
const sheet = {
  id: 'inspector|O-7MD2KQXW4T|XXA1|2026-03',
  contract: 'inspector',
  contractVersion: 1,
  subject: 'O-7MD2KQXW4T',
  office: 'XXA1',
  period: '2026-03',
  from: '2026-03-01',
  to: '2026-03-31',
  total: 17.4,
  full: 20,
  most: 1,
  status: 'drawn up',
  drawnUpBy: 'oidc:7d0f',
  drawnUpAt: '2026-04-03T10:00:00.000Z',
};
const results = [
  {
    objective: 'sameDay',
    terms: {
      title: { en: 'Assessed the same day' },
      measured: { indicator: 'I05', figure: 'share', version: 2 },
      better: 'up',
      demand: 1,
      counter: { indicator: 'I20', figure: 'share', version: 2 },
      counterBetter: 'down',
    },
    value: 61.2,
    n: 412,
    limits: [56.4, 65.8],
    threshold: { value: 70.3, origin: [{ period: '2025-03', value: 70.3, n: 398 }] },
    achievement: 0.87,
    mark: 17.4,
    counter: { value: 1.2, threshold: 1.4, worse: false },
  },
];
const sheetProperties = {
  id: Type.String(),
  contract: Type.String(),
  contractVersion: Type.Integer(),
  subject: Type.String({ description: "the officer's surrogate, or the firm" }),
  office: Type.Optional(Type.String()),
  period: Type.String(),
  from: day,
  to: day,
  total: nullable(Type.Number({ description: 'marks, weighted; null where no objective counts' })),
  full: Type.Number(),
  most: Type.Optional(Type.Number({ description: 'the most that one objective counts' })),
  status: Type.Enum(['drawn up', 'commented', 'countersigned', 'issued']),
  drawnUpBy: Type.String(),
  drawnUpAt: Type.Optional(instant),
  countersignedBy: Type.Optional(Type.String()),
  issuedAt: Type.Optional(instant),
};
const Comment = closed({ by: Type.String(), at: instant, text: Type.String() });
const Sheet = closed(
  {
    ...sheetProperties,
    results: Type.Array(
      open({
        objective: Type.String(),
        terms: Type.Optional(open({}, { description: 'what it asked, and the versions of its indicators' })),
        mark: nullable(Type.Number()),
      }),
    ),
    gaming: Type.Optional(Type.Array(open({ check: Type.String(), state: Type.String() }))),
    comment: Type.Optional(Comment),
    earlier: Type.Optional(
      Type.Array(
        closed({
          drawnUpBy: Type.String(),
          drawnUpAt: Type.Optional(instant),
          total: nullable(Type.Number()),
          comment: Comment,
          countersignedBy: Type.Optional(Type.String()),
        }),
        { description: 'what was said of it before it was drawn up anew' },
      ),
    ),
  },
  { title: 'MarkSheet' },
);
const said = {
  by: sheet.subject,
  at: '2026-04-07T09:00:00.000Z',
  text: 'The scanner stood still for a week.',
};
const commented = { ...sheet, results, status: 'commented', comment: said };
const countersigned = { ...commented, status: 'countersigned', countersignedBy: 'oidc:91bc' };

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
  'GET /v1/indicators/:id/pairs': {
    params: { id: 'I29' },
    query: { from: '2026-03-01', to: '2026-03-31', office: 'XXA1' },
    status: 200,
    answer: {
      side: 'officer',
      from: '2026-03-01',
      to: '2026-03-31',
      assigned: 411,
      notApplicable: 0,
      eligibility: 'roster',
      pairs: [
        {
          officer: 'P-7MD2KQXW4T',
          declarant: 'B7',
          observed: 31,
          n: 60,
          expected: 12.4,
          q: 0.004,
          verdict: 'look closer',
          offices: ['XXA1'],
        },
      ],
    },
    schema: closed({
      side: Type.Enum(['officer', 'assigner']),
      from: day,
      to: day,
      assigned: Type.Integer(),
      notApplicable: Type.Integer({ description: 'of them, those of which no rule predicts anything' }),
      eligibility: Type.Enum(['roster', 'partly', 'inferred'], {
        description: 'whether the roster tells who could have been chosen: of all, of some, of none',
      }),
      pairs: Type.Array(open({ officer: Type.String(), declarant: Type.String(), verdict: Type.String() })),
    }),
  },
  'POST /v1/reports': {
    body: { period: '2026-03', language: 'fr' },
    status: 201,
    answers: 'text/html',
    answer: '<!doctype html>\n<html lang="fr">…',
    schema: Type.String(),
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
  'POST /v1/mirror-statistics': {
    query: { currency: 'EUR' },
    sends: 'text/csv',
    body: 'hs,origin,year,value,netMass\n851712,CN,2025,1250000,8400\n',
    status: 201,
    answer: { rows: 1, file: '4f1d2c9a7b3e5a60' },
    schema: closed({
      rows: Type.Integer(),
      file: Type.String({ description: 'hash of what was read' }),
    }),
  },
  'GET /v1/contracts': {
    status: 200,
    answer: {
      data: [contract],
      gaming: [{ id: 'G01', title: { en: 'Re-opened after same-day assessment' } }],
    },
    schema: closed({
      data: Type.Array(Contract),
      gaming: Type.Array(open({ id: Type.String() }), {
        description: 'indicators that show how a target was reached',
      }),
    }),
  },
  'GET /v1/mark-sheets': {
    query: { period: ['2026-03'], limit: 1 },
    status: 200,
    answer: { data: [sheet] },
    schema: pageOf(closed(sheetProperties, { title: 'MarkSheetSummary' })),
  },
  'POST /v1/mark-sheets': {
    body: { contract: 'inspector', subject: sheet.subject, period: '2026-03', office: 'XXA1' },
    status: 201,
    answer: { ...sheet, results },
    schema: Sheet,
  },
  'GET /v1/mark-sheets/:id': {
    params: { id: sheet.id },
    status: 200,
    answer: { ...sheet, results },
    schema: Sheet,
  },
  'POST /v1/mark-sheets/:id/comment': {
    params: { id: sheet.id },
    body: { text: said.text, drawnUpAt: sheet.drawnUpAt },
    status: 200,
    answer: commented,
    schema: Sheet,
  },
  'POST /v1/mark-sheets/:id/countersign': {
    params: { id: sheet.id },
    status: 200,
    answer: countersigned,
    schema: Sheet,
  },
  'POST /v1/mark-sheets/:id/issue': {
    params: { id: sheet.id },
    status: 200,
    answer: { ...countersigned, status: 'issued', issuedAt: '2026-04-10T08:00:00.000Z' },
    schema: Sheet,
  },
  'GET /v1/training-needs': {
    query: { officer: sheet.subject, office: 'XXA1', from: '2026-01-01', to: '2026-12-31' },
    status: 200,
    answer: {
      officer: sheet.subject,
      office: 'XXA1',
      from: '2026-01-01',
      to: '2026-12-31',
      data: [{ subject: 'origin', chapters: ['61', '62'], missed: 4, found: 1 }],
    },
    schema: closed({
      officer: Type.String(),
      office: Type.String(),
      from: day,
      to: day,
      data: Type.Array(
        closed({
          subject: Type.String({ description: 'kind of finding' }),
          chapters: Type.Array(Type.String({ description: 'HS chapter, the most frequent first' })),
          missed: Type.Integer({
            description: 'found by an audit after release where the control had found nothing',
          }),
          found: Type.Integer({ description: 'found by the officer' }),
        }),
      ),
    }),
  },
};
