/** Findings, row by row, each for the audience that may read it; the list behind every figure on errors and breaches. */
import Type from 'typebox';
import { CrosscheckError } from '../errors.ts';
import { type FindingRow, finding } from '../projections/finding.ts';
import { officerColumns } from '../projections/officers.ts';
import type { Filter } from '../store/port.ts';
import { audiencesOf, type Caller, mayRead, ownOffices, readsOfficers } from './caller.ts';
import { findQuery, listQuery, page } from './listing.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

/** The rows a caller may read at all. */
function readable(caller: Caller): Filter[] {
  const audiences = audiencesOf[caller.role];
  const filters: Filter[] = [{ column: 'audience', op: 'in', value: audiences }, ...ownOffices(caller)];
  if (!audiences.includes('analyst')) filters.push({ column: 'shadow', op: 'eq', value: 0 });
  return filters;
}

function shown(caller: Caller, row: FindingRow): Partial<FindingRow> {
  if (readsOfficers(caller)) return row;
  return Object.fromEntries(
    Object.entries(row).filter(([column]) => !Object.hasOwn(officerColumns, column)),
  ) as Partial<FindingRow>;
}

export const findingRoutes: Resource = (app, { store }) => {
  const findings = store.collection<FindingRow>(finding.spec);

  app.get(
    '/v1/findings',
    { schema: { tags: ['findings'], summary: 'list findings', querystring: listQuery(finding.spec) } },
    async (request) => {
      const query = findQuery(
        finding.spec,
        request.query as Record<string, unknown>,
        readable(request.caller),
      );
      return page(findings, query, (row) => shown(request.caller, row));
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
      return shown(caller, row);
    },
  );
};
