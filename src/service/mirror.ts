/** Partner statistics for mirror gaps (I33), handed in as a file; the gaps themselves are figures of the indicator. */
import Type from 'typebox';
import { keepPartnerRows, readPartnerRows } from '../indicators/mirror.ts';
import { utf8Text } from '../intake/input.ts';
import { demandOffice } from './caller.ts';
import { bodyOf } from './messages.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

const Query = Type.Object(
  { currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'of the values, ISO 4217' }) },
  { additionalProperties: false },
);

export const mirrorRoutes: Resource = (app, { store, audit }) => {
  app.post(
    '/v1/mirror-statistics',
    {
      schema: {
        tags: ['indicators'],
        summary: "hand in a partner's statistics: CSV with hs, origin, year, value, netMass",
        consumes: ['text/csv'],
        querystring: Query,
        response: problems(400),
      },
    },
    async (request, reply) => {
      const { subject, role } = request.caller;
      // It is of the whole country.
      demandOffice(request.caller, null);
      const rows = readPartnerRows(utf8Text(bodyOf(request), 1), 'the body');
      const { currency } = request.query as { currency: string };
      const kept = await keepPartnerRows(store, rows, currency);
      await audit.record({ subject, role, action: 'mirror.statistics', object: kept.file });
      return reply.code(201).send(kept);
    },
  );
};
