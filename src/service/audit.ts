/** The auditor's calls: the log, its verification, the published commitments and the draw of a check. */
import Type from 'typebox';
import { type AuditDocument, audit as auditSpec } from '../audit/log.ts';
import { anchorPattern, copiesOf, verifyAudit } from '../audit/verify.ts';
import { type DrawKeyDocument, drawKeys } from '../check/draw-keys.ts';
import { verifyCheckDraw } from '../check/verify-draw.ts';
import { CrosscheckError } from '../errors.ts';
import { demandCheck } from './demand-check.ts';
import { findQuery, listQuery, page } from './listing.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

const Verified = Type.Object(
  {
    anchor: Type.Optional(
      Type.Array(Type.String({ pattern: anchorPattern }), {
        maxItems: 1_000,
        description: 'anchors that were copied out before, as DAY=HASH: what no longer holds them is broken',
      }),
    ),
  },
  { additionalProperties: false },
);

export const auditRoutes: Resource = (app, { store, desk }) => {
  const tags = ['audit'];
  const entries = store.collection<AuditDocument>(auditSpec);
  const commitments = store.collection<DrawKeyDocument>(drawKeys);

  app.get(
    '/v1/audit',
    { schema: { tags, summary: 'list entries of the audit log', querystring: listQuery(auditSpec) } },
    async (request) =>
      page(entries, findQuery(auditSpec, request.query as Record<string, unknown>), (entry) => entry),
  );

  app.get(
    '/v1/audit/verify',
    {
      schema: {
        tags,
        summary: 'walk the chains and anchors to the first broken link',
        querystring: Verified,
        response: problems(400),
      },
    },
    async (request) => verifyAudit(store, copiesOf((request.query as { anchor?: string[] }).anchor)),
  );

  app.get(
    '/v1/draw-commitments',
    {
      schema: {
        tags,
        summary: "hashes of the draw's keys, published before their days",
        querystring: listQuery(drawKeys),
      },
    },
    async (request) =>
      page(commitments, findQuery(drawKeys, request.query as Record<string, unknown>), (one) => one),
  );

  app.get(
    '/v1/checks/:id/draw',
    {
      schema: {
        tags,
        summary: "the draw of a check, with the day's key once the day is over",
        params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
        response: problems(404, 409),
      },
    },
    async (request) => {
      if (desk.keys === undefined)
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'secret of the draw', id: 'here' });
      const { id } = request.params as { id: string };
      await demandCheck(store, request.caller, id);
      return verifyCheckDraw(store, desk.keys, id, new Date());
    },
  );
};
