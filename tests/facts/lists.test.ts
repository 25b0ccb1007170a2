import { describe, expect, it } from 'vitest';
import { listBook, parseList, shippedLists } from '../../src/evidence/lists/shipped.ts';
import { factCall } from '../../src/facts/call.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed, type Given } from '../../src/facts/change.ts';
import type { ListFile } from '../../src/facts/list/model.ts';
import { likeness, wordsOf } from '../../src/facts/list/names.ts';
import type { FactValue } from '../../src/facts/model.ts';
import { resolveCalls } from '../../src/facts/resolve.ts';
import { cleanDeclaration } from './clean.ts';

const list = (more: Partial<ListFile>): ListFile => ({
  id: 'watched',
  title: { en: 'Watched', fr: 'Surveillés' },
  kind: 'watch',
  match: 'exact',
  owner: 'risk unit',
  origin: 'test',
  entries: [],
  ...more,
});

async function value(lists: ListFile[], fact: string, params: Record<string, FactValue>, given: Given = {}) {
  const definition = factCatalogue.get(fact)!;
  const call = factCall(definition, params);
  const { declaration, sheet } = changed(cleanDeclaration(), given);
  const subject = {
    reference: 'R',
    version: 1,
    declaration,
    trail: [],
    outcomes: [],
    recordedAt: '2026-04-01T00:00:00.000Z',
    sheet,
  };
  const calls =
    definition.scope === 'item' ? { declaration: [], item: [call] } : { declaration: [call], item: [] };
  await resolveCalls([subject], calls, { lists: () => listBook(lists) });
  return definition.scope === 'item' ? sheet.itemCalls![0]![call.key] : sheet.calls![call.key];
}

describe('a list', () => {
  const consignee = { list: 'watched', of: 'consignee.id' };

  it('finds a value whatever its case, as of the day of the declaration', async () => {
    const watched = (entry: object) => [list({ entries: [{ key: 'c1', ...entry }] })];
    expect(await value(watched({}), 'list.found', consignee)).toEqual(['C1']);
    expect(await value(watched({ from: '2026-03-03' }), 'list.found', consignee)).toEqual([]);
    expect(await value(watched({ to: '2026-03-01' }), 'list.found', consignee)).toEqual([]);
    expect(await value(watched({ from: '2026-03-02', to: '2026-03-02' }), 'list.found', consignee)).toEqual([
      'C1',
    ]);
  });

  it('that is not there, or a value that is not there, leaves the fact missing', async () => {
    expect(await value([], 'list.found', consignee)).toBeUndefined();
    expect(await value([list({})], 'list.found', consignee, { 'consignee.id': null })).toBeUndefined();
  });

  it('says that a value is absent only where it is complete', async () => {
    expect(await value([list({ complete: true })], 'list.absent', consignee)).toEqual(['C1']);
    expect(await value([list({})], 'list.absent', consignee)).toBeUndefined();
  });

  it('finds the longest prefix', async () => {
    const entries = [
      { key: '85', values: { level: 1 } },
      { key: '851713', values: { level: 2 } },
    ];
    const lists = [list({ match: 'prefix', entries })];
    const params = { list: 'watched', of: 'item.hs', column: 'level' };
    expect(await value(lists, 'item.list.number', params)).toBe(2);
    expect(await value(lists, 'item.list.number', params, { 'item.hs': '85287200' })).toBe(1);
    expect(await value(lists, 'item.list.number', params, { 'item.hs': '61091000' })).toBeUndefined();
  });

  it('looks several facts up as one key', async () => {
    const lists = [list({ entries: [{ key: '85171300|CN', grade: 'B2' }] })];
    expect(await value(lists, 'item.list.grade', { list: 'watched', of: 'item.hs+item.origin' })).toBe('B2');
  });

  it('matches names that are written nearly alike and shows why', async () => {
    const entries = [{ key: 'W1', name: 'Northwind Trading Company Ltd.' }];
    const lists = [list({ match: 'name', entries })];
    const params = { list: 'watched', of: 'consignor.name' };
    const given = { 'consignor.name': 'NORTHWND TRADNG' };
    expect(await value(lists, 'list.found', params, given)).toEqual(['NORTHWND TRADNG']);
    expect(await value(lists, 'list.nearest', params, given)).toMatch(/0\.9\d: NORTHW.*~/);
  });

  it('shows the Admiralty grade of the entry beside its likeness', async () => {
    const entries = [{ key: 'W1', name: 'Northwind Trading', grade: 'B2' }];
    const params = { list: 'watched', of: 'consignor.name' };
    expect(
      await value([list({ match: 'name', entries })], 'list.nearest', params, {
        'consignor.name': 'Northwind Trading GmbH & Co. KG',
      }),
    ).toBe('Northwind Trading (1.00: NORTHWIND TRADING; B2)');
  });

  it('calls no number absent for the leading noughts that a spreadsheet drops', async () => {
    const lists = [list({ complete: true, entries: [{ key: '4711' }] })];
    expect(await value(lists, 'list.absent', consignee, { 'consignee.id': '004711' })).toEqual([]);
    expect(await value(lists, 'list.absent', consignee, { 'consignee.id': '471' })).toEqual(['471']);
    expect(await value(lists, 'list.found', consignee, { 'consignee.id': '004711' })).toEqual([]);
  });

  it('tells a value that lapsed from one that was never there', async () => {
    const lists = [list({ entries: [{ key: 'C1', to: '2026-02-28' }] })];
    expect(await value(lists, 'list.lapsed', consignee)).toEqual(['C1']);
    expect(await value(lists, 'list.lapsed', consignee, { 'consignee.id': 'C2' })).toEqual([]);
    expect(await value([list({ entries: [{ key: 'C1' }] })], 'list.lapsed', consignee)).toEqual([]);
  });
});

describe('the likeness of names', () => {
  const score = (a: string, b: string) => likeness(wordsOf(a), wordsOf(b)).score;
  it.each([
    ['Société Générale S.A.', 'SOCIETE GENERALE', 1, 1],
    ['Acme Trading Co., Ltd', 'ACME TRADING LIMITED', 1, 1],
    ['Muhammad Al-Rashid', 'Mohammed Al Rashid', 0.9, 1],
    ['ACME', 'ACME TRADING SHIPPING', 0, 0.5],
    ['Global Export House', 'Global Import House', 0, 0.89],
    ['Blue Ocean Shipping', 'Red River Mining', 0, 0.3],
    ['Trading Northwind', 'Northwind Trading', 1, 1],
    ['Müller & Söhne GmbH', 'MUELLER UND SOEHNE', 0.9, 1],
    ['Łódź Export Sp. z o.o.', 'LODZ EXPORT', 1, 1],
    ['ООО «Росэкспорт»', 'Rosexport LLC', 0.9, 1],
    ['Αθηνά Α.Ε.', 'ATHINA AE', 1, 1],
    ['Data Tech Ltd', 'DataTech', 1, 1],
    ['Iran Air Cargo', 'Iraq Air Cargo', 0, 0.89],
    ['LG', 'LI', 0, 0.6],
    ['AB', 'ABC Shipping', 0, 0.3],
    ['Li', 'Li Wei Trading', 0, 0.3],
    ['Al', 'Alpha Omega', 0, 0.3],
  ])('of %s and %s lies between %d and %d', (a, b, low, high) => {
    const both = [score(a, b), score(b, a)];
    for (const one of both) {
      expect(one).toBeGreaterThanOrEqual(low);
      expect(one).toBeLessThanOrEqual(high);
    }
  });
});

describe('the shipped lists', () => {
  const book = listBook(shippedLists());
  it.each([
    ['countries', 'CN', true],
    ['countries', 'XK', true],
    ['countries', 'QV', true],
    ['countries', 'ZN', true],
    ['countries', 'OO', false],
    ['currencies', 'EUR', true],
    ['currencies', 'EUX', false],
    ['incoterms', 'DAP', true],
    ['incoterms', 'C&F', true],
    ['incoterms', 'FREE', false],
    ['units', 'KGM', true],
    ['container-types', '45G1', true],
  ])('%s has %s: %s', (id, key, there) =>
    expect(book.get(id)!.find(key, '2026-03-02') !== undefined).toBe(there),
  );

  it('refuse a file that breaks their schema by its place', () => {
    expect(() => parseList('id: x\nentries: [{ key: A, grade: Z9 }]', 'x.yaml')).toThrow(/x\.yaml/);
  });
});
