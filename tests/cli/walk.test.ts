/** From files to figures on one machine: import, indicators, rebuild, replay, with the store ours and with it taken. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AliasDocument, DeclarationDocument } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { type TableName, tables } from '../../src/projections/fold.ts';
import { openService } from '../../src/service/open.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { smallForm } from '../../src/simulate/options.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { announceRunning } from '../../src/store/running.ts';
import { crosscheck } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
const data = join(folder, 'data');
const feed = join(folder, 'feed.ndjson');
const figuresAsked = ['indicators', 'I08', '--by', 'office', '--data', data, '--json'];
let records = 0;
let check: string;

beforeAll(async () => {
  const lines: string[] = [];
  for await (const record of simulate({ ...smallForm, days: 10, declarations: 60 }).records()) {
    lines.push(JSON.stringify(record));
  }
  records = lines.length;
  // One bad line in the middle.
  lines.splice(20, 0, '{"declaration":{"flow":"import"}}');
  writeFileSync(feed, lines.join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openDuckdb(data);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Every projected row, by table. */
const rows = (store: Store) =>
  Promise.all(
    (Object.keys(tables) as TableName[]).map(
      async (name) => (await store.collection(tables[name].spec).find({ limit: 100_000 })).docs,
    ),
  );

describe('with the store ours', () => {
  it('import reads all but the bad line, which it reports with its place', async () => {
    const { code, out } = await crosscheck('import', feed, '--data', data, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ read: records + 1, refused: 1, declarations: { new: records } });
    expect(report.problems).toEqual([
      expect.objectContaining({ where: expect.objectContaining({ line: 21 }) }),
    ]);
  });

  it('import again changes nothing', async () => {
    const before = await withStore(rows);
    const { out } = await crosscheck('import', feed, '--data', data, '--json');
    expect(JSON.parse(out)).toMatchObject({ declarations: { new: 0 }, refused: 1 });
    expect(await withStore(rows)).toEqual(before);
  });

  it('rebuild gives the same rows', async () => {
    const before = await withStore(rows);
    expect(before.map((table) => table.length > 0)).toEqual(
      before.map((_, index) => index < 3 || before[index]!.length > 0),
    );
    expect((await crosscheck('rebuild', '--data', data)).out).toMatch(/declarations folded/);
    expect(await withStore(rows)).toEqual(before);
  });

  it('every check replays to the same bytes', async () => {
    const { checks } = await import('../../src/check/collections.ts');
    const { replay } = await import('../../src/check/replay.ts');
    await withStore(async (store) => {
      const { docs } = await store.collection(checks).find({ limit: 1_000 });
      expect(docs.length).toBeGreaterThanOrEqual(records);
      for (const { id } of docs) expect(await replay(store, id)).toMatchObject({ check: id, same: true });
      check = docs[0]!.id;
    });
  });

  it('a figure names the office and its n', async () => {
    const { out } = await crosscheck(...figuresAsked);
    const table = JSON.parse(out);
    expect(table.rows.length).toBeGreaterThan(0);
    expect(table.rows[0].figures.median).toMatchObject({ unit: 'hours', n: expect.any(Number) });
  });

  it('a command that needs what is not there says so and ends with 2', async () => {
    const replayed = await crosscheck('replay', 'C-nothing', '--data', data);
    expect([replayed.code, replayed.err]).toEqual([2, expect.stringContaining('CC_NOT_FOUND')]);
    expect((await crosscheck('indicators', 'I99', '--data', data)).code).toBe(2);
  });
});

/** Speed, memory, and the names that officers have for one run. */
const ofThisRun = new Set([
  'run',
  'officer',
  'seconds',
  'startSeconds',
  'declarationsPerSecond',
  'peakMemoryBytes',
]);

/** What the analyst's tools say of the store, apart from how long it took. */
async function analysts(): Promise<unknown[]> {
  const said: unknown[] = [];
  for (const argv of [
    ['rules', 'list', 'rules'],
    ['rules', 'diff', 'rules', fromRoot('tests', 'fixtures', 'rules-small')],
    ['rules', 'backtest', '--rules', 'rules', '--rule', 'VAL-001', '--rule', 'CON-001', '--threads', '1'],
  ]) {
    const { code, out, err } = await crosscheck(...argv, '--data', data, '--json');
    expect(err).toBe('');
    expect(code).toBe(0);
    said.push(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line, (key, value) => (ofThisRun.has(key) ? undefined : value))),
    );
  }
  return said;
}
let alone: unknown[];

it('rules list, diff and backtest read the store that is ours', async () => {
  alone = await analysts();
  const [listed, [changes], [report]] = alone as [{ hits: number }[], [{ declarations: number }], [object]];
  expect(listed.some(({ hits }) => hits > 0)).toBe(true);
  expect(changes.declarations).toBeGreaterThan(50);
  expect(report).toMatchObject({ declarations: changes.declarations });
});

/** The tree of a rule on history and the procedure with what was known of one declaration. */
const explained = async (name: string): Promise<unknown> => {
  const { code, out, err } = await crosscheck('rules', 'explain', 'PTY-008', name, '--data', data, '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
};
let explanation: unknown;

it('rules explain shows a rule on a declaration of the store, by any of its names, as known when it was checked', async () => {
  const { aliases, checks, declarations } = await import('../../src/check/collections.ts');
  const [alias, declared, checked] = await withStore(async (store) => {
    const [other] = (await store.collection<AliasDocument>(aliases).find({ limit: 1 })).docs;
    const named = { column: 'reference', op: 'eq', value: other!.reference } as const;
    const [doc] = (await store.collection<DeclarationDocument>(declarations).find({ where: named, limit: 1 }))
      .docs;
    const where = { column: 'declaration', op: 'eq', value: doc!.reference } as const;
    return [other!.id, doc!, (await store.collection<CheckDocument>(checks).find({ where, limit: 50 })).docs];
  });
  explanation = await explained(declared.reference);
  expect(await explained(alias)).toEqual(explanation);
  const found = checked.some(({ findings }) => findings.some(({ rule }) => rule === 'PTY-008'));
  expect(explanation).toMatchObject({
    declaration: declared.reference,
    declarationVersion: declared.version,
    asOf: checked
      .map(({ recordedAt }) => recordedAt)
      .sort()
      .at(-1),
    evaluations: [{ result: found }],
  });
  expect(explanation).toMatchObject({ evaluations: [{ values: { earlier: expect.any(Number) } }] });
  const absent = await crosscheck('rules', 'explain', 'PTY-008', 'XX/2026/C0', '--data', data);
  expect(absent).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no XX/2026/C0 in the store'),
  });
  const early = ['rules', 'explain', 'PTY-008', declared.reference, '--data', data, '--to', '2020-01-01'];
  expect(await crosscheck(...early)).toMatchObject({
    code: 2,
    err: expect.stringContaining('before 2020-01-01'),
  });
  const nowhere = await crosscheck('rules', 'explain', 'PTY-008', declared.reference);
  expect(nowhere).toMatchObject({ code: 2, err: expect.stringContaining('add --data DIR') });
});

describe('with the store held by the running service', () => {
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const store = await openDuckdb(data);
    const service = await openService({
      store,
      desk: await openDesk(),
      localToken: 'token-of-this-test',
      authentication: {},
      limits: { eventLoopDelayMs: 0 },
    });
    const url = await service.app.listen({ port: 0, host: '127.0.0.1' });
    const withdraw = announceRunning(data, { url, token: 'token-of-this-test' });
    stop = async () => {
      withdraw();
      await service.close();
      await store.close();
    };
  });
  afterAll(() => stop());

  it('import, indicators, rebuild and replay go through it', async () => {
    const imported = JSON.parse((await crosscheck('import', feed, '--data', data, '--json')).out);
    expect(imported).toMatchObject({ read: records + 1, refused: 1, declarations: { new: 0 } });
    expect(imported.problems[0].where).toMatchObject({ file: feed, line: 21 });
    expect((await crosscheck('rebuild', '--data', data)).out).toMatch(/declarations folded/);
    expect(JSON.parse((await crosscheck(...figuresAsked)).out).rows.length).toBeGreaterThan(0);
    expect((await crosscheck('replay', check, '--data', data)).out).toContain('the same bytes');
  });

  it('the monthly report goes through it, and a month or a time that is too long is refused', async () => {
    const report = await crosscheck('indicators', '--report', '2026-03', '--lang', 'fr', '--data', data);
    expect([report.code, report.err]).toEqual([0, '']);
    expect(report.out).toMatch(/^<!doctype html>\n<html lang="fr">/);
    expect(report.out).toContain('<section id="I01">');
    const wrong = await crosscheck('indicators', '--report', '2026-13', '--data', data);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('YYYY-MM')]);
    const long = ['indicators', 'I29', '--from', '2025-01-01', '--to', '2026-03-31', '--data', data];
    expect(await crosscheck(...long)).toMatchObject({ code: 2, err: expect.stringContaining('at most') });
  }, 120_000);

  it('editions go through it: frozen, listed, shown, exported', async () => {
    const frozen = await crosscheck('editions', 'I01', '--freeze', '2026-03', '--data', data, '--json');
    expect([frozen.code, frozen.err]).toEqual([0, '']);
    const { id } = JSON.parse(frozen.out);
    expect((await crosscheck('editions', 'I01', '--data', data)).out).toContain(`${id}  edition 1`);
    const shown = JSON.parse((await crosscheck('editions', '--show', id, '--data', data)).out);
    const csv = (await crosscheck('editions', '--show', id, '--csv', '--data', data)).out;
    expect(csv.trim().split('\r\n')).toHaveLength(
      1 + shown.figures.rows.length * shown.figures.figures.length,
    );
  }, 120_000);

  it('rules list, diff and backtest say the same through it', async () => {
    expect(await analysts()).toEqual(alone);
  });

  it('rules explain says the same through it', async () => {
    const { declaration } = explanation as { declaration: string };
    expect(await explained(declaration)).toEqual(explanation);
  });

  it("the service's refusal keeps its code", async () => {
    const { code, err } = await crosscheck('replay', 'C-nothing', '--data', data);
    expect([code, err]).toEqual([2, expect.stringContaining('CC_NOT_FOUND')]);
  });
});
