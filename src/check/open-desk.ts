/** Puts a desk together from files: the rulebook, the profile, the procedures, the key of the draw. */
import { type CompiledRulebook, compile } from '../engine/compile.ts';
import { CrosscheckError } from '../errors.ts';
import { openEvidence } from '../evidence/open.ts';
import { factCatalogue } from '../facts/catalogue.ts';
import { fromRoot } from '../ground/paths.ts';
import { loadRules } from '../rules/load.ts';
import type { Condition, Rule } from '../rules/model.ts';
import { loadProfile } from '../selectivity/profile.ts';
import type { Store } from '../store/port.ts';
import type { Desk } from './desk.ts';
import { openDrawKeys } from './draw-keys.ts';
import { makeEvaluator } from './evaluator.ts';

export interface DeskOptions {
  /** Folder of rule files; the shipped catalogue where absent. */
  rules?: string | undefined;
  /** Selectivity profile; the shipped starting profile where absent. */
  profile?: string | undefined;
  /** Where reference records and history are; facts on them stay missing without. */
  store?: Store | undefined;
  /** Master secret of the draw; nothing is drawn without. */
  secret?: Uint8Array | undefined;
}

/** What was recorded in the store is known to checks after so many milliseconds at most. */
const refreshEvery = 5_000;

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
  const evidence = await openEvidence(options.store === undefined ? {} : { store: options.store });
  if (options.store !== undefined)
    // A store that does not answer is told by its own health; what was known last stays in force.
    setInterval(() => evidence.refresh().catch(() => undefined), refreshEvery).unref();
  const evaluator = makeEvaluator({
    rulebook: compileRules(rules, shared),
    rulebookVersion: loaded.version,
    content: { rules, shared },
    sources: evidence.sources,
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
