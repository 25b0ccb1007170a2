/** Baselines: what comparable goods usually are, in versions. A check uses the last version before it and names it. */
import Type from 'typebox';
import { CrosscheckError } from '../errors.ts';
import { openBaselines } from '../evidence/baselines/store.ts';
import { baselineDays, openEvidence } from '../evidence/open.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

const Version = Type.Object({
  id: Type.String(),
  recordedAt: Type.String(),
  days: Type.Integer({ description: 'length of the window before it' }),
  groups: Type.Integer(),
  items: Type.Integer({ description: 'items that were compared' }),
});
const Request = Type.Object(
  { days: Type.Optional(Type.Integer({ minimum: 30, maximum: 3_660 })) },
  { additionalProperties: false },
);
const tags = ['baselines'];

export const baselineRoutes: Resource = (app, { store, desk, audit }) => {
  const stored = openBaselines(store);

  app.get(
    '/v1/baselines',
    {
      schema: {
        tags,
        summary: 'versions of the baselines, newest first',
        response: { 200: Type.Object({ data: Type.Array(Version) }), ...problems(503) },
      },
    },
    async () => ({ data: await stored.versions(100) }),
  );

  app.get(
    '/v1/baselines/:group',
    {
      schema: {
        tags,
        summary: 'centre, spread and range of a group: HS6 and origin, HS6 or HS4',
        params: Type.Object({ group: Type.String({ pattern: '^\\d{4}(\\d{2}( [A-Z0-9]{1,10})?)?$' }) }),
        querystring: Type.Object(
          { version: Type.Optional(Type.String({ maxLength: 40, description: 'the newest where absent' })) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Unknown(), ...problems(400, 404, 503) },
      },
    },
    async (request) => {
      const { group } = request.params as { group: string };
      const { version = (await stored.versions(1))[0]?.id ?? '' } = request.query as { version?: string };
      const found = await stored.group(version, group);
      if (found === undefined)
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'baseline', id: `${group} of version ${version}` });
      return found;
    },
  );

  app.post(
    '/v1/baselines',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: 'compute a version of the baselines from what is known now',
        body: Request,
        response: { 201: Version, ...problems(400, 503) },
      },
    },
    async (request, reply) => {
      const { days = baselineDays } = request.body as { days?: number };
      // A desk that looks nothing up has no history in memory: it is read for this once.
      const renew = desk.evidence?.renewBaselines ?? (await openEvidence({ store })).renewBaselines!;
      const at = desk.now().toISOString();
      const { subject, role } = request.caller;
      await audit.record({
        subject,
        role,
        action: 'baselines.compute',
        object: `${days} days before ${at}`,
      });
      const version = await renew(at, days);
      return reply.code(201).send(version);
    },
  );
};
