/** A profile in use: validated, linted, and merged for an office and a flow. */
import { Ajv } from 'ajv';
import { problemOf } from '../declaration/validate.ts';
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import { readYaml } from '../ground/yaml.ts';
import { didYouMean } from '../rules/did-you-mean.ts';
import { type Against, lintProfile, type ProfileComplaint } from './lint.ts';
import { type Mode, Profile, type Stage } from './model.ts';

/** What holds for one office and flow: the profile with the overrides that match, later ones last. */
export interface LaneSettings {
  mode: Mode;
  stage: Stage;
  /** Ascending by `from`. */
  thresholds: { lane: string; from: number }[];
  /** Share of their hits on which rules force their lane; all where one is not here. */
  criteria: ReadonlyMap<string, number>;
  random: { lane: string; rate: number }[];
  /** Strictest lane first: the order in which they are filled. */
  expected: { lane: string; rate: number }[];
  maximumHits: { count: number; lane: string } | undefined;
  capacity: { lane: string; perDay: number; instead: string; unlessScore?: number }[];
  trusted: { programmes?: string[]; randomFactor: number; scoreFactor: number; expectedFactor: number };
}

export interface LoadedProfile {
  profile: Profile;
  /** Content hash. */
  version: string;
  strictness: ReadonlyMap<string, number>;
  /** Risk areas whose lanes no capacity lowers and whose points no programme lessens. */
  protectedRisks: ReadonlySet<string>;
  /** Whether any decision depends on what was decided before it; else nothing has to be counted. */
  counts: boolean;
  settings(office: string | undefined, flow: string): LaneSettings;
}

const validate = new Ajv({ verbose: true }).compile(Profile);

/** What is wrong with a profile's content: against the schema (SP000), else what the lints say. */
export function profileComplaints(content: unknown, against: Against): ProfileComplaint[] {
  if (validate(content)) return lintProfile(content as Profile, against);
  return (validate.errors ?? []).map((error): ProfileComplaint => {
    const { pointer, problem } = problemOf(error);
    const told = { code: 'SP000', severity: 'error' } as const;
    if (error.keyword === 'additionalProperties') {
      const member = String(error.params.additionalProperty);
      const known = Object.keys((error.parentSchema as { properties: object }).properties);
      return {
        ...told,
        pointer: `${error.instancePath}/${member}`,
        message: problem,
        fix: didYouMean(member, known) ?? asWritten,
      };
    }
    const message = error.instancePath === '' ? problem : `${error.instancePath.slice(1)} ${problem}`;
    return { ...told, pointer, message, fix: asWritten };
  });
}

const asWritten = 'Write it as schemas/selectivity-profile.json says; editors check it while you type.';

/** Validates a profile's content. Throws CC_PROFILE_INVALID with the pointer of the first fault. */
export function useProfile(content: unknown, file = 'profile'): LoadedProfile {
  const refuse = (pointer: string, problem: string) =>
    new CrosscheckError('CC_PROFILE_INVALID', { file, pointer, problem }, { file, pointer });
  if (!validate(content)) {
    const { pointer, problem } = problemOf(validate.errors![0]!);
    throw refuse(pointer, problem);
  }
  const profile = content as Profile;
  const fault = lintProfile(profile).find(({ severity }) => severity === 'error');
  if (fault !== undefined) throw refuse(fault.pointer, `${fault.code}: ${fault.message}`);
  const strictness = new Map(profile.lanes.map((lane) => [lane.code, lane.strictness]));
  const cache = new Map<string, LaneSettings>();
  return {
    profile,
    version: contentHash(profile).slice(0, 16),
    strictness,
    protectedRisks: new Set(profile.protected ?? ['security']),
    counts: [profile, ...(profile.overrides ?? [])].some(
      ({ expected, maximumHits, capacity }) =>
        (expected?.length ?? 0) > 0 || maximumHits !== undefined || (capacity?.length ?? 0) > 0,
    ),
    settings(office, flow) {
      const key = `${office ?? ''}\u0000${flow}`;
      let found = cache.get(key);
      if (found === undefined) {
        found = merge(profile, strictness, office, flow);
        cache.set(key, found);
      }
      return found;
    },
  };
}

function merge(
  profile: Profile,
  strictness: ReadonlyMap<string, number>,
  office: string | undefined,
  flow: string,
): LaneSettings {
  const layers = [
    profile,
    ...(profile.overrides ?? []).filter(
      (override) =>
        (override.office === undefined || (office !== undefined && override.office.includes(office))) &&
        (override.flow === undefined || override.flow.some((each) => each === flow)),
    ),
  ];
  const last = <K extends keyof LaneSettings & keyof Profile>(
    key: K,
  ): (typeof layers)[number][K] | undefined =>
    layers.reduce<(typeof layers)[number][K] | undefined>((value, layer) => layer[key] ?? value, undefined);
  return {
    mode: last('mode') ?? 'observe',
    stage: last('stage') ?? profile.stage,
    thresholds: [...(last('thresholds') ?? [])].sort((a, b) => a.from - b.from),
    criteria: new Map((last('criteria') ?? []).map(({ rule, rate }) => [rule, rate])),
    random: last('random') ?? [],
    expected: [...(last('expected') ?? [])].sort((a, b) => strictness.get(b.lane)! - strictness.get(a.lane)!),
    maximumHits: last('maximumHits'),
    capacity: last('capacity') ?? [],
    trusted: { randomFactor: 1, scoreFactor: 1, expectedFactor: 1, ...last('trusted') },
  };
}

/** Reads a profile file (YAML). */
export function loadProfile(file: string): LoadedProfile {
  return useProfile(readYaml(file), file);
}
