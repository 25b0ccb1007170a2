/** `crosscheck backup` and `restore`, on a store that is free and on one that a service holds. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { masterSecret, openDrawKeys } from '../../src/check/draw-keys.ts';
import { openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { run } from '../../src/cli/main.ts';
import { openService } from '../../src/service/open.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { announceRunning } from '../../src/store/running.ts';
import { recordOf } from '../check/office.ts';
import { declaration, smallRules } from '../service/harness.ts';

const root = mkdtempSync(join(tmpdir(), 'crosscheck-cli-backup-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const spec = { name: 'kept', schema: 1, columns: {}, indexes: [] };

let out = '';
vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
  out += String(text);
  return true;
});
vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
  out += String(text);
  return true;
});
afterEach(() => {
  out = '';
});

test('a store that nobody holds is backed up and restored', async () => {
  const data = join(root, 'free');
  const store = await openDuckdb(data);
  await store.collection(spec).put([{ id: 'a' }, { id: 'b' }]);
  await store.close();
  expect(await run(['backup', join(root, 'copy'), '--data', data])).toBe(0);
  // The two, and the entry in the audit log that this was made, which looks for anchors.
  expect(out).toMatch(/copy: 3 documents in 3 collections as of 20/);
  expect(await run(['restore', join(root, 'copy'), '--data', join(root, 'restored')])).toBe(0);
  const restored = await openDuckdb(join(root, 'restored'));
  expect(await restored.collection(spec).count()).toBe(2);
  await restored.close();
});

test('a store that a service holds is backed up through it, and the service goes on', async () => {
  const data = join(root, 'held');
  const store = await openDuckdb(data);
  const service = await openService({
    store,
    desk: await openDesk({ rules: smallRules }),
    localToken: 'a token of this test alone',
    limits: { eventLoopDelayMs: 0 },
  });
  const url = await service.app.listen({ port: 0, host: '127.0.0.1' });
  const withdraw = announceRunning(data, { url, token: 'a token of this test alone' });
  try {
    await store.collection(spec).put([{ id: 'a' }]);
    const target = join(root, 'of-held');
    expect(await run(['backup', target, '--data', data]), out).toBe(0);
    await store.collection(spec).put([{ id: 'later' }]);
    expect(await run(['restore', target, '--data', join(root, 'restored-held')])).toBe(0);
    const restored = await openDuckdb(join(root, 'restored-held'));
    expect(await restored.collection(spec).count()).toBe(1);
    await restored.close();
  } finally {
    withdraw();
    await service.close();
    await store.close();
  }
});

test('what was drawn is not verified by a secret that is made up for it, as beside a restored backup', async () => {
  const data = join(root, 'drawn');
  const store = await openDuckdb(data);
  const keys = openDrawKeys(masterSecret(data)!, store);
  const yesterday = new Date(Date.now() - 86_400_000);
  const desk = { ...(await openDesk({ rules: smallRules, store })), keys, now: () => yesterday };
  await keys.commit(new Date(yesterday.getTime() - 86_400_000));
  const [lodged] = await openOffice(desk, store).lodge([recordOf(declaration())]);
  desk.close();
  await store.close();
  const copy = join(root, 'copy-of-drawn');
  const restored = join(root, 'restored-drawn');
  expect(await run(['backup', copy, '--data', data])).toBe(0);
  expect(await run(['restore', copy, '--data', restored])).toBe(0);
  const verify = () => run(['verify', 'draw', lodged!.check.id, '--data', restored]);
  expect(await verify()).toBe(2);
  expect(out).toContain('there is no secret.key');
  expect(readdirSync(restored)).toEqual(['crosscheck.duckdb']);
  cpSync(join(data, 'secret.key'), join(restored, 'secret.key'));
  out = '';
  expect(await verify(), out).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ holds: true, committedBefore: true });
});

test('a restore over a store is refused as unusable input', async () => {
  expect(await run(['restore', join(root, 'copy'), '--data', join(root, 'free')])).toBe(2);
  expect(out).toContain('CC_CONFLICT');
});
