/**
 * What a country's procedure file says (profiles/procedures/*.yaml): which step comes before which in each flow, how
 * strict its lanes are and which control each asks for, and which steps one person may not do both. Another country
 * changes the file and not code.
 */
import Type, { type Static } from 'typebox';
import { eventKinds } from '../../declaration/trail.ts';

const closed = <P extends Record<string, Type.TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
const kind = Type.Enum([...eventKinds]);
const pair = Type.Tuple([kind, kind]);

const Flow = closed({
  order: Type.Array(pair, { description: 'the first step comes before the second wherever both occur' }),
});

export const Procedure = closed({
  id: Type.String({ pattern: '^[A-Za-z0-9-]+$' }),
  countries: Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), {
    description: 'countries that follow it; none: the standard for all others',
  }),
  origin: Type.String({ minLength: 1, description: 'where the order is from' }),
  flows: closed({ import: Flow, export: Flow, transit: Flow }),
  lanes: Type.Array(
    closed({
      code: Type.String({ minLength: 1 }),
      control: Type.Enum(['none', 'documents', 'scan', 'physical', 'post-clearance']),
    }),
    { description: 'from the most lenient to the strictest' },
  ),
  incompatible: Type.Array(pair, { description: 'steps that one person may not do both on one declaration' }),
  onePersonOffices: Type.Optional(
    Type.Array(Type.String(), {
      description: 'posts held by one officer, where incompatible steps are lawful',
    }),
  ),
});
export type Procedure = Static<typeof Procedure>;

/** Position of a lane from lenient to strict; -1 where the country has no such lane. */
export const strictness = (procedure: Procedure, lane: string | undefined): number =>
  lane === undefined ? -1 : procedure.lanes.findIndex(({ code }) => code === lane.toLowerCase());
