/** Outcomes: what controls found. They label findings and end up in history once they are final. */
import Type from 'typebox';
import type { OutcomeDocument } from '../check/collections.ts';
import * as specs from '../check/collections.ts';
import { Outcome } from '../declaration/trail.ts';
import { readOutcomes } from '../intake/trail.ts';
import type { Rule } from '../rules/model.ts';
import type { Filter } from '../store/port.ts';
import { type Caller, demandOffices, inForce, ownOffices, readsEverything, readsRule } from './caller.ts';
import { openDiffering } from './differing.ts';
import { findQuery, listQuery, page } from './listing.ts';
import { bodyOf } from './messages.ts';
import { demandOpenOffices, officerView, shownOutcome } from './officers.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';
import { byReader } from './validate.ts';

/** What a list by rule is kept to: filtered or sorted by a rule that is not shown, it would tell it all the same. */
function knownRules(caller: Caller, rules: readonly Rule[], asked: Record<string, unknown>): Filter[] {
  const sorted = String(asked.sort ?? '').split(',');
  const byRule =
    ['rule', 'rule.from', 'rule.to'].some((name) => asked[name] !== undefined) ||
    sorted.some((part) => part.replace(/^-/, '') === 'rule');
  if (!byRule || readsEverything(caller)) return [];
  const read = rules.filter(({ id }) => readsRule(caller, id, rules)).map(({ id }) => id);
  return [{ column: 'rule', op: 'in', value: read, orNull: true }];
}

export const outcomeRoutes: Resource = (app, { store, desk, office, wrote }) => {
  const outcomes = store.collection<OutcomeDocument>(specs.outcomes);
  const differing = openDiffering(store);
  const Named = Type.Object(
    { ...Outcome.properties, declaration: Type.String() },
    { additionalProperties: false },
  );

  app.post(
    '/v1/outcomes',
    {
      schema: {
        tags: ['outcomes'],
        summary: 'outcomes of controls, one or many, each with the reference of its declaration',
        body: byReader(Type.Union([Named, Type.Array(Named)])),
        response: problems(400, 422, 503),
      },
    },
    async (request) => {
      const named = readOutcomes(bodyOf(request));
      await demandOffices(
        request.caller,
        named.map(({ declaration }) => declaration),
        office.known,
      );
      const received = await office.receive(
        named.map(({ declaration, outcome }) => ({
          kind: 'answer' as const,
          declaration,
          aliases: [],
          trail: [],
          outcomes: [outcome],
          where: {},
          by: request.caller.subject,
        })),
      );
      wrote();
      const told = received.map(async ({ superseding, ...rest }) => ({
        ...rest,
        ...(await differing.told(request.caller, superseding, inForce(desk))),
      }));
      return { data: await Promise.all(told) };
    },
  );

  app.get(
    '/v1/outcomes',
    { schema: { tags: ['outcomes'], summary: 'list outcomes', querystring: listQuery(specs.outcomes) } },
    async (request) => {
      const { caller } = request;
      const asked = request.query as Record<string, unknown>;
      const view = await officerView(store, caller);
      demandOpenOffices(caller, view, specs.outcomes, asked);
      const { rules } = desk.rulebook();
      const also = [...ownOffices(caller), ...knownRules(caller, rules, asked)];
      return page(outcomes, findQuery(specs.outcomes, asked, also), (doc) =>
        shownOutcome(view, doc, { caller, rules }),
      );
    },
  );
};
