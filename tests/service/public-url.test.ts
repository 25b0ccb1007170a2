/** What leads back to the service from paper leads to where people reach it, whatever a request says of itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openKeys } from '../../src/service/auth/keys.ts';
import { publicUrl } from '../../src/service/public-url.ts';
import { crosscheck } from '../cli/run.ts';
import { declaration, get, type Harness, post, startService } from './harness.ts';

const start = (more: { publicUrl?: string } = {}) =>
  startService({ authentication: (store) => ({ keys: openKeys(store) }), ...more });

/** Whatever stands before the path in the links on a report printed as a proxy that ends TLS passes the call on. */
async function linksOf(harness: Harness): Promise<Set<string>> {
  const bearer = async (role: 'system' | 'manager') => {
    const { key } = await openKeys(harness.store).create({ label: role, role, days: 1 }, 'tests', new Date());
    return { authorization: `Bearer ${key}` };
  };
  const system = await bearer('system');
  const { body: check } = await post(harness, '/v1/checks', declaration(), system);
  const events = `/v1/declarations/${encodeURIComponent(check.declaration)}/events`;
  await post(harness, events, { kind: 'REGISTER', at: '2026-03-02T08:00:00+01:00', user: 'U1' }, system);
  await harness.settle();
  const { body } = await harness.app.inject({
    method: 'POST',
    url: '/v1/reports',
    headers: {
      'content-type': 'application/json',
      ...(await bearer('manager')),
      host: 'crosscheck-a:8080',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
    },
    payload: JSON.stringify({ period: '2026-03' }),
  });
  const links = [...body.matchAll(/href="(\w+:[^"]*?)\/v1\/indicators/g)];
  return new Set(links.map(([, address]) => address!));
}

describe('where the service was told its address', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await start({ publicUrl: 'https://customs.example/crosscheck' });
  });
  afterAll(() => harness.close());

  it('links on a report begin with it', async () => {
    expect([...(await linksOf(harness))]).toEqual(['https://customs.example/crosscheck']);
  });

  it('calls are described as made there', async () => {
    expect((await get(harness, '/openapi.json')).body.servers).toEqual([
      { url: 'https://customs.example/crosscheck' },
    ]);
  });
});

it('where it was not, links begin with what was called, and with nothing that a forwarder claims', async () => {
  const harness = await start();
  try {
    expect([...(await linksOf(harness))]).toEqual(['http://crosscheck-a:8080']);
    expect((await get(harness, '/openapi.json')).body.servers).toBeUndefined();
  } finally {
    await harness.close();
  }
});

it('an address is taken without a slash at its end', () => {
  expect(publicUrl('https://Customs.example/', '--public-url')).toBe('https://customs.example');
  expect(publicUrl('http://10.1.2.3:8080/a/', '--public-url')).toBe('http://10.1.2.3:8080/a');
});

it.each([
  'customs.example',
  'ftp://customs.example',
  'https://u:p@customs.example',
  'https://customs.example/?a=1',
])('no service starts under %s', async (address) => {
  const data = mkdtempSync(join(tmpdir(), 'crosscheck-url-'));
  try {
    const told = await crosscheck('serve', '--data', data, '--port', '0', '--public-url', address);
    expect([told.code, told.err]).toEqual([2, expect.stringContaining('CC_BAD_ARGUMENT')]);
    vi.stubEnv('CROSSCHECK_PUBLIC_URL', address);
    const bySetting = await crosscheck('serve', '--data', data, '--port', '0');
    expect([bySetting.code, bySetting.err]).toEqual([2, expect.stringContaining('CROSSCHECK_PUBLIC_URL')]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(data, { recursive: true, force: true });
  }
});
