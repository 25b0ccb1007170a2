/**
 * The selectivity profile as it is written: one file per administration in profiles/selectivity/, with overrides per
 * office and flow. Lanes are its data (DESIGN, Vocabulary); practice: customs-practice 5.1 to 5.6 and 5.14, WTO TFA 7.4,
 * RKC General Annex ch. 6.
 */
import Type, { type Static } from 'typebox';
import { timeSchema } from '../declaration/dates.ts';
import { riskAreas, Texts } from '../rules/model.ts';

const closed = { additionalProperties: false } as const;
const share = Type.Number({ minimum: 0, maximum: 1 });
const laneCode = (description: string) => Type.String({ description });

export const Lane = Type.Object(
  {
    code: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    control: Type.Enum(['none', 'documents', 'scan', 'physical', 'post-clearance']),
    strictness: Type.Integer({ minimum: 0, description: 'a higher number is a stricter lane' }),
    title: Texts,
    instruction: Type.Optional({
      ...Texts,
      description: 'what the officer is to do; what to look at follows from the findings',
    }),
  },
  closed,
);
export type Lane = Static<typeof Lane>;

export const modes = ['observe', 'advise', 'decide'] as const;
export type Mode = (typeof modes)[number];
export const stages = ['pre-arrival', 'registration', 'after-payment'] as const;
export type Stage = (typeof stages)[number];

const LaneRate = Type.Object({ lane: laneCode('a lane of the profile'), rate: share }, closed);

/** What may differ by office and flow; an override replaces the whole of a key. */
export const Settings = {
  mode: Type.Optional(
    Type.Enum([...modes], {
      description:
        "observe: our lane is stored beside the clearance system's and nobody acts on it; advise: shown to whoever chooses the lane; decide: followed",
    }),
  ),
  stage: Type.Optional(
    Type.Enum([...stages], {
      description:
        'when the lane falls due: as soon as the declaration is lodged, once it is registered, or once it is paid or guaranteed; before that the answer is early and nothing is to be done on it',
    }),
  ),
  thresholds: Type.Optional(
    Type.Array(
      Type.Object({ lane: laneCode('a lane of the profile'), from: Type.Number({ minimum: 0 }) }, closed),
      { minItems: 1, description: 'points from which a lane is given' },
    ),
  ),
  criteria: Type.Optional(
    Type.Array(
      Type.Object(
        {
          rule: Type.String({ minLength: 1, maxLength: 40, description: 'a rule that forces a lane' }),
          rate: share,
        },
        closed,
      ),
      {
        description:
          'selection percentage of single rules: the share of the declarations they hit on which they force their lane, by lot; all where a rule is not named, and always for a protected risk',
      },
    ),
  ),
  random: Type.Optional(
    Type.Array(LaneRate, {
      description: 'least share of declarations drawn into a lane, whatever their score',
    }),
  ),
  expected: Type.Optional(
    Type.Array(LaneRate, {
      description:
        'share of declarations of the month that a lane is to have; what criteria and the random share leave open is filled from declarations that would go free, by lot',
    }),
  ),
  maximumHits: Type.Optional(
    Type.Object(
      {
        count: Type.Integer({ minimum: 1 }),
        lane: laneCode('lane of the next one'),
      },
      {
        ...closed,
        description:
          'declarations in a row on which rules hit and which went free all the same; the next one that is hit is selected',
      },
    ),
  ),
  capacity: Type.Optional(
    Type.Array(
      Type.Object(
        {
          lane: laneCode('the lane whose control is limited'),
          perDay: Type.Integer({
            minimum: 0,
            description: 'declarations that the office can take in it on a day',
          }),
          instead: laneCode('the milder lane given once the day is full'),
          unlessScore: Type.Optional(
            Type.Number({
              minimum: 0,
              description: 'points from which the lane stands although the day is full',
            }),
          ),
        },
        closed,
      ),
      {
        description:
          'examination capacity of an office, all flows together; never lowers a lane given for a protected risk, by lot, or to an earlier version',
      },
    ),
  ),
  trusted: Type.Optional(
    Type.Object(
      {
        programmes: Type.Optional(
          Type.Array(Type.String({ minLength: 1 }), {
            minItems: 1,
            description: 'programmes that count, as reference records name them; all where absent',
          }),
        ),
        randomFactor: Type.Number({ minimum: 0, maximum: 1, description: 'of the random rates' }),
        scoreFactor: Type.Number({
          minimum: 0,
          maximum: 1,
          description: 'of the points that are not for a protected risk',
        }),
        expectedFactor: Type.Optional(
          Type.Number({ minimum: 0, maximum: 1, description: 'of the chance to fill an expected rate' }),
        ),
      },
      { ...closed, description: 'treatment of traders whose programme is valid on the day' },
    ),
  ),
};

export const Profile = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]*$' }),
    version: Type.Integer({ minimum: 1 }),
    title: Texts,
    owner: Type.String({ minLength: 1 }),
    review: Type.Optional(timeSchema('day', 'by which rates are looked at again')),
    lanes: Type.Array(Lane, { minItems: 2 }),
    default: Type.String({ description: 'lane of a declaration that nothing selects' }),
    fallback: Type.String({
      description: 'lane answered with degraded: true when facts, store or time fail',
    }),
    fallbackAfterMs: Type.Integer({ minimum: 10, description: 'time budget of one check' }),
    protected: Type.Optional(
      Type.Array(Type.Enum([...riskAreas]), {
        description:
          'risk areas whose lanes no capacity lowers and whose points no programme lessens; security where absent',
      }),
    ),
    utcOffset: Type.Optional(
      Type.String({
        pattern: '^[+-]\\d\\d:\\d\\d$',
        description:
          "the offices' clock where no time zone is named, by which the days of capacity and the months of expected rates run",
      }),
    ),
    timeZone: Type.Optional(
      Type.String({ minLength: 1, description: 'the same as an IANA time zone, which knows summer time' }),
    ),
    timeZones: Type.Optional(
      Type.Record(Type.String(), Type.String({ minLength: 1 }), {
        description: 'office to IANA time zone, for offices on another clock',
      }),
    ),
    relodgement: Type.Optional(
      Type.Object(
        {
          days: Type.Integer({
            minimum: 1,
            description:
              'for which a declaration of the same bill or invoice keeps the lane and the draw of the one before; 180 where absent',
          }),
        },
        closed,
      ),
    ),
    postClearance: Type.Optional(
      Type.Object(
        { days: Type.Integer({ minimum: 1, description: 'days in which an audit of a lane is to be done' }) },
        closed,
      ),
    ),
    ...Settings,
    stage: Type.Enum([...stages]),
    overrides: Type.Optional(
      Type.Array(
        Type.Object(
          {
            office: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
            flow: Type.Optional(Type.Array(Type.Enum(['import', 'export', 'transit']), { minItems: 1 })),
            ...Settings,
          },
          closed,
        ),
      ),
    ),
  },
  { $id: 'selectivity', title: 'Selectivity profile', ...closed },
);
export type Profile = Static<typeof Profile>;
