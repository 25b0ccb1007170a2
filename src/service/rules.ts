/** The rulebook in force: what each rule says, in its own words; for those who may read what rules look at. */
import Type from 'typebox';
import { CrosscheckError } from '../errors.ts';
import { findingsByRule } from '../projections/finding.ts';
import { defaultAudience, type Rule } from '../rules/model.ts';
import type { Refusal } from '../rules/rulebook.ts';
import { audiencesOf, type Caller, readsEverything } from './caller.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

const readable = (caller: Caller, rule: Rule): boolean =>
  audiencesOf[caller.role].includes(rule.audience ?? defaultAudience[rule.kind]);

const summary = ({
  id,
  version,
  title,
  kind,
  class: severity,
  risk,
  status,
  weight,
  owner,
  review,
}: Rule) => ({
  id,
  version,
  title,
  kind,
  class: severity,
  risk,
  status,
  weight,
  owner,
  review,
});

/** What is wrong names files, and so rules, that not everybody reads. */
const shownRefusal = (caller: Caller, { at, error }: Refusal) => ({
  at,
  code: error.code,
  ...(readsEverything(caller) ? { detail: error.message, where: error.where } : {}),
  hint: error.hint,
});

export const ruleRoutes: Resource = (app, { desk, store }) => {
  app.get(
    '/v1/rules',
    {
      schema: {
        tags: ['rules'],
        summary: 'the rulebook in force',
        querystring: Type.Object(
          {
            hits: Type.Optional(
              Type.Boolean({ description: 'also the findings of each rule that stand now' }),
            ),
          },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => {
      const { version, rules } = desk.rulebook();
      const seen = rules.filter((rule) => readable(request.caller, rule));
      const refusal = desk.refusal?.();
      const answer = {
        rulebook: version,
        // The rules as they are in the folder now are not in force.
        ...(refusal === undefined ? {} : { refused: shownRefusal(request.caller, refusal) }),
        data: seen.map(summary),
      };
      if ((request.query as { hits?: boolean }).hits !== true) return answer;
      const found = await findingsByRule(store);
      // A caller of some offices is told of no others, not even by a number.
      const shown = request.caller.offices === undefined ? seen : [];
      return { ...answer, hits: Object.fromEntries(shown.map(({ id }) => [id, found.get(id) ?? 0])) };
    },
  );

  app.get(
    '/v1/rules/:id',
    {
      schema: {
        tags: ['rules'],
        summary: 'one rule, whole',
        params: Type.Object({ id: Type.String({ maxLength: 40 }) }),
        response: problems(404),
      },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const { version, rules } = desk.rulebook();
      const rule = rules.find((one) => one.id === id);
      if (rule === undefined || !readable(request.caller, rule)) {
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'rule', id });
      }
      return { rulebook: version, ...rule };
    },
  );
};
