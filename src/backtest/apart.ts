/**
 * Outcomes that stand in records of their own, apart from their declaration: gathered by the names that they give it
 * in a first reading, joined in a second. They alone are held in memory, without their texts.
 */
import type { Declaration } from '../declaration/declaration.ts';
import type { Outcome } from '../declaration/trail.ts';
import { canonicalJson } from '../ground/canonical.ts';
import { namesOf } from '../intake/identity.ts';

/** What one record says of a declaration elsewhere. Crosses threads. */
export interface Apart {
  /** Every name by which the declaration may be known. */
  names: readonly string[];
  outcomes: readonly Outcome[];
}

export const apartOf = (names: readonly string[], outcomes: readonly Outcome[]): Apart => ({
  names: [...new Set(names)],
  outcomes: outcomes.map(({ reason: _, extra: __, ...outcome }) => outcome),
});

/** The outcomes of a declaration, its own and those told of it elsewhere. */
export type Join = (declaration: Declaration, own: readonly Outcome[]) => readonly Outcome[];

const keyOf = (outcome: Outcome): string => {
  if (outcome.id !== undefined) return `id ${outcome.id}`;
  const { reason: _, extra: __, ...told } = outcome;
  return canonicalJson(told);
};

/** What is told twice counts once: by its id, of which the last word stands, or else by its content. */
export function joining(apart: readonly Apart[]): Join {
  const byName = new Map<string, Outcome[]>();
  for (const { names, outcomes } of apart)
    for (const name of names) {
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [...outcomes]);
      else known.push(...outcomes);
    }
  if (byName.size === 0) return (_, own) => own;
  return (declaration, own) => {
    const told = namesOf(declaration).flatMap((name) => byName.get(name) ?? []);
    if (told.length === 0) return own;
    const joined = new Map<string, Outcome>();
    for (const outcome of [...own, ...told]) {
      const key = keyOf(outcome);
      joined.set(key, { ...joined.get(key), ...outcome });
    }
    return [...joined.values()];
  };
}
