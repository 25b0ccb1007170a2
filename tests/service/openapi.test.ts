/** The description: every call, every answer and every error with an example that holds, and the service answers as described. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrorCode, errorTable } from '../../src/errors.ts';
import { permissions } from '../../src/service/auth/permissions.ts';
import { commandErrors, examples } from '../../src/service/openapi/describe.ts';
import { type Harness, startService } from './harness.ts';
import { exampleRequest, furnish, inject, type World } from './requests.ts';

interface Media {
  schema: object;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Operation {
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: object; example?: unknown }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}

let harness: Harness;
let world: World;
let paths: Record<string, Record<string, Operation>>;
beforeAll(async () => {
  harness = await startService({ hardBreaches: true, webhookHosts: new Set(['127.0.0.1:9']) });
  paths = (await harness.app.inject('/openapi.json')).json().paths;
  world = await furnish(harness, { by: {}, webhook: 'http://127.0.0.1:9/' });
});
afterAll(() => harness.close());

/** What is for machines that watch, not for callers. */
const hidden = ['GET /metrics', 'GET /openapi.json'];
/** What takes something away comes last: the examples are carried out one after the other. */
const routes = Object.keys(permissions)
  .filter((route) => !hidden.includes(route))
  .sort((a, b) => Number(a.startsWith('DELETE')) - Number(b.startsWith('DELETE')));
const operationOf = (route: string): Operation => {
  const [method, path] = route.split(' ') as [string, string];
  return paths[path.replace(/:(\w+)/g, '{$1}')]![method.toLowerCase()]!;
};

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
function expectValid(schema: object, value: unknown): void {
  const validate = ajv.compile(schema);
  expect(validate(value) ? [] : validate.errors, JSON.stringify(value)?.slice(0, 500)).toEqual([]);
}
const examplesOf = ({ example, examples: named }: Media): unknown[] =>
  example !== undefined ? [example] : Object.values(named ?? {}).map(({ value }) => value);

it('every route has an example in src/service/openapi, and every example a route', () => {
  expect(Object.keys(examples).sort()).toEqual([...routes].sort());
});

describe.each(routes)('%s', (route) => {
  it('says what it is for, under one heading', () => {
    expect(operationOf(route).summary).toBeTruthy();
    expect(operationOf(route).tags).toHaveLength(1);
  });

  it('has an example of its request and of its answer, each valid against its own schema', () => {
    const { parameters = [], requestBody, responses } = operationOf(route);
    for (const { required, name, schema, example } of parameters) {
      if (required === true) expect(example, name).toBeDefined();
      if (example !== undefined) expectValid(schema, example);
    }
    for (const media of Object.values(requestBody?.content ?? {})) {
      expect(examplesOf(media).length).toBeGreaterThan(0);
      for (const example of examplesOf(media)) {
        // A message of another format than JSON is text.
        if (typeof example !== 'string') expectValid(media.schema, example);
      }
    }
    const done = Object.entries(responses).filter(([status]) => status < '300');
    expect(done).toHaveLength(1);
    for (const media of Object.values(done[0]![1].content ?? {})) {
      expect(examplesOf(media)).toHaveLength(1);
      expectValid(media.schema, examplesOf(media)[0]);
    }
  });

  it('has an example of every error that it may answer, valid and with its code', () => {
    const refusals = Object.entries(operationOf(route).responses).filter(([status]) => status >= '400');
    expect(refusals.map(([status]) => status)).toEqual(expect.arrayContaining(['500', '503']));
    for (const [status, { content }] of refusals) {
      const { schema, examples: named } = content!['application/problem+json']!;
      expect(Object.keys(named!).length).toBeGreaterThan(0);
      for (const [code, { value }] of Object.entries(named!)) {
        expectValid(schema, value);
        expect(value).toMatchObject({
          code,
          status: Number(status),
          hint: errorTable[code as ErrorCode].hint,
        });
      }
    }
  });

  // A stream does not end; it has tests of its own.
  if (route === 'GET /v1/live') return;
  it('answers the example as described', async () => {
    const response = await harness.app.inject(inject(exampleRequest(route, harness, world)));
    // The day's key is told when the day is over, and here is none.
    if (route === 'GET /v1/checks/:id/draw') return expect(response.statusCode).toBe(404);
    expect([response.statusCode, response.statusCode < 300 || response.body]).toEqual([
      examples[route]!.status,
      true,
    ]);
    if (response.statusCode === 204) return expect(response.body).toBe('');
    const content = operationOf(route).responses[response.statusCode]!.content!;
    const [type] = String(response.headers['content-type']).split(';');
    expect(Object.keys(content)).toEqual([type]);
    expectValid(content[type!]!.schema, type === 'application/json' ? response.json() : response.body);
  });
});

it('describes nothing that does not exist', () => {
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(described.filter((route) => !Object.hasOwn(permissions, route))).toEqual([]);
});

it('shows every error that a call can answer with', () => {
  const shown = routes.flatMap((route) =>
    Object.values(operationOf(route).responses).flatMap(({ content }) =>
      Object.keys(content?.['application/problem+json']?.examples ?? {}),
    ),
  );
  expect(Object.keys(errorTable).filter((code) => !shown.includes(code) && !commandErrors.has(code))).toEqual(
    [],
  );
});

it('carries the schema of a declaration and of the answer to it', () => {
  const text = JSON.stringify(operationOf('POST /v1/checks'));
  expect(text).toContain('externalFreight');
  expect(text).toContain('notEvaluated');
  expect(text).toContain('"422"');
});
