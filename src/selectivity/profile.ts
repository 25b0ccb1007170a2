/**
 * The selectivity profile: one file per administration in profiles/selectivity/, with overrides per office and flow.
 * Lanes are its data (DESIGN, Vocabulary); practice: customs-practice 5.1 to 5.6, WTO TFA 7.4, RKC General Annex ch. 6.
 */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import Type, { type Static } from 'typebox';
import { parse } from 'yaml';
import { problemOf } from '../declaration/validate.ts';
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import { Texts } from '../rules/model.ts';

const closed = { additionalProperties: false } as const;
const share = Type.Number({ minimum: 0, maximum: 1 });

export const Lane = Type.Object(
  {
    code: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    control: Type.Enum(['none', 'documents', 'scan', 'physical', 'post-clearance']),
    strictness: Type.Integer({ minimum: 0, description: 'a higher number is a stricter lane' }),
    title: Texts,
  },
  closed,
);
export type Lane = Static<typeof Lane>;

/** What may differ by office and flow. */
const Settings = {
  mode: Type.Optional(
    Type.Enum(['observe', 'advise', 'decide'], {
      description:
        "observe: our lane is stored beside the clearance system's; advise: shown; decide: followed",
    }),
  ),
  thresholds: Type.Optional(
    Type.Array(Type.Object({ lane: Type.String(), from: Type.Number({ minimum: 0 }) }, closed), {
      minItems: 1,
    }),
  ),
  random: Type.Optional(
    Type.Array(Type.Object({ lane: Type.String(), rate: share }, closed), {
      description: 'least share of declarations drawn into a lane, whatever their score',
    }),
  ),
  trusted: Type.Optional(
    Type.Object(
      {
        randomFactor: share,
        scoreFactor: share,
      },
      { ...closed, description: 'treatment of traders whose programme is valid on the day' },
    ),
  ),
};

export const Profile = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    version: Type.Integer({ minimum: 1 }),
    title: Texts,
    owner: Type.String({ minLength: 1 }),
    lanes: Type.Array(Lane, { minItems: 2 }),
    default: Type.String({ description: 'lane of a declaration that nothing selects' }),
    fallback: Type.String({
      description: 'lane answered with degraded: true when facts, store or time fail',
    }),
    fallbackAfterMs: Type.Integer({ minimum: 10, description: 'time budget of one check' }),
    stage: Type.Enum(['pre-arrival', 'registration', 'after-payment']),
    ...Settings,
    overrides: Type.Optional(
      Type.Array(
        Type.Object(
          {
            office: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
            flow: Type.Optional(Type.Array(Type.Enum(['import', 'export', 'transit']), { minItems: 1 })),
            ...Settings,
          },
          closed,
        ),
      ),
    ),
  },
  { $id: 'selectivity', title: 'Selectivity profile', ...closed },
);
export type Profile = Static<typeof Profile>;

/** What holds for one office and flow: the profile with the overrides that match, later ones last. */
export interface LaneSettings {
  mode: 'observe' | 'advise' | 'decide';
  /** Ascending by `from`. */
  thresholds: { lane: string; from: number }[];
  random: { lane: string; rate: number }[];
  trusted: { randomFactor: number; scoreFactor: number };
}

export interface LoadedProfile {
  profile: Profile;
  /** Content hash. */
  version: string;
  strictness: ReadonlyMap<string, number>;
  settings(office: string | undefined, flow: string): LaneSettings;
}

const validate = new Ajv().compile(Profile);

/** Validates a profile's content. Throws CC_PROFILE_INVALID with the pointer of the first fault. */
export function useProfile(content: unknown, file = 'profile'): LoadedProfile {
  const refuse = (pointer: string, problem: string) =>
    new CrosscheckError('CC_PROFILE_INVALID', { file, pointer, problem }, { file, pointer });
  if (!validate(content)) {
    const { pointer, problem } = problemOf(validate.errors![0]!);
    throw refuse(pointer, problem);
  }
  const profile = content as Profile;
  const strictness = new Map(profile.lanes.map((lane) => [lane.code, lane.strictness]));
  const known = (lane: string, pointer: string) => {
    if (!strictness.has(lane)) {
      throw refuse(
        pointer,
        `lane "${lane}" is not one of the profile's: ${[...strictness.keys()].join(', ')}`,
      );
    }
  };
  known(profile.default, '/default');
  known(profile.fallback, '/fallback');
  if (strictness.size !== profile.lanes.length) throw refuse('/lanes', 'two lanes have the same code');
  if (new Set(strictness.values()).size !== strictness.size) {
    throw refuse('/lanes', 'two lanes are equally strict; precedence needs an order');
  }
  const layers = [{ pointer: '', layer: profile as Partial<Profile> }].concat(
    (profile.overrides ?? []).map((layer, index) => ({
      pointer: `/overrides/${index}`,
      layer: layer as Partial<Profile>,
    })),
  );
  for (const { pointer, layer } of layers) {
    for (const key of ['thresholds', 'random'] as const) {
      layer[key]?.forEach((entry, index) => {
        known(entry.lane, `${pointer}/${key}/${index}/lane`);
      });
    }
    if (layer.random && layer.random.reduce((sum, entry) => sum + entry.rate, 0) > 1) {
      throw refuse(`${pointer}/random`, 'the random rates add up to more than 1');
    }
  }
  const cache = new Map<string, LaneSettings>();
  return {
    profile,
    version: contentHash(profile).slice(0, 16),
    strictness,
    settings(office, flow) {
      const key = `${office ?? ''}\u0000${flow}`;
      let found = cache.get(key);
      if (found === undefined) {
        found = merge(profile, office, flow);
        cache.set(key, found);
      }
      return found;
    },
  };
}

function merge(profile: Profile, office: string | undefined, flow: string): LaneSettings {
  const layers = [
    profile,
    ...(profile.overrides ?? []).filter(
      (override) =>
        (override.office === undefined || (office !== undefined && override.office.includes(office))) &&
        (override.flow === undefined || override.flow.some((each) => each === flow)),
    ),
  ];
  const last = <K extends keyof LaneSettings>(key: K): (typeof layers)[number][K] | undefined =>
    layers.reduce<(typeof layers)[number][K] | undefined>((value, layer) => layer[key] ?? value, undefined);
  return {
    mode: last('mode') ?? 'observe',
    thresholds: [...(last('thresholds') ?? [])].sort((a, b) => a.from - b.from),
    random: last('random') ?? [],
    trusted: last('trusted') ?? { randomFactor: 1, scoreFactor: 1 },
  };
}

/** Reads a profile file (YAML). */
export function loadProfile(file: string): LoadedProfile {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CrosscheckError(
      'CC_FILE_UNREADABLE',
      { file, problem: (cause as Error).message },
      { file },
      cause,
    );
  }
  return useProfile(content, file);
}
