/** A clean declaration gives no finding; each invariant broken alone gives the finding of its rule and no unrelated error. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/engine/compile.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed } from '../../src/facts/change.ts';
import { resolveCalls } from '../../src/facts/resolve.ts';
import type { ControlOutcome } from '../../src/facts/subject.ts';
import { cleanDeclaration } from '../facts/clean.ts';
import { administration } from './administration.ts';
import { cleanTrail, type Mutation, mutations, registers } from './mutations.ts';
import { knownMutations } from './mutations-known.ts';
import { catalogueRules, sharedConditions } from './rulebook.ts';

const compiled = compile(catalogueRules, { catalogue: factCatalogue, shared: sharedConditions });
const all: Mutation[] = [...mutations, ...knownMutations];
const base = await administration({}, registers);

async function findingsOf({ given = {}, trail = (steps) => steps, known }: Partial<Mutation>) {
  const { declaration, sheet } = changed(cleanDeclaration(), given);
  const subject = {
    reference: 'R',
    version: known?.version ?? 1,
    declaration,
    trail: trail(cleanTrail),
    outcomes: (known?.outcomes ?? []).map((outcome, index) => ({
      id: `outcome ${index}`,
      at: '2026-03-02T11:30:00.000Z',
      local: '2026-03-02T11:30:00Z',
      status: 'final',
      ...outcome,
    })) as ControlOutcome[],
    recordedAt: '2026-07-01T00:00:00.000Z',
    sheet,
  };
  const sources = known === undefined ? base : await administration(known, registers);
  await resolveCalls([subject], compiled.calls, sources);
  const found = new Map<string, string>();
  for (const finding of compiled.evaluate(sheet).findings) found.set(finding.rule, finding.class);
  return found;
}

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
