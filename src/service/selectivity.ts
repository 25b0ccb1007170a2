/**
 * The selectivity profile in force, and our lanes beside the clearance system's: what an administration looks at before it
 * goes from observing to advising and deciding.
 */
import Type from 'typebox';
import { clopperPearson } from '../indicators/statistics/binomial.ts';
import { type ClearanceRow, clearance } from '../projections/clearance.ts';
import { lintProfile } from '../selectivity/lint.ts';
import type { Filter } from '../store/port.ts';
import { demandOffice, ownOffices, readsEverything } from './caller.ts';
import type { Resource } from './resource.ts';
import { Day, demandPeriod, problems } from './schemas.ts';

const day = (description: string) => Type.Optional(Day(description));

const SettingsQuery = Type.Object(
  {
    office: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
    flow: Type.Optional(Type.Enum(['import', 'export', 'transit'], { default: 'import' })),
  },
  { additionalProperties: false },
);
const CompareQuery = Type.Object(
  {
    office: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 40 }), {
        maxItems: 100,
        description: 'any of these',
      }),
    ),
    flow: Type.Optional(Type.Enum(['import', 'export', 'transit'])),
    from: day('first day'),
    to: day('last day'),
  },
  { additionalProperties: false },
);

export const selectivityRoutes: Resource = (app, { store, desk }) => {
  const rows = store.collection<ClearanceRow>(clearance.spec);
  const tags = ['selectivity'];

  app.get(
    '/v1/selectivity',
    {
      schema: {
        tags,
        summary: 'the profile in force, what it means at an office, and what its lints say',
        querystring: SettingsQuery,
        response: problems(400, 403),
      },
    },
    async (request) => {
      const { office, flow } = request.query as { office?: string; flow: string };
      if (office !== undefined) demandOffice(request.caller, office);
      const { profile, version, settings } = desk.profile();
      return {
        version,
        profile,
        settings: settings(office, flow),
        lints: lintProfile(profile, {
          today: desk.now().toISOString().slice(0, 10),
          // Which rules there are is not told to everybody who may read the profile.
          ...(readsEverything(request.caller) ? { rules: desk.rulebook().rules } : {}),
        }),
      };
    },
  );

  app.get(
    '/v1/selectivity/comparison',
    {
      schema: {
        tags,
        summary:
          "declarations by the clearance system's first lane and ours, with what controls found in each",
        querystring: CompareQuery,
        response: problems(400, 403),
      },
    },
    async (request) => {
      const { caller } = request;
      const { office, flow, from, to } = request.query as {
        office?: string[];
        flow?: string;
        from?: string;
        to?: string;
      };
      demandPeriod({ from, to });
      for (const one of office ?? []) demandOffice(caller, one);
      const where: Filter[] = [
        { column: 'firstLane', op: 'isNotNull' },
        { column: 'proposedLane', op: 'isNotNull' },
        ...ownOffices(caller),
        ...(office === undefined ? [] : [{ column: 'office', op: 'in', value: office } as const]),
        ...(flow === undefined ? [] : [{ column: 'flow', op: 'eq', value: flow } as const]),
        ...(from === undefined ? [] : [{ column: 'day', op: 'ge', value: from } as const]),
        ...(to === undefined ? [] : [{ column: 'day', op: 'le', value: to } as const]),
      ];
      const cells = await rows.aggregate({
        where: { and: where },
        groupBy: ['mode', 'firstLane', 'proposedLane'],
        measures: {
          declarations: { count: true },
          judged: { count: true, where: { column: 'judged', op: 'eq', value: 1 } },
          irregular: { count: true, where: { column: 'irregular', op: 'eq', value: 1 } },
        },
      });
      const { strictness } = desk.profile();
      const data = cells.map(({ key, values }) => {
        const [theirs, ours] = [String(key.firstLane), String(key.proposedLane)];
        const [a, b] = [strictness.get(theirs), strictness.get(ours)];
        const [declarations, judged, irregular] = [
          values.declarations ?? 0,
          values.judged ?? 0,
          values.irregular ?? 0,
        ];
        return {
          mode: key.mode,
          theirs,
          ours,
          // A lane that the profile does not have stands beside none of ours.
          relation: relationOf(theirs, ours, a, b),
          declarations,
          judged,
          irregular,
          ...(judged === 0
            ? {}
            : { hitRate: { value: irregular / judged, ...clopperPearson(irregular, judged) } }),
        };
      });
      const total = (relation: Relation) =>
        data.reduce((sum, cell) => (cell.relation === relation ? sum + cell.declarations : sum), 0);
      const declarations = data.reduce((sum, cell) => sum + cell.declarations, 0);
      return {
        declarations,
        same: total('same'),
        oursStricter: total('ours stricter'),
        oursMilder: total('ours milder'),
        notComparable: total('not comparable'),
        ...(declarations === 0 ? {} : { agreement: total('same') / declarations }),
        data,
      };
    },
  );
};

type Relation = 'same' | 'ours stricter' | 'ours milder' | 'not comparable';

function relationOf(theirs: string, ours: string, a: number | undefined, b: number | undefined): Relation {
  if (theirs === ours) return 'same';
  if (a === undefined || b === undefined) return 'not comparable';
  return b > a ? 'ours stricter' : 'ours milder';
}
