/** POST /v1/import: whose file a column mapping may be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../src/check/collections.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { declaration, type Harness, startService } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'mappings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ours = join(folder, 'ours.yaml');
writeFileSync(
  ours,
  [
    ...[
      'id: ours',
      'version: 1',
      'title: t',
      'origin: o',
      'country: XX',
      'row: declaration',
      'dates: ["%Y-%m-%d"]',
    ],
    'declaration:',
    '  flow: { value: import }',
    '  office: OFF',
    '  registration.number: NBR',
    '  registration.date: DAY',
    'item: { hs: HSC }',
  ].join('\n'),
);
const secret = join(folder, 'secret.yaml');
writeFileSync(secret, 'password: quite secret\n');
const csv = 'OFF,NBR,DAY,HSC\nXXA1,1,2026-03-02,85171300\n';

const send = (harness: Harness, mapping: string, headers: Record<string, string> = {}) =>
  harness.app.inject({
    method: 'POST',
    url: `/v1/import?${new URLSearchParams({ file: 'day.csv', mapping })}`,
    headers: { 'content-type': 'application/octet-stream', ...headers },
    payload: csv,
  });

describe('a column mapping', () => {
  let remote: Harness;
  let local: Harness;
  let key: Record<string, string>;
  beforeAll(async () => {
    remote = await startService({ authentication: (store) => ({ keys: openKeys(store) }) });
    const made = await openKeys(remote.store).create(
      { label: 'feed', role: 'system', days: 1 },
      'tests',
      new Date(),
    );
    key = { authorization: `Bearer ${made.key}` };
    local = await startService();
  });
  afterAll(async () => {
    await remote.close();
    await local.close();
  });

  it.each([
    ['a mapping that is there', ours],
    ['a file that is none', secret],
    ['a file that is not there', join(folder, 'absent.yaml')],
    ['a file of the working folder', 'package.json'],
    ['a way out of the folder of mappings', '../countries/XX'],
    ['a mapping of table extracts', 'asycuda-world'],
  ])('of a remote caller is shipped or refused alike: %s', async (_, mapping) => {
    const response = await send(remote, mapping, key);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({
      code: 'CC_REQUEST_INVALID',
      detail: 'the request is not acceptable at /query/mapping: is none of korea',
    });
  });

  it('of a remote caller is taken where it is shipped', async () => {
    const response = await send(remote, 'korea', key);
    expect(response.json()).not.toMatchObject({ code: 'CC_REQUEST_INVALID' });
  });

  it("of this machine's user may be a file", async () => {
    const response = await send(local, ours);
    expect(response.json()).toMatchObject({ declarations: { new: 1 }, refused: 0 });
  });
});

it('a file whose sender goes away in its middle is no fault of ours, and what came of it is kept', async () => {
  const harness = await startService();
  try {
    const url = await harness.app.listen({ port: 0, host: '127.0.0.1' });
    const sent = request(new URL('/v1/import?file=day.ndjson', url), { method: 'POST' });
    sent.on('error', () => undefined);
    // More than a format is looked for in.
    for (let n = 0; n < 300; n += 1) sent.write(`${JSON.stringify(declaration())}\n`);
    sent.write('{"flow":');
    const kept = () => harness.store.collection(checks).count();
    await expect.poll(kept, { timeout: 40_000 }).toBe(300);
    sent.destroy();
    const refused = async () =>
      (await harness.app.inject('/metrics')).body.match(/crosscheck_refused_total\{code="(\w+)"\} \d+/)?.[1];
    await expect.poll(refused, { timeout: 20_000 }).toBe('CC_REQUEST_INVALID');
  } finally {
    await harness.close();
  }
}, 90_000);
