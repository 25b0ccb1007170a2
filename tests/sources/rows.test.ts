/** The same 200 declarations in three forms, each through the whole path into a store: the tables that figures stand on are equal. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importRecords } from '../../src/check/import.ts';
import { openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { storedPeople } from '../../src/check/people.ts';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { tables } from '../../src/projections/fold.ts';
import { project } from '../../src/projections/project.ts';
import { openExtract } from '../../src/sources/extract.ts';
import { openFeed } from '../../src/sources/feed.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Document, Store } from '../../src/store/port.ts';
import { tell, writeLog, writePlus, writeWorld } from './truth.ts';

const root = mkdtempSync(join(tmpdir(), 'rows-'));
const told = tell(200);
const settings = { currency: 'XAF', timezone: 'Africa/Douala', now: new Date('2026-02-01T00:00:00Z') };
const names = ['clearance', 'clearance_item', 'act'] as const;
type Rows = Record<(typeof names)[number], Document[]>;

/** Declarations without anything that happened to them: what a system with a log of its own gives as messages. */
async function* declarationsAlone(): AsyncGenerator<IntakeRecord> {
  const { records } = openExtract(join(root, 'world'), { mapping: 'asycuda-world', ...settings });
  for await (const record of records)
    if (record.kind === 'declaration') yield { ...record, trail: [], outcomes: [] };
}

/** Surrogates are random; each stands for an account, and the same accounts must stand in the same places. */
async function accountsOf(store: Store): Promise<Map<string, string>> {
  const people = storedPeople(store);
  const accounts = [...new Set(told.flatMap((d) => d.steps.flatMap(({ user, to }) => [user, to ?? user])))];
  const surrogates = await people.surrogates(accounts);
  return new Map(accounts.map((account) => [surrogates.get(account)!, account]));
}

async function rowsOf(form: string, mapping: string, first?: AsyncIterable<IntakeRecord>): Promise<Rows> {
  const store = await openDuckdb(join(root, `store-${form}`));
  try {
    const desk = await openDesk({ store });
    const office = openOffice(desk, store);
    if (first !== undefined) await importRecords(office, first);
    const feed = await openFeed(store, storedPeople(store), join(root, form), { mapping, ...settings });
    const report = await importRecords(office, feed.records);
    await feed.finish();
    desk.close();
    expect(report.refused).toBe(0);
    await project(store);
    const accounts = await accountsOf(store);
    const read = async (name: (typeof names)[number]): Promise<Document[]> => {
      const { docs } = await store.collection(tables[name].spec).find({ limit: 10_000 });
      const plain = docs.map((doc) =>
        Object.fromEntries(
          Object.entries(doc).map(([column, value]) => [
            column,
            typeof value === 'string' ? (accounts.get(value) ?? value) : value,
          ]),
        ),
      ) as Document[];
      return plain.sort((a, b) => (a.id < b.id ? -1 : 1));
    };
    return {
      clearance: await read('clearance'),
      clearance_item: await read('clearance_item'),
      act: await read('act'),
    };
  } finally {
    await store.close();
  }
}

describe('one truth in three forms, in three stores', () => {
  const rows: Record<string, Rows> = {};
  beforeAll(async () => {
    writeWorld(told, join(root, 'world'));
    writePlus(told, join(root, 'plus'));
    writeLog(told, join(root, 'log'));
    rows.world = await rowsOf('world', 'asycuda-world');
    rows.plus = await rowsOf('plus', 'asycuda-plus');
    rows.log = await rowsOf('log', 'event-log', declarationsAlone());
  }, 120_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('has a clearance row a declaration, its items and its acts', () => {
    expect(rows.world!.clearance.length).toBe(200);
    expect(rows.world!.clearance_item.length).toBe(told.reduce((sum, d) => sum + d.items.length, 0));
    const acts = told.flatMap((d) =>
      d.steps.filter(({ kind, user }) => kind === 'INSPECT' || (kind === 'REROUTE' && user !== 'SYSTEM')),
    );
    expect(rows.world!.act.length).toBeGreaterThan(acts.length);
  });

  it('the ++ form gives the same clearance, item and act rows as the World tables', () => {
    for (const name of names) expect(rows.plus![name], name).toEqual(rows.world![name]);
  });

  it('so does the log, but for the lane of our own check, which is made when the message comes and not when its trail does', () => {
    const alone = (list: Document[]) =>
      list.map((row) => ({ ...row, ...('proposedLane' in row ? { proposedLane: null } : {}) }));
    for (const name of names) expect(alone(rows.log![name]), name).toEqual(alone(rows.world![name]));
  });
});
