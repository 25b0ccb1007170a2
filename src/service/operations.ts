/** The operator's and the auditor's calls: rebuild the projected tables, replay a check from its evidence. */
import Type from 'typebox';
import { checks } from '../check/collections.ts';
import type { CheckDocument } from '../check/document.ts';
import { type Replay, replay } from '../check/replay.ts';
import { CrosscheckError } from '../errors.ts';
import { rebuild } from '../projections/project.ts';
import type { Rule } from '../rules/model.ts';
import { type Caller, readsEverything, readsRule } from './caller.ts';
import { demandCheck } from './demand-check.ts';
import { jsonBody } from './messages.ts';
import { officerView, shownFindings } from './officers.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';
import { unlessStopping } from './stopping.ts';

/** What a difference says of rules that the caller does not read is left out; that it is there is told. */
function readableReplay(caller: Caller, replayed: Replay, rules: readonly Rule[]): Replay {
  if (readsEverything(caller)) return replayed;
  const shown = (value: unknown): unknown => {
    if (!Array.isArray(value)) return value;
    return value.flatMap((each: { rule?: string; rules?: string[] } | string): unknown[] => {
      if (typeof each === 'string') return readsRule(caller, each, rules) ? [each] : [];
      if (each.rule !== undefined && !readsRule(caller, each.rule, rules)) return [];
      return [each.rules === undefined ? each : { ...each, rules: shown(each.rules) }];
    });
  };
  return {
    ...replayed,
    differences: replayed.differences.map(({ member, stored, now }) => ({
      member,
      stored: shown(stored),
      now: shown(now),
    })),
  };
}

export const operationRoutes: Resource = (app, { store, desk, audit, stopping, wrote }) => {
  app.post(
    '/v1/rebuild',
    { schema: { tags: ['operations'], summary: 'throw the projected tables away and make them again' } },
    async (request) => {
      const { subject, role } = request.caller;
      await audit.record({ subject, role, action: 'rebuild', object: 'projections' });
      // Cut short by our end: the next start folds what is left, as after a kill.
      const { folded } = await unlessStopping(stopping, rebuild(store, { signal: stopping }));
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
      const { folder } = request.body as { folder: string };
      const { subject, role } = request.caller;
      await audit.record({ subject, role, action: 'backup', object: folder });
      return store.backup(folder);
    },
  );

  app.get(
    '/v1/checks/:id/replay',
    {
      schema: {
        tags: ['checks'],
        summary: 'evaluate a check again from its own evidence and compare',
        description:
          'Of a degraded answer, which evaluated nothing, the check that took its place is evaluated again; 409 before there is one.',
        params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
        response: problems(404, 409),
      },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const { caller } = request;
      await demandCheck(store, caller, id);
      const replayed = readableReplay(caller, await replay(store, id), desk.rulebook().rules);
      const check = await store.collection<CheckDocument>(checks).get(replayed.check);
      // Removed since it was evaluated: of what was found nothing is told.
      if (check === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'check', id });
      const view = await officerView(store, caller);
      return { ...replayed, differences: shownFindings(view, replayed.differences, check.doc) };
    },
  );
};
