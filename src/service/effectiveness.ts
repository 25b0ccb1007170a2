/** GET /v1/rules/effectiveness: how the rules do, for those who may read each of them. */
import Type from 'typebox';
import { effectiveness } from '../effectiveness/report.ts';
import { defaultAudience } from '../rules/model.ts';
import { audiencesOf, demandOffice } from './caller.ts';
import type { Resource } from './resource.ts';
import { Day, demandPeriod, problems } from './schemas.ts';

const day = (description: string) => Type.Optional(Day(description));

const Query = Type.Object(
  {
    from: day('first day'),
    to: day('last day'),
    office: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 40 }), {
        maxItems: 100,
        description: 'any of these offices',
      }),
    ),
  },
  { additionalProperties: false },
);

export const effectivenessRoutes: Resource = (app, { store, desk }) => {
  app.get(
    '/v1/rules/effectiveness',
    {
      schema: {
        tags: ['rules'],
        summary:
          'hits, confirmed hits, lift over the random sample and suggested weights, by rule and version',
        description:
          'Counts declarations. Hit rates carry exact limits, lifts approximate ones. Suggested weights are shown beside the current ones and never applied.',
        querystring: Query,
        response: problems(400, 403),
      },
    },
    async (request) => {
      const { caller } = request;
      const { from, to, office } = request.query as { from?: string; to?: string; office?: string[] };
      demandPeriod({ from, to });
      for (const one of office ?? []) demandOffice(caller, one);
      const audiences: readonly string[] = audiencesOf[caller.role];
      const { rules } = desk.rulebook();
      const readable = rules.filter((rule) =>
        audiences.includes(rule.audience ?? defaultAudience[rule.kind]),
      );
      const ids = new Set(readable.map(({ id }) => id));
      const report = await effectiveness(
        store,
        readable,
        { from, to, offices: office ?? caller.offices },
        desk.now().toISOString().slice(0, 10),
      );
      // A version of before may have had another audience than the rule has now: the narrower one counts.
      const seen = report.rules.filter(
        ({ rule, audience }) =>
          audiences.includes(audience) && (ids.has(rule) || !rules.some(({ id }) => id === rule)),
      );
      return { ...report, rules: seen };
    },
  );
};
