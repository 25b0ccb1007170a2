/** Facts on related declarations, from the memory of what was known at the time of the check. */
import type { FactCall, FactValue } from '../facts/model.ts';
import type { Difference } from '../facts/related/definitions.ts';
import type { Resolver } from '../facts/sources.ts';
import type { FactSubject } from '../facts/subject.ts';
import { keysOf } from './links.ts';
import { type LinkRow, type Memory, wasKnown } from './memory.ts';

const other = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;

const differs: Record<Difference, (a: LinkRow, b: LinkRow) => boolean> = {
  none: () => true,
  value: (a, b) =>
    a.value !== undefined &&
    b.value !== undefined &&
    Math.abs(a.value - b.value) > 0.01 * Math.max(a.value, b.value),
  consignee: (a, b) => other(a.consignee, b.consignee),
  declarant: (a, b) => other(a.declarant, b.declarant),
  office: (a, b) => other(a.office, b.office),
};

const dayMs = 86_400_000;

/** The subject as a row, to compare others with. */
function own(subject: FactSubject, scale: number): LinkRow {
  const { declaration, sheet } = subject;
  const value = sheet.header['items.sumCif'] ?? sheet.header['items.sumStatisticalValue'];
  return {
    reference: subject.reference,
    at: Date.parse(declaration.lodgedAt ?? String(sheet.header['declaration.date'] ?? subject.recordedAt)),
    from: subject.recordedAt,
    to: null,
    value: typeof value === 'number' ? Math.round(value * scale) : undefined,
    consignee: declaration.consignee?.id,
    declarant: declaration.declarant?.id,
    office: declaration.office,
  };
}

function answer(call: FactCall, self: LinkRow, others: LinkRow[]): FactValue {
  if (call.fact === 'related.count') return others.length;
  if (call.fact === 'related.references')
    return others
      .map(({ reference }) => reference)
      .sort()
      .slice(0, 10);
  const before = others.map(({ at }) => self.at - at).filter((ms) => ms >= 0);
  return before.length === 0 ? undefined : Math.min(...before) / 3_600_000;
}

/** @param scale minor units in one major unit of a declaration's currency. */
export function relatedResolver(memory: Memory, scale: (subject: FactSubject) => number): Resolver {
  return async (batch, calls) => {
    await memory.follow();
    for (const subject of batch) {
      const keys = keysOf(subject.declaration);
      const self = own(subject, scale(subject));
      for (const call of calls.declaration) {
        const { by, days, differs: member, code } = call.params;
        const shared = keys.filter(
          (one) => one.by === by && (code === undefined || one.key.startsWith(String(code).toUpperCase())),
        );
        if (shared.length === 0) continue;
        const others = new Map<string, LinkRow>();
        for (const { key } of shared)
          for (const row of memory.links(String(by), key))
            if (
              row.reference !== subject.reference &&
              wasKnown(row, subject.recordedAt) &&
              Math.abs(self.at - row.at) <= Number(days) * dayMs &&
              differs[member as Difference](self, row)
            )
              others.set(row.reference, row);
        subject.sheet.calls![call.key] = answer(call, self, [...others.values()]);
      }
    }
  };
}
