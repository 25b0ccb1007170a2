import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRecent } from '../../src/store/duckdb/recent.ts';
import type { Document } from '../../src/store/port.ts';

const row = (id: string, json = `{"id":"${id}"}`) => ({ id, json, values: [] });
const at = (id: string, seq: number, version = 1) => ({
  row: row(id),
  version: BigInt(version),
  seq: BigInt(seq),
});

describe('what was written last', () => {
  it('is kept from the first time somebody follows; who is further behind asks the table', () => {
    const recent = openRecent();
    recent.took([at('before', 1)], []);
    expect(recent.after(0, 10, 1)).toBeUndefined();
    expect(recent.after(1, 10, 1)).toEqual([]);
    recent.took([at('a', 2), at('b', 3)], []);
    expect(recent.after(1, 10, 3)).toEqual([
      { doc: { id: 'a' }, version: 1, seq: 2 },
      { doc: { id: 'b' }, version: 1, seq: 3 },
    ]);
    expect(recent.after(2, 10, 3)).toEqual([{ doc: { id: 'b' }, version: 1, seq: 3 }]);
    expect(recent.after(0, 10, 3)).toBeUndefined();
  });

  it('stands where it was written last, and nowhere once it is removed', () => {
    const recent = openRecent();
    recent.after(0, 10, 0);
    recent.took([at('a', 1), at('b', 2), at('c', 3)], []);
    recent.took([at('a', 4, 2)], ['b']);
    expect(recent.after(0, 10, 4)?.map(({ version, seq }) => [version, seq])).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('comes in pages', () => {
    const recent = openRecent();
    recent.after(0, 10, 0);
    recent.took([at('a', 1), at('b', 2), at('c', 3)], []);
    expect(recent.after(0, 2, 3)?.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(recent.after(2, 2, 3)?.map(({ seq }) => seq)).toEqual([3]);
  });

  it('is given to the first reader close behind as its writer made it, and parsed for the others', () => {
    const recent = openRecent();
    recent.after(0, 10, 0);
    const written = at('a', 1);
    const doc = { id: 'a' };
    recent.took([written], []);
    recent.madeFrom(written.row, doc);
    expect(recent.after(0, 10, 1)?.[0]?.doc).toBe(doc);
    const later = recent.after(0, 10, 1)?.[0]?.doc;
    expect(later).toEqual(doc);
    expect(later).not.toBe(doc);
  });

  it('is not given as a writer made it who was overtaken by another', () => {
    const recent = openRecent();
    recent.after(0, 10, 0);
    const first = row('a', '{"id":"a","n":1}');
    const second = row('a', '{"id":"a","n":2}');
    recent.took([{ row: first, version: 1n, seq: 1n }], []);
    recent.took([{ row: second, version: 2n, seq: 2n }], []);
    recent.madeFrom(first, { id: 'a', n: 1 } as Document);
    expect(recent.after(0, 10, 2)).toEqual([{ doc: { id: 'a', n: 2 }, version: 2, seq: 2 }]);
  });

  it('is parsed for a reader who is far behind: nothing is kept twice for him', () => {
    const recent = openRecent();
    recent.after(0, 10, 0);
    const doc = { id: 'x600' };
    for (let seq = 1; seq <= 600; seq += 1) {
      const written = at(`x${seq}`, seq);
      recent.took([written], []);
      if (seq === 600) recent.madeFrom(written.row, doc);
    }
    const last = recent.after(599, 1, 600)?.[0]?.doc;
    expect(last).toEqual(doc);
    expect(last).not.toBe(doc);
  });

  it('is forgotten with rows that nobody named', () => {
    const recent = openRecent();
    recent.after(0, 10, 0);
    recent.took([at('a', 1)], []);
    recent.forget();
    expect(recent.after(0, 10, 1)).toBeUndefined();
  });

  it('never takes more room than it has, and goes back without a hole', () => {
    const write = fc.record({ id: fc.integer({ min: 0, max: 30 }), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.array(write, { maxLength: 5 }), { maxLength: 400 }), (groups) => {
        const room = 150;
        const recent = openRecent(room);
        recent.after(0, 1, 0);
        const table = new Map<string, number>();
        let seq = 0;
        for (const group of groups) {
          const last = new Map(group.map(({ id, remove }) => [`x${id}`, remove]));
          const removed = [...last].flatMap(([id, gone]) => (gone ? [id] : []));
          const written = [...last].flatMap(([id, gone]) => (gone ? [] : [at(id, ++seq)]));
          for (const id of removed) table.delete(id);
          for (const each of written) table.set(each.row.id, Number(each.seq));
          recent.took(written, removed);
          for (let cursor = 0; cursor <= seq; cursor++) {
            const found = recent.after(cursor, 1_000, seq);
            if (found === undefined) continue;
            expect(found.reduce((sum, { doc }) => sum + JSON.stringify(doc).length, 0)).toBeLessThanOrEqual(
              room,
            );
            const expected = [...table.values()].filter((each) => each > cursor).sort((a, b) => a - b);
            expect(found.map(({ seq }) => seq)).toEqual(expected);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
