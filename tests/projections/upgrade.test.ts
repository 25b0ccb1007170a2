/** Rows that an older release made are made anew by the first run of this one, without anybody's asking. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Collections, checks, declarations, events } from '../../src/check/collections.ts';
import { cursors } from '../../src/projections/cursors.ts';
import { tables } from '../../src/projections/fold.ts';
import { project, rebuild } from '../../src/projections/project.ts';
import { rowsMade } from '../../src/projections/upgrade.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { CollectionSpec, Document, Store } from '../../src/store/port.ts';
import { check, event, finding, version } from './trail.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-upgrade-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The tables as an older release had them: without the columns that came since, in another shape of the file. */
const older = ({ spec }: { spec: CollectionSpec }, without: readonly string[]): CollectionSpec => ({
  ...spec,
  columns: Object.fromEntries(Object.entries(spec.columns).filter(([name]) => !without.includes(name))),
});
const dropped = { clearance: ['laneCause', 'audit'], finding: ['judged', 'confirmed', 'leading'] } as const;

const rowsOf = async (store: Store): Promise<Document[][]> =>
  Promise.all(
    Object.values(tables).map(
      async ({ spec }) => (await store.collection(spec).find({ limit: 10_000 })).docs,
    ),
  );

beforeAll(async () => {
  const store = await openDuckdb(folder);
  const references = ['D1', 'D2', 'D3'];
  const of = <T extends { id: string; declaration: string }>(reference: string, document: T): T => ({
    ...document,
    id: `${reference} ${document.id}`,
    declaration: reference,
  });
  await store
    .collection(declarations)
    .put(references.map((reference) => ({ ...version(1, 100), id: `${reference}#1`, reference })));
  await store
    .collection(events)
    .put(references.map((reference) => of(reference, event('REGISTER', '03 08:00'))));
  await store
    .collection<Collections['check']>(checks)
    .put(references.map((reference) => of(reference, check('03 08:00', [finding('FMT-001')]))));
  await project(store);
  await store.close();

  // As the older release leaves its file: its own columns, and no word of whose folds made the rows.
  const old = await openDuckdb(folder);
  for (const [name, without] of Object.entries(dropped)) {
    const rows = (
      await old
        .collection<Document>(older(tables[name as keyof typeof dropped], without))
        .find({ limit: 100 })
    ).docs;
    await old
      .collection<Document>(older(tables[name as keyof typeof dropped], without))
      .put(
        rows.map(
          (row) =>
            Object.fromEntries(
              Object.entries(row).filter(([column]) => !without.includes(column as never)),
            ) as unknown as Document,
        ),
      );
  }
  await old.collection(cursors).delete(['shape']);
  await old.close();
});

it('all of them, row over row, and the rows are those of a rebuild', async () => {
  const store = await openDuckdb(folder);
  try {
    expect(await rowsMade(store)).toMatchObject({ current: false });
    const before = await rowsOf(store);
    let told = 0;
    expect((await project(store, { onOldRows: () => told++ })).folded).toBe(3);
    expect(told).toBe(1);
    expect(await rowsMade(store)).toMatchObject({ current: true });
    const made = await rowsOf(store);
    expect(made).not.toEqual(before);
    await rebuild(store);
    expect(await rowsOf(store)).toEqual(made);
    // Once.
    expect((await project(store, { onOldRows: () => told++ })).folded).toBe(0);
    expect(told).toBe(1);
  } finally {
    await store.close();
  }
});

it('a store that nothing was projected of yet has nothing to make anew', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'crosscheck-upgrade-'));
  const store = await openDuckdb(empty);
  try {
    let told = 0;
    await project(store, { onOldRows: () => told++ });
    expect([told, (await rowsMade(store)).current]).toEqual([0, true]);
  } finally {
    await store.close();
    rmSync(empty, { recursive: true, force: true });
  }
});
