/**
 * Lists: watched names, codes, authorisations, measures, as the administration loads them. A load is in force from the next
 * check on; a check names the lists it used. What is watched is confidential, so reading is for those who analyse.
 */
import Type from 'typebox';
import { type ListForm, listsInForce, loadList, matchList, readList } from '../evidence/lists/desk.ts';
import { openLists } from '../evidence/lists/store.ts';
import { bodyOf } from './messages.ts';
import type { Resource } from './resource.ts';
import { Day, ProblemSchema, problems } from './schemas.ts';
import { byReader } from './validate.ts';

const Id = Type.Object({ id: Type.String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 100 }) });
const text = (description: string) => Type.Optional(Type.String({ maxLength: 400, description }));
const Form = Type.Object(
  {
    kind: Type.Optional(Type.Enum(['codes', 'authorisations', 'watch', 'measures'])),
    match: Type.Optional(Type.Enum(['exact', 'prefix', 'name'])),
    owner: text('who answers for the list'),
    origin: text('where the entries are from'),
    titleEn: text('title in English'),
    titleFr: text('title in French'),
    complete: Type.Optional(Type.Boolean({ description: 'what is not on the list does not exist' })),
    delimiter: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1,
        description: 'of cells; comma, semicolon or tab as the header has it where absent',
      }),
    ),
  },
  { additionalProperties: false },
);
const Loaded = Type.Object({
  list: Type.String(),
  entries: Type.Integer(),
  changed: Type.Boolean({ description: 'false where the list in force says the same' }),
  refused: Type.Array(ProblemSchema, { description: 'rows that were left out, with place and reason' }),
  doubtful: Type.Array(ProblemSchema, {
    description: 'rows that are in force and perhaps not as they were meant, with place and reason',
  }),
});
const Paged = Type.Object(
  {
    after: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5_000, default: 1_000 })),
  },
  { additionalProperties: false },
);
const Matched = Type.Object(
  {
    value: Type.String({ minLength: 1, maxLength: 400 }),
    day: Type.Optional(Day('today where absent')),
  },
  { additionalProperties: false },
);
const tags = ['lists'];

export const listRoutes: Resource = (app, { store, desk, audit, wrote }) => {
  const now = () => desk.now().toISOString();
  const idOf = (request: { params: unknown }) => (request.params as { id: string }).id;

  app.get(
    '/v1/lists',
    {
      schema: {
        tags,
        summary: 'lists in force: loaded ones, and shipped ones that none replaces',
        response: { 200: Type.Object({ data: Type.Array(Type.Unknown()) }), ...problems(503) },
      },
    },
    async () => ({ data: await listsInForce(store, now()) }),
  );

  app.get(
    '/v1/lists/:id',
    {
      schema: {
        tags,
        summary: 'a list with a page of its entries',
        params: Id,
        querystring: Paged,
        response: { 200: Type.Unknown(), ...problems(400, 404, 503) },
      },
    },
    async (request) => {
      const { entries, ...file } = await readList(store, idOf(request), now());
      const { after = 0, limit = 1_000 } = request.query as { after?: number; limit?: number };
      return { ...file, total: entries.length, entries: entries.slice(after, after + limit) };
    },
  );

  app.get(
    '/v1/lists/:id/match',
    {
      schema: {
        tags,
        summary: 'how a value is matched: the best entry, its score and the words that agree',
        params: Id,
        querystring: Matched,
        response: { 200: Type.Unknown(), ...problems(400, 404, 503) },
      },
    },
    async (request) => {
      const { value, day = now().slice(0, 10) } = request.query as { value: string; day?: string };
      return matchList(store, idOf(request), value, { day, at: now() });
    },
  );

  app.put(
    '/v1/lists/:id',
    {
      schema: {
        tags,
        summary: 'load a list, CSV or JSON; it replaces the one in force from the next check on',
        params: Id,
        querystring: Form,
        body: byReader(Type.String({ description: 'CSV with a header, a JSON list file, or JSON entries' })),
        response: { 200: Loaded, ...problems(400, 415, 422, 503) },
      },
    },
    async (request) => {
      const { subject, role } = request.caller;
      const id = idOf(request);
      const loaded = await loadList(store, id, bodyOf(request), request.query as ListForm, {
        by: subject,
        at: now(),
      });
      const { changed, entries, refused } = loaded;
      await audit.record({
        subject,
        role,
        action: 'list.load',
        object: id,
        detail: { changed, entries, refused: refused.length },
      });
      await desk.refresh?.();
      wrote();
      return loaded;
    },
  );

  app.delete(
    '/v1/lists/:id',
    {
      schema: {
        tags,
        summary: 'take a loaded list out of force; a shipped one of the same id stands again',
        params: Id,
        response: { 204: Type.Null(), ...problems(404, 503) },
      },
    },
    async (request, reply) => {
      const { subject, role } = request.caller;
      const id = idOf(request);
      // Recorded first: a list must not go out of force without a trace.
      await audit.record({ subject, role, action: 'list.withdraw', object: id });
      await openLists(store).withdraw(id, now(), subject);
      await desk.refresh?.();
      return reply.code(204).send(null);
    },
  );
};
