/** Retention by HTTP: what the policy in force would remove, and its carrying out; `crosscheck retain` calls it when the store is ours. */
import Type from 'typebox';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { retainOnRecord } from './retention/apply.ts';
import { forgetRemoved } from './retention/forget.ts';
import { problems } from './schemas.ts';
import { unlessStopping } from './stopping.ts';

const Body = Type.Object(
  { apply: Type.Boolean({ description: 'false: nothing is removed, what would be is counted' }) },
  { additionalProperties: false },
);

export const retentionRoutes: Resource = (app, { store, desk, audit, retention, stopping, wrote }) => {
  app.get(
    '/v1/retention',
    { schema: { tags: ['operations'], summary: 'how long data are kept: the policy in force' } },
    async () => ({ ...retention.policy, content: retention.version }),
  );

  app.post(
    '/v1/retention',
    {
      preValidation: jsonBody,
      schema: {
        tags: ['operations'],
        summary: 'remove what the policy no longer keeps, or count it',
        body: Body,
        response: problems(400),
      },
    },
    async (request) => {
      const { apply } = request.body as { apply: boolean };
      const { subject, role } = request.caller;
      const now = desk.now();
      const options = { dryRun: !apply, signal: stopping };
      const data = await unlessStopping(
        stopping,
        retainOnRecord(store, audit, { subject, role }, retention, now, options),
      );
      if (apply) {
        await forgetRemoved(desk, now);
        wrote();
      }
      return { policy: retention.policy.id, applied: apply, data };
    },
  );
};
