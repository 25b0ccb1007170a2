/** Subscriptions by command, with the store ours; through a service the same calls are those of tests/service/webhooks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type AuditDocument, audit } from '../../src/audit/log.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { crosscheck } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
const data = ['--data', join(folder, 'data')];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('subscriptions are made, listed without secrets, paused, pinged and removed, each on record', async () => {
  const asked = ['webhooks', 'create', '--url', 'https://clearance.example.org/hook', '--label', 'clearance'];
  const made = await crosscheck(...asked, ...data);
  const [, id] = /^([0-9a-f]{18}) {2}whsec_\S+\n$/.exec(made.out) ?? [made.err];
  expect((await crosscheck('webhooks', 'pause', id!, ...data)).code).toBe(0);
  const { out } = await crosscheck('webhooks', 'list', ...data);
  expect(out).toMatch(
    new RegExp(`^${id} {2}paused {2}examiner .* https://clearance\\.example\\.org/hook {2}clearance\n$`),
  );
  expect(out).not.toContain('whsec_');
  await crosscheck('webhooks', 'ping', id!, ...data);
  const letters = await crosscheck('webhooks', 'deliveries', '--state', 'waiting', ...data);
  // With the subscription, of which all dead letters are sent again by its id.
  expect(letters.out).toMatch(new RegExp(`^msg_\\w+ {2}${id} {2}waiting {2}0 attempts {2}ping`));
  expect((await crosscheck('webhooks', 'resend', letters.out.split(' ')[0]!, ...data)).out).toContain(
    '1 waiting',
  );
  expect((await crosscheck('webhooks', 'remove', id!, ...data)).code).toBe(0);
  expect((await crosscheck('webhooks', 'list', ...data)).out).toBe('');
  const store = await openDuckdb(data[1]!);
  const { docs } = await store
    .collection<AuditDocument>(audit)
    .find({ sort: [{ column: 'at', direction: 'asc' }], limit: 10 });
  await store.close();
  expect(docs.map(({ action }) => action.replace('webhook.', ''))).toEqual([
    'create',
    'pause',
    'ping',
    'resend',
    'remove',
  ]);
});

it.each([
  ['an address within', ['--url', 'https://10.0.0.1/'], 'CC_WEBHOOK_ADDRESS'],
  [
    'an audience that is none',
    ['--url', 'https://example.org/', '--audience', 'everybody'],
    'CC_BAD_ARGUMENT',
  ],
])('refuses %s', async (_, asked, code) => {
  const refused = await crosscheck('webhooks', 'create', '--label', 'x', ...asked, ...data);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(code)]);
});
