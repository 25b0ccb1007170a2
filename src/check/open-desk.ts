/** Puts a desk together from files: the rulebook, the profile, the procedures, the key of the draw. */
import { type CompiledRulebook, compile } from '../engine/compile.ts';
import { CrosscheckError } from '../errors.ts';
import { listBook, shippedLists } from '../evidence/lists.ts';
import { procedureOf, readProcedures } from '../evidence/procedures.ts';
import { factCatalogue } from '../facts/catalogue.ts';
import type { FactSources } from '../facts/sources.ts';
import { fromRoot } from '../ground/paths.ts';
import { loadRules } from '../rules/load.ts';
import type { Condition, Rule } from '../rules/model.ts';
import { loadProfile } from '../selectivity/profile.ts';
import type { Desk } from './desk.ts';
import { openDrawKeys } from './draw-keys.ts';
import { makeEvaluator } from './evaluator.ts';

export interface DeskOptions {
  /** Folder of rule files; the shipped catalogue where absent. */
  rules?: string | undefined;
  /** Selectivity profile; the shipped starting profile where absent. */
  profile?: string | undefined;
  /** Master secret of the draw; nothing is drawn without. */
  secret?: Uint8Array | undefined;
}

export const compileRules = (rules: Rule[], shared: Record<string, Condition>): CompiledRulebook =>
  compile(rules, { catalogue: factCatalogue, shared });

export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  const loaded = await loadRules(options.rules ?? fromRoot('rules'));
  const broken = loaded.rules.filter(({ rule }) => rule === undefined);
  if (broken.length > 0 || loaded.problems.length > 0) {
    throw new CrosscheckError('CC_RULEBOOK_REFUSED', {
      count: broken.length + loaded.problems.length,
      files: broken.length + loaded.problems.length,
    });
  }
  const rules = loaded.rules.map(({ rule }) => rule!);
  const shared = Object.fromEntries(
    loaded.shared.flatMap(({ shared: one }) => (one === undefined ? [] : [[one.name, one.conditions]])),
  );
  const sources: FactSources = { procedure: procedureOf(readProcedures()), lists: listBook(shippedLists()) };
  const evaluator = makeEvaluator({
    rulebook: compileRules(rules, shared),
    rulebookVersion: loaded.version,
    content: { rules, shared },
    sources,
  });
  const profile = loadProfile(options.profile ?? fromRoot('profiles', 'selectivity', 'default.yaml'));
  const keys = options.secret === undefined ? undefined : openDrawKeys(options.secret);
  return {
    evaluator: () => evaluator,
    rulebook: () => ({ version: loaded.version, rules }),
    profile: () => profile,
    ...(keys === undefined ? {} : { draw: keys.draw }),
    now: () => new Date(),
  };
}
