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

/** Fills `sheet.calls` and `sheet.itemCalls` of every subject; each call has its key there, undefined where missing. */
export async function resolveCalls(
  batch: readonly FactSubject[],
  calls: Calls,
  sources: FactSources,
): Promise<void> {
  const [blankCalls, blankItemCalls] = [blank(calls.declaration), blank(calls.item)];
  for (const { sheet } of batch) {
    sheet.calls = { ...blankCalls };
    sheet.itemCalls = sheet.items.map(() => ({ ...blankItemCalls }));
  }
  const families = new Map<FactFamily, { declaration: FactCall[]; item: FactCall[] }>();
  const familyOf = (call: FactCall) => {
    const family = factCatalogue.get(call.fact)!.family;
    const group = families.get(family) ?? { declaration: [], item: [] };
    families.set(family, group);
    return group;
  };
  for (const call of calls.declaration) familyOf(call).declaration.push(call);
  for (const call of calls.item) familyOf(call).item.push(call);
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

/** Every key in one order, so that all records share a shape. */
const blank = (calls: readonly FactCall[]): Record<string, undefined> =>
  Object.fromEntries(calls.map((call) => [call.key, undefined]));
