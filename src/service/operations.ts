/** The operator's and the auditor's calls: rebuild the projected tables, replay a check from its evidence. */
import Type from 'typebox';
import { replay } from '../check/replay.ts';
import { rebuild } from '../projections/project.ts';
import type { Resource } from './resources.ts';
import { problems } from './schemas.ts';

export const operationRoutes: Resource = (app, { store, live }) => {
  app.post(
    '/v1/rebuild',
    { schema: { tags: ['operations'], summary: 'throw the projected tables away and make them again' } },
    async () => {
      const { folded } = await rebuild(store);
      live.figures();
      return { folded };
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
