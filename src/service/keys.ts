/** API keys by HTTP: made, listed, rotated, revoked; the text of a key is in the answer that makes it and nowhere else. */
import Type from 'typebox';
import { CrosscheckError } from '../errors.ts';
import { type KeyDocument, openKeys } from './auth/keys.ts';
import { type Caller, type CallerRole, callerRoles, covers, demandOffice } from './caller.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

const KeyRequest = Type.Object(
  {
    label: Type.String({ minLength: 1, maxLength: 200, description: 'what the key is for' }),
    role: Type.Enum(callerRoles.filter((role) => role !== 'local')),
    offices: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { minItems: 1, maxItems: 1000 }),
    ),
    days: Type.Integer({ minimum: 1, maximum: 400 }),
  },
  { additionalProperties: false },
);
const Rotation = Type.Object(
  { graceDays: Type.Integer({ minimum: 0, maximum: 90 }) },
  { additionalProperties: false },
);
const Id = Type.Object({ id: Type.String({ maxLength: 40 }) });

const shown = ({ hash: _, ...rest }: KeyDocument) => rest;

export const keyRoutes: Resource = (app, { store, audit }) => {
  const keys = openKeys(store);
  const tags = ['keys'];
  const log = (
    { subject, role }: Caller,
    action: string,
    object: string,
    detail: Record<string, unknown> = {},
  ) => audit.record({ subject, role, action, object, detail });

  /** Whoever is good for some offices makes, sees and ends keys for these, and opens no others by it. */
  async function demandKey(caller: Caller, id: string): Promise<void> {
    if (caller.offices === undefined) return;
    const key = (await keys.list()).find((one) => one.id === id);
    if (key === undefined || !covers(caller, key.offices))
      throw new CrosscheckError('CC_NOT_FOUND', { what: 'key', id });
  }

  app.get(
    '/v1/keys',
    { schema: { tags, summary: 'list keys, without their secrets' } },
    async ({ caller }) => ({
      data: (await keys.list()).filter(({ offices }) => covers(caller, offices)).map(shown),
    }),
  );

  app.post(
    '/v1/keys',
    {
      preValidation: jsonBody,
      schema: { tags, summary: 'make a key', body: KeyRequest, response: problems(400, 403) },
    },
    async (request, reply) => {
      const asked = request.body as { label: string; role: CallerRole; offices?: string[]; days: number };
      const { caller } = request;
      const offices = asked.offices ?? caller.offices;
      for (const office of offices ?? []) demandOffice(caller, office);
      const { key, document } = await keys.create(
        { ...asked, ...(offices === undefined ? {} : { offices: [...offices] }) },
        caller.subject,
        new Date(),
      );
      await log(request.caller, 'key.create', document.id, {
        role: document.role,
        offices: document.offices ?? 'all',
      });
      return reply.code(201).send({ key, ...shown(document) });
    },
  );

  app.post(
    '/v1/keys/:id/rotate',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: 'make a successor; the old key ends after a grace',
        params: Id,
        body: Rotation,
        response: problems(400, 404),
      },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const { graceDays } = request.body as { graceDays: number };
      await demandKey(request.caller, id);
      const { key, document } = await keys.rotate(id, graceDays, request.caller.subject, new Date());
      await log(request.caller, 'key.rotate', id, { successor: document.id, graceDays });
      return reply.code(201).send({ key, ...shown(document) });
    },
  );

  app.delete(
    '/v1/keys/:id',
    { schema: { tags, summary: 'revoke a key', params: Id, response: problems(404) } },
    async (request) => {
      const { id } = request.params as { id: string };
      await demandKey(request.caller, id);
      // Recorded first: a revocation that leaves no trace must not be possible.
      await log(request.caller, 'key.revoke', id);
      return shown(await keys.revoke(id, new Date()));
    },
  );
};
