/**
 * Replays a check from its own evidence (DESIGN decision 10): the declaration's version, the rulebook, profile and
 * country profile that it names, the values it kept. The same engine version gives the same bytes; another reports
 * what differs.
 */
import type { CountryProfile } from '../declaration/country-profile.ts';
import type { CompiledRulebook } from '../engine/compile.ts';
import { CrosscheckError } from '../errors.ts';
import { canonicalJson } from '../ground/canonical.ts';
import { useProfile } from '../selectivity/profile.ts';
import type { Store } from '../store/port.ts';
import type { DeclarationDocument } from './collections.ts';
import * as specs from './collections.ts';
import type { CheckDocument } from './document.ts';
import { engineVersion } from './engine-version.ts';
import { evaluateFromEvidence, type RulebookContent } from './evaluator.ts';
import type { Asked } from './evidence.ts';
import { holesId } from './holes.ts';
import { checkNamed } from './named.ts';
import { compileRules } from './open-desk.ts';
import { decideFrom } from './select.ts';
import { openSettings, type SettingDocument } from './settings.ts';

export interface Replay {
  /** The check that was evaluated again. */
  check: string;
  /** True where findings, holes, score, lane and reasons came out byte for byte. */
  same: boolean;
  /**
   * Engine that wrote the check, and the one that replayed it. Where they differ, a difference may be the engine's: only the
   * one that wrote the check can tell whether the check was changed.
   */
  engine: { stored: string; now: string; same: boolean };
  /** Members that differ, each with the value stored and the value now. */
  differences: { member: string; stored: unknown; now: unknown }[];
}

/** The rulebook compiled last: an auditor replays many checks of one rulebook. */
let last: { version: string; rulebook: CompiledRulebook } | undefined;

function compiled(version: string, { rules, shared }: RulebookContent): CompiledRulebook {
  if (last?.version !== version) last = { version, rulebook: compileRules(rules, shared) };
  return last.rulebook;
}

/** Of a degraded answer that was done again: of the check that took its place. Throws CC_NOT_FOUND, CC_NOT_EVALUATED. */
export async function replay(store: Store, id: string): Promise<Replay> {
  const check = await checkNamed(store, id);
  const declarationId = `${check.declaration}#${check.version}`;
  const declared = (await store.collection<DeclarationDocument>(specs.declarations).get(declarationId))?.doc;
  if (declared === undefined)
    throw new CrosscheckError('CC_NOT_FOUND', { what: 'declaration', id: declarationId });

  const settings = openSettings(store);
  const need = async (kind: SettingDocument['kind'], version: string): Promise<unknown> => {
    const content = await settings.read(kind, version);
    if (content === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: kind, id: version });
    return content;
  };
  const { asked } = check.evidence;
  const [rulebook, profile, country, calls] = await Promise.all([
    need('rulebook', check.versions.rulebook),
    need('profile', check.versions.profile),
    need('country', check.versions.country),
    typeof asked === 'string' ? need('asked', asked) : asked,
  ]);

  const { findings, notEvaluated } = evaluateFromEvidence(
    compiled(check.versions.rulebook, rulebook as RulebookContent),
    declared.declaration,
    country as CountryProfile,
    check.evidence,
    calls as Asked,
  );
  const earlier =
    check.supersedes === undefined
      ? undefined
      : (await store.collection<CheckDocument>(specs.checks).get(check.supersedes))?.doc;
  const decision = decideFrom(
    useProfile(profile),
    check,
    findings,
    check.draw,
    check.circumstances ?? {},
    earlier?.lane,
  );
  const again: Record<string, unknown> = { findings, holes: holesId(notEvaluated), ...decision };
  const differences = Object.entries(again).flatMap(([member, now]) => {
    const stored = check[member as keyof CheckDocument];
    return canonicalJson(stored) === canonicalJson(now) ? [] : [{ member, stored, now }];
  });
  const { engine } = check.versions;
  const now = engineVersion();
  return {
    check: check.id,
    same: differences.length === 0,
    engine: { stored: engine, now, same: engine === now },
    differences,
  };
}
