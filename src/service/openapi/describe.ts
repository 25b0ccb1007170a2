/** Puts examples, the schemas of answers and every error into the description; called by @fastify/swagger for each route. */
import type { FastifySchema } from 'fastify';
import type { TSchema } from 'typebox';
import { CrosscheckError, type ErrorCode, errorTable } from '../../errors.ts';
import { toProblem } from '../../present.ts';
import { permissions } from '../auth/permissions.ts';
import { ProblemSchema } from '../schemas.ts';
import type { Example } from './example.ts';
import { exchange } from './exchange.ts';
import { keeping } from './keeping.ts';
import { knowing } from './knowing.ts';
import { lanes } from './lanes.ts';
import { measuring } from './measuring.ts';
import { reading } from './reading.ts';

export const examples: Readonly<Record<string, Example>> = {
  ...exchange,
  ...reading,
  ...measuring,
  ...keeping,
  ...knowing,
  ...lanes,
};

/** Raised by commands alone, so no call answers with them. */
export const commandErrors: ReadonlySet<string> = new Set([
  'CC_FILE_UNREADABLE',
  'CC_LISTEN_FAILED',
  'CC_LISTEN_REFUSED',
  'CC_NODE_TOO_OLD',
  'CC_PORT_TAKEN',
  'CC_SERVICE_ANSWERED',
  'CC_STORE_TAKEN',
  'CC_STORE_UNREADABLE',
]);

/** One problem document for each code, with words of the table itself in place of what differs from case to case. */
const problemOf = (code: ErrorCode) => {
  const names = [...errorTable[code].message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const params = Object.fromEntries(names.map((name) => [name, `(${name})`]));
  return toProblem(new CrosscheckError(code, params), 'req-1');
};

const codesOf = (status: number): ErrorCode[] =>
  (Object.keys(errorTable) as ErrorCode[]).filter(
    (code) => errorTable[code].status === status && !commandErrors.has(code),
  );

/** The problem answers of a status, with an example of every code that has it. */
const refusal = (status: number) => ({
  description: `${codesOf(status).join(', ')}: see docs/errors.md`,
  content: {
    'application/problem+json': {
      schema: { ...ProblemSchema },
      examples: Object.fromEntries(codesOf(status).map((code) => [code, { value: problemOf(code) }])),
    },
  },
});

const withExamples = (schema: unknown, values: Readonly<Record<string, unknown>> = {}): unknown => {
  const { properties, ...rest } = schema as { properties?: Record<string, TSchema> };
  if (properties === undefined) return schema;
  return {
    ...rest,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [
        name,
        name in values ? { ...property, examples: [values[name]] } : property,
      ]),
    ),
  };
};

interface Described {
  schema: FastifySchema & { response?: Record<string, unknown>; consumes?: string[]; produces?: string[] };
  url: string;
  route: { method: string | readonly string[]; url: string };
}

export function describe({ schema, url, route }: Described): { schema: FastifySchema; url: string } {
  const key = `${[route.method].flat()[0]} ${route.url}`;
  const example = examples[key];
  if (schema?.hide === true || example === undefined) return { schema, url };
  const isPublic = permissions[key] === 'public';
  const statuses = new Set([
    ...Object.keys(schema.response ?? {}).map(Number),
    ...(schema.querystring === undefined && schema.params === undefined ? [] : [400]),
    ...(isPublic ? [] : [401, 403]),
    500,
    503,
  ]);
  const content = {
    [example.answers ?? 'application/json']: {
      schema: { ...example.schema },
      examples: { answer: { value: example.answer } },
    },
  };
  const answers = {
    [example.status]:
      example.answer === undefined ? { description: 'done', type: 'null' } : { description: 'done', content },
  };
  const refusals = Object.fromEntries(
    [...statuses].filter((status) => status >= 400).map((status) => [status, refusal(status)]),
  );
  const body =
    example.body === undefined
      ? schema.body
      : { ...(example.takes ?? (schema.body as object) ?? { type: 'string' }), examples: [example.body] };
  return {
    url,
    schema: {
      ...schema,
      ...(schema.params === undefined ? {} : { params: withExamples(schema.params, example.params) }),
      ...(schema.querystring === undefined
        ? {}
        : { querystring: withExamples(schema.querystring, example.query) }),
      ...(body === undefined ? {} : { body }),
      ...(example.sends === undefined || schema.consumes !== undefined ? {} : { consumes: [example.sends] }),
      response: { ...answers, ...refusals },
    } as FastifySchema,
  };
}
