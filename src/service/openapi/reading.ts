/** What analysts, managers, the integrity unit and auditors read. */
import Type from 'typebox';
import { audit } from '../../audit/log.ts';
import { drawKeys } from '../../check/draw-keys.ts';
import { finding } from '../../projections/finding.ts';
import { closed, day, type Example, nullable, open, pageOf, rowOf } from './example.ts';
import { check, reference } from './exchange.ts';

const Texts = Type.Record(Type.String(), Type.String());
const texts = { en: 'Net mass above gross mass', fr: 'Masse nette supérieure à la masse brute' };

const RuleSummary = open(
  {
    id: Type.String(),
    version: Type.Integer(),
    title: Texts,
    kind: Type.String(),
    class: Type.String(),
    risk: Type.String(),
    status: Type.String(),
    weight: Type.Optional(Type.Number()),
    owner: Type.Optional(Type.String()),
    review: Type.Optional(Type.String()),
  },
  { title: 'RuleSummary' },
);
const rule = {
  id: 'FMT-001',
  version: 1,
  title: texts,
  kind: 'consistency',
  class: 'error',
  risk: 'revenue',
  status: 'active',
  weight: 40,
  owner: 'risk unit',
  review: '2027-01-01',
};

const Finding = rowOf(finding.spec, { rule: Type.String(), check: Type.String() }, 'FindingRow');
const row = {
  id: `${check.id}#1`,
  declaration: reference,
  office: 'XXA1',
  flow: 'import',
  day: '2026-03-30',
  check: check.id,
  checkedAt: check.recordedAt,
  rule: 'FMT-001',
  ruleVersion: 1,
  kind: 'consistency',
  class: 'error',
  risk: 'revenue',
  audience: 'examiner',
  item: 1,
  lane: 'yellow',
  shadow: 0,
  current: 1,
  weight: 40,
};

const Figure = open(
  {
    value: nullable(Type.Number()),
    unit: Type.String(),
    n: Type.Integer({ description: 'declarations or acts behind it' }),
    limits: Type.Optional(Type.Unknown({ description: '95 % limits' })),
    state: Type.Optional(
      Type.String({ description: 'consistent with peers, look closer, insufficient data' }),
    ),
    declarations: Type.String({ description: 'address of the declarations behind it' }),
  },
  { title: 'Figure' },
);

const AuditEntry = rowOf(
  audit,
  { hash: Type.String(), previous: Type.String(), action: Type.String(), at: Type.String() },
  'AuditEntry',
);

const Agree = closed({ agree: Type.Boolean({ description: 'whether all replicas hold the same' }) });

export const reading: Readonly<Record<string, Example>> = {
  'GET /v1/findings': {
    query: { current: [1], sort: '-checkedAt', limit: 1 },
    status: 200,
    answer: { data: [row] },
    schema: pageOf(Finding),
  },
  'GET /v1/findings/:id': { params: { id: row.id }, status: 200, answer: row, schema: Finding },
  'GET /v1/rules': {
    status: 200,
    answer: { rulebook: check.rulebook, data: [rule] },
    schema: closed({
      rulebook: Type.String(),
      data: Type.Array(RuleSummary),
      hits: Type.Optional(Type.Record(Type.String(), Type.Integer())),
    }),
  },
  'GET /v1/rules/:id': {
    params: { id: 'FMT-001' },
    status: 200,
    answer: {
      rulebook: check.rulebook,
      ...rule,
      audience: 'examiner',
      scope: 'item',
      purpose: texts,
      conditions: {
        all: [{ fact: 'item.netMass', operator: 'greaterThan', value: { fact: 'item.grossMass' } }],
      },
      message: { en: 'net {item.netMass} kg above gross {item.grossMass} kg' },
    },
    schema: open({
      rulebook: Type.String(),
      id: Type.String(),
      version: Type.Integer(),
      conditions: Type.Unknown(),
    }),
  },
  'GET /v1/indicators': {
    status: 200,
    answer: {
      data: [
        {
          id: 'I05',
          version: 1,
          title: { en: 'Same-day release', fr: 'Mainlevée le jour même' },
          class: 'performance',
          dimensions: ['office', 'officer', 'month'],
          by: ['month'],
        },
      ],
    },
    schema: closed({
      data: Type.Array(
        open({
          id: Type.String(),
          version: Type.Integer(),
          title: Texts,
          dimensions: Type.Array(Type.String()),
        }),
      ),
    }),
  },
  'GET /v1/indicators/:id': {
    params: { id: 'I05' },
    query: { by: 'office', from: '2026-01-01', to: '2026-12-31' },
    status: 200,
    answer: {
      indicator: 'I05',
      version: 1,
      class: 'performance',
      by: ['office'],
      period: { from: '2026-01-01', to: '2026-12-31', asOf: '2026-12-31' },
      figures: ['share'],
      rows: [
        {
          key: { office: 'XXA1' },
          figures: {
            share: {
              value: 61.4,
              unit: 'percent',
              numerator: 307,
              denominator: 500,
              n: 500,
              limits: [57, 65.6],
              state: 'consistent with peers',
              benchmark: 60.2,
              declarations:
                '/v1/indicators/I05/declarations?by=office&from=2026-01-01&to=2026-12-31&key=office%3DXXA1&figure=share',
            },
          },
        },
      ],
    },
    schema: open({
      indicator: Type.String(),
      version: Type.Integer(),
      by: Type.Array(Type.String()),
      figures: Type.Array(Type.String()),
      rows: Type.Array(
        open({
          key: Type.Record(Type.String(), nullable(Type.String())),
          figures: Type.Record(Type.String(), Figure),
        }),
      ),
    }),
  },
  'GET /v1/indicators/:id/watch': {
    params: { id: 'I20' },
    query: { by: 'office', from: '2026-01-01', to: '2026-12-31' },
    status: 200,
    answer: {
      indicator: 'I20',
      version: 1,
      figure: 'share',
      by: ['office'],
      period: { from: '2026-01-01', to: '2026-12-31' },
      odds: 2,
      falseDiscoveryRate: 0.05,
      rows: [
        {
          key: { office: 'XXA1' },
          n: 500,
          outcomes: 41,
          expected: 22.4,
          state: 'look closer',
          charts: [
            {
              change: 'more',
              limit: 5.1,
              highest: 7.9,
              p: 0.0008,
              q: 0.003,
              signals: ['2026-07-14'],
              points: [{ day: '2026-07-14', n: 6, outcomes: 2, expected: 0.3, value: 5.3 }],
            },
          ],
        },
      ],
    },
    schema: open({
      indicator: Type.String(),
      figure: Type.String(),
      by: Type.Array(Type.String()),
      odds: Type.Number({ description: 'odds against the peers’ that are watched for' }),
      rows: Type.Array(
        open({
          key: Type.Record(Type.String(), nullable(Type.String())),
          n: Type.Integer(),
          outcomes: Type.Integer(),
          expected: Type.Optional(Type.Number()),
          state: Type.String(),
          charts: Type.Array(
            open({
              change: Type.Enum(['more', 'fewer']),
              limit: Type.Number(),
              highest: Type.Number(),
              signals: Type.Array(day),
              points: Type.Array(open({ day, value: Type.Number() }), {
                description: 'none of an office in the descriptive phase',
              }),
            }),
          ),
        }),
      ),
    }),
  },
  'GET /v1/indicators/:id/declarations': {
    params: { id: 'I05' },
    query: { by: 'office', key: ['office=XXA1'], from: '2026-01-01', to: '2026-12-31' },
    status: 200,
    answer: { n: 1, data: [reference] },
    schema: closed({
      n: Type.Integer(),
      data: Type.Array(Type.String()),
      next: Type.Optional(Type.String()),
    }),
  },
  'GET /v1/checks/:id/replay': {
    params: { id: check.id },
    status: 200,
    answer: {
      check: check.id,
      same: true,
      engine: { stored: '0.1.0+4f6a1c0b92de', now: '0.1.0+4f6a1c0b92de', same: true },
      differences: [],
    },
    schema: open({
      check: Type.String(),
      same: Type.Boolean(),
      engine: closed({ stored: Type.String(), now: Type.String(), same: Type.Boolean() }),
      differences: Type.Array(Type.Unknown()),
    }),
  },
  'GET /v1/checks/:id/draw': {
    params: { id: check.id },
    status: 200,
    answer: {
      check: check.id,
      day: '2026-03-30',
      subject: 'XXA1/2026/C/17',
      subjectOf: reference,
      value: 0.7311,
      lot: 0.2045,
      lane: 'yellow',
      key: '5a1e6f2b8c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7',
      committedBefore: true,
      holds: true,
    },
    schema: closed(
      {
        check: Type.String(),
        day,
        subject: Type.String({ description: 'what was drawn for: the registration' }),
        subjectOf: Type.Union([Type.String(), Type.Null()], {
          description:
            'the declaration whose registration that is: this one, or an earlier one of the same goods; null where none here was drawn for so on that day',
        }),
        undrawn: Type.Optional(
          Type.Literal(true, {
            description: 'of a draft, whose lane waits for the draw of its registration',
          }),
        ),
        value: Type.Number({ description: 'the number drawn, in [0, 1)' }),
        lot: Type.Optional(
          Type.Number({ description: 'the number by which expected rates were filled, in [0, 1)' }),
        ),
        lane: Type.String(),
        key: Type.String({ description: 'key of the day, hexadecimal' }),
        committedBefore: Type.Boolean({ description: 'its hash was written down before the day began' }),
        holds: Type.Boolean(),
        problem: Type.Optional(Type.String({ description: 'what does not hold' })),
      },
      { title: 'DrawVerdict' },
    ),
  },
  'GET /v1/audit': {
    query: { action: ['key.create'], sort: '-at', limit: 1 },
    status: 200,
    answer: {
      data: [
        {
          id: '2026-03-30T08:00:00-e92ee279/0000000001',
          writer: '2026-03-30T08:00:00-e92ee279',
          number: 1,
          at: '2026-03-30T08:12:31.095Z',
          subject: 'oidc:7d0f',
          role: 'administrator',
          action: 'key.create',
          object: '0b8ca9e732dd16705f',
          detail: { role: 'system', offices: 'all' },
          previous: 'd6943e5b18a4ada4740dffe7a5b18a7a4ce347b4e41133b42337bb91ed197804',
          hash: 'e440c63cc8b03fe94c2e3d061d268b35b62cc06c05907243ce0f8e61cd71cb77',
        },
      ],
    },
    schema: pageOf(AuditEntry),
  },
  'GET /v1/audit/verify': {
    status: 200,
    answer: {
      writers: 2,
      entries: 118,
      anchors: 12,
      newest: {
        day: '2026-03-20',
        hash: '5d1c0a7be21f4e0f9a6c3b2d8e7f60514c3b2a190817263544536271809fae0d',
      },
    },
    schema: closed({
      writers: Type.Integer(),
      entries: Type.Integer(),
      anchors: Type.Integer(),
      newest: Type.Optional(closed({ day: Type.String(), hash: Type.String() })),
      broken: Type.Optional(closed({ where: Type.String(), problem: Type.String() })),
    }),
  },
  'GET /v1/draw-commitments': {
    query: { limit: 1 },
    status: 200,
    answer: {
      data: [
        {
          id: '2026-03-31',
          commitment: '0b7d1f5c31a84c2d9e07f1c2a6b3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5',
          committedAt: '2026-03-24T00:00:04.100Z',
        },
      ],
    },
    schema: pageOf(rowOf(drawKeys)),
  },
  'GET /v1/live': {
    status: 200,
    answers: 'text/event-stream',
    answer: `retry: 2000\n\nid: 41-8c1f0e2ab947\nevent: check\ndata: ${JSON.stringify({ id: check.id, declaration: reference, lane: 'yellow', office: 'XXA1' })}\n\n`,
    schema: Type.String(),
  },
  'GET /v1/phases': {
    status: 200,
    answer: {
      data: [
        {
          id: 'XXA1|2099-04-01|prescriptive',
          office: 'XXA1',
          phase: 'prescriptive',
          from: '2099-04-01',
          grounds: 'decision 12/2026',
          proposedBy: 'oidc:7d0f',
          confirmedBy: 'oidc:91bc',
          confirmedAt: '2026-03-30T12:00:00.000Z',
        },
      ],
    },
    schema: closed({
      data: Type.Array(
        open(
          {
            id: Type.String(),
            office: Type.String(),
            phase: Type.String(),
            from: day,
            grounds: Type.String(),
            proposedBy: Type.String(),
            confirmedBy: Type.Optional(Type.String()),
          },
          { title: 'Phase' },
        ),
      ),
    }),
  },
  'GET /health/live': { status: 200, answer: { status: 'ok' }, schema: closed({ status: Type.String() }) },
  'GET /health/ready': {
    status: 200,
    answer: {
      status: 'ok',
      store: 'mongo',
      replicas: 2,
      engines: { agree: true },
      rulebooks: { agree: true },
      profiles: { agree: true },
      draws: { verifiable: true },
    },
    schema: closed({
      status: Type.String(),
      store: Type.String(),
      replicas: Type.Integer({ description: 'services on this store' }),
      engines: Agree,
      rulebooks: Agree,
      profiles: Agree,
      draws: Type.Optional(
        closed({
          verifiable: Type.Boolean({
            description: 'what is drawn today is drawn under the key whose hash was published',
          }),
        }),
      ),
      history: Type.Optional(
        open({ ready: Type.Boolean({ description: 'what the past holds has been read' }) }),
      ),
    }),
  },
};
