import { expect, it } from 'vitest';
import { gather, holesId } from '../../src/check/holes.ts';

const hole = (rule: string, item: number | undefined, ...missing: string[]) => ({
  rule,
  version: 1,
  ...(item === undefined ? {} : { item }),
  missing,
});

it('gathers a rule that lacks the same fact on several items into one hole, in order', () => {
  expect(
    gather([hole('B', 1, 'x'), hole('A', undefined, 'y'), hole('B', 2, 'x'), hole('B', 3, 'z')]),
  ).toEqual([
    { rule: 'B', version: 1, missing: ['x'], items: [1, 2] },
    { rule: 'A', version: 1, missing: ['y'] },
    { rule: 'B', version: 1, missing: ['z'], items: [3] },
  ]);
});

it('keeps a rule that failed apart from one that lacked data', () => {
  const failed = { ...hole('A', 1, 'x'), error: 'division' };
  expect(gather([hole('A', 1, 'x'), failed])).toHaveLength(2);
});

it('names equal holes alike and different ones apart', () => {
  expect(holesId(gather([hole('A', 1, 'x')]))).toBe(holesId(gather([hole('A', 1, 'x')])));
  expect(holesId(gather([hole('A', 1, 'x')]))).not.toBe(holesId(gather([hole('A', 2, 'x')])));
});
