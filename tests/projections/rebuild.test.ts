/** A rebuild that is cut short at any of its writes: what it leaves says so, and becomes whole by the next start or rebuild. */
import { afterAll, describe, expect, it } from 'vitest';
import { type Collections, declarations, events } from '../../src/check/collections.ts';
import type { ClearanceItemRow } from '../../src/projections/clearance-item.ts';
import { tables } from '../../src/projections/fold.ts';
import { changedDays, project, rebuild } from '../../src/projections/project.ts';
import { rowsMade } from '../../src/projections/upgrade.ts';
import { openStore } from '../../src/store/open.ts';
import { readAll } from '../../src/store/pages.ts';
import type { Store } from '../../src/store/port.ts';
import { emptyStore } from '../empty-store.ts';
import { mongoUri, stopMongo } from '../store/mongod.ts';
import { euros, event, version } from './trail.ts';

afterAll(stopMongo);
const embedded = await emptyStore();
const mongo = await mongoUri('rebuild');
const stores: [kind: string, store: Store | undefined][] = [
  ['duckdb', embedded.store],
  ['mongo', mongo === undefined ? undefined : await openStore({ mongodbUri: mongo })],
];
afterAll(() => stores[1]![1]?.close());

class Killed extends Error {}

/** The store as a process sees it that is killed before one of its writes. */
function killedBefore(store: Store, write: number): Store {
  let writes = 0;
  const writing = new Set(['put', 'putIf', 'putNew', 'delete', 'purge', 'clear']);
  const cut = <T extends object>(collection: T): T =>
    new Proxy(collection, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          if (writing.has(String(name))) writes += 1;
          if (writes > write) throw new Killed();
          return value.apply(target, given);
        };
      },
    });
  return new Proxy(store, {
    get: (target, name) =>
      name === 'collection'
        ? (spec: never) => cut(target.collection(spec))
        : Reflect.get(target, name, target),
  });
}

const rowsOf = async (store: Store) =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(tables).map(async ([name, { spec }]) => {
        const rows = await readAll(store.collection(spec));
        return [name, rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))] as const;
      }),
    ),
  );

describe.each(stores)('a rebuild that is cut short, on %s', (_, store) => {
  it.skipIf(store === undefined)(
    'has lost nothing, is told of while rows are missing, and is made whole by the next start',
    async () => {
      const here = store!;
      const goods = { hs: '61091000', origin: 'BD', netMass: 100, cif: euros(1000) };
      const of = { office: 'PORT', year: '2026', number: '1' };
      const contents = [
        {
          office: 'PORT',
          registration: { number: '1', date: '2026-03-02' },
          items: [
            {
              number: 1,
              ...goods,
              procedure: '7100',
              taxes: [{ code: 'DUTY', amount: euros(400), payable: false }],
            },
          ],
        },
        { items: [{ number: 1, ...goods, netMass: 40, procedure: '4071', previous: [of] }] },
        {},
      ];
      await here.collection(declarations).put(
        contents.map((extra, i) => {
          const reference = `PORT/2026/${i + 1}`;
          return { ...version(1, undefined, extra), id: `${reference}#1`, reference };
        }),
      );
      for (const [i] of contents.entries())
        await here.collection<Collections['event']>(events).put([
          { ...event('REGISTER', `0${i + 2} 08:00`), id: `r${i}`, declaration: `PORT/2026/${i + 1}` },
          { ...event('ASSESS', `0${i + 3} 09:00`, 'anna'), id: `a${i}`, declaration: `PORT/2026/${i + 1}` },
        ]);
      await project(here);
      const clean = await rowsOf(here);
      expect(clean.clearance).toMatchObject([{ balance: 24_000 }, {}, {}]);

      const items = here.collection<ClearanceItemRow>(tables.clearance_item.spec);
      const [item] = clean.clearance_item as ClearanceItemRow[];
      let writes = 0;
      for (let isWhole = false; !isWhole; writes += 1) {
        // A row that no fold makes: what a rebuild is for.
        await items.put([{ ...item!, id: `${item!.id}-stale` }]);
        const before = await rowsOf(here);
        const ran = rebuild(killedBefore(here, writes)).then(
          () => true,
          (thrown: unknown) => {
            if (!(thrown instanceof Killed)) throw thrown;
            return false;
          },
        );
        isWhole = await ran;
        const left = await rowsOf(here);
        const { current } = await rowsMade(here);
        const isUntouched = JSON.stringify(left) === JSON.stringify(before);
        if (!isWhole && !isUntouched) expect(current, `cut before write ${writes}`).toBe(false);
        await project(here);
        const made = await rowsOf(here);
        expect(await rowsMade(here)).toMatchObject({ current: true });
        // Cut before anything was thrown away, it is to be done again; else a start does what is left of it.
        if (isUntouched && JSON.stringify(made) === JSON.stringify(before))
          await items.delete([`${item!.id}-stale`]);
        else expect(made, `cut before write ${writes}`).toEqual(clean);
      }
      // Throwing away alone takes eight.
      expect(writes).toBeGreaterThan(12);
    },
    300_000,
  );

  it.skipIf(store === undefined)('has days told to roll-ups of which no row is left', async () => {
    const here = store!;
    await here.collection(changedDays).clear();
    const [row] = await readAll(here.collection(tables.clearance.spec));
    await here.collection(tables.clearance.spec).put([{ ...row!, id: 'GONE', day: '2025-01-01' } as never]);
    // Cut when the row is gone, and done again when nobody knows of it any more.
    for (let write = 0; (await here.collection(tables.clearance.spec).get('GONE')) !== undefined; write += 1)
      await rebuild(killedBefore(here, write)).catch((thrown: unknown) => {
        if (!(thrown instanceof Killed)) throw thrown;
      });
    await rebuild(here);
    const days = (await readAll(here.collection(changedDays))).map(({ id }) => id);
    expect(days).toContain('2025-01-01');
  });
});
