import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Collections, checks, declarations, events, outcomes } from '../../src/check/collections.ts';
import { type TableName, tables } from '../../src/projections/fold.ts';
import { cursors, project, rebuild } from '../../src/projections/project.ts';
import { noteRemoved } from '../../src/projections/removed.ts';
import { withdraw } from '../../src/projections/withdraw.ts';
import { readWritten } from '../../src/projections/written.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { CollectionSpec, Document, Store } from '../../src/store/port.ts';
import { emptyStore } from '../empty-store.ts';
import { check, euros, event, finding, outcome, version } from './trail.ts';

const { store, folder } = await emptyStore();

const rowsOf = async (name: keyof typeof tables): Promise<Document[]> =>
  (await store.collection(tables[name].spec).find({ limit: 10_000 })).docs;
const everything = async () => ({
  clearance: await rowsOf('clearance'),
  clearance_item: await rowsOf('clearance_item'),
  act: await rowsOf('act'),
  finding: await rowsOf('finding'),
});

describe('projecting what was written', () => {
  const named = (reference: string) => ({
    ...version(1, 100),
    id: `${reference}#1`,
    reference,
    declarant: reference < 'D5' ? 'BROKER' : 'OTHER',
  });
  const of = <T extends { declaration: string }>(reference: string, document: T): T => ({
    ...document,
    declaration: reference,
  });

  it('lets an event wait for its declaration and counts it when that comes', async () => {
    await store.collection(events).put([of('D1', event('REGISTER', '03 08:00'))]);
    expect((await project(store)).folded).toBe(0);
    await store.collection(declarations).put([named('D1')]);
    expect((await project(store)).folded).toBe(1);
    expect(await rowsOf('clearance')).toMatchObject([{ id: 'D1', day: '2026-03-03' }]);
  });

  it('does nothing where nothing new was written', async () => {
    expect((await project(store)).folded).toBe(0);
  });

  it('folds only the declarations that are touched', async () => {
    await store.collection(declarations).put(['D2', 'D3', 'D4', 'D5', 'D6'].map(named));
    expect((await project(store)).folded).toBe(5);
    await store
      .collection(events)
      .put([
        of('D3', event('ASSESS', '04 09:00', 'anna', { tax: euros(100) })),
        of('D3', event('RELEASE', '04 10:00', 'carl')),
      ]);
    expect((await project(store)).folded).toBe(1);
    expect((await rowsOf('act')).map((row) => (row as { role?: string }).role).sort()).toEqual([
      'assessor',
      'releaser',
    ]);
  });

  it('takes away rows of which the reason is gone', async () => {
    const two = named('D2');
    await store.collection<Collections['declaration']>(declarations).put([
      {
        ...two,
        declaration: { ...two.declaration, items: [...two.declaration.items, { number: 2, hs: '01012100' }] },
      },
    ]);
    await project(store);
    const items = async () => (await rowsOf('clearance_item')).filter((row) => row.id.startsWith('D2'));
    expect(await items()).toHaveLength(2);
    await store.collection(declarations).put([two]);
    await project(store);
    expect(await items()).toHaveLength(1);
  });

  it('folds again what it read before another runner read more', async () => {
    await store.collection(events).put([of('D4', event('ASSESS', '04 09:00', 'anna', { tax: euros(100) }))]);
    let arrived = () => {};
    let go = () => {};
    const reached = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    // The slower runner has read and folded; its rows are held back until the other is through.
    const slow: Store = {
      ...store,
      collection: (spec) => {
        const collection = store.collection(spec);
        if (spec.name !== tables.clearance.spec.name) return collection as never;
        const put: typeof collection.put = async (docs) => {
          arrived();
          await gate;
          await collection.put(docs);
        };
        return { ...collection, put } as never;
      },
    };
    const slower = project(slow);
    await reached;
    await store.collection(events).put([of('D4', event('RELEASE', '04 10:00', 'carl'))]);
    await project(store);
    go();
    await slower;
    const roles = (await rowsOf('act')).filter(
      (row) => (row as { declaration?: string }).declaration === 'D4',
    );
    expect(roles.map((row) => (row as { role?: string }).role).sort()).toEqual(['assessor', 'releaser']);
    expect((await project(store)).folded).toBe(0);
  });

  it('comes back with the same rows from a rebuild', async () => {
    await store
      .collection(outcomes)
      .put([of('D3', outcome('04 09:30', { officer: 'anna', result: 'value' }))]);
    await store
      .collection(checks)
      .put([of('D4', check('03 09:00', [finding('VAL-001'), finding('VAL-002')]))]);
    await project(store);
    const before = await everything();
    expect(before.finding).toHaveLength(2);
    expect((await rebuild(store)).folded).toBe(6);
    expect(await everything()).toEqual(before);
  });

  it('starts again after a kill between rows and cursor and writes the same', async () => {
    const before = await everything();
    const cursor = store.collection(cursors);
    const stored = (await cursor.get('clearance'))!;
    await cursor.putIf(
      { id: 'clearance', position: { declaration: 0, event: 0, outcome: 0, check: 0 } } as Document,
      stored.version,
    );
    await project(store);
    expect(await everything()).toEqual(before);
  });

  it('keeps the findings of a declaration that was lodged between two of its questions', async () => {
    const lodged = check('03 09:00', [finding('VAL-001')]);
    let late = false;
    // Declarations have been asked for; before checks are, one is lodged with its check.
    const slow: Store = {
      ...store,
      collection: (spec) => {
        const collection = store.collection(spec);
        if (spec.name !== checks.name) return collection as never;
        const since: typeof collection.since = async (cursor, limit) => {
          if (!late) {
            late = true;
            await store
              .collection<Collections['declaration']>(declarations)
              .put([{ ...named('D8'), recordedAt: lodged.recordedAt }]);
            await store.collection(checks).put([of('D8', lodged)]);
          }
          return collection.since(cursor, limit);
        };
        return { ...collection, since } as never;
      },
    };
    await project(slow);
    await project(store);
    const found = (await rowsOf('finding')).map((row) => row as { declaration?: string; rule?: string });
    expect(found.filter(({ declaration }) => declaration === 'D8').map(({ rule }) => rule)).toEqual([
      'VAL-001',
    ]);
  });

  it('reads a declaration with its events and check, however many of each there are', async () => {
    const own = await openDuckdb(join(folder, 'steps'));
    const reader = readWritten(own);
    let position = { declaration: 0, event: 0, outcome: 0, check: 0 };
    for (let group = 0; group < 8; group++) {
      const recordedAt = `2026-03-03T09:00:0${group}.000Z`;
      const names = Array.from({ length: 4 }, (_, i) => `G${group}.${i}`);
      await own
        .collection<Collections['declaration']>(declarations)
        .put(names.map((name) => ({ ...named(name), recordedAt })));
      await own.collection(events).put(
        names.flatMap((name) =>
          Array.from({ length: 9 }, (_, i) => ({
            ...of(name, event('REGISTER', `03 08:0${i}`)),
            id: `${name}/${i}`,
            recordedAt,
          })),
        ),
      );
      await own
        .collection(checks)
        .put(names.map((name) => ({ ...of(name, check('03 09:00', [])), id: `C-${name}`, recordedAt })));
    }
    const told: string[] = [];
    for (let steps = 0; ; steps++) {
      const step = await reader.next(position, 10);
      if (step.touched.size === 0) {
        expect(steps).toBe(4);
        break;
      }
      expect([...step.whole.keys()]).toEqual([...step.touched]);
      told.push(...step.touched);
      position = step.position;
    }
    expect(told).toHaveLength(32);
    expect(new Set(told).size).toBe(32);
    // Who had all begin anew is followed.
    expect((await reader.next({ declaration: 0, event: 0, outcome: 0, check: 0 }, 10)).touched).toContain(
      'G0.0',
    );
    await own.close();
  });

  it('leaves no row of what retention removed between the reading and the writing', async () => {
    const own = await openDuckdb(mkdtempSync(join(folder, 'removed-')));
    const day = '2026-03-03';
    await own
      .collection<Collections['declaration']>(declarations)
      .put(['R1', 'R2'].map((name) => ({ ...named(name), recordedAt: `${day}T09:00:00.000Z` })));
    await own.collection(events).put([{ ...of('R1', event('REGISTER', '03 08:00')), id: 'R1/1' }]);
    /** As retention removes (service/retention/apply.ts), once, before anything is written to this table. */
    const removing = (table: string): Store => {
      let removed = false;
      return {
        ...own,
        collection: (spec: CollectionSpec) => {
          const collection = own.collection(spec);
          if (spec.name !== table) return collection as never;
          const put: typeof collection.put = async (docs) => {
            if (!removed) {
              removed = true;
              await noteRemoved(own, [day], `${day}T10:00:00.000Z`);
              await withdraw(own, ['R1']);
              await own.collection(events).delete(['R1/1']);
              await own.collection(declarations).purge({ column: 'reference', op: 'eq', value: 'R1' });
              await noteRemoved(own, [day], `${day}T10:00:00.000Z`);
              await withdraw(own, ['R1']);
            }
            await collection.put(docs);
          };
          return { ...collection, put } as never;
        },
      };
    };
    await project(removing('clearance'));
    const left = async (name: TableName) =>
      (await own.collection(tables[name].spec).find({ limit: 100 })).docs.map(
        (doc) => (doc as { declaration?: string }).declaration ?? doc.id,
      );
    expect(await left('clearance')).toEqual(['R2']);
    expect(new Set(await left('clearance_item'))).toEqual(new Set(['R2']));
    expect(await left('act')).toEqual([]);
    await own.close();
  });

  it('tells nothing as read that was written after its source was read ahead', async () => {
    const own = await openDuckdb(mkdtempSync(join(folder, 'ahead-')));
    const at = (second: number) => `2026-03-03T09:00:0${second}.000Z`;
    const later = (second: number) => ({
      ...of('E1', event('REGISTER', '03 08:00')),
      id: `E1/${second}`,
      recordedAt: at(second),
    });
    await own
      .collection<Collections['declaration']>(declarations)
      .put([1, 2, 3].map((n) => ({ ...named(`E${n}`), recordedAt: at(n) })));
    await own.collection(events).put([later(1), later(7)]);
    const reader = readWritten(own);
    const first = await reader.next({ declaration: 0, event: 0, outcome: 0, check: 0 }, 3);
    await own.collection(events).put([later(8)]);
    const second = await reader.next(first.position, 3);
    expect(second.upTo).toBeLessThanOrEqual(Date.parse(at(8)));
    let position = second.position;
    for (;;) {
      const step = await reader.next(position, 3);
      if (step.touched.size === 0) break;
      position = step.position;
    }
    expect(position).toEqual({ declaration: 3, event: 3, outcome: 0, check: 0 });
    await own.close();
  });
});
