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
  networks?: string[];
  mem_limit?: string;
  restart?: string;
  read_only?: boolean;
  tmpfs?: string[];
  command?: string[];
  healthcheck?: { test: string[] };
  logging?: { options: Record<string, string> };
}
const compose = parse(readFileSync(fromRoot('docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  configs: Record<string, { content: string }>;
  volumes: Record<string, unknown>;
  networks: Record<string, { internal?: boolean } | null>;
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

it('may be told where people reach it, and starts where it is not', () => {
  expect(replicas[0]![1].environment!.CROSSCHECK_PUBLIC_URL).toMatch(/^\$\{CROSSCHECK_PUBLIC_URL:-\}$/);
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

const bytes = (size: string): number => {
  const [, number, unit] = /^(\d+)([mg])$/.exec(size)!;
  return Number(number) * (unit === 'g' ? 2 ** 30 : 2 ** 20);
};

it('holds each service to its memory, starts it again when it dies, asks after its health and bounds its log', () => {
  for (const [name, service] of Object.entries(compose.services)) {
    expect(bytes(service.mem_limit!), name).toBeGreaterThan(0);
    expect(service.restart, name).toBe('unless-stopped');
    expect(service.healthcheck !== undefined || service.build !== undefined, name).toBe(true);
    expect(service.logging?.options, name).toEqual({ 'max-size': '50m', 'max-file': '5' });
  }
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  // What each takes of its own will lies below its limit, so that it sheds before it is killed.
  const { environment, mem_limit: limit } = replicas[0]![1];
  const [, heap] = /--max-old-space-size=(\d+)/.exec(environment!.NODE_OPTIONS!)!;
  expect(Number(heap) * 2 ** 20).toBeLessThanOrEqual((bytes(limit!) * 2) / 3);
  const { command, mem_limit: databaseLimit } = compose.services.mongo!;
  const cache = Number(command![command!.indexOf('--wiredTigerCacheSizeGB') + 1]);
  expect(cache * 2 ** 30).toBeLessThanOrEqual(bytes(databaseLimit!) / 2);
});

it('gives a replica longer to stop than it takes, and nothing to write in but memory', () => {
  for (const [, { stop_grace_period: grace, read_only: readOnly, tmpfs }] of replicas) {
    expect(grace).toBe('30s');
    expect([readOnly, tmpfs]).toEqual([true, ['/tmp', '/data']]);
  }
});

it('has the database in a network of its own, which the proxy is not in', () => {
  expect(compose.networks.inside).toEqual({ internal: true });
  const members = (network: string) =>
    Object.entries(compose.services)
      .filter(([, { networks }]) => networks!.includes(network))
      .map(([name]) => name);
  expect(members('inside')).toEqual(['mongo', 'crosscheck-a', 'crosscheck-b']);
  expect(members('outside')).toEqual(['crosscheck-a', 'crosscheck-b', 'proxy']);
});

it('has no secret of its own: what is one must be given, and nothing else stands in for it', () => {
  for (const [name, { environment = {} }] of Object.entries(compose.services))
    for (const [variable, value] of Object.entries(environment)) {
      if (/SECRET|KEY|PASSWORD|TOKEN/.test(variable))
        expect(value, `${name} ${variable}`).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
      expect(value, `${name} ${variable}`).not.toMatch(/:\/\/[^/]*@/);
    }
  expect(dockerfile).not.toMatch(/^(ENV|ARG) .*(SECRET|KEY|PASSWORD|TOKEN)/m);
  expect(dockerfile).toMatch(/^USER node$/m);
});
