/** The operator's and the auditor's calls: rebuild the projected tables, replay a check from its evidence. */
import Type from 'typebox';
import { replay } from '../check/replay.ts';
import { CrosscheckError } from '../errors.ts';
import { rebuild } from '../projections/project.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

export const operationRoutes: Resource = (app, { store, audit, wrote }) => {
  app.post(
    '/v1/rebuild',
    { schema: { tags: ['operations'], summary: 'throw the projected tables away and make them again' } },
    async (request) => {
      const { subject, role } = request.caller;
      await audit.record({ subject, role, action: 'rebuild', object: 'projections' });
      const { folded } = await rebuild(store);
      wrote();
      return { folded };
    },
  );

  app.post(
    '/v1/backup',
    {
      preValidation: jsonBody,
      schema: {
        tags: ['operations'],
        summary: 'copy the embedded store into an empty folder of this machine while it runs',
        body: Type.Object({ folder: Type.String({ minLength: 1, maxLength: 4_000 }) }),
        response: problems(400, 409),
      },
    },
    async (request) => {
      if (store.backup === undefined) throw new CrosscheckError('CC_BACKUP_UNSUPPORTED');
      return store.backup((request.body as { folder: string }).folder);
    },
  );

  app.get(
    '/v1/checks/:id/replay',
    {
      schema: {
        tags: ['checks'],
        summary: 'evaluate a check again from its own evidence and compare',
        params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
        response: problems(404),
      },
    },
    async (request) => replay(store, (request.params as { id: string }).id),
  );
};
