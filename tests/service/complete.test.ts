/** A source says that its trails are complete, right behind what it sent: what is missing is found, in whatever order figures are made. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type OpenDesk, openDesk } from '../../src/check/open-desk.ts';
import { openSeal } from '../../src/ground/seal.ts';
import { clearance } from '../../src/projections/clearance.ts';
import { type FindingRow, finding } from '../../src/projections/finding.ts';
import { openService } from '../../src/service/open.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { readWhere } from '../../src/store/pages.ts';
import type { Store } from '../../src/store/port.ts';
import { declaration } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-complete-'));
let store: Store;
let desk: OpenDesk;
let service: Awaited<ReturnType<typeof openService>>;
/** Until then no figures are made, as on a machine that has others to serve. */
let letFiguresCome: () => void = () => {};
beforeAll(async () => {
  const opened = await openDuckdb(folder);
  const gate = new Promise<void>((resolve) => {
    letFiguresCome = resolve;
  });
  const collection: Store['collection'] = (spec) => {
    const rows = opened.collection(spec);
    if (spec.name !== clearance.spec.name) return rows as never;
    return { ...rows, put: async (documents: never[]) => gate.then(() => rows.put(documents)) } as never;
  };
  store = { ...opened, collection };
  desk = await openDesk({ store });
  const seal = openSeal([Buffer.alloc(32, 7)], 'webhooks');
  service = await openService({ store, desk, seal, limits: { eventLoopDelayMs: 0 } });
});
afterAll(async () => {
  await service.close();
  desk.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = async (url: string, type: string, payload: string) => {
  const answer = await service.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': type },
    payload,
  });
  expect(answer.statusCode, answer.body).toBe(200);
};

/** Released a day before it was paid. */
const unpaid = () => ({
  declaration: {
    ...declaration({ office: 'XXA1' }),
    totals: { items: 1, taxes: { amount: 90_000, currency: 'XTS' } },
  },
  trail: [
    {
      kind: 'ASSESS',
      at: '2026-03-30T10:00:00+01:00',
      user: 'anna',
      tax: { amount: 90_000, currency: 'XTS' },
    },
    { kind: 'RELEASE', at: '2026-03-30T11:00:00+01:00', user: 'anna' },
    { kind: 'PAY', at: '2026-03-31T11:00:00+01:00', tax: { amount: 90_000, currency: 'XTS' } },
  ],
});

it('finds what was released before its payment, though the word on completeness came before the rows were made', async () => {
  const sent = Array.from({ length: 8 }, unpaid);
  await send(
    '/v1/checks/batch',
    'application/x-ndjson',
    sent.map((record) => JSON.stringify(record)).join('\n'),
  );
  for (const feed of ['trail', 'payment', 'release'])
    await send(
      '/v1/reference/complete',
      'application/json',
      JSON.stringify({ feed, office: '*', until: '2026-04-30', from: '2026-01-01' }),
    );
  // Whoever looks at once sees nothing yet.
  await setTimeout(1_000);
  letFiguresCome();
  await vi.waitFor(
    async () => {
      await service.settle();
      const rows = await readWhere(store.collection<FindingRow>(finding.spec), 'rule', ['CON-017']);
      expect(new Set(rows.filter(({ current }) => current === 1).map((row) => row.declaration)).size).toBe(8);
    },
    { timeout: 20_000, interval: 200 },
  );
}, 60_000);
