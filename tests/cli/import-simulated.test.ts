/** What `simulate` writes is what `import` reads: a folder, its files by name, packed, with the store ours and through a service. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDesk } from '../../src/check/open-desk.ts';
import { finding } from '../../src/projections/finding.ts';
import { openService } from '../../src/service/open.ts';
import type { ReferenceDocument } from '../../src/sources/reference/book.ts';
import { references } from '../../src/sources/reference/store.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Document } from '../../src/store/port.ts';
import { announceRunning } from '../../src/store/running.ts';
import { crosscheck } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-simulated-'));
const written = join(folder, 'written');
const packed = join(folder, 'packed');
const form = ['--days', '5', '--declarations', '60', '--assignment', 'random'];
beforeAll(async () => {
  expect((await crosscheck('simulate', '--out', written, ...form)).code).toBe(0);
  expect((await crosscheck('simulate', '--out', packed, '--gzip', ...form)).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const imported = async (data: string, ...files: string[]) => {
  const { code, out, err } = await crosscheck('import', ...files, '--data', join(folder, data), '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out.trim().split('\n').at(-1)!);
};

it.each(['2026-03.ndjson', 'my declarations.ndjson', 'Année 2026 (fin).json.gz'])(
  'takes a file called %s',
  async (name) => {
    const [line] = readFileSync(join(written, 'declarations.ndjson'), 'utf8').split('\n');
    const file = join(folder, name);
    writeFileSync(file, name.endsWith('.gz') ? gzipSync(line!) : line!);
    expect(await imported(`data of ${name}`, file)).toMatchObject({ read: 1, refused: 0 });
  },
);

async function kindsIn(data: string): Promise<Record<string, number>> {
  const store = await openDuckdb(join(folder, data));
  try {
    const { docs } = await store.collection<ReferenceDocument>(references).find({ limit: 10_000 });
    const counts: Record<string, number> = {};
    for (const { kind } of docs) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  } finally {
    await store.close();
  }
}

let first: { declarations: { new: number }; references: { written: number } };
it('a folder is read whole: reference records, then declarations; what was planted is left', async () => {
  first = await imported('folder', written);
  expect(first).toMatchObject({ refused: 0, outcomes: expect.any(Number) });
  expect(first.declarations.new).toBeGreaterThan(40);
  expect(await kindsIn('folder')).toMatchObject({ office: 3, complete: 6, duty: expect.any(Number) });
  expect(await imported('folder', written)).toMatchObject({
    declarations: { new: 0 },
    references: { written: 0, unchanged: first.references.written },
  });
}, 120_000);

it('files are told by their names, whatever their order, and packed ones are unpacked', async () => {
  const names = ['declarations.ndjson.gz', 'office.ndjson', 'duty.ndjson', 'account.ndjson'];
  const report = await imported('files', ...names.map((name) => join(packed, name)));
  expect(report).toMatchObject({ refused: 0, declarations: first.declarations });
  const kinds = await kindsIn('files');
  expect(Object.keys(kinds).sort()).toEqual(['account', 'duty', 'office']);
  expect(report.references.written).toBe(kinds.account! + kinds.duty! + kinds.office!);
}, 120_000);

it('no number is found missing because its declaration stands in a later batch', async () => {
  const lines = readFileSync(join(written, 'declarations.ndjson'), 'utf8').trimEnd().split('\n');
  const halves = [0, 1].map((rest) => {
    const path = join(folder, `half-${rest}.ndjson`);
    writeFileSync(path, lines.filter((_, index) => index % 2 === rest).join('\n'));
    return path;
  });
  const claims = join(written, 'complete.ndjson');
  expect(await imported('halves', claims, ...halves)).toMatchObject({ declarations: { new: lines.length } });
  const store = await openDuckdb(join(folder, 'halves'));
  const { docs } = await store.collection<Document & { rule: string }>(finding.spec).find({ limit: 10_000 });
  await store.close();
  expect(docs.length).toBeGreaterThan(0);
  expect(docs.filter(({ rule }) => rule === 'SYS-009')).toEqual([]);
}, 120_000);

it('a service that holds the store is given the same', async () => {
  await whileServed('held', async () => {
    expect(await imported('held', packed)).toMatchObject({
      refused: 0,
      declarations: first.declarations,
      references: first.references,
    });
  });
}, 120_000);

it('pairs of officers and declarants are the same from the store and through the service that holds it', async () => {
  const asked = ['indicators', 'I29', '--from', '2026-03-01', '--to', '2026-03-31'];
  const pairs = async (...more: string[]) => {
    const { code, out, err } = await crosscheck(...asked, ...more, '--data', join(folder, 'folder'));
    expect([code, err]).toEqual([0, '']);
    return out;
  };
  const alone = JSON.parse(await pairs('--json'));
  expect(alone).toMatchObject({ side: 'officer', eligibility: 'roster' });
  expect(alone.assigned).toBeGreaterThan(0);
  expect(alone.pairs.length).toBeGreaterThan(0);
  const csv = await pairs('--csv');
  await whileServed('folder', async () => {
    expect(JSON.parse(await pairs('--json'))).toEqual(alone);
    expect(await pairs('--csv')).toBe(csv);
  });
  expect(csv.trim().split('\r\n')).toHaveLength(alone.pairs.length + 1);
}, 120_000);

it('time in hands is that on duty, by the roster and the hours that came with it', async () => {
  const asked = ['indicators', 'I08', '--by', 'counted', '--from', '2026-03-01', '--to', '2026-03-31'];
  const { code, out } = await crosscheck(...asked, '--data', join(folder, 'folder'), '--json');
  expect(code).toBe(0);
  const { rows } = JSON.parse(out) as {
    rows: { key: { counted: string }; figures: Record<string, { n: number }> }[];
  };
  const told = Object.fromEntries(rows.map(({ key, figures }) => [key.counted, figures]));
  expect(told.duty!.median!.n).toBeGreaterThan(10);
  // What was assessed after the last day of the roster; of no office nothing is known.
  expect(Object.keys(told).filter((counted) => counted !== 'duty' && counted !== 'open')).toEqual([]);
}, 120_000);

/** Does the work while a service holds the store. */
async function whileServed(name: string, work: () => Promise<void>): Promise<void> {
  const data = join(folder, name);
  const store = await openDuckdb(data);
  const service = await openService({
    store,
    desk: await openDesk({ store }),
    localToken: 'token-of-this-test',
    authentication: {},
    limits: { eventLoopDelayMs: 0 },
  });
  const url = await service.app.listen({ port: 0, host: '127.0.0.1' });
  const withdraw = announceRunning(data, { url, token: 'token-of-this-test' });
  try {
    await work();
  } finally {
    withdraw();
    await service.close();
    await store.close();
  }
}

it('a folder of neither asks for a mapping, and a missing file is named', async () => {
  const nothing = await crosscheck('import', folder, '--data', join(folder, 'none'));
  expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining('--mapping')]);
  const missing = await crosscheck(
    'import',
    join(folder, 'not-there.ndjson'),
    '--data',
    join(folder, 'none'),
  );
  expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('CC_FILE_UNREADABLE')]);
});
