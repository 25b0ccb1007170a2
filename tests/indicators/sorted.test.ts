/** Groups in order: their keys, and what a method looks into, whatever the store's order and however many there are. */
import { describe, expect, it } from 'vitest';
import { keysOf } from '../../src/indicators/keys.ts';
import { sortedBy } from '../../src/indicators/sorted.ts';
import { strataOf, strataOfLevels } from '../../src/indicators/statistics/standardise.ts';
import { codedOf, joinedOf } from '../../src/store/groups.ts';
import type { Groups } from '../../src/store/port.ts';

const groupsOf = (
  firms: readonly (string | null)[],
  within: readonly (readonly string[])[] = [],
): Groups => ({
  count: firms.length,
  keys: { declarant: firms },
  within: within.map(codedOf),
  values: { n: firms.map((_, i) => i) },
  histograms: {},
});

describe('keys of groups', () => {
  it.each([
    ['in order', [null, 'A', 'B', 'b']],
    ['in none', ['b', 'B', null, 'A']],
  ])('stand in order with nulls first where groups come %s', (_, firms) => {
    const groups = groupsOf(firms);
    const keys = keysOf(groups, ['declarant']);
    expect(keys.parts).toEqual([[null], ['A'], ['B'], ['b']]);
    expect([...keys.numbersIn(groups)].map((number) => keys.parts[number]![0])).toEqual(firms);
  });
});

describe('what is within a key', () => {
  /** So many columns of so many texts each, told apart by a step that shares no factor with them. */
  const columnsOf = (columns: number, texts: number, count: number): string[][] =>
    Array.from({ length: columns }, (_, c) =>
      Array.from({ length: count }, (_, i) => `T${(i * (7 + 4 * c)) % texts}`),
    );
  /** Each of them twice, once with one more text and once with another. */
  const twice = (columns: readonly string[][]): string[][] => [
    ...columns.map((column) => column.flatMap((text) => [text, text])),
    columns[0]!.flatMap(() => ['L', 'R']),
  ];
  it.each([
    ['few', columnsOf(2, 5, 40)],
    ['more than a table of all there could be holds', columnsOf(3, 199, 400)],
    ['more than a double tells apart', twice(columnsOf(5, 1999, 2000))],
  ])('stands in order of its texts, each combination once, of %s', (_, within) => {
    const count = within[0]!.length;
    const groups = groupsOf(
      Array.from({ length: count }, () => 'A'),
      within,
    );
    const { ranks, inner, order } = sortedBy(keysOf(groups, ['declarant']), groups);
    const joined = Array.from({ length: count }, (_, i) => within.map((column) => column[i]).join('\u001f'));
    const told = Array.from({ length: inner!.count }, (_, number) => joinedOf(inner!.levels, number));
    expect(told).toEqual([...new Set(joined)].sort());
    expect([...ranks].map((number) => told[number])).toEqual(joined);
    expect([...order].map((group) => joined[group])).toEqual([...joined].sort());
  });

  it('is the same tree told level by level as path by path', () => {
    const within = columnsOf(4, 9, 300);
    const paths = within[0]!.map((_, i) => within.map((column) => column[i]!));
    expect(strataOfLevels(300, within.map(codedOf))).toEqual(strataOf(paths));
  });
});
