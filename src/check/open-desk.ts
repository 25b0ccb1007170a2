/** Puts a desk together from files: the rulebook, the profile, the procedures, the key of the draw. */
import { type CompiledRulebook, compile } from '../engine/compile.ts';
import { openEvidence } from '../evidence/open.ts';
import { factCatalogue } from '../facts/catalogue.ts';
import { fromRoot } from '../ground/paths.ts';
import type { Condition, Rule } from '../rules/model.ts';
import { followRulebook, type LiveRulebook, openRulebook, type Rulebook } from '../rules/rulebook.ts';
import { loadProfile } from '../selectivity/profile.ts';
import type { Store } from '../store/port.ts';
import type { Desk, Evaluator } from './desk.ts';
import { openDrawKeys } from './draw-keys.ts';
import { makeEvaluator } from './evaluator.ts';

export interface DeskOptions {
  /** Folder of rule files; the shipped catalogue where absent. */
  rules?: string | undefined;
  /** Given, the folder is followed: a change comes into force, or is refused, between two checks. */
  onRulebook?: ((live: LiveRulebook) => void) | undefined;
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
  const folder = options.rules ?? fromRoot('rules');
  const live: Pick<LiveRulebook, 'current'> = options.onRulebook
    ? await followRulebook(folder, {}, options.onRulebook)
    : { current: await openRulebook(folder) };
  const evidence = await openEvidence(options.store === undefined ? {} : { store: options.store });
  if (options.store !== undefined)
    // A store that does not answer is told by its own health; what was known last stays in force.
    setInterval(() => evidence.refresh().catch(() => undefined), refreshEvery).unref();
  const evaluators = new WeakMap<Rulebook, Evaluator>();
  /** One rulebook, one evaluator: a batch that began under the old one ends under it. */
  const evaluatorOf = (rulebook: Rulebook): Evaluator => {
    const { compiled, version, rules, shared } = rulebook;
    const evaluator =
      evaluators.get(rulebook) ??
      makeEvaluator({
        rulebook: compiled,
        rulebookVersion: version,
        content: { rules: [...rules], shared },
        sources: evidence.sources,
      });
    evaluators.set(rulebook, evaluator);
    return evaluator;
  };
  const profile = loadProfile(options.profile ?? fromRoot('profiles', 'selectivity', 'default.yaml'));
  const keys = options.secret === undefined ? undefined : openDrawKeys(options.secret);
  return {
    evaluator: () => evaluatorOf(live.current),
    rulebook: () => ({ version: live.current.version, rules: [...live.current.rules] }),
    profile: () => profile,
    ...(keys === undefined ? {} : { draw: keys.draw }),
    now: () => new Date(),
  };
}
