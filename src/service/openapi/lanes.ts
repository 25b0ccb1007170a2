/** What says how lanes come about and what becomes of them: the profile, lanes side by side, rules' effectiveness, audits after release. */
import { readFileSync } from 'node:fs';
import Type from 'typebox';
import { parse } from 'yaml';
import { fromRoot } from '../../ground/paths.ts';
import { Profile } from '../../selectivity/model.ts';
import { CheckAnswerSchema } from '../schemas.ts';
import { closed, day, type Example, instant, nullable, open, pageOf } from './example.ts';
import { check, reference } from './exchange.ts';

const count = Type.Integer({ minimum: 0 });
const share = closed({ value: Type.Number(), low: Type.Number(), high: Type.Number() });
const sample = { judged: count, irregular: count };
const half = { value: 0.5, low: 0.247, high: 0.753 };

const profile: unknown = parse(readFileSync(fromRoot('profiles', 'selectivity', 'default.yaml'), 'utf8'));

const Remarks = Type.Array(closed({ rule: Type.String(), version: Type.Integer(), why: Type.String() }));

const Effectiveness = closed({
  from: Type.Optional(day),
  to: Type.Optional(day),
  random: closed({ ...sample, rate: Type.Optional(share) }),
  all: closed(sample),
  basis: Type.Enum(['random', 'controlled', 'none'], {
    description: 'the declarations on which suggested weights rest',
  }),
  rules: Type.Array(
    open({
      rule: Type.String(),
      version: Type.Integer(),
      risk: Type.String(),
      shadow: Type.Boolean(),
      hits: count,
      judged: count,
      confirmed: count,
      refuted: count,
      irregular: count,
      seizures: count,
      prohibited: count,
      amounts: Type.Record(Type.String(), Type.Integer(), {
        description: 'duty found, minor units by currency',
      }),
      hitRate: Type.Optional(share),
      lift: Type.Optional(share),
      age: Type.Optional(Type.Integer({ description: 'days since this version came into force' })),
      review: Type.Optional(day),
      overdue: Type.Optional(count),
      weight: Type.Optional(Type.Number({ description: 'points now' })),
      suggested: Type.Optional(
        closed({
          weight: Type.Integer({ description: 'points that the outcomes suggest; never applied' }),
          logRatio: Type.Number(),
          raw: Type.Number(),
          limits: closed({ low: Type.Number(), high: Type.Number() }),
        }),
      ),
    }),
  ),
  dueForReview: Remarks,
  weak: Remarks,
  silent: Remarks,
});

const WorklistRow = closed({
  declaration: Type.String(),
  office: nullable(Type.String()),
  flow: nullable(Type.String()),
  declarant: nullable(Type.String()),
  importer: nullable(Type.String()),
  exporter: nullable(Type.String()),
  day: nullable(day),
  released: nullable(Type.String()),
  due: nullable(day),
  state: Type.Enum(['waiting', 'open', 'overdue', 'done']),
  done: nullable(day),
  late: Type.Boolean(),
  result: nullable(Type.String()),
});

export const lanes: Readonly<Record<string, Example>> = {
  'GET /v1/checks/:id/told': {
    params: { id: check.id },
    status: 200,
    answer: {
      declaration: reference,
      data: [{ subject: 'K-7', checks: [check.id], knows: true }],
    },
    schema: closed({
      declaration: Type.String(),
      data: Type.Array(
        closed({
          subject: Type.String({ description: 'a key’s id or a token’s subject' }),
          checks: Type.Array(Type.String(), { description: 'that they were given, oldest first' }),
          knows: Type.Boolean({ description: 'whether the check that stands now is among them' }),
        }),
      ),
    }),
  },
  'GET /v1/checks/degraded': {
    query: { cause: ['time'], limit: 1 },
    status: 200,
    answer: {
      data: [
        {
          id: 'D-0c5de1a7b7f04a22a0ee5f5f0a7d9c11',
          declaration: reference,
          office: 'XXA1',
          lane: 'yellow',
          cause: 'time',
          at: '2026-03-30T09:00:00.000Z',
          attempts: 0,
          redone: check.id,
          redoneAt: '2026-03-30T09:00:02.000Z',
        },
      ],
    },
    schema: pageOf(
      closed({
        id: Type.String(),
        declaration: Type.String(),
        office: nullable(Type.String()),
        lane: Type.String({ description: 'the lane that was answered' }),
        cause: Type.Enum(['time', 'failure']),
        at: instant,
        attempts: count,
        redone: nullable(Type.String({ description: 'the check that took its place' })),
        redoneAt: nullable(instant),
      }),
    ),
  },
  'GET /v1/selectivity': {
    query: { office: 'XXA1', flow: 'import' },
    status: 200,
    answer: {
      version: '9f86d081884c7d65',
      profile,
      settings: {
        mode: 'observe',
        stage: 'registration',
        thresholds: [{ lane: 'yellow', from: 30 }],
        random: [{ lane: 'red', rate: 0.02 }],
        expected: [],
        capacity: [],
        trusted: { randomFactor: 0.5, scoreFactor: 0.7, expectedFactor: 0.5 },
      },
      lints: [],
    },
    schema: closed({
      version: Type.String({ description: 'content hash' }),
      profile: Profile,
      settings: open({ mode: Type.String(), stage: Type.String() }),
      lints: Type.Array(
        closed({
          code: Type.String(),
          severity: Type.String(),
          pointer: Type.String(),
          message: Type.String(),
          fix: Type.String(),
        }),
      ),
    }),
  },
  'GET /v1/selectivity/comparison': {
    query: { office: ['XXA1'], from: '2026-01-01' },
    status: 200,
    answer: {
      declarations: 12,
      same: 0,
      oursStricter: 12,
      oursMilder: 0,
      notComparable: 0,
      agreement: 0,
      data: [
        {
          mode: 'observe',
          theirs: 'green',
          ours: 'yellow',
          relation: 'ours stricter',
          declarations: 12,
          judged: 4,
          irregular: 2,
          hitRate: half,
        },
      ],
    },
    schema: closed({
      declarations: count,
      same: count,
      oursStricter: count,
      oursMilder: count,
      notComparable: count,
      agreement: Type.Optional(Type.Number()),
      data: Type.Array(
        closed({
          mode: nullable(Type.String()),
          theirs: Type.String({ description: "the clearance system's first lane" }),
          ours: Type.String(),
          relation: Type.Enum(['same', 'ours stricter', 'ours milder', 'not comparable']),
          declarations: count,
          ...sample,
          hitRate: Type.Optional(share),
        }),
      ),
    }),
  },
  'GET /v1/rules/effectiveness': {
    query: { from: '2026-01-01', to: '2026-12-31' },
    status: 200,
    answer: {
      from: '2026-01-01',
      to: '2026-12-31',
      random: { judged: 12, irregular: 6, rate: half },
      all: { judged: 60, irregular: 33 },
      basis: 'controlled',
      rules: [
        {
          rule: 'FMT-001',
          version: 1,
          risk: 'revenue',
          kind: 'consistency',
          audience: 'examiner',
          shadow: false,
          hits: 40,
          judged: 12,
          confirmed: 6,
          refuted: 2,
          irregular: 6,
          seizures: 0,
          prohibited: 0,
          amounts: { XTS: 750_000 },
          hitRate: half,
          lift: { value: 1, low: 0.45, high: 2.2 },
          age: 120,
          review: '2027-01-01',
          overdue: 0,
          weight: 40,
          suggested: { weight: 31, logRatio: 0.9, raw: 1.4, limits: { low: 0.2, high: 1.6 } },
        },
      ],
      dueForReview: [],
      weak: [],
      silent: [{ rule: 'VAL-009', version: 2, why: 'it hit nothing in the period' }],
    },
    schema: Effectiveness,
  },
  'GET /v1/post-clearance': {
    query: { state: 'open', limit: 1 },
    status: 200,
    answer: {
      data: [
        {
          declaration: reference,
          office: 'XXA1',
          flow: 'import',
          declarant: 'B1',
          importer: 'C1',
          exporter: null,
          day: '2026-03-30',
          released: '2026-03-31T09:00:00.000Z',
          due: '2026-05-30',
          state: 'open',
          done: null,
          late: false,
          result: null,
        },
      ],
    },
    schema: pageOf(WorklistRow),
  },
  'GET /v1/post-clearance/coverage': {
    query: { from: '2026-01-01' },
    status: 200,
    answer: {
      data: [
        {
          office: 'XXA1',
          listed: 20,
          waiting: 2,
          open: 6,
          overdue: 6,
          done: 6,
          late: 1,
          found: 2,
          coverage: { n: 12, ...half },
        },
      ],
    },
    schema: closed({
      data: Type.Array(
        closed({
          office: nullable(Type.String()),
          listed: count,
          waiting: count,
          open: count,
          overdue: count,
          done: count,
          late: count,
          found: count,
          coverage: Type.Optional(
            closed({
              value: Type.Number({ description: 'done, of those done and overdue' }),
              n: count,
              low: Type.Number(),
              high: Type.Number(),
            }),
          ),
        }),
      ),
    }),
  },
  'POST /v1/post-clearance/:reference/result': {
    params: { reference },
    body: {
      result: 'value',
      status: 'final',
      at: '2026-05-04T15:00:00+01:00',
      duty: { amount: 120_000, currency: 'XTS' },
      rule: 'FMT-001',
      verdict: 'confirmed',
    },
    status: 200,
    answer: { declaration: reference, known: true, events: 0, outcomes: 1, repeated: 0 },
    schema: closed({
      declaration: Type.String(),
      known: Type.Boolean(),
      events: count,
      outcomes: count,
      repeated: count,
      check: Type.Optional(CheckAnswerSchema),
    }),
  },
};
