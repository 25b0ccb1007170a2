/** POST /v1/recheck: it looks in the projected rows, and so waits for those of what was acknowledged before it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { changed } from '../../src/facts/change.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { type ClearanceRow, clearance } from '../../src/projections/clearance.ts';
import type { ReferenceDocument } from '../../src/sources/reference/book.ts';
import { referenceDocument, references } from '../../src/sources/reference/store.ts';
import { cleanDeclaration } from '../facts/clean.ts';
import { get, type Harness, post, startService } from './harness.ts';

let harness: Harness;
let rules: string;
beforeAll(async () => {
  rules = mkdtempSync(join(tmpdir(), 'recheck-'));
  cpSync(fromRoot('rules', 'e-procedure', 'PRC-012-transit-not-ended.yaml'), join(rules, 'PRC-012.yaml'));
  cpSync(fromRoot('rules', 'base'), join(rules, 'base'), { recursive: true });
  harness = await startService({ rules, onRecord: true });
});
afterAll(async () => {
  await harness.close();
  rmSync(rules, { recursive: true, force: true });
});

const transit = (number: number) => ({
  ...changed(cleanDeclaration(), { 'declaration.flow': 'transit', 'declaration.type': 'T1' }).declaration,
  localReference: `LRN-${number}`,
  registration: { serial: 'C', number: String(number), date: '2026-03-02' },
});
const released = ['REGISTER', 'ASSESS', 'PAY', 'RELEASE'].map((kind, hour) => ({
  kind,
  at: `2026-03-02T${10 + hour}:00:00+01:00`,
  user: 'U1',
}));

it('finds what was sent just before it, though figures lag behind', async () => {
  const many = 12;
  // Rows are written when this test lets them be, as in a rush.
  const rows = harness.store.collection<ClearanceRow>(clearance.spec);
  const put = rows.put.bind(rows);
  let write = () => {};
  const held = new Promise<void>((resolve) => {
    write = resolve;
  });
  const spied = vi.spyOn(rows, 'put').mockImplementation(async (docs) => {
    await held;
    return put(docs);
  });
  const lines = Array.from({ length: many }, (_, n) => JSON.stringify(transit(n + 1)));
  const batch = await harness.app.inject({
    method: 'POST',
    url: '/v1/checks/batch',
    headers: { 'content-type': 'application/x-ndjson' },
    payload: lines.join('\n'),
  });
  const declarations = batch.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).declaration as string);
  for (const reference of declarations)
    await post(harness, `/v1/declarations/${encodeURIComponent(reference)}/events`, released);
  // Told to the store alone, as by another replica: what comes by the route looks by itself.
  const complete = ['trail', 'declaration'].map((feed) =>
    referenceDocument(
      { kind: 'complete', record: { feed, office: 'XX001', until: '2026-06-30' } },
      new Date().toISOString(),
    ),
  );
  await harness.store.collection<ReferenceDocument>(references).put(complete);
  const asked = post(harness, '/v1/recheck', {});
  expect(await Promise.race([asked.then(() => 'answered'), pause(500, 'waiting')])).toBe('waiting');
  write();
  await asked;
  spied.mockRestore();
  // The service may have begun to look by itself: what counts is that nothing is left to be found when this is answered.
  const { data } = (await get(harness, '/v1/checks?sort=-recordedAt&limit=500')).body;
  const found = data.filter(({ findings }: { findings: { rule: string }[] }) =>
    findings.some(({ rule }) => rule === 'PRC-012'),
  );
  expect(found.map(({ declaration }: { declaration: string }) => declaration).sort()).toEqual(
    declarations.toSorted(),
  );
  expect((await post(harness, '/v1/recheck', {})).body).toMatchObject({ completed: 0, changed: 0 });
}, 60_000);
