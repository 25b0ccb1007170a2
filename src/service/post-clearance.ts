/**
 * The post-clearance worklist: what was released for an audit, by when it is due, what came of it, and how much of it is
 * done. The list is a projection of lanes, trail and outcomes; a result that is posted here is an outcome like any other.
 */
import Type from 'typebox';
import { Outcome } from '../declaration/trail.ts';
import { CrosscheckError } from '../errors.ts';
import { clopperPearson } from '../indicators/statistics/binomial.ts';
import { readOutcomes } from '../intake/trail.ts';
import { type ClearanceRow, clearance } from '../projections/clearance.ts';
import type { Filter } from '../store/port.ts';
import { demandOffice, demandOffices, inForce, ownOffices } from './caller.ts';
import { openDiffering } from './differing.ts';
import { page } from './listing.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { Day, demandPeriod, problems } from './schemas.ts';

const states = ['waiting', 'open', 'overdue', 'done'] as const;
type State = (typeof states)[number];

const day = (description: string) => Type.Optional(Day(description));
const offices = Type.Optional(
  Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 100, description: 'any of these' }),
);

const ListQuery = Type.Object(
  {
    office: offices,
    state: Type.Optional(
      Type.Enum([...states], {
        description:
          'waiting: not released yet; open: due; overdue: its last day has passed; done: its result is known',
      }),
    ),
    'due.from': day('first last day'),
    'due.to': day('last last day'),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
    cursor: Type.Optional(Type.String({ maxLength: 4000 })),
  },
  { additionalProperties: false },
);

const CoverageQuery = Type.Object(
  { office: offices, from: day('first day of the declarations'), to: day('last day') },
  { additionalProperties: false },
);

const { control: _, random: __, user: ___, ...result } = Outcome.properties;
const Result = Type.Object(result, {
  additionalProperties: false,
  description: 'what the audit found; `status` is provisional until it is final',
});

const is = (column: string, value: number | string = 1): Filter => ({ column, op: 'eq', value });

/** Whether the last day has passed, by the day today. */
const stateFilters: Record<State, (today: string) => Filter[]> = {
  waiting: () => [
    { column: 'auditDue', op: 'isNull' },
    { column: 'auditDone', op: 'isNull' },
  ],
  open: (today) => [
    { column: 'auditDue', op: 'ge', value: today },
    { column: 'auditDone', op: 'isNull' },
  ],
  overdue: (today) => [
    { column: 'auditDue', op: 'lt', value: today },
    { column: 'auditDone', op: 'isNull' },
  ],
  done: () => [{ column: 'auditDone', op: 'isNotNull' }],
};

const stateOf = ({ auditDone, auditDue }: ClearanceRow, today: string): State => {
  // A column that is not in the row is null there too.
  if (auditDone != null) return 'done';
  if (auditDue == null) return 'waiting';
  return auditDue < today ? 'overdue' : 'open';
};

const shown = (row: ClearanceRow, today: string) => ({
  declaration: row.id,
  office: row.office ?? null,
  flow: row.flow,
  declarant: row.declarant ?? null,
  importer: row.importer ?? null,
  exporter: row.exporter ?? null,
  day: row.day,
  released: row.releasedAt ?? null,
  due: row.auditDue ?? null,
  state: stateOf(row, today),
  done: row.auditDone ?? null,
  late: row.auditLate === 1,
  result: row.auditResult ?? null,
});

export const postClearanceRoutes: Resource = (app, { store, desk, office, audit, wrote }) => {
  const rows = store.collection<ClearanceRow>(clearance.spec);
  const differing = openDiffering(store);
  const tags = ['post-clearance'];
  const today = () => desk.now().toISOString().slice(0, 10);
  const among = (wanted: readonly string[] | undefined): Filter[] =>
    wanted === undefined ? [] : [{ column: 'office', op: 'in', value: wanted }];

  app.get(
    '/v1/post-clearance',
    {
      schema: {
        tags,
        summary: 'declarations released for an audit, the most urgent first',
        querystring: ListQuery,
        response: problems(400, 403),
      },
    },
    async (request) => {
      const query = request.query as {
        office?: string[];
        state?: State;
        'due.from'?: string;
        'due.to'?: string;
        limit?: number;
        cursor?: string;
      };
      const now = today();
      const bound = (op: 'ge' | 'le', value: string | undefined): Filter[] =>
        value === undefined ? [] : [{ column: 'auditDue', op, value }];
      return page(
        rows,
        {
          where: {
            and: [
              is('audit'),
              ...ownOffices(request.caller),
              ...among(query.office),
              ...(query.state === undefined ? [] : stateFilters[query.state](now)),
              ...bound('ge', query['due.from']),
              ...bound('le', query['due.to']),
            ],
          },
          sort: [{ column: 'auditDue', direction: 'asc' }],
          limit: query.limit ?? 50,
          ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
        },
        (row) => shown(row, now),
      );
    },
  );

  app.get(
    '/v1/post-clearance/coverage',
    {
      schema: {
        tags,
        summary: 'how much of the worklist is done, in time, and what it found; by office',
        description:
          'Coverage is the share of those whose last day has passed or whose result is known, with exact limits.',
        querystring: CoverageQuery,
        response: problems(400, 403),
      },
    },
    async (request) => {
      const { caller } = request;
      const query = request.query as { office?: string[]; from?: string; to?: string };
      demandPeriod(query);
      for (const one of query.office ?? []) demandOffice(caller, one);
      const now = today();
      const both = (...filters: Filter[]): Filter => ({ and: filters });
      const found = both(...stateFilters.done(now), {
        column: 'auditResult',
        op: 'ne',
        value: 'conform',
      });
      const counted = await rows.aggregate({
        where: both(
          is('audit'),
          ...ownOffices(caller),
          ...among(query.office),
          ...(query.from === undefined ? [] : [{ column: 'day', op: 'ge', value: query.from } as const]),
          ...(query.to === undefined ? [] : [{ column: 'day', op: 'le', value: query.to } as const]),
        ),
        groupBy: ['office'],
        measures: {
          listed: { count: true },
          waiting: { count: true, where: both(...stateFilters.waiting(now)) },
          open: { count: true, where: both(...stateFilters.open(now)) },
          overdue: { count: true, where: both(...stateFilters.overdue(now)) },
          done: { count: true, where: both(...stateFilters.done(now)) },
          late: { count: true, where: is('auditLate') },
          found: { count: true, where: found },
        },
      });
      return {
        data: counted.map(({ key, values }) => {
          const [done, overdue] = [values.done ?? 0, values.overdue ?? 0];
          const ripe = done + overdue;
          return {
            office: key.office,
            ...values,
            ...(ripe === 0
              ? {}
              : { coverage: { value: done / ripe, n: ripe, ...clopperPearson(done, ripe) } }),
          };
        }),
      };
    },
  );

  app.post(
    '/v1/post-clearance/:reference/result',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: 'the result of an audit after release',
        params: Type.Object({
          reference: Type.String({ minLength: 1, description: 'percent-encoded' }),
        }),
        body: Result,
        response: problems(400, 403, 404, 422, 503),
      },
    },
    async (request) => {
      const { reference } = request.params as { reference: string };
      const { caller } = request;
      await demandOffices(caller, [reference], office.known);
      const known = (await office.known([reference])).get(reference);
      if (known === undefined)
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'declaration', id: reference });
      const told = { ...(request.body as object), control: 'post-clearance', declaration: reference };
      // The same reader as for every outcome, so that both give the same errors.
      const [named] = readOutcomes(Buffer.from(JSON.stringify(told)));
      const { outcome } = named!;
      await audit.record({
        subject: caller.subject,
        role: caller.role,
        action: 'post-clearance.result',
        object: known.reference,
        detail: { result: outcome.result, status: outcome.status },
      });
      const [received] = await office.receive([
        {
          kind: 'answer',
          declaration: reference,
          aliases: [],
          trail: [],
          outcomes: [{ ...outcome, user: caller.subject }],
          where: {},
          by: caller.subject,
        },
      ]);
      wrote();
      const { superseding, ...rest } = received!;
      return { ...rest, ...(await differing.told(caller, superseding, inForce(desk))) };
    },
  );
};
