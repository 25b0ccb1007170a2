/**
 * Indicators: definitions, figures by dimension, period and filter, and the declarations behind each figure. Integrity
 * indicators are for those who read findings on officers alone: shown to a manager they would warn the colluder
 * (indicators.md, Roles, classes and honesty).
 */
import Type from 'typebox';
import { CrosscheckError } from '../errors.ts';
import { withAge } from '../indicators/age.ts';
import type { Definition } from '../indicators/definition.ts';
import { dimensionsOf } from '../indicators/dimensions.ts';
import { declarationsBehind } from '../indicators/drill.ts';
import { flatFigures } from '../indicators/export/lines.ts';
import { figures } from '../indicators/figure.ts';
import type { FigureRow, FigureTable } from '../indicators/figure-table.ts';
import { isPairs } from '../indicators/frozen.ts';
import { declarationsPath, keyText } from '../indicators/link.ts';
import { definitionOf, soundIndicators } from '../indicators/load.ts';
import { withMirror } from '../indicators/mirror.ts';
import { figuresInPhase, inPhase, phasesAt, surrogateKey } from '../indicators/phase.ts';
import type { FigureRequest } from '../indicators/plan.ts';
import { withRemoved } from '../indicators/removed.ts';
import { type WatchRow, type WatchTable, watch } from '../indicators/watch.ts';
import type { Rule } from '../rules/model.ts';
import { type Caller, readsOfficers, rulesKeptFrom } from './caller.ts';
import { Format, sendFlat } from './flat.ts';
import { keptRules, officesOf } from './kept.ts';
import type { Resource } from './resource.ts';
import { Day, demandPeriod, problems } from './schemas.ts';

const day = Day();
const asked = {
  by: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'one or two dimensions, with a comma; empty for one figure; the indicator’s own grouping where it is left out',
    }),
  ),
  from: Type.Optional(day),
  to: Type.Optional(day),
  asOf: Type.Optional(day),
  where: Type.Optional(
    Type.Array(Type.String({ maxLength: 400 }), { maxItems: 20, description: 'such as `office = PORT`' }),
  ),
};
const Figures = Type.Object(
  {
    ...asked,
    previousYear: Type.Optional(
      Type.Boolean({ description: 'the same period a year before beside each figure' }),
    ),
    sort: Type.Optional(
      Type.String({ maxLength: 40, description: 'figure by which rows are sorted, greatest first' }),
    ),
    format: Format('one line a key and figure, with the same values'),
    top: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'the first rows alone' })),
  },
  { additionalProperties: false },
);
const Behind = Type.Object(
  {
    ...asked,
    key: Type.Optional(
      Type.Array(Type.String({ maxLength: 200 }), {
        maxItems: 2,
        description: "the row's key, as `dimension=value`; `dimension=` for the row without a value",
      }),
    ),
    figure: Type.Optional(
      Type.String({ maxLength: 40, description: 'which figure of the row; the first where absent' }),
    ),
    after: Type.Optional(Type.String({ maxLength: 400, description: 'from `next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  },
  { additionalProperties: false },
);
const Watched = Type.Object(
  { by: asked.by, from: asked.from, to: asked.to, where: asked.where },
  { additionalProperties: false },
);
const Id = Type.Object({ id: Type.String({ maxLength: 40 }) });

type Query = Partial<Record<'by' | 'from' | 'to' | 'asOf' | 'figure' | 'after', string>> & {
  where?: string[];
  key?: string[];
  limit?: number;
  previousYear?: boolean;
  sort?: string;
  top?: number;
  format?: Format;
};

const now = (): string => new Date().toISOString();
const today = (): string => now().slice(0, 10);

function requestOf(
  definition: Definition,
  query: Query,
  caller: Caller,
  rules: readonly Rule[],
): FigureRequest {
  demandPeriod(query);
  const by = query.by?.split(',') ?? definition.by ?? [];
  const kept = keptRules(definition, by, query.where ?? [], rulesKeptFrom(caller, rules));
  return {
    ...(query.by === undefined
      ? {}
      : { by: query.by.split(',').filter((name) => name !== '' && name !== 'none') }),
    ...(query.from === undefined ? {} : { from: query.from }),
    ...(query.to === undefined ? {} : { to: query.to }),
    ...(query.asOf === undefined ? {} : { asOf: query.asOf }),
    ...(query.previousYear === undefined ? {} : { previousYear: query.previousYear }),
    ...(query.sort === undefined ? {} : { sort: query.sort }),
    ...(query.top === undefined ? {} : { limit: query.top }),
    where: [...(query.where ?? []), ...officesOf(caller), ...kept],
  };
}

const readable = (caller: Caller, definition: Definition): boolean =>
  definition.class !== 'integrity' || readsOfficers(caller);

export const indicatorRoutes: Resource = (app, { store, desk, figures: source }) => {
  const loaded = soundIndicators(undefined, today());

  function wanted(id: string, caller: Caller): Definition {
    const definition = definitionOf(loaded, id);
    if (!readable(caller, definition)) throw new CrosscheckError('CC_NOT_FOUND', { what: 'indicator', id });
    return definition;
  }

  /** Figures on officers as the phase of each office lets them be read; the machine's own session reads what is stored. */
  async function told(id: string, query: Query, caller: Caller): Promise<FigureTable> {
    const definition = wanted(id, caller);
    if (isPairs(definition)) {
      const problem = `${id} is told pair by pair: GET /v1/indicators/${id}/pairs, or its editions`;
      throw new CrosscheckError('CC_BAD_ARGUMENT', { name: 'indicator', problem });
    }
    return withRemoved(store, await withAge(store, definition, await inItsPhase(definition, query, caller)));
  }

  async function inItsPhase(definition: Definition, query: Query, caller: Caller): Promise<FigureTable> {
    const request = requestOf(definition, query, caller, desk.rulebook().rules);
    if (caller.role === 'local')
      return withMirror(store, definition, request, await figures(source, definition, request, today()));
    const [phaseOf, key] = await Promise.all([phasesAt(store, now()), surrogateKey(store)]);
    const table = await figuresInPhase(source, definition, request, today(), { phaseOf, key });
    // Partner statistics are of the whole country and say nothing of some of its offices.
    return caller.offices === undefined ? withMirror(store, definition, request, table) : table;
  }

  app.get(
    '/v1/indicators',
    { schema: { tags: ['indicators'], summary: 'the indicators there are, with their dimensions' } },
    async (request) => ({
      data: [...loaded.definitions.values()]
        .filter((definition) => readable(request.caller, definition))
        .map((definition) => ({ ...definition, dimensions: dimensionsOf(definition) })),
    }),
  );

  app.get(
    '/v1/indicators/:id',
    {
      schema: {
        tags: ['indicators'],
        summary: 'figures with limits, n and state, each with a link to the declarations behind it',
        params: Id,
        querystring: Figures,
        response: problems(400, 404),
      },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const query = request.query as Query;
      const table = await told(id, query, request.caller);
      const { format = 'json' } = query;
      return format === 'json' ? shown(table, query) : sendFlat(reply, flatFigures(table), format);
    },
  );

  app.get(
    '/v1/indicators/:id/watch',
    {
      schema: {
        tags: ['indicators'],
        summary:
          'risk-adjusted CUSUM of the figure that is watched: signals, limit and what each day is made of',
        description:
          'One chart for each direction that is watched for. The chance of a false signal is over the whole period and the false discovery rate over the table; a change of the work itself can make it up to twice as large (customs-practice 6.10).',
        params: Id,
        querystring: Watched,
        response: problems(400, 404, 409),
      },
    },
    async (request) => {
      const { caller } = request;
      const { id } = request.params as { id: string };
      const definition = wanted(id, caller);
      const asking = requestOf(definition, request.query as Query, caller, desk.rulebook().rules);
      const tell = (of: FigureRequest) => watch(store, definition, of, today());
      const table =
        caller.role === 'local'
          ? await tell(asking)
          : await inPhase<WatchRow, WatchTable>(
              definition,
              asking,
              { phaseOf: await phasesAt(store, now()), key: await surrogateKey(store) },
              tell,
              // A duty roster beside the days of a chart would tell whose it is.
              (row) => ({ ...row, charts: row.charts.map((chart) => ({ ...chart, points: [] })) }),
            );
      return { ...table, rows: table.rows.map(({ behind: _, ...row }) => row) };
    },
  );

  app.get(
    '/v1/indicators/:id/declarations',
    {
      schema: {
        tags: ['indicators'],
        summary: 'the declarations behind one figure, as many as its n',
        params: Id,
        querystring: Behind,
        response: problems(400, 404, 409),
      },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const query = request.query as Query;
      const table = await told(id, query, request.caller);
      const row = table.rows.find((one) => hasKey(one, query.key ?? []));
      const figure = row?.figures[query.figure ?? table.figures[0]!];
      if (figure === undefined) {
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'figure', id: (query.key ?? []).join(' ') || id });
      }
      if (figure.behind.withheld === true)
        throw new CrosscheckError('CC_PHASE_DESCRIPTIVE', { indicator: table.indicator });
      const { references, next } = await declarationsBehind(store, figure.behind, {
        limit: query.limit ?? 100,
        ...(query.after === undefined ? {} : { after: query.after }),
      });
      return { n: figure.n, data: references, ...(next === undefined ? {} : { next }) };
    },
  );
};

const hasKey = (row: FigureRow, key: readonly string[]): boolean => {
  const own = Object.entries(row.key).map(([dimension, value]) => keyText(dimension, value));
  return own.length === key.length && own.every((text) => key.includes(text));
};

/** Filters stay inside; outside a figure carries an address. */
function shown(table: FigureTable, query: Query) {
  return {
    ...table,
    rows: table.rows.map((row) => ({
      key: row.key,
      figures: Object.fromEntries(
        Object.entries(row.figures).map(([name, { behind, ...figure }]) => {
          if (behind.withheld === true) return [name, figure];
          const declarations = declarationsPath(table.indicator, query, { key: row.key, figure: name });
          return [name, { ...figure, declarations }];
        }),
      ),
    })),
  };
}
