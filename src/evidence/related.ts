/** Facts on related declarations, from the memory of what was known at the time of the check. */
import type { FactCall, FactValue } from '../facts/model.ts';
import type { Difference, Link } from '../facts/related/definitions.ts';
import type { Resolver } from '../facts/sources.ts';
import type { FactSubject } from '../facts/subject.ts';
import { type Key, keysOf } from './links.ts';
import { noName } from './memory/names.ts';
import type { Memory } from './memory.ts';

/** A declaration as it is compared with others; numbers of names, and NaN or -1 for what is not known. */
interface Side {
  made: number;
  value: number;
  consignee: number;
  declarant: number;
  office: number;
}

const other = (a: number, b: number): boolean => a !== noName && b !== noName && a !== b;

const differs: Record<Difference, (a: Side, b: Side) => boolean> = {
  none: () => true,
  value: (a, b) => Math.abs(a.value - b.value) > 0.01 * Math.max(a.value, b.value),
  consignee: (a, b) => other(a.consignee, b.consignee),
  declarant: (a, b) => other(a.declarant, b.declarant),
  office: (a, b) => other(a.office, b.office),
};

const dayMs = 86_400_000;
/** A name that nobody in the memory bears: it differs from all of them. */
const stranger = -2;

/** The subject as a side, to compare others with. */
function own({ declaration, sheet, recordedAt }: FactSubject, memory: Memory, scale: number): Side {
  const value = sheet.header['items.sumCif'] ?? sheet.header['items.sumStatisticalValue'];
  const name = (text: string | undefined): number => {
    if (text === undefined) return noName;
    const found = memory.names.find(text);
    return found === noName ? stranger : found;
  };
  return {
    made: Date.parse(declaration.lodgedAt ?? String(sheet.header['declaration.date'] ?? recordedAt)),
    value: typeof value === 'number' ? Math.round(value * scale) : Number.NaN,
    consignee: name(declaration.consignee?.id),
    declarant: name(declaration.declarant?.id),
    office: name(declaration.office),
  };
}

function answer(call: FactCall, memory: Memory, self: Side, others: Map<number, number>): FactValue {
  if (call.fact === 'related.count') return others.size;
  if (call.fact === 'related.references')
    return [...others.keys()]
      .map((reference) => memory.names.text(reference))
      .sort()
      .slice(0, 10);
  const { made } = memory.traces.versions;
  const before = [...others.values()].map((version) => self.made - made.at(version)).filter((ms) => ms >= 0);
  return before.length === 0 ? undefined : Math.min(...before) / 3_600_000;
}

/** Versions of others that share a key: references by name, each with its row. */
function sharing(
  memory: Memory,
  keys: readonly Key[],
  subject: FactSubject,
  accepts: (other: Side) => boolean,
): Map<number, number> {
  const { versions } = memory.traces;
  const asOf = Date.parse(subject.recordedAt);
  const self = memory.names.find(subject.reference);
  const others = new Map<number, number>();
  for (const { by, key } of keys)
    for (const version of memory.linked(by, key, asOf)) {
      const reference = versions.reference.at(version);
      const side: Side = {
        made: versions.made.at(version),
        value: versions.value.at(version),
        consignee: versions.consignee.at(version),
        declarant: versions.declarant.at(version),
        office: versions.office.at(version),
      };
      if (reference !== self && accepts(side)) others.set(reference, version);
    }
  return others;
}

/** The EU writes UN/EDIFACT's document codes with an N before them: N954 is everybody else's 954. */
function isOfCode(key: string, code: string): boolean {
  const upper = code.toUpperCase();
  return key.startsWith(upper) || (/^N\d{3}$/.test(upper) && key.startsWith(upper.slice(1)));
}

/** Counts and references of one question rest on the same declarations. */
interface Question {
  isAbout(key: Key): boolean;
  within: number;
  differ: (a: Side, b: Side) => boolean;
  calls: FactCall[];
}

function questionsOf(calls: readonly FactCall[]): Question[] {
  const questions = new Map<string, Question>();
  for (const call of calls) {
    const { by, days, differs: member, code } = call.params;
    const id = [by, days, member, code].join('|');
    const question = questions.get(id) ?? {
      isAbout: (one) => one.by === (by as Link) && (code === undefined || isOfCode(one.key, String(code))),
      within: Number(days) * dayMs,
      differ: differs[member as Difference],
      calls: [],
    };
    questions.set(id, question);
    question.calls.push(call);
  }
  return [...questions.values()];
}

/** @param scale minor units in one major unit of a declaration's currency. */
export function relatedResolver(memory: Memory, scale: (subject: FactSubject) => number): Resolver {
  /** Rulebooks ask the same calls again and again. */
  const known = new WeakMap<readonly FactCall[], Question[]>();
  return async (batch, { declaration: calls }) => {
    await memory.follow();
    const questions = known.get(calls) ?? questionsOf(calls);
    known.set(calls, questions);
    for (const subject of batch) {
      const keys = keysOf(subject.declaration);
      const self = own(subject, memory, scale(subject));
      for (const { isAbout, within, differ, calls } of questions) {
        const shared = keys.filter(isAbout);
        if (shared.length === 0) continue;
        const others = sharing(
          memory,
          shared,
          subject,
          (side) => Math.abs(self.made - side.made) <= within && differ(self, side),
        );
        for (const call of calls) subject.sheet.calls![call.key] = answer(call, memory, self, others);
      }
    }
  };
}
