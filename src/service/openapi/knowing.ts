/** What analysts load and compute for checks: lists, and baselines of comparable goods. */
import Type from 'typebox';
import { measures } from '../../facts/baseline/definitions.ts';
import { ListEntry } from '../../facts/list/model.ts';
import { ProblemSchema } from '../schemas.ts';
import { closed, type Example, instant, nullable, open } from './example.ts';

const Texts = Type.Record(Type.String(), Type.String());
const listProperties = {
  title: Texts,
  kind: Type.String(),
  match: Type.String(),
  owner: Type.String(),
  origin: Type.String(),
  complete: Type.Optional(Type.Boolean()),
};
const ShownList = closed(
  {
    ...listProperties,
    list: Type.String(),
    entries: Type.Integer(),
    recordedAt: Type.String({ description: 'empty for a shipped list' }),
    by: Type.String({ description: 'who loaded it, or `shipped`' }),
    loaded: Type.Boolean(),
  },
  { title: 'List' },
);
const frame = {
  title: { en: 'End users under watch', fr: 'Utilisateurs finals surveillés' },
  kind: 'watch',
  match: 'name',
  owner: 'intelligence',
  origin: 'gazette 12/2026',
};
const shown = {
  ...frame,
  list: 'end-users',
  entries: 1,
  recordedAt: '2026-03-30T08:12:31.050Z',
  by: 'oidc:7d0f',
  loaded: true,
};
const entry = { key: 'E1', name: 'Zarkon Missile Works', from: '2026-01-01', grade: 'B2' };

const version = {
  id: '2026-03-29.1f3a9c02',
  recordedAt: '2026-03-29T02:00:00.000Z',
  days: 365,
  groups: 5120,
  items: 611_204,
};
const versionProperties = {
  id: Type.String(),
  recordedAt: instant,
  days: Type.Integer(),
  groups: Type.Integer(),
  items: Type.Integer(),
};
const Version = closed(versionProperties, { title: 'BaselineVersion' });
const Baseline = closed(
  Object.fromEntries(
    ['count', 'median', 'spread', 'minimum', 'maximum', 'p05', 'p95'].map((name) => [name, Type.Number()]),
  ),
  { title: 'Baseline' },
);

export const knowing: Readonly<Record<string, Example>> = {
  'GET /v1/lists': {
    status: 200,
    schema: closed({ data: Type.Array(ShownList) }),
    answer: { data: [shown] },
  },
  'GET /v1/lists/:id': {
    params: { id: 'countries' },
    status: 200,
    schema: open({
      ...listProperties,
      id: Type.String(),
      total: Type.Integer(),
      entries: Type.Array(ListEntry),
    }),
    answer: { id: 'end-users', ...frame, total: 1, entries: [entry] },
  },
  'GET /v1/lists/:id/match': {
    params: { id: 'countries' },
    query: { value: 'KE', day: '2026-03-30' },
    status: 200,
    schema: closed({
      found: Type.Boolean(),
      threshold: Type.Number({ description: 'likeness from which on a name counts as found' }),
      hit: Type.Optional(
        closed({
          entry: ListEntry,
          score: Type.Number({ description: '1 for exact and prefix matches' }),
          why: Type.Optional(
            closed({
              score: Type.Number(),
              pairs: Type.Array(Type.Array(Type.String()), { description: 'words that agree' }),
            }),
          ),
        }),
      ),
    }),
    answer: {
      found: true,
      threshold: 0.9,
      hit: {
        entry,
        score: 0.98,
        why: {
          score: 0.98,
          pairs: [
            ['MISSILES', 'MISSILE'],
            ['ZARKON', 'ZARKON'],
          ],
        },
      },
    },
  },
  'PUT /v1/lists/:id': {
    params: { id: 'end-users' },
    query: { kind: 'watch', match: 'name', owner: 'intelligence', origin: 'gazette 12/2026' },
    body: 'key,name,from,grade\nE1,Zarkon Missile Works,2026-01-01,B2\n',
    sends: 'text/csv',
    status: 200,
    schema: closed({
      list: Type.String(),
      entries: Type.Integer(),
      changed: Type.Boolean(),
      refused: Type.Array(ProblemSchema),
      doubtful: Type.Array(ProblemSchema),
    }),
    answer: { list: 'end-users', entries: 1, changed: true, refused: [], doubtful: [] },
  },
  'DELETE /v1/lists/:id': {
    params: { id: 'retired' },
    status: 204,
    schema: Type.Null(),
    answer: null,
  },
  'GET /v1/baselines': {
    status: 200,
    schema: closed({ data: Type.Array(Version) }),
    answer: { data: [version] },
  },
  'GET /v1/baselines/:group': {
    params: { group: '851713 CN' },
    query: { version: '2026-03-01.1f3a9c02' },
    status: 200,
    schema: closed({
      id: Type.String(),
      version: Type.String(),
      group: Type.String(),
      measures: Type.Partial(
        Type.Object(Object.fromEntries(measures.map((name) => [name, nullable(Baseline)]))),
      ),
    }),
    answer: {
      id: '2026-03-01.1f3a9c02|851713 CN',
      version: '2026-03-01.1f3a9c02',
      group: '851713 CN',
      measures: {
        valuePerKg: {
          count: 412,
          median: 48.2,
          spread: 0.31,
          minimum: 3.1,
          maximum: 402,
          p05: 22.4,
          p95: 97.8,
        },
      },
    },
  },
  'POST /v1/baselines': {
    body: { days: 365 },
    status: 201,
    schema: Version,
    answer: version,
  },
};
