/** A clean declaration gives no finding; each invariant broken alone gives the finding of its rule and no unrelated error. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/engine/compile.ts';
import { listBook, shippedLists } from '../../src/evidence/lists/shipped.ts';
import { procedureOf, readProcedures } from '../../src/evidence/procedures.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed } from '../../src/facts/change.ts';
import { resolveCalls } from '../../src/facts/resolve.ts';
import type { FactSources } from '../../src/facts/sources.ts';
import { cleanDeclaration } from '../facts/clean.ts';
import { cleanTrail, type Mutation, mutations, registers } from './mutations.ts';
import { catalogueRules, sharedConditions } from './rulebook.ts';

const compiled = compile(catalogueRules, { catalogue: factCatalogue, shared: sharedConditions });
const lists = listBook([...shippedLists(), ...registers]);
const sources: FactSources = {
  procedure: procedureOf(readProcedures()),
  lists: () => lists,
  completeTo: () => Date.parse('2026-06-30T00:00:00Z'),
  calendar: () => ({ timeZone: 'UTC', week: Array.from({ length: 6 }, () => [[360, 1200] as const]) }),
};

async function findingsOf({ given = {}, trail = (steps) => steps }: Partial<Mutation>) {
  const { declaration, sheet } = changed(cleanDeclaration(), given);
  const subject = {
    reference: 'R',
    version: 1,
    declaration,
    trail: trail(cleanTrail),
    outcomes: [],
    recordedAt: '2026-07-01T00:00:00.000Z',
    sheet,
  };
  await resolveCalls([subject], compiled.calls, sources);
  const found = new Map<string, string>();
  for (const finding of compiled.evaluate(sheet).findings) found.set(finding.rule, finding.class);
  return found;
}

describe('mutations', () => {
  it('the clean declaration with its clean trail gives no finding', async () => {
    expect([...(await findingsOf({})).keys()]).toEqual([]);
  });

  it.each(mutations.map((mutation) => [mutation.breaks, mutation] as const))('%s', async (_, mutation) => {
    const found = await findingsOf(mutation);
    expect([...found.keys()]).toEqual(expect.arrayContaining(mutation.finds));
    const expected = new Set([...mutation.finds, ...(mutation.also ?? [])]);
    expect([...found.keys()].filter((rule) => !expected.has(rule))).toEqual([]);
  });

  it('are listed in docs/mutations.md with what each finds and also finds', async () => {
    const rows = await Promise.all(
      mutations.map(async (mutation) => {
        const found = [...(await findingsOf(mutation))];
        const own = found.filter(([rule]) => mutation.finds.includes(rule));
        const also = found.filter(([rule]) => !mutation.finds.includes(rule));
        const show = (list: [string, string][]) =>
          list.map(([rule, severity]) => `${rule} (${severity})`).join(', ');
        return `| ${mutation.breaks} | ${mutation.trail ? 'trail' : 'declaration'} | ${show(own)} | ${show(also)} |`;
      }),
    );
    const reached = new Set(mutations.flatMap(({ finds }) => finds));
    const document = [
      '# Mutations',
      '',
      'A clean declaration with a clean trail gives no finding. Each row breaks one invariant of it and shows the rules that found',
      'it, and what else was found because it follows from the same change. Written by tests/catalogue/mutation.test.ts.',
      '',
      `${mutations.length} mutations reach ${reached.size} of ${catalogueRules.length} rules; the others read facts of the store (history, related, baselines, ledgers, tariff, system)`,
      'or of one country, and are shown by their examples.',
      '',
      '| what is broken | where | found | also found |',
      '|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
    await expect(document).toMatchFileSnapshot('../../docs/mutations.md');
  });
});
