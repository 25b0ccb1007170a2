/** Schemas that several resources answer with. */
import Type, { type TSchema } from 'typebox';
import { CrosscheckError } from '../errors.ts';

/** A day of the calendar. */
export const Day = (description?: string) =>
  Type.String({ format: 'date', ...(description === undefined ? {} : { description }) });

/** Of a text that is to say something: blanks say nothing. */
export const words = '\\S';

/** Throws where a period ends before it begins: a figure of nothing would look like one of nothing found. */
export function demandPeriod({ from, to }: { from?: string | undefined; to?: string | undefined }): void {
  if (from !== undefined && to !== undefined && to < from)
    throw new CrosscheckError('CC_REQUEST_INVALID', {
      pointer: '/querystring/to',
      problem: `${to} lies before ${from}`,
    });
}

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'stable; docs/errors.md' }),
    detail: Type.String(),
    hint: Type.String({ description: 'what to do' }),
    where: Type.Optional(
      Type.Object({
        file: Type.Optional(Type.String()),
        line: Type.Optional(Type.Integer()),
        column: Type.Optional(Type.Integer()),
        pointer: Type.Optional(Type.String()),
        record: Type.Optional(Type.Integer()),
      }),
    ),
    instance: Type.Optional(Type.String({ description: 'id of the request' })),
    lane: Type.Optional(
      Type.String({ description: 'CC_CHECK_NOT_KEPT: the fallback lane, to act on meanwhile' }),
    ),
    degraded: Type.Optional(Type.Boolean({ description: 'true beside such a lane' })),
  },
  { title: 'Problem', description: 'RFC 9457' },
);

const Texts = Type.Record(Type.String(), Type.String(), { description: 'by language' });

export const FindingSchema = Type.Object({
  rule: Type.String(),
  version: Type.Integer(),
  kind: Type.String(),
  class: Type.String(),
  risk: Type.String(),
  item: Type.Optional(Type.Integer({ description: 'item number; absent for a finding on the declaration' })),
  message: Texts,
  explanation: Type.Unknown({ description: "the condition tree with each operand's value" }),
  shadow: Type.Optional(Type.Boolean()),
});

export const CheckAnswerSchema = Type.Object(
  {
    id: Type.String(),
    declaration: Type.String({ description: 'reference of the declaration' }),
    version: Type.Integer(),
    lane: Type.String(),
    stage: Type.String({ description: 'when the lane falls due, as the country has it' }),
    early: Type.Optional(
      Type.Boolean({ description: 'the declaration has not come to that stage: the lane may still change' }),
    ),
    mode: Type.Optional(Type.String({ description: 'observe, advise or decide, by office' })),
    follow: Type.Boolean({ description: 'whether the clearance system is to follow the lane' }),
    score: Type.Integer(),
    reason: Type.String(),
    reasons: Type.Array(Type.Unknown()),
    instruction: Type.Optional(
      Type.Object(
        {
          control: Type.String({ description: 'none, documents, scan, physical or post-clearance' }),
          text: Texts,
          look: Type.Array(
            Type.Object({
              rule: Type.String(),
              item: Type.Optional(Type.Integer()),
            }),
            { description: 'findings to look at, heaviest first' },
          ),
        },
        { description: 'what the officer is to do' },
      ),
    ),
    findings: Type.Array(FindingSchema),
    notEvaluated: Type.Array(Type.Unknown(), {
      description: 'rules whose facts were missing, with their names',
    }),
    rulebook: Type.String({ description: 'version of the rulebook: its content hash' }),
    profile: Type.String(),
    recordedAt: Type.String(),
    degraded: Type.Optional(Type.Boolean()),
    supersedes: Type.Optional(Type.String()),
    told: Type.Optional(
      Type.Array(Type.String(), { description: 'who had been told what this check replaces' }),
    ),
    redone: Type.Optional(
      Type.String({ description: 'the check that took the place of this degraded answer' }),
    ),
  },
  { title: 'Check' },
);

/** The problem answers of a route, for OpenAPI. */
export const problems = (...statuses: number[]): Record<number, TSchema> =>
  Object.fromEntries(statuses.map((status) => [status, ProblemSchema]));
