/** `crosscheck verify audit` and `crosscheck retain` on the machine that holds the store. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type AuditDocument, audit, openAuditLog } from '../../src/audit/log.ts';
import { fromRoot } from '../../src/ground/paths.ts';
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
  await (await openDuckdb(own)).close();
  expect((await crosscheck('retain', '--data', own)).out).toBe('the policy keeps everything\n');
  const asked = ['retain', '--retention', file, '--data', own];
  expect((await crosscheck(...asked)).out).toMatch(/^declaration: 0 from before \d{4}-\d\d-\d\d would go\n$/);
  expect((await crosscheck(...asked, '--apply')).out).toContain('removed');
  expect((await crosscheck('verify', 'audit', '--data', own)).out).toContain('2 entries');
  const refused = await crosscheck('retain', '--retention', join(folder, 'none.yaml'), '--data', own);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('CC_FILE_UNREADABLE')]);
});

it('what commands change or read by name without a service is on record', async () => {
  const own = join(folder, 'commands');
  const partner = join(folder, 'partner.csv');
  writeFileSync(partner, 'hs,origin,year,value,netMass\n610910,BD,2026,66000,4000\n');
  const list = join(folder, 'watched.csv');
  writeFileSync(list, 'key\nA1\n');
  const extract = join(folder, 'extract');
  mkdirSync(extract);
  writeFileSync(join(extract, 'exchange-rate.csv'), 'currency,rate,from\nUSD,600,2026-01-05\n');
  const period = ['--from', '2026-03-01', '--to', '2026-03-31'];
  const of = ['--kind', 'codes', '--match', 'exact', '--owner', 'x', '--origin', 'x'];
  const commands: [expected: [action: string, object: RegExp], ...argv: string[]][] = [
    [['key.create', /./], 'keys', 'create', '--role', 'auditor', '--label', 'x'],
    [['import', /^example-declaration\.json$/], 'import', fromRoot('docs', 'example-declaration.json')],
    [['import', /^extract reference$/], 'import', extract, '--mapping', 'reference'],
    [['recheck', /^overdue$/], 'recheck'],
    [['rebuild', /^projections$/], 'rebuild'],
    [['baselines.compute', /./], 'baselines', 'compute'],
    [['list.load', /^watched$/], 'lists', 'load', list, ...of],
    [['list.withdraw', /^watched$/], 'lists', 'remove', 'watched'],
    [['mirror.statistics', /./], 'indicators', '--mirror', partner, '--currency', 'XTS'],
    [['report.print', /^2026-03$/], 'indicators', '--report', '2026-03'],
    [['pairs.read', /^I29\|officer\|2026-03-01\/2026-03-31\|all$/], 'indicators', 'I29', ...period],
    [['edition.freeze', /^I29 2026-03$/], 'editions', 'I29', '--freeze', '2026-03'],
    [['pairs.read', /^I29\|.*\|1$/], 'editions', '--show', 'I29|officer,declarant|2026-03|1'],
    [['backup', /copy$/], 'backup', join(folder, 'copy')],
  ];
  for (const [, ...argv] of commands) {
    const ran = await crosscheck(...argv, '--data', own);
    expect([argv[0], ran.code, ran.err]).toEqual([argv[0], 0, '']);
  }
  const restored = join(folder, 'restored');
  expect((await crosscheck('restore', join(folder, 'copy'), '--data', restored)).code).toBe(0);
  const store = await openDuckdb(restored);
  const { docs } = await store
    .collection<AuditDocument>(audit)
    .find({ sort: [{ column: 'at', direction: 'asc' }], limit: 100 });
  await store.close();
  // The backup holds the entry of its own making; the store that was restored tells from what.
  expect(docs.map(({ subject, action, object }) => [subject, action, object])).toEqual(
    [...commands.map(([expected]) => expected), ['restore', /copy$/] as const].map(([action, object]) => [
      'command line',
      action,
      expect.stringMatching(object),
    ]),
  );
  expect(docs[0]).toMatchObject({
    object: expect.stringMatching(/./),
    detail: { role: 'auditor', offices: 'all' },
  });
  expect((await crosscheck('verify', 'audit', '--data', restored)).code).toBe(0);
}, 240_000);
