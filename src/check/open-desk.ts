/** Puts a desk together: the rulebook and its evidence, the profile, the key of the draw. */
import { countryIds, countryProfile } from '../declaration/country-profile.ts';
import { type CompiledRulebook, compile } from '../engine/compile.ts';
import {
  type Disagreement,
  type ShadowVerification,
  startShadowVerification,
} from '../engine/shadow-verify.ts';
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
import { openKin } from './kin.ts';
import { officeClock } from './office-clock.ts';
import { openTally } from './tally.ts';

export interface DeskOptions {
  /** Folder of rule files; the shipped catalogue where absent. */
  rules?: string | undefined;
  /** Given, a sampled share of live checks runs again through json-rules-engine, in a worker. */
  shadow?: ShadowReport | undefined;
  /** Selectivity profile; the shipped starting profile where absent. */
  profile?: string | undefined;
  /** Where reference records and history are; facts on them stay missing without. */
  store?: Store | undefined;
  /** Master secret of the draw; nothing is drawn without. */
  secret?: Uint8Array | undefined;
  /** Given, the folder is followed: a change comes into force, or is refused, between two checks. */
  onRulebook?: ((live: LiveRulebook) => void) | undefined;
}

/** Told by the second engine that looks at a share of the checks; the compiled result stands. */
export interface ShadowReport {
  disagreed(disagreement: Disagreement): void;
  failed(problem: string): void;
}

export interface OpenDesk extends Desk {
  /** Takes in reference records now, rather than at the next look. */
  refresh(): Promise<void>;
  /** Stops following files and records. */
  close(): void;
}

/** What was recorded in the store is known to checks after so many milliseconds at most. */
const refreshEvery = 5_000;
/** Days within which the goods of a bill or invoice may be declared again, where the profile does not say. */
const relodgedWithin = 180;

export const compileRules = (rules: Rule[], shared: Record<string, Condition>): CompiledRulebook =>
  compile(rules, { catalogue: factCatalogue, shared });

export async function openDesk(options: DeskOptions = {}): Promise<OpenDesk> {
  const { store } = options;
  // One that cannot be used is told now, not by the first declaration of its country.
  for (const country of countryIds()) countryProfile(country);
  const folder = options.rules ?? fromRoot('rules');
  const live: Pick<LiveRulebook, 'current'> & Partial<LiveRulebook> =
    options.onRulebook === undefined
      ? { current: await openRulebook(folder) }
      : await followRulebook(folder, {}, options.onRulebook);
  const evidence = await openEvidence(store === undefined ? {} : { store });
  const profile = loadProfile(options.profile ?? fromRoot('profiles', 'selectivity', 'default.yaml'));
  const { profile: content } = profile;
  const hasRows = (office: string, flow: string) => profile.settings(office, flow).maximumHits !== undefined;
  const tally =
    store === undefined ? undefined : openTally(store, content.default, officeClock(content), hasRows);
  const kin = openKin(
    content.relodgement?.days ?? relodgedWithin,
    evidence.memory,
    store?.exclusive === false,
  );
  const look = async (): Promise<void> => {
    // A rulebook that looks further back has it at the next start; one that looks less far is held to from the next trim on.
    evidence.keepFor(live.current.compiled.calls);
    await Promise.all([
      evidence.refresh(),
      tally?.refresh(new Date().toISOString()),
      // What was declared before this process began is in the memory alone.
      evidence.memory?.follow(),
    ]);
  };
  const refreshing =
    store === undefined
      ? undefined
      : // A store that does not answer is told by its own health; what was known last stays in force.
        setInterval(() => look().catch(() => undefined), refreshEvery).unref();
  // History is read beside everything else: readiness tells when it is there, and a check that needs it waits for it.
  evidence.keepFor(live.current.compiled.calls);
  evidence.warm().catch(() => undefined);
  const keys = options.secret === undefined ? undefined : openDrawKeys(options.secret, store);
  await keys?.commit(new Date());

  const evaluators = new WeakMap<Rulebook, Evaluator>();
  // One worker for the rulebook in force: what was offered under an older one has been compared or is let go.
  let verification: ShadowVerification | undefined;
  const verify = ({ rules, shared }: Rulebook): ShadowVerification['offer'] | undefined => {
    if (options.shadow === undefined) return undefined;
    void verification?.close();
    verification = startShadowVerification({
      rules,
      shared,
      catalogue: factCatalogue,
      onDisagreement: options.shadow.disagreed,
      onFailure: options.shadow.failed,
    });
    return verification.offer;
  };
  return {
    evaluator() {
      const rulebook = live.current;
      let evaluator = evaluators.get(rulebook);
      if (evaluator === undefined) {
        const { compiled, version, rules, shared } = rulebook;
        evaluator = makeEvaluator({
          rulebook: compiled,
          rulebookVersion: version,
          content: { rules: [...rules], shared: { ...shared } },
          sources: () => evidence.sources,
          offer: verify(rulebook),
        });
        evaluators.set(rulebook, evaluator);
      }
      return evaluator;
    },
    rulebook: () => live.current,
    refusal: () => live.refusal,
    profile: () => profile,
    ...(keys === undefined ? {} : { keys }),
    ...(tally === undefined ? {} : { tally }),
    programmes: evidence.programmes,
    kin,
    shadow: () => verification?.counts,
    now: () => new Date(),
    refresh: look,
    evidence,
    close() {
      live.close?.();
      void verification?.close();
      clearInterval(refreshing);
    },
  };
}
