/**
 * Monthly editions: figures and pair tables as they were frozen, each with its difference to the edition before. They
 * carry the surrogates of the phase in which they were frozen, or second ones where the office has gone back since. Integrity indicators are for those who read findings on
 * officers; a table of every office is for callers of all offices. Whoever opens pairs by name is recorded.
 */
import Type from 'typebox';
import { monthPattern } from '../declaration/dates.ts';
import { CrosscheckError } from '../errors.ts';
import type { Definition } from '../indicators/definition.ts';
import { flatDifferences, flatEdition } from '../indicators/export/edition-lines.ts';
import { freezeMonth } from '../indicators/frozen.ts';
import { definitionOf, soundIndicators } from '../indicators/load.ts';
import { pairsInPhase } from '../indicators/pairs-in-phase.ts';
import { frozenInPhase, phasesAt, surrogateKey } from '../indicators/phase.ts';
import { tellsPeople } from '../indicators/plan.ts';
import { differencesBetween, type Edition, editions } from '../indicators/snapshot.ts';
import type { FigureValue } from '../indicators/telling.ts';
import type { Store } from '../store/port.ts';
import { type Caller, demandOffice, readsOfficers, rulesKeptFrom } from './caller.ts';
import { Format, sendFlat } from './flat.ts';
import { findQuery, listQuery } from './listing.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

const Id = Type.Object({ id: Type.String({ maxLength: 400 }) });
const Freeze = Type.Object(
  {
    indicator: Type.String({ maxLength: 40 }),
    period: Type.String({ pattern: monthPattern, description: 'month' }),
    by: Type.Optional(
      Type.Array(Type.String({ maxLength: 40 }), {
        maxItems: 2,
        description: "the indicator's own grouping where absent",
      }),
    ),
  },
  { additionalProperties: false },
);
const Against = Type.Object(
  {
    to: Type.Optional(Type.Integer({ minimum: 1, description: 'edition to compare with; the one before' })),
    format: Format('one line a key and figure'),
  },
  { additionalProperties: false },
);

const Shown = Type.Object(
  { format: Format('the lines of its figures or pairs, with what the edition before said where it differs') },
  { additionalProperties: false },
);

const summaryOf = ({ id, indicator, period, edition, frozenAt, series, differences, pairs }: Edition) => ({
  id,
  indicator,
  period,
  edition,
  frozenAt,
  series,
  kind: pairs === undefined ? 'figures' : 'pairs',
  ...(differences === undefined ? {} : { differences: differences.length }),
});

export const editionRoutes: Resource = (app, { store, desk, figures: source, projected, audit }) => {
  const tags = ['editions'];
  const collection = store.collection<Edition>(editions);
  const loaded = soundIndicators();

  const readable = (caller: Caller, definition: Definition): boolean =>
    definition.class !== 'integrity' || readsOfficers(caller);

  const hidden = (): string[] =>
    [...loaded.definitions.values()].filter((each) => each.class === 'integrity').map(({ id }) => id);

  async function wanted(caller: Caller, id: string): Promise<Edition> {
    const found = (await collection.get(id))?.doc;
    const definition = found === undefined ? undefined : loaded.definitions.get(found.indicator);
    // An indicator that is no longer there was one of either class: its editions are as close as the closest.
    const open = definition === undefined ? readsOfficers(caller) : readable(caller, definition);
    if (found === undefined || !open) throw new CrosscheckError('CC_NOT_FOUND', { what: 'edition', id });
    demandOffice(caller, null);
    return withoutRules(found, rulesKeptFrom(caller, desk.rulebook().rules));
  }

  const recorded = ({ subject, role }: Caller, action: string, object: string) =>
    audit.record({ subject, role, action, object });

  app.get(
    '/v1/editions',
    { schema: { tags, summary: 'monthly editions', querystring: listQuery(editions) } },
    async (request) => {
      const { caller } = request;
      demandOffice(caller, null);
      const also = readsOfficers(caller)
        ? []
        : [{ not: { column: 'indicator', op: 'in' as const, value: hidden() } }];
      const found = await collection.find(
        findQuery(editions, request.query as Record<string, unknown>, also),
      );
      return {
        data: found.docs.map(summaryOf),
        ...(found.next === undefined ? {} : { next: found.next }),
      };
    },
  );

  app.post(
    '/v1/editions',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: 'freeze a month as it stands: a new edition where it differs from the last',
        body: Freeze,
        response: problems(400, 404, 409),
      },
    },
    async (request, reply) => {
      const { caller } = request;
      const { indicator, period, by } = request.body as { indicator: string; period: string; by?: string[] };
      const definition = definitionOf(loaded, indicator);
      if (!readable(caller, definition))
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'indicator', id: indicator });
      demandOffice(caller, null);
      await recorded(caller, 'edition.freeze', `${indicator} ${period}`);
      await projected();
      const frozen = await freezeMonth(store, source, definition, {
        period,
        frozenAt: new Date().toISOString(),
        ...(by === undefined ? {} : { by }),
      });
      return reply.code(201).send({ data: frozen.map(summaryOf) });
    },
  );

  app.get(
    '/v1/editions/:id',
    {
      schema: {
        tags,
        summary: 'one edition, whole',
        params: Id,
        querystring: Shown,
        response: problems(400, 404),
      },
    },
    async (request, reply) => {
      const { caller } = request;
      const { format = 'json' } = request.query as { format?: Format };
      const edition = await wanted(caller, (request.params as { id: string }).id);
      if (edition.pairs !== undefined) await recorded(caller, 'pairs.read', edition.id);
      const shown = await shownTo(store, caller, edition, () =>
        collection.get(`${edition.series}|${edition.edition - 1}`).then((stored) => stored?.doc),
      );
      return format === 'json' ? shown : sendFlat(reply, flatEdition(shown), format);
    },
  );

  app.get(
    '/v1/editions/:id/differences',
    {
      schema: {
        tags,
        summary: 'what changed since another edition of the same series',
        params: Id,
        querystring: Against,
        response: problems(400, 404, 409),
      },
    },
    async (request, reply) => {
      const { caller } = request;
      const edition = await wanted(caller, (request.params as { id: string }).id);
      const { to = edition.edition - 1, format = 'json' } = request.query as { to?: number; format?: Format };
      const other = await wanted(caller, `${edition.series}|${to}`);
      if (edition.pairs !== undefined) await recorded(caller, 'pairs.read', edition.id);
      const [shown, before] = await Promise.all(
        [edition, other].map((each) => shownTo(store, caller, each)) as [Promise<Edition>, Promise<Edition>],
      );
      const data = differencesBetween(before, shown);
      return format === 'json'
        ? { from: before.id, to: shown.id, data }
        : sendFlat(reply, flatDifferences(before, shown, data), format);
    },
  );
};

/** Frozen figures by criterion may name rules that the reader must not know of. */
function withoutRules({ differences, ...edition }: Edition, kept: readonly string[]): Edition {
  const { figures } = edition;
  const isKept = (key: Readonly<Record<string, unknown>>) => kept.includes(String(key.criterion ?? key.rule));
  if (figures === undefined || !figures.rows.some(({ key }) => isKept(key)))
    return { ...edition, ...(differences === undefined ? {} : { differences }) };
  return { ...edition, figures: { ...figures, rows: figures.rows.filter(({ key }) => !isKept(key)) } };
}

/** An edition without addresses of what was behind it. */
const withoutAddresses = (edition: Edition): Edition => ({
  ...edition,
  ...(edition.figures === undefined
    ? {}
    : {
        figures: {
          ...edition.figures,
          rows: edition.figures.rows.map(({ key, figures }) => ({
            key,
            figures: Object.fromEntries(
              // The address of what was behind it is empty; it is not told.
              Object.entries(figures).map(([id, { behind: _, ...figure }]) => [id, figure as FigureValue]),
            ),
          })),
        },
      }),
});

/**
 * An edition as the phases of its offices let it be read; to the machine's own session as it was frozen.
 * @param before the edition before, by which a difference that would name somebody is told anew
 */
async function shownTo(
  store: Store,
  caller: Caller,
  edition: Edition,
  before?: () => Promise<Edition | undefined>,
): Promise<Edition> {
  if (caller.role === 'local') return withoutAddresses(edition);
  const [phaseOf, key] = await Promise.all([phasesAt(store, new Date().toISOString()), surrogateKey(store)]);
  const view = { phaseOf, key };
  const { differences, ...rest } = edition;
  if (edition.pairs !== undefined)
    return { ...rest, pairs: pairsInPhase(edition.pairs, edition.period, view) };
  if (edition.figures === undefined) return edition;
  const figures = frozenInPhase(edition.figures, view);
  const shown = withoutAddresses({ ...rest, figures });
  if (differences === undefined) return shown;
  const isFrozen = !tellsPeople(figures.by);
  const earlier = isFrozen ? undefined : await before?.();
  if (earlier?.figures === undefined) return isFrozen ? { ...shown, differences } : shown;
  const then = { ...earlier, figures: frozenInPhase(earlier.figures, view) };
  return { ...shown, differences: differencesBetween(then, shown) };
}
