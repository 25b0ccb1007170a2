/** docker-compose.yml and Dockerfile say what the documents promise; there is no Docker engine in CI to try them on. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { fromRoot } from '../../src/ground/paths.ts';
import { configureAuthentication } from '../../src/service/auth/configure.ts';
import { permissions } from '../../src/service/auth/permissions.ts';
import type { Store } from '../../src/store/port.ts';

interface Service {
  image?: string;
  build?: string;
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  ports?: string[];
  stop_grace_period?: string;
}
const compose = parse(readFileSync(fromRoot('docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  configs: Record<string, { content: string }>;
  volumes: Record<string, unknown>;
};
const dockerfile = readFileSync(fromRoot('Dockerfile'), 'utf8');
const replicas = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);

it('starts two replicas that differ in nothing, on one database, with the secret given from outside', () => {
  expect(replicas.map(([name]) => name)).toEqual(['crosscheck-a', 'crosscheck-b']);
  const [[, one], [, other]] = replicas as [[string, Service], [string, Service]];
  expect(one).toEqual(other);
  expect(one.environment!.CROSSCHECK_SECRET).toMatch(/^\$\{CROSSCHECK_SECRET:\?/);
  const uri = new URL(one.environment!.MONGODB_URI!);
  expect(Object.keys(compose.services)).toContain(uri.hostname);
  expect(uri.searchParams.get('replicaSet')).toBe('crosscheck');
});

it('lets nobody in without a key, and only the proxy is reached from outside', () => {
  const { CROSSCHECK_AUTH: ways } = replicas[0]![1].environment!;
  const store = { collection: () => ({}) } as unknown as Store;
  expect(configureAuthentication(ways, store, {})?.keys).toBeDefined();
  const published = Object.entries(compose.services).filter(([, { ports }]) => ports !== undefined);
  expect(published.map(([name, { ports }]) => [name, ports])).toEqual([['proxy', ['127.0.0.1:8080:8080']]]);
});

it('has the proxy ask both whether they are ready, on the port on which they listen', () => {
  const { content } = compose.configs.caddyfile!;
  const [, port] = /"--port", "(\d+)"/.exec(dockerfile)!;
  expect(content).toContain(`reverse_proxy crosscheck-a:${port} crosscheck-b:${port}`);
  const [, uri] = /health_uri (\S+)/.exec(content)!;
  expect(permissions[`GET ${uri}`]).toBe('public');
  expect(dockerfile).toContain(`http://127.0.0.1:${port}${uri}`);
  expect(compose.services.proxy!.depends_on).toEqual({
    'crosscheck-a': { condition: 'service_healthy' },
    'crosscheck-b': { condition: 'service_healthy' },
  });
});

it('names volumes and services that it has', () => {
  for (const { depends_on: needs } of Object.values(compose.services))
    for (const name of Object.keys(needs ?? {})) expect(Object.keys(compose.services)).toContain(name);
  expect(Object.keys(compose.volumes)).toEqual(['mongo']);
});
