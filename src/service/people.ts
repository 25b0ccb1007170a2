/** Named look-ups by HTTP: for the integrity unit alone, each with its grounds and in the audit log. */
import Type from 'typebox';
import { officerColumns } from '../projections/officers.ts';
import type { Caller } from './caller.ts';
import { ownOffices } from './caller.ts';
import { findQuery, listQuery, page } from './listing.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';
import {
  confirmUnmasking,
  lookUp,
  proposeUnmasking,
  refuseUnmasking,
  type UnmaskingDocument,
  unmask,
  unmaskings,
  withdrawUnmasking,
} from './unmask.ts';

const grounds = Type.String({ minLength: 5, maxLength: 2000, description: 'why; kept in the audit log' });
const LookUp = Type.Object(
  { office: Type.String({ minLength: 1, maxLength: 40, description: 'where the officer acted' }), grounds },
  { additionalProperties: false },
);
const Proposal = Type.Object(
  {
    finding: Type.String({ minLength: 1, maxLength: 200, description: 'id of a hard breach' }),
    part: Type.Enum(Object.keys(officerColumns) as (keyof typeof officerColumns)[]),
    grounds,
  },
  { additionalProperties: false },
);
const Ending = Type.Object({ grounds }, { additionalProperties: false });
const Id = Type.Object({ id: Type.String({ maxLength: 60 }) });

/** Who is behind it is told by its look-up alone, and the surrogate would tell it by other means. */
const shown = ({ officer: _, ended = undefined, ...rest }: UnmaskingDocument) => ({
  ...rest,
  ended: ended ?? null,
});

export const peopleRoutes: Resource = (app, { store, audit }) => {
  const tags = ['people'];
  const collection = store.collection<UnmaskingDocument>(unmaskings);
  const log = ({ subject, role }: Caller, action: string, object: string, detail: Record<string, unknown>) =>
    audit.record({ subject, role, action, object, detail });

  app.post(
    '/v1/people/:officer/look-up',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: 'who an officer is, in an office of the prescriptive phase; logged',
        params: Type.Object({ officer: Type.String({ maxLength: 60 }) }),
        body: LookUp,
        response: problems(400, 403, 404),
      },
    },
    async (request) => {
      const { officer } = request.params as { officer: string };
      const asked = request.body as { office: string; grounds: string };
      return lookUp(store, request.caller, { officer, office: asked.office, now: new Date() }, () =>
        log(request.caller, 'person.look-up', officer, asked),
      );
    },
  );

  app.get(
    '/v1/unmaskings',
    {
      schema: {
        tags,
        summary: 'unmaskings proposed, confirmed, withdrawn and refused',
        querystring: listQuery(unmaskings),
      },
    },
    async (request) => {
      const query = request.query as Record<string, unknown>;
      return page(collection, findQuery(unmaskings, query, ownOffices(request.caller)), shown);
    },
  );

  app.post(
    '/v1/unmaskings',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: 'propose to unmask who acted in a hard breach; another person confirms',
        body: Proposal,
        response: problems(400, 403, 404, 409),
      },
    },
    async (request, reply) => {
      const {
        finding,
        part,
        grounds: why,
      } = request.body as {
        finding: string;
        part: keyof typeof officerColumns;
        grounds: string;
      };
      await log(request.caller, 'person.unmask.propose', finding, { part, grounds: why });
      const asked = { id: finding, part, grounds: why };
      return reply.code(201).send(shown(await proposeUnmasking(store, request.caller, asked, new Date())));
    },
  );

  app.post(
    '/v1/unmaskings/:id/confirm',
    {
      schema: {
        tags,
        summary: 'confirm what another person proposed',
        params: Id,
        response: problems(404, 409),
      },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      await log(request.caller, 'person.unmask.confirm', id, {});
      return shown(await confirmUnmasking(store, request.caller, id, new Date()));
    },
  );

  const endings = [
    ['withdraw', 'withdraw what one proposed oneself', withdrawUnmasking],
    ['refuse', 'refuse what another person proposed', refuseUnmasking],
  ] as const;
  for (const [how, summary, end] of endings)
    app.post(
      `/v1/unmaskings/:id/${how}`,
      {
        preValidation: jsonBody,
        schema: { tags, summary, params: Id, body: Ending, response: problems(400, 404, 409) },
      },
      async (request) => {
        const { id } = request.params as { id: string };
        const { grounds: why } = request.body as { grounds: string };
        await log(request.caller, `person.unmask.${how}`, id, { grounds: why });
        return shown(await end(store, request.caller, { id, grounds: why }, new Date()));
      },
    );

  app.post(
    '/v1/unmaskings/:id/look-up',
    {
      schema: {
        tags,
        summary: 'who it was, once it is confirmed; logged',
        params: Id,
        response: problems(403, 404),
      },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      return unmask(store, request.caller, id, ({ officer, finding }) =>
        log(request.caller, 'person.look-up', officer, { unmasking: id, finding }),
      );
    },
  );
};
