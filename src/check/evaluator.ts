/**
 * Facts and engine behind one door: sheets of declared and computed facts, calls resolved in bulk, the compiled
 * rulebook over them, and the evidence that a replay needs: every value that the declaration itself does not carry.
 */
import { type CountryProfile, countryIds, countryProfile } from '../declaration/country-profile.ts';
import type { Declaration } from '../declaration/declaration.ts';
import type { CompiledRulebook } from '../engine/compile.ts';
import type { ShadowVerification } from '../engine/shadow-verify.ts';
import { resolveCalls } from '../facts/resolve.ts';
import { type FactContext, factContext, factSheet } from '../facts/sheet.ts';
import type { FactSources } from '../facts/sources.ts';
import { contentHash } from '../ground/canonical.ts';
import type { Condition, Rule } from '../rules/model.ts';
import type { Evaluated, Evaluator } from './desk.ts';
import type { CheckVersions } from './document.ts';
import { engineVersion } from './engine-version.ts';
import { type Asked, answersOf, askedOf, type Evidence, evidenceOf } from './evidence.ts';
import { gather } from './holes.ts';
import { timed, timedNow } from './stages.ts';

/** The country that claims nothing, for declarations whose country has no profile. */
const unknownCountry = 'ZZ';

export interface RulebookContent {
  rules: Rule[];
  shared: Record<string, Condition>;
}

export interface EvaluatorParts {
  rulebook: CompiledRulebook;
  rulebookVersion: string;
  /** The rules as they were read, for replays. */
  content: RulebookContent;
  /** A second engine looks at a share of what is evaluated. */
  offer?: Offer | undefined;
  /** What facts with parameters are resolved from, as it is known now. */
  sources(): FactSources;
}

/** Read once: profiles are part of the program. */
const profiles = new Set(countryIds());
const countries = new Map<string, { profile: CountryProfile; context: FactContext }>();

function countryOf(id: string | undefined) {
  const known = id !== undefined && profiles.has(id) ? id : unknownCountry;
  let found = countries.get(known);
  if (found === undefined) {
    const profile = countryProfile(known);
    found = { profile, context: contextOf(profile) };
    countries.set(known, found);
  }
  return found;
}

const contextOf = (profile: CountryProfile): FactContext => factContext(profile.parameters);

/** Takes what was evaluated to be looked at again; returns at once. */
export type Offer = ShadowVerification['offer'];

export function makeEvaluator({
  rulebook,
  rulebookVersion,
  content,
  sources,
  offer,
}: EvaluatorParts): Evaluator {
  const asked = askedOf(rulebook.calls);
  const askedVersion = contentHash(asked);
  const engine = engineVersion();
  return {
    versions: (country): Omit<CheckVersions, 'profile'> => ({
      engine,
      rulebook: rulebookVersion,
      country: countryOf(country).profile.version,
    }),
    governing(country) {
      const { profile } = countryOf(country);
      return [
        { kind: 'rulebook', version: rulebookVersion, content },
        { kind: 'country', version: profile.version, content: profile },
        { kind: 'asked', version: askedVersion, content: asked },
      ];
    },
    async evaluate(batch) {
      const known = sources();
      const subjects = await timed('facts', async () => {
        const sheets = batch.map((subject) => ({
          ...subject,
          sheet: factSheet(subject.declaration, countryOf(subject.declaration.country).context),
        }));
        await resolveCalls(sheets, rulebook.calls, known);
        return sheets;
      });
      const evaluateOne = ({
        reference,
        version,
        recordedAt,
        sheet,
      }: (typeof subjects)[number]): Evaluated => {
        const evaluation = rulebook.evaluate(sheet);
        offer?.({ id: `${reference}#${version}`, sheet, evaluation });
        const { findings, notEvaluated } = evaluation;
        return {
          findings,
          notEvaluated: gather(notEvaluated),
          evidence: evidenceOf(sheet, asked, askedVersion),
          versions: known.versions?.(recordedAt) ?? {},
        };
      };
      return timedNow('evaluate', () => subjects.map(evaluateOne));
    },
  };
}

/** Evaluates again from what a check kept: no look-up, no clock, no store. */
export function evaluateFromEvidence(
  rulebook: CompiledRulebook,
  declaration: Declaration,
  country: CountryProfile,
  evidence: Evidence,
  asked: Asked,
): Omit<Evaluated, 'evidence' | 'versions'> {
  const sheet = { ...factSheet(declaration, contextOf(country)), ...answersOf(evidence, asked, declaration) };
  const { findings, notEvaluated } = rulebook.evaluate(sheet);
  return { findings, notEvaluated: gather(notEvaluated) };
}
