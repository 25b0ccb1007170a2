/** Outcomes: what controls found. They label findings and end up in history once they are final. */
import Type from 'typebox';
import type { OutcomeDocument } from '../check/collections.ts';
import * as specs from '../check/collections.ts';
import { Outcome } from '../declaration/trail.ts';
import { readOutcomes } from '../intake/trail.ts';
import { answerFor, demandOffices, ownOffices } from './caller.ts';
import { findQuery, listQuery, page } from './listing.ts';
import { bodyOf } from './messages.ts';
import { demandOpenOffices, officerView, shownOutcome } from './officers.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';
import { byReader } from './validate.ts';

export const outcomeRoutes: Resource = (app, { store, desk, office, wrote }) => {
  const outcomes = store.collection<OutcomeDocument>(specs.outcomes);
  const Named = Type.Object(
    { ...Outcome.properties, declaration: Type.String() },
    { additionalProperties: false },
  );

  app.post(
    '/v1/outcomes',
    {
      schema: {
        tags: ['outcomes'],
        summary: 'outcomes of controls, one or many, each with the reference of its declaration',
        body: byReader(Type.Union([Named, Type.Array(Named)])),
        response: problems(400, 422, 503),
      },
    },
    async (request) => {
      const named = readOutcomes(bodyOf(request));
      await demandOffices(
        request.caller,
        named.map(({ declaration }) => declaration),
        office.known,
      );
      const received = await office.receive(
        named.map(({ declaration, outcome }) => ({
          kind: 'answer' as const,
          declaration,
          aliases: [],
          trail: [],
          outcomes: [outcome],
          where: {},
          by: request.caller.subject,
        })),
      );
      wrote();
      return {
        data: received.map(({ superseding, ...rest }) => ({
          ...rest,
          ...(superseding === undefined
            ? {}
            : { check: answerFor(request.caller, superseding, desk.profile().profile) }),
        })),
      };
    },
  );

  app.get(
    '/v1/outcomes',
    { schema: { tags: ['outcomes'], summary: 'list outcomes', querystring: listQuery(specs.outcomes) } },
    async (request) => {
      const { caller } = request;
      const asked = request.query as Record<string, unknown>;
      const view = await officerView(store, caller);
      demandOpenOffices(caller, view, specs.outcomes, asked);
      return page(outcomes, findQuery(specs.outcomes, asked, ownOffices(caller)), (doc) =>
        shownOutcome(view, doc),
      );
    },
  );
};
