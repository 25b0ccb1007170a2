/** A clean declaration gives no finding; each invariant broken alone gives the finding of its rule and no unrelated error. */
import { describe, expect, it } from 'vitest';
import { findingsOf } from './judge.ts';
import { type Mutation, mutations } from './mutations.ts';
import { knownMutations } from './mutations-known.ts';
import { catalogueRules } from './rulebook.ts';

const all: Mutation[] = [...mutations, ...knownMutations];

const placeOf = ({ trail, known }: Mutation): string =>
  [trail ? 'trail' : '', known ? 'records' : ''].filter(Boolean).join(', ') || 'declaration';

describe('mutations', () => {
  it('the clean declaration with its clean trail gives no finding', async () => {
    expect([...(await findingsOf({})).keys()]).toEqual([]);
  });

  it.each(all.map((mutation) => [mutation.breaks, mutation] as const))('%s', async (_, mutation) => {
    const found = await findingsOf(mutation);
    expect([...found.keys()]).toEqual(expect.arrayContaining(mutation.finds));
    const expected = new Set([...mutation.finds, ...(mutation.also ?? [])]);
    expect([...found.keys()].filter((rule) => !expected.has(rule))).toEqual([]);
  });

  it('are listed in docs/mutations.md with what each finds and also finds', async () => {
    const rows = await Promise.all(
      all.map(async (mutation) => {
        const found = [...(await findingsOf(mutation))];
        const own = found.filter(([rule]) => mutation.finds.includes(rule));
        const also = found.filter(([rule]) => !mutation.finds.includes(rule));
        const show = (list: [string, string][]) =>
          list.map(([rule, severity]) => `${rule} (${severity})`).join(', ');
        return `| ${mutation.breaks} | ${placeOf(mutation)} | ${show(own)} | ${show(also)} |`;
      }),
    );
    const reached = new Set(all.flatMap(({ finds }) => finds));
    const lacking = catalogueRules.map(({ id }) => id).filter((id) => !reached.has(id));
    const document = [
      '# Mutations',
      '',
      'A clean declaration with a clean trail, in an administration whose tariff, manifests, registers, accounts and earlier',
      'declarations agree with it, gives no finding. Each row breaks one invariant and shows the rules that found it, and what else was found',
      'because it follows from the same change; of those, each of class error is foreseen. Written by tests/catalogue/mutation.test.ts.',
      '',
      `${all.length} mutations reach ${reached.size} of ${catalogueRules.length} rules. ${lacking.length === 0 ? '' : `Not reached: ${lacking.join(', ')}.`}`,
      '',
      '| what is broken | where | found | also found |',
      '|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
    await expect(document).toMatchFileSnapshot('../../docs/mutations.md');
  });
});
