/** Declarations as they are stored, and the events of their procedure. */
import Type from 'typebox';
import type { DeclarationDocument, EventDocument, OutcomeDocument } from '../check/collections.ts';
import * as specs from '../check/collections.ts';
import { TrailEvent } from '../declaration/trail.ts';
import { CrosscheckError } from '../errors.ts';
import { readEvents } from '../intake/trail.ts';
import { demandOffices, inForce, mayRead, ownOffices } from './caller.ts';
import { openDiffering } from './differing.ts';
import { findQuery, listQuery, page } from './listing.ts';
import { bodyOf } from './messages.ts';
import { officerView, shownEvent, shownOutcome } from './officers.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';
import { byReader } from './validate.ts';

export const declarationRoutes: Resource = (app, { store, desk, office, wrote }) => {
  const declarations = store.collection<DeclarationDocument>(specs.declarations);
  const events = store.collection<EventDocument>(specs.events);
  const outcomes = store.collection<OutcomeDocument>(specs.outcomes);
  const differing = openDiffering(store);
  const Reference = Type.Object({ reference: Type.String({ minLength: 1, description: 'percent-encoded' }) });

  app.get(
    '/v1/declarations',
    {
      schema: {
        tags: ['declarations'],
        summary: 'list versions of declarations',
        querystring: listQuery(specs.declarations),
      },
    },
    async (request) =>
      page(
        declarations,
        findQuery(specs.declarations, request.query as Record<string, unknown>, ownOffices(request.caller)),
        (doc) => doc,
      ),
  );

  app.get(
    '/v1/declarations/:reference',
    {
      schema: {
        tags: ['declarations'],
        summary: 'one declaration: its newest version, its trail and its outcomes',
        params: Reference,
        response: problems(404),
      },
    },
    async (request) => {
      const { reference } = request.params as { reference: string };
      const of = (column: string) => ({ column, op: 'eq' as const, value: reference });
      const [versions, trail, results] = await Promise.all([
        declarations.find({
          where: of('reference'),
          sort: [{ column: 'version', direction: 'desc' }],
          limit: 1,
        }),
        events.find({ where: of('declaration'), sort: [{ column: 'at', direction: 'asc' }], limit: 10_000 }),
        outcomes.find({ where: of('declaration'), sort: [{ column: 'at', direction: 'asc' }], limit: 1_000 }),
      ]);
      const [newest] = versions.docs;
      if (newest === undefined || !mayRead(request.caller, newest.office))
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'declaration', id: reference });
      const view = await officerView(store, request.caller);
      const known = { caller: request.caller, rules: desk.rulebook().rules };
      return {
        ...newest,
        trail: trail.docs.map((event) => shownEvent(view, event, newest.office, known)),
        outcomes: results.docs.map((outcome) => shownOutcome(view, outcome, known)),
      };
    },
  );

  app.post(
    '/v1/declarations/:reference/events',
    {
      schema: {
        tags: ['declarations'],
        summary: 'events of the procedure, one or many, late and twice as they come',
        description:
          'Events of a declaration that is not here yet wait for it under the name by which it is called.',
        params: Reference,
        body: byReader(Type.Union([TrailEvent, Type.Array(TrailEvent)])),
        response: problems(400, 422, 503),
      },
    },
    async (request) => {
      const { reference } = request.params as { reference: string };
      await demandOffices(request.caller, [reference], office.known);
      const trail = readEvents(bodyOf(request));
      const [received] = await office.receive([
        {
          kind: 'answer',
          declaration: reference,
          aliases: [],
          trail,
          outcomes: [],
          where: {},
          by: request.caller.subject,
        },
      ]);
      wrote();
      const { superseding, ...rest } = received!;
      return { ...rest, ...(await differing.told(request.caller, superseding, inForce(desk))) };
    },
  );
};
