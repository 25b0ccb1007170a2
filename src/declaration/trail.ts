/** The trail: the closed list of events of a declaration's procedure (DESIGN, Vocabulary). Events come late, twice and in any order. */
import Type, { type Static } from 'typebox';
import { timeSchema } from './dates.ts';
import { Money } from './money.ts';

export const eventKinds = [
  'MANIFEST',
  'ARRIVE',
  'LODGE',
  'REGISTER',
  'LANE',
  'ASSIGN',
  'QUERY',
  'ANSWER',
  'SCAN',
  'INSPECT',
  'REROUTE',
  'AMEND',
  'ASSESS',
  'REOPEN',
  'HOLD',
  'UNHOLD',
  'GUARANTEE',
  'PAY',
  'RELEASE',
  'EXIT',
  'CANCEL',
  'OFFENCE',
  'APPEAL',
  'PCA',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** Why a lane was changed (checks.md, last section). Only `discretionary-down` counts for H05, H07 and I14. */
export const rerouteKinds = ['control-closed', 'up', 'discretionary-down', 'timeout', 'supervisor'] as const;

/** The role in which a person acted; each indicator names the one it credits (indicators.md, Roles). */
export const roles = [
  'declarant',
  'assigner',
  'examiner',
  'assessor',
  'rerouter',
  'releaser',
  'canceller',
  'cashier',
  'agency',
  'system',
] as const;

const instant = (description: string) => timeSchema('instant', `${description}; ISO 8601 with an offset`);

export const TrailEvent = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'by which a repeated event is known; its content hash where absent',
      }),
    ),
    kind: Type.Enum([...eventKinds]),
    at: instant('when it happened'),
    enteredAt: Type.Optional(instant('when it was typed into the source system, where that differs')),
    user: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 120,
        description: 'account in the source system; replaced by a surrogate before anything is stored',
      }),
    ),
    role: Type.Optional(Type.Enum([...roles])),
    office: Type.Optional(Type.String({ maxLength: 40 })),
    section: Type.Optional(Type.String({ maxLength: 40 })),
    from: Type.Optional(Type.String({ maxLength: 80, description: 'lane, user or value before' })),
    to: Type.Optional(
      Type.String({ maxLength: 80, description: 'lane, user or value after; the lane on LANE' }),
    ),
    cause: Type.Optional(
      Type.String({
        maxLength: 40,
        description:
          'LANE: criterion, random, quota, manual, forced; REROUTE: a reroute kind; ASSIGN: engine, manual, self',
      }),
    ),
    criterion: Type.Optional(
      Type.String({ maxLength: 80, description: 'the selectivity criterion or rule that decided' }),
    ),
    reason: Type.Optional(
      Type.String({ maxLength: 2000, description: 'the text that was recorded as the reason' }),
    ),
    control: Type.Optional(Type.Enum(['documents', 'scan', 'physical', 'post-clearance'])),
    result: Type.Optional(Type.String({ maxLength: 80, description: 'what the act or scan concluded' })),
    agency: Type.Optional(Type.String({ maxLength: 80 })),
    item: Type.Optional(Type.Integer({ minimum: 1 })),
    version: Type.Optional(
      Type.Integer({ minimum: 1, description: 'version of the declaration that the event speaks of' }),
    ),
    endedAt: Type.Optional(instant('INSPECT and SCAN: when the act ended')),
    tax: Type.Optional(Money),
    taxBefore: Type.Optional(Money),
    fine: Type.Optional(Money),
    seals: Type.Optional(Type.Array(Type.String({ maxLength: 40 }), { maxItems: 100 })),
    terminal: Type.Optional(Type.String({ maxLength: 80 })),
    extra: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false },
);
export type TrailEvent = Static<typeof TrailEvent>;

/** What a control found. Amounts are kept as integers; only `final` ones count in history. */
export const Outcome = Type.Object(
  {
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    control: Type.Enum(['documents', 'scan', 'physical', 'post-clearance']),
    result: Type.Enum([
      'conform',
      'documents',
      'value',
      'hs',
      'origin',
      'quantity',
      'undeclared',
      'prohibited',
    ]),
    status: Type.Enum(['provisional', 'final', 'appealed', 'annulled']),
    at: instant('when it was concluded'),
    enteredAt: Type.Optional(instant('when it was typed in')),
    item: Type.Optional(Type.Integer({ minimum: 1 })),
    user: Type.Optional(
      Type.String({ maxLength: 120, description: 'who found it; replaced by a surrogate before storing' }),
    ),
    random: Type.Optional(Type.Boolean({ description: 'the control came from the random draw' })),
    duty: Type.Optional(Money),
    fine: Type.Optional(Money),
    seizure: Type.Optional(Type.Boolean()),
    rule: Type.Optional(
      Type.String({ maxLength: 80, description: 'the rule whose finding this confirms or refutes' }),
    ),
    verdict: Type.Optional(Type.Enum(['confirmed', 'refuted'])),
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
    extra: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false },
);
export type Outcome = Static<typeof Outcome>;
