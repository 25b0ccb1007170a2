/** Findings, row by row, each for the audience that may read it; the list behind every figure on errors and breaches. */
import Type from 'typebox';
import { CrosscheckError } from '../errors.ts';
import { type FindingRow, finding } from '../projections/finding.ts';
import type { Filter } from '../store/port.ts';
import { audiencesOf, type Caller, mayRead, ownOffices } from './caller.ts';
import { findQuery, listQuery, page } from './listing.ts';
import { demandOpenOffices, officerView, shownFinding } from './officers.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

/** The rows a caller may read at all. */
function readable(caller: Caller): Filter[] {
  const audiences = audiencesOf[caller.role];
  const filters: Filter[] = [{ column: 'audience', op: 'in', value: audiences }, ...ownOffices(caller)];
  if (!audiences.includes('analyst')) filters.push({ column: 'shadow', op: 'eq', value: 0 });
  return filters;
}

export const findingRoutes: Resource = (app, { store }) => {
  const findings = store.collection<FindingRow>(finding.spec);

  app.get(
    '/v1/findings',
    { schema: { tags: ['findings'], summary: 'list findings', querystring: listQuery(finding.spec) } },
    async (request) => {
      const { caller } = request;
      const asked = request.query as Record<string, unknown>;
      const view = await officerView(store, caller);
      demandOpenOffices(caller, view, finding.spec, asked);
      const query = findQuery(finding.spec, asked, readable(caller));
      return page(findings, query, (row) => shownFinding(view, row));
    },
  );

  app.get(
    '/v1/findings/:id',
    {
      schema: {
        tags: ['findings'],
        summary: 'one finding',
        params: Type.Object({ id: Type.String() }),
        response: problems(404),
      },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const row = (await findings.get(id))?.doc;
      const { caller } = request;
      const audiences: readonly string[] = audiencesOf[caller.role];
      if (
        row === undefined ||
        !mayRead(caller, row.office) ||
        !audiences.includes(row.audience ?? '') ||
        (row.shadow === 1 && !audiences.includes('analyst'))
      ) {
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'finding', id });
      }
      return shownFinding(await officerView(store, caller), row);
    },
  );
};
