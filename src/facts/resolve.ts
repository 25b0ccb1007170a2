/**
 * Facts with parameters for a batch of declarations, family by family, each in bulk: a check costs a bounded number of
 * reads however many rules use them. What a family can't tell stays missing.
 */
import { factCatalogue } from './catalogue.ts';
import { resolveLists } from './list/resolve.ts';
import type { FactCall, FactFamily } from './model.ts';
import type { FactSources, Resolver } from './sources.ts';
import type { Calls, FactSubject } from './subject.ts';
import { inOrder } from './trail/order.ts';
import { resolveTrail } from './trail/resolve.ts';

const resolvers: Partial<Record<FactFamily, Resolver>> = {
  list: resolveLists,
  trail: (batch, calls, sources) => resolveTrail(batch, calls.declaration, sources),
};

/** What is the same for all batches of a rulebook. */
interface Asked {
  families: ReadonlyMap<FactFamily, Calls>;
  /** Every key in one order, so that all records share a shape. */
  blank: Record<string, undefined>;
  blankItem: Record<string, undefined>;
}

const known = new WeakMap<Calls, Asked>();

function askedIn(calls: Calls): Asked {
  const found = known.get(calls);
  if (found !== undefined) return found;
  const families = new Map<FactFamily, { declaration: FactCall[]; item: FactCall[] }>();
  for (const level of ['declaration', 'item'] as const)
    for (const call of calls[level]) {
      const { family } = factCatalogue.get(call.fact)!;
      const group = families.get(family) ?? { declaration: [], item: [] };
      families.set(family, group);
      group[level].push(call);
    }
  const blank = (some: readonly FactCall[]): Record<string, undefined> =>
    Object.fromEntries(some.map((call) => [call.key, undefined]));
  const asked = { families, blank: blank(calls.declaration), blankItem: blank(calls.item) };
  known.set(calls, asked);
  return asked;
}

/** Fills `sheet.calls` and `sheet.itemCalls` of every subject; each call has its key there, undefined where missing. */
export async function resolveCalls(
  batch: readonly FactSubject[],
  calls: Calls,
  sources: FactSources,
): Promise<void> {
  const { families, blank, blankItem } = askedIn(calls);
  for (const { sheet } of batch) {
    sheet.calls = { ...blank };
    sheet.itemCalls = sheet.items.map(() => ({ ...blankItem }));
  }
  await sources.prepare?.([...new Set(batch.map(({ recordedAt }) => recordedAt))]);
  // Sheets are shared with the batch: they are what is filled in.
  const ordered = batch.map((subject) =>
    subject.trail.length < 2 ? subject : { ...subject, trail: inOrder(subject.trail) },
  );
  await Promise.all(
    [...families].map(([family, group]) =>
      (resolvers[family] ?? sources.families?.[family])?.(ordered, group, sources),
    ),
  );
}
