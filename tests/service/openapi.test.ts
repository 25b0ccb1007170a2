import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/service/auth/permissions.ts';
import { type Harness, startService } from './harness.ts';

type Operation = {
  summary?: string;
  tags?: string[];
  requestBody?: unknown;
  responses?: Record<string, unknown>;
};

let harness: Harness;
let paths: Record<string, Record<string, Operation>>;
beforeAll(async () => {
  harness = await startService();
  const response = await harness.app.inject('/openapi.json');
  paths = response.json().paths;
});
afterAll(() => harness.close());

/** What is for machines that watch, not for callers. */
const hidden = ['GET /metrics', 'GET /openapi.json'];

const routes = Object.keys(permissions).filter((route) => !hidden.includes(route));
const operationOf = (route: string): Operation | undefined => {
  const [method, path] = route.split(' ') as [string, string];
  return paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
};

describe('the OpenAPI description', () => {
  it.each(routes)('tells what %s is for', (route) => {
    expect(operationOf(route)?.summary).toBeTruthy();
    expect(operationOf(route)?.tags).toHaveLength(1);
  });

  it('describes nothing that does not exist', () => {
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described.filter((route) => !Object.hasOwn(permissions, route))).toEqual([]);
  });

  it('carries the schema of a declaration and of the answer to it', () => {
    const text = JSON.stringify(operationOf('POST /v1/checks'));
    expect(text).toContain('externalFreight');
    expect(text).toContain('notEvaluated');
    expect(text).toContain('"422"');
  });
});
