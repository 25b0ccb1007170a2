/** The rules of the catalogue as they are shipped, for the tests of them. */
import { fromRoot } from '../../src/ground/paths.ts';
import { loadRules } from '../../src/rules/load.ts';
import type { Condition, Rule } from '../../src/rules/model.ts';

export const loadedRules = await loadRules(fromRoot('rules'));

export const catalogueRules: Rule[] = loadedRules.rules.flatMap(({ rule }) =>
  rule === undefined ? [] : [rule],
);

export const sharedConditions: Record<string, Condition> = Object.fromEntries(
  loadedRules.shared.flatMap(({ shared }) =>
    shared === undefined ? [] : [[shared.name, shared.conditions]],
  ),
);
