/** What clearance systems call: declarations, events, outcomes, files, reference records. */
import { readFileSync } from 'node:fs';
import Type, { type TSchema } from 'typebox';
import * as specs from '../../check/collections.ts';
import { Declaration } from '../../declaration/declaration.ts';
import { fromRoot } from '../../ground/paths.ts';
import { CheckAnswerSchema, ProblemSchema } from '../schemas.ts';
import { closed, type Example, namelessOf, open, pageOf, rowOf } from './example.ts';

const declaration: unknown = JSON.parse(readFileSync(fromRoot('docs', 'example-declaration.json'), 'utf8'));
export const reference = 'XXA1/2026/C90001';
const small = {
  flow: 'import',
  country: 'XX',
  office: 'XXA1',
  registration: { serial: 'C', number: '90001', date: '2026-03-30' },
  items: [{ number: 1, hs: '85171300', grossMass: 210, netMass: 230 }],
};

/** The reader says of which format a message was; who sends one need not. */
const Sent: TSchema = {
  ...Declaration,
  required: Declaration.required.filter((name) => name !== 'format'),
};

export const check = {
  id: 'C-5f2c1a9be04d7713aa09c4e18d22b6f0',
  declaration: reference,
  version: 1,
  lane: 'yellow',
  stage: 'registration',
  mode: 'observe',
  follow: false,
  score: 40,
  reason: 'yellow: score 40 reached 30 (FMT-001)',
  reasons: [{ kind: 'score', lane: 'yellow', score: 40, rules: ['FMT-001'] }],
  instruction: {
    control: 'documents',
    text: {
      en: 'Check the documents before release.',
      fr: 'Contrôler les documents avant mainlevée.',
    },
    look: [{ rule: 'FMT-001', item: 1 }],
  },
  findings: [
    {
      rule: 'FMT-001',
      version: 1,
      kind: 'consistency',
      class: 'error',
      risk: 'revenue',
      item: 1,
      message: {
        en: 'net 230 kg above gross 210 kg',
        fr: 'masse nette 230 kg au-dessus de la masse brute 210 kg',
      },
      explanation: {
        all: [
          {
            operator: 'greaterThan',
            fact: 'item.netMass',
            factValue: 230,
            value: 210,
            valueFact: 'item.grossMass',
            result: true,
          },
        ],
        result: true,
      },
    },
  ],
  notEvaluated: [],
  rulebook: '9380c58b2fa082bb6414ffcf7082267b9ea9994a1fc6ae719aafd12718d70f14',
  profile: '445e348b5a25b4b1',
  recordedAt: '2026-03-30T09:00:00.120Z',
};

const Received = closed(
  {
    declaration: Type.String({ description: 'its reference, or the name under which the message waits' }),
    known: Type.Boolean({ description: 'false: it waits for its declaration' }),
    events: Type.Integer({ description: 'new events' }),
    outcomes: Type.Integer({ description: 'new outcomes' }),
    repeated: Type.Integer({ description: 'received before' }),
    check: Type.Optional(CheckAnswerSchema),
  },
  { title: 'Received' },
);

const Outcome = namelessOf(specs.outcomes, { declaration: Type.String(), at: Type.String() }, 'Outcome');
const outcome = {
  declaration: reference,
  office: 'XXA1',
  control: 'physical',
  result: 'quantity',
  status: 'final',
  at: '2026-03-30T14:00:00.000Z',
  local: '2026-03-30T15:00:00+01:00',
  enteredAt: null,
  officer: null,
  rule: 'FMT-001',
  verdict: 'confirmed',
  recordedAt: '2026-03-30T14:01:12.004Z',
};
const toldOutcome = {
  declaration: reference,
  control: 'physical',
  result: 'quantity',
  status: 'final',
  at: '2026-03-30T15:00:00+01:00',
  rule: 'FMT-001',
  verdict: 'confirmed',
};

const Version = rowOf(
  specs.declarations,
  { reference: Type.String(), version: Type.Integer(), declaration: Type.Unknown() },
  'DeclarationVersion',
);
const version = {
  id: `${reference}#1`,
  reference,
  version: 1,
  provisional: false,
  content: 'b4c918d4fdaf71541f8494f0427b073582a3f4befe06147f2540978bd7b0fc17',
  office: 'XXA1',
  flow: 'import',
  declarant: 'B0001',
  consignee: 'M000001',
  consignor: null,
  occurredAt: '2026-03-30T00:00:00.000Z',
  recordedAt: '2026-03-30T09:00:00.120Z',
  declaration: { format: 'json', ...small },
};
const event = {
  kind: 'LANE',
  declaration: reference,
  at: '2026-03-30T09:00:01.000Z',
  local: '2026-03-30T10:00:01+01:00',
  enteredAt: null,
  to: 'yellow',
  officer: null,
  recordedAt: '2026-03-30T09:00:02.331Z',
};

const Imported = closed(
  {
    read: Type.Integer(),
    declarations: closed({ new: Type.Integer(), repeated: Type.Integer() }),
    answers: closed({ known: Type.Integer(), waiting: Type.Integer() }),
    events: Type.Integer(),
    outcomes: Type.Integer(),
    references: closed({ written: Type.Integer(), unchanged: Type.Integer() }),
    lanes: Type.Record(Type.String(), Type.Integer()),
    refused: Type.Integer(),
    problems: Type.Array(ProblemSchema),
  },
  { title: 'Imported' },
);
const imported = {
  read: 1,
  declarations: { new: 1, repeated: 0 },
  answers: { known: 0, waiting: 0 },
  events: 0,
  outcomes: 0,
  references: { written: 0, unchanged: 0 },
  lanes: { yellow: 1 },
  refused: 0,
  problems: [],
};
const ExtractState = Type.Enum(['receiving', 'waiting', 'reading', 'done', 'failed']);
const Written = open(
  { written: Type.Integer(), unchanged: Type.Integer(), refused: Type.Optional(Type.Array(Type.Unknown())) },
  { title: 'Written' },
);

export const exchange: Readonly<Record<string, Example>> = {
  'POST /v1/checks': {
    body: declaration,
    takes: Sent,
    status: 200,
    answer: check,
    schema: CheckAnswerSchema,
  },
  'POST /v1/checks/batch': {
    sends: 'application/x-ndjson',
    body: `${JSON.stringify(small)}\n`,
    status: 200,
    answers: 'application/x-ndjson',
    answer: `${JSON.stringify(check)}\n`,
    schema: Type.String({ description: 'a check or a problem on each line' }),
  },
  'GET /v1/checks': {
    query: { lane: ['yellow'], sort: '-recordedAt', limit: 1 },
    status: 200,
    answer: { data: [check] },
    schema: pageOf(CheckAnswerSchema),
  },
  'GET /v1/checks/:id': { params: { id: check.id }, status: 200, answer: check, schema: CheckAnswerSchema },
  'POST /v1/declarations/:reference/events': {
    params: { reference },
    body: [
      { kind: 'LANE', at: '2026-03-30T10:00:01+01:00', to: 'yellow', cause: 'criterion' },
      { kind: 'INSPECT', at: '2026-03-30T14:10:00+01:00', user: 'a.examiner', role: 'examiner' },
    ],
    status: 200,
    answer: { declaration: reference, known: true, events: 2, outcomes: 0, repeated: 0 },
    schema: Received,
  },
  'GET /v1/declarations': {
    query: { office: ['XXA1'], sort: '-recordedAt', limit: 1 },
    status: 200,
    answer: { data: [version] },
    schema: pageOf(Version),
  },
  'GET /v1/declarations/:reference': {
    params: { reference },
    status: 200,
    answer: { ...version, trail: [event], outcomes: [outcome] },
    schema: rowOf(
      specs.declarations,
      {
        declaration: Type.Unknown(),
        trail: Type.Array(namelessOf(specs.events, { kind: Type.String(), at: Type.String() }, 'Event')),
        outcomes: Type.Array(Outcome),
      },
      'Declaration',
    ),
  },
  'POST /v1/outcomes': {
    body: toldOutcome,
    status: 200,
    answer: { data: [{ declaration: reference, known: true, events: 0, outcomes: 1, repeated: 0 }] },
    schema: closed({ data: Type.Array(Received) }),
  },
  'GET /v1/outcomes': {
    query: { declaration: [reference] },
    status: 200,
    answer: { data: [outcome] },
    schema: pageOf(Outcome),
  },
  'POST /v1/import': {
    query: { file: 'march.ndjson' },
    sends: 'application/x-ndjson',
    body: `${JSON.stringify(small)}\n`,
    status: 200,
    answer: imported,
    schema: Imported,
  },
  'PUT /v1/extracts/:id/files/:name': {
    params: { id: 'march-2026', name: 'exchange-rate.csv' },
    sends: 'application/octet-stream',
    body: 'currency,rate,from,to\nUSD,600,2026-01-05,2026-01-11\n',
    status: 204,
    answer: undefined,
    schema: Type.Null(),
  },
  'POST /v1/extracts/:id': {
    params: { id: 'march-2026' },
    body: { mapping: 'reference' },
    status: 202,
    answer: { id: 'march-2026', state: 'waiting' },
    schema: closed({ id: Type.String(), state: ExtractState }),
  },
  'GET /v1/extracts/:id': {
    params: { id: 'march-2026' },
    status: 200,
    answer: { id: 'march-2026', state: 'reading', progress: { phase: 'staging', done: 0 }, import: imported },
    schema: open(
      {
        id: Type.String(),
        state: ExtractState,
        import: open({ read: Type.Integer(), refused: Type.Integer() }),
      },
      { title: 'Extract' },
    ),
  },
  'POST /v1/reference/:kind': {
    params: { kind: 'exchange-rate' },
    body: [{ currency: 'USD', rate: 600, from: '2026-01-05', to: '2026-01-11' }],
    status: 200,
    answer: { written: 1, unchanged: 0 },
    schema: Written,
  },
  'GET /v1/reference/:kind': {
    params: { kind: 'exchange-rate' },
    query: { key: 'USD', at: '2026-01-07' },
    status: 200,
    answer: { data: [{ currency: 'USD', rate: 600, from: '2026-01-05', to: '2026-01-11' }] },
    schema: closed({ data: Type.Array(Type.Unknown()) }),
  },
  'POST /v1/manifests': {
    sends: 'application/xml',
    body: '<Awmds><General_segment><General_segment_id><Customs_office_code>P1</Customs_office_code><Voyage_number>V1</Voyage_number><Date_of_departure>2026-01-05</Date_of_departure></General_segment_id></General_segment><Bol_segment><Bol_id><Bol_reference>B1</Bol_reference></Bol_id></Bol_segment></Awmds>',
    status: 200,
    answer: { written: 2, unchanged: 0, refused: [] },
    schema: Written,
  },
  'GET /v1/watermarks': {
    status: 200,
    answer: { data: [{ source: 'asycuda', feed: 'trail', office: 'XXA1', until: '2026-03-29' }] },
    schema: closed({ data: Type.Array(Type.Unknown()) }),
  },
};
