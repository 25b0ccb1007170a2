/** `crosscheck verify audit` and `crosscheck retain` on the machine that holds the store. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type AuditDocument, audit, openAuditLog } from '../../src/audit/log.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { crosscheck } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
const data = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the chain is walked to the first broken link, and the command ends with 1 there', async () => {
  const store = await openDuckdb(data);
  const log = openAuditLog(store);
  for (const object of ['one', 'two', 'three'])
    await log.record({ subject: 'tests', role: 'local', action: 'key.create', object });
  await store.close();
  const whole = await crosscheck('verify', 'audit', '--data', data);
  expect([whole.code, whole.out]).toEqual([0, '3 entries of 1 writers, 0 anchors\n']);

  const gone = `2026-03-01=${'0'.repeat(64)}`;
  const compared = await crosscheck('verify', 'audit', '--data', data, '--anchor', gone);
  expect(compared.code).toBe(1);
  expect(compared.out).toContain('first broken link: anchor 2026-03-01: it was copied out, and is gone');
  expect((await crosscheck('verify', 'audit', '--data', data, '--anchor', 'today')).code).toBe(2);

  const opened = await openDuckdb(data);
  const entries = opened.collection<AuditDocument>(audit);
  const { docs } = await entries.find({ sort: [{ column: 'number', direction: 'asc' }], limit: 10 });
  await entries.put([{ ...docs[1]!, object: 'somebody else' }]);
  await opened.close();
  const broken = await crosscheck('verify', 'audit', '--data', data);
  expect(broken.code).toBe(1);
  expect(broken.out).toContain(`first broken link: ${docs[1]!.id}: its content was changed`);
});

it('retention counts by itself, and removes and records when it is told to', async () => {
  const file = join(folder, 'retention.yaml');
  writeFileSync(
    file,
    'id: a-year\nversion: 1\ntitle: { en: a year }\nowner: tests\nkeep: { declaration: 365 }\n',
  );
  const own = join(folder, 'empty');
  expect((await crosscheck('retain', '--data', own)).out).toBe('the policy keeps everything\n');
  const asked = ['retain', '--retention', file, '--data', own];
  expect((await crosscheck(...asked)).out).toMatch(/^declaration: 0 from before \d{4}-\d\d-\d\d would go\n$/);
  expect((await crosscheck(...asked, '--apply')).out).toContain('removed');
  expect((await crosscheck('verify', 'audit', '--data', own)).out).toContain('2 entries');
  const refused = await crosscheck('retain', '--retention', join(folder, 'none.yaml'), '--data', own);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('CC_FILE_UNREADABLE')]);
});

it('keys and rebuilds of the command line are on record too', async () => {
  const own = join(folder, 'commands');
  expect((await crosscheck('keys', 'create', '--role', 'auditor', '--label', 'x', '--data', own)).code).toBe(
    0,
  );
  expect((await crosscheck('rebuild', '--data', own)).code).toBe(0);
  const store = await openDuckdb(own);
  const { docs } = await store
    .collection<AuditDocument>(audit)
    .find({ sort: [{ column: 'at', direction: 'asc' }], limit: 10 });
  await store.close();
  expect(docs.map(({ subject, action }) => [subject, action])).toEqual([
    ['command line', 'key.create'],
    ['command line', 'rebuild'],
  ]);
  expect(docs[0]).toMatchObject({
    object: expect.stringMatching(/./),
    detail: { role: 'auditor', offices: 'all' },
  });
});
