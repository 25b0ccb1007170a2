/** What the whole catalogue finds on one declaration with its trail, beside what an administration knows. */
import { compile } from '../../src/engine/compile.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed } from '../../src/facts/change.ts';
import { resolveCalls } from '../../src/facts/resolve.ts';
import type { ControlOutcome } from '../../src/facts/subject.ts';
import { inOrder } from '../../src/facts/trail/order.ts';
import { cleanDeclaration } from '../facts/clean.ts';
import { administration } from './administration.ts';
import { cleanTrail, type Mutation, registers } from './mutations.ts';
import { catalogueRules, sharedConditions } from './rulebook.ts';

const compiled = compile(catalogueRules, { catalogue: factCatalogue, shared: sharedConditions });
const base = await administration({}, registers);

/** Rules that find something, with their class. */
export async function findingsOf(
  { given = {}, trail = (steps) => steps, known }: Partial<Mutation>,
  clean = cleanDeclaration(),
): Promise<Map<string, string>> {
  const { declaration, sheet } = changed(clean, given);
  const subject = {
    reference: 'R',
    version: known?.version ?? 1,
    declaration,
    trail: inOrder(trail(cleanTrail)),
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
