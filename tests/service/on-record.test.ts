/** Every call that changes something, or reads somebody by name, leaves an entry in the audit log, by its caller. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuditDocument, audit } from '../../src/audit/log.ts';
import { permissions } from '../../src/service/auth/permissions.ts';
import { examples } from '../../src/service/openapi/describe.ts';
import { type Harness, startService } from './harness.ts';
import { exampleRequest, furnish, inject, type World } from './requests.ts';

let harness: Harness;
let world: World;
beforeAll(async () => {
  harness = await startService({ hardBreaches: true, webhookHosts: new Set(['127.0.0.1:9']) });
  world = await furnish(harness, { by: {}, webhook: 'http://127.0.0.1:9/' });
}, 60_000);
afterAll(() => harness.close());

/** Calls of other methods than GET without an entry, and why. */
const without: Readonly<Record<string, string>> = {
  'POST /v1/checks': 'the check is the record, and nothing takes it back',
  'POST /v1/checks/batch': 'likewise',
  'POST /v1/declarations/:reference/events': 'an event is kept as it was sent',
  'POST /v1/outcomes': 'each word of an outcome is kept',
  'PUT /v1/extracts/:id/files/:name': 'nothing is kept of it before the extract is read, which is on record',
  'POST /v1/history': 'reads declarations for a backtest, and changes nothing',
  'POST /v1/retention': 'the example counts and removes nothing',
};
/** Calls by GET that tell pairs of persons. */
const named = ['GET /v1/indicators/:id/pairs'];

const routes = Object.keys(permissions)
  .filter((route) => named.includes(route) || !(route.startsWith('GET') || Object.hasOwn(without, route)))
  // What takes something away comes last, and an extract is of what was sent for it.
  .sort((a, b) => Number(a.startsWith('DELETE')) - Number(b.startsWith('DELETE')));

const entries = async (): Promise<AuditDocument[]> => {
  const sort = [
    { column: 'writer', direction: 'asc' },
    { column: 'number', direction: 'asc' },
  ] as const;
  return (await harness.store.collection<AuditDocument>(audit).find({ sort: [...sort], limit: 10_000 })).docs;
};

it.each(routes)(
  '%s',
  async (route) => {
    if (route === 'POST /v1/extracts/:id') {
      const file = 'PUT /v1/extracts/:id/files/:name';
      await harness.app.inject(inject(exampleRequest(file, harness, world)));
    }
    const before = (await entries()).length;
    const answer = await harness.app.inject(inject(exampleRequest(route, harness, world)));
    expect(answer.statusCode, answer.body).toBe(examples[route]!.status);
    const after = await entries();
    // Who opens a sheet of somebody else to sign it has an entry for that, too.
    expect(after.length - before).toBe(/countersign|issue/.test(route) ? 2 : 1);
    expect(after.at(-1)).toMatchObject({
      subject: 'local',
      role: 'local',
      action: expect.stringMatching(/^[a-z.-]+$/),
      object: expect.stringMatching(/./),
    });
  },
  120_000,
);
