/** A folder of table dumps through the service: uploaded from elsewhere, or named by a command of this machine's user. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeys } from '../../src/service/auth/keys.ts';
import { announceRunning } from '../../src/store/running.ts';
import { crosscheck } from '../cli/run.ts';
import { csv, tell, writeWorld } from '../sources/truth.ts';
import { get, type Harness, post, startService } from './harness.ts';

const root = mkdtempSync(join(tmpdir(), 'extracts-'));
const folder = join(root, 'world');
writeWorld(tell(20), folder);
writeFileSync(join(folder, 'office.csv'), csv(['office', 'name', 'from'], [['DLA01', 'Port', '2020-01-01']]));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function ended(harness: Harness, id: string, headers: Record<string, string> = {}) {
  for (;;) {
    const { body } = await get(harness, `/v1/extracts/${id}`, headers);
    if (body.state === 'done' || body.state === 'failed') return body;
    await setTimeout(50);
  }
}

describe('from elsewhere, with keys', () => {
  let harness: Harness;
  const keys: Record<string, Record<string, string>> = {};
  beforeAll(async () => {
    harness = await startService({ authentication: (store) => ({ keys: openKeys(store) }) });
    const made = openKeys(harness.store);
    for (const label of ['one', 'other']) {
      const { key } = await made.create({ label, role: 'system', days: 1 }, 'tests', new Date());
      keys[label] = { authorization: `Bearer ${key}` };
    }
    const { key } = await made.create(
      { label: 'small', role: 'system', days: 1, offices: ['DLA01'] },
      'tests',
      new Date(),
    );
    keys.small = { authorization: `Bearer ${key}` };
  });
  afterAll(() => harness.close());

  const upload = (id: string, name: string, payload: string | Buffer, by = 'one') =>
    harness.app.inject({
      method: 'PUT',
      url: `/v1/extracts/${id}/files/${name}`,
      headers: { 'content-type': 'application/octet-stream', ...keys[by] },
      payload,
    });
  const start = (id: string, body: object, by = 'one') => post(harness, `/v1/extracts/${id}`, body, keys[by]);

  it('takes in the files that were uploaded, and reports', async () => {
    const id = 'upload-of-today';
    for (const name of readdirSync(folder))
      expect((await upload(id, name, readFileSync(join(folder, name)))).statusCode).toBe(204);
    writeFileSync(join(root, 'ours.yaml'), 'id: ours\nextends: asycuda-world\ntimezone: Africa/Douala\n');
    await upload(id, 'ours.yaml', readFileSync(join(root, 'ours.yaml')));
    const begun = await start(id, { mapping: 'ours.yaml', source: 'world' });
    expect(begun).toMatchObject({ status: 202, body: { id, state: 'waiting' } });
    const body = await ended(harness, id, keys.one);
    expect(body).toMatchObject({
      state: 'done',
      import: { declarations: { new: 20 }, refused: 0 },
      report: { source: 'world', references: { written: 0 }, extract: { declarations: 20 } },
    });
    const page = await harness.app.inject({
      url: `/v1/extracts/${id}`,
      headers: { accept: 'text/html', ...keys.one },
    });
    expect(page.headers['content-type']).toMatch('text/html');
    expect(page.body).toContain('<h2>What to mend</h2>');
    expect((await upload(id, 'SAD_ITEM.csv', 'A\n1\n')).json()).toMatchObject({ code: 'CC_REQUEST_INVALID' });
  });

  it('shows an extract to nobody but who sent it', async () => {
    expect(await get(harness, '/v1/extracts/upload-of-today', keys.other)).toMatchObject({
      status: 404,
      body: { code: 'CC_NOT_FOUND' },
    });
  });

  it('reads no file of its own machine for a caller from elsewhere', async () => {
    await upload('reads-too-much', 'SAD_GENERAL_SEGMENT.csv', 'INSTANCEID\n1\n');
    for (const body of [
      { mapping: '/etc/hosts' },
      { mapping: '../world.yaml' },
      { mapping: 'asycuda-world', folder: '/etc' },
    ])
      expect(await start('reads-too-much', body)).toMatchObject({
        status: 400,
        body: { code: 'CC_REQUEST_INVALID' },
      });
    expect((await upload('reads-too-much', '..%2Fescaped.csv', 'A\n')).statusCode).toBe(400);
  });

  it('is for callers who may feed every office', async () => {
    expect((await upload('one-office-alone', 'A.csv', 'A\n', 'small')).json()).toMatchObject({
      code: 'CC_OFFICE_FORBIDDEN',
    });
  });

  it('tells why an extract cannot be read', async () => {
    await upload('lacks-the-header', 'SAD_ITEM.csv', 'INSTANCEID\n1\n');
    await start('lacks-the-header', { mapping: 'asycuda-world' });
    expect(await ended(harness, 'lacks-the-header', keys.one)).toMatchObject({
      state: 'failed',
      problem: { code: 'CC_SOURCE_TABLE_MISSING' },
    });
    expect(await start('nothing-was-sent', { mapping: 'asycuda-world' })).toMatchObject({ status: 400 });
  });
});

describe('crosscheck import FOLDER while a service holds the store', () => {
  let harness: Harness;
  let withdraw: () => void;
  beforeAll(async () => {
    harness = await startService();
    const url = await harness.app.listen({ port: 0, host: '127.0.0.1' });
    withdraw = announceRunning(harness.folder, { url, token: 'none asked' });
  });
  afterAll(async () => {
    withdraw();
    await harness.close();
  });

  it('gives the same report as next to the store, as text, JSON and a page', async () => {
    const page = join(root, 'report.html');
    const argv = ['import', folder, '--mapping', 'asycuda-world', '--data', harness.folder];
    const { code, out, err } = await crosscheck(...argv, '--report', page);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('20 declarations');
    expect(out).toContain('declarations  20 new, 0 known before');
    expect(readFileSync(page, 'utf8')).toContain('<title>Import of asycuda-world</title>');
    const again = await crosscheck(...argv, '--full', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ declarations: { new: 0, repeated: 20 } });
  });

  it('says what is wrong with the folder', async () => {
    const { code, err } = await crosscheck(
      ...['import', root, '--mapping', 'event-log', '--data', harness.folder],
    );
    expect(code).toBe(2);
    expect(err).toContain('CC_SOURCE_TABLE_MISSING');
  });
});
