/**
 * History for backtests of the user who runs the service: the store is the service's alone, so a command beside it is
 * handed what its rules would have seen. Officers are surrogates, traders are not: it is for nobody else.
 */
import { Readable } from 'node:stream';
import Type from 'typebox';
import { type Asking, callsOf, storeHistory } from '../backtest/history.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

const Body = Type.Object(
  {
    rulebooks: Type.Array(
      Type.Object({
        rules: Type.Array(Type.Unknown()),
        shared: Type.Record(Type.String(), Type.Unknown()),
      }),
      { description: 'whose looked-up facts are wanted' },
    ),
    from: Type.Optional(Type.String({ description: 'looked at from this day on, UTC' })),
    to: Type.Optional(Type.String({ description: 'and before this one, as it stood then' })),
    declaration: Type.Optional(Type.String({ description: 'this one alone, by any of its names' })),
    country: Type.Optional(Type.String({ description: 'profile for declarations that name none' })),
  },
  { additionalProperties: false },
);

export const historyRoutes: Resource = (app, { store }) => {
  const history = storeHistory(store);

  app.get(
    '/v1/history',
    {
      schema: {
        tags: ['operations'],
        summary: 'how many declarations there are to look back on',
        response: problems(503),
      },
    },
    async () => ({ declarations: await history.count() }),
  );

  app.post(
    '/v1/history',
    {
      preValidation: jsonBody,
      schema: {
        tags: ['operations'],
        summary: 'declarations as they stood, with what rules would have looked up: NDJSON, a batch a line',
        body: Body,
        response: problems(400, 422, 503),
      },
    },
    async (request, reply) => {
      const { rulebooks, country, ...window } = request.body as {
        rulebooks: Asking[];
        from?: string;
        to?: string;
        declaration?: string;
        country?: string;
      };
      // Rules that do not compile are told before the answer begins.
      callsOf(rulebooks);
      async function* lines() {
        for await (const records of history.records(rulebooks, window, country))
          yield `${JSON.stringify(records)}\n`;
      }
      return reply.type('application/x-ndjson').send(Readable.from(lines()));
    },
  );
};
