/**
 * What the schema cannot say about a selectivity profile. An error makes it unusable; a warning is told by `crosscheck
 * selectivity lint`. Codes are stable; docs/lints.md lists them.
 */
import { isZone } from '../ground/zones.ts';
import type { Severity } from '../rules/diagnostic.ts';
import { didYouMean } from '../rules/did-you-mean.ts';
import type { Rule } from '../rules/model.ts';
import type { Profile } from './model.ts';

export interface ProfileComplaint {
  code: string;
  severity: Severity;
  /** JSON pointer into the profile. */
  pointer: string;
  message: string;
  fix: string;
}

export interface ProfileLint {
  code: string;
  severity: Severity;
  /** What it guards, for the documentation. */
  about: string;
  fix: string;
  check(
    profile: Profile,
    against: Against,
  ): Iterable<{ pointer: string; message: string /** In place of the lint's own. */; fix?: string }>;
}

/** What a profile is judged by beside itself; nothing is judged by what is absent. */
export interface Against {
  /** Day by which review dates are judged. */
  today?: string;
  /** The rules that it is used with. */
  rules?: readonly Pick<Rule, 'id' | 'lane'>[];
}

type Layer = Partial<Profile>;

/** The profile itself and each override, with the pointer at which it stands. */
const layersOf = (profile: Profile): { pointer: string; layer: Layer }[] => [
  { pointer: '', layer: profile },
  ...(profile.overrides ?? []).map((layer, index) => ({
    pointer: `/overrides/${index}`,
    layer: layer as Layer,
  })),
];

/** Every place where a lane is named. */
function* namedLanes(profile: Profile): Generator<{ pointer: string; lane: string }> {
  yield { pointer: '/default', lane: profile.default };
  yield { pointer: '/fallback', lane: profile.fallback };
  for (const { pointer, layer } of layersOf(profile)) {
    for (const key of ['thresholds', 'random', 'expected', 'capacity'] as const)
      for (const [index, { lane }] of (layer[key] ?? []).entries())
        yield { pointer: `${pointer}/${key}/${index}/lane`, lane };
    for (const [index, { instead }] of (layer.capacity ?? []).entries())
      yield { pointer: `${pointer}/capacity/${index}/instead`, lane: instead };
    if (layer.maximumHits !== undefined)
      yield { pointer: `${pointer}/maximumHits/lane`, lane: layer.maximumHits.lane };
  }
}

const strictnessOf = (profile: Profile, lane: string): number | undefined =>
  profile.lanes.find(({ code }) => code === lane)?.strictness;

const sum = (rates: readonly { rate: number }[]): number =>
  rates.reduce((total, { rate }) => total + rate, 0);

const isRepeated = (values: readonly unknown[], value: unknown, index: number): boolean =>
  values.indexOf(value) < index;

export const profileLints: readonly ProfileLint[] = [
  {
    code: 'SP001',
    severity: 'error',
    about: 'every lane that is named is one of the profile’s',
    fix: 'Name a lane of `lanes`, or add it there.',
    *check(profile) {
      const codes = profile.lanes.map(({ code }) => code);
      for (const { pointer, lane } of namedLanes(profile))
        if (!codes.includes(lane))
          yield { pointer, message: `lane "${lane}" is not one of the profile's: ${codes.join(', ')}` };
    },
  },
  {
    code: 'SP002',
    severity: 'error',
    about: 'lanes have each their own code and their own strictness',
    fix: 'Give each lane a code and a strictness of its own.',
    *check({ lanes }) {
      const codes = lanes.map(({ code }) => code);
      const ranks = lanes.map(({ strictness }) => strictness);
      if (codes.some((code, index) => isRepeated(codes, code, index)))
        yield { pointer: '/lanes', message: 'two lanes have the same code' };
      else if (ranks.some((rank, index) => isRepeated(ranks, rank, index)))
        yield { pointer: '/lanes', message: 'two lanes are equally strict; precedence needs an order' };
    },
  },
  {
    code: 'SP003',
    severity: 'error',
    about: 'the random rates of an office and flow, and its expected ones, are at most all declarations',
    fix: 'Lower the rates; together they cannot be more than 1.',
    *check(profile) {
      for (const { pointer, layer } of layersOf(profile))
        for (const key of ['random', 'expected'] as const)
          if (sum(layer[key] ?? []) > 1)
            yield { pointer: `${pointer}/${key}`, message: `the ${key} rates add up to more than 1` };
    },
  },
  {
    code: 'SP004',
    severity: 'error',
    about:
      'a lane stands once in each list of rates, thresholds and capacities, and a rule once among the percentages',
    fix: 'Keep one entry for the lane.',
    *check(profile) {
      for (const { pointer, layer } of layersOf(profile))
        for (const key of ['thresholds', 'random', 'expected', 'capacity'] as const) {
          const lanes = (layer[key] ?? []).map(({ lane }) => lane);
          for (const [index, lane] of lanes.entries())
            if (isRepeated(lanes, lane, index))
              yield {
                pointer: `${pointer}/${key}/${index}/lane`,
                message: `lane "${lane}" stands here twice`,
              };
        }
      for (const { pointer, layer } of layersOf(profile)) {
        const rules = (layer.criteria ?? []).map(({ rule }) => rule);
        for (const [index, rule] of rules.entries())
          if (isRepeated(rules, rule, index))
            yield {
              pointer: `${pointer}/criteria/${index}/rule`,
              message: `rule "${rule}" stands here twice`,
              fix: 'Keep one entry for the rule.',
            };
      }
    },
  },
  {
    code: 'SP005',
    severity: 'error',
    about: 'a full day gives a milder lane',
    fix: 'Name a lane that is milder than the one whose capacity is used up.',
    *check(profile) {
      for (const { pointer, layer } of layersOf(profile))
        for (const [index, { lane, instead }] of (layer.capacity ?? []).entries()) {
          const [from, to] = [strictnessOf(profile, lane), strictnessOf(profile, instead)];
          if (from !== undefined && to !== undefined && to >= from)
            yield {
              pointer: `${pointer}/capacity/${index}/instead`,
              message: `"${instead}" is not milder than "${lane}"`,
            };
        }
    },
  },
  {
    code: 'SP006',
    severity: 'warning',
    about: 'a higher score is never given a milder lane, and each score one lane',
    fix: 'Order the thresholds as strict as their lanes.',
    *check(profile) {
      for (const { pointer, layer } of layersOf(profile)) {
        const ordered = [...(layer.thresholds ?? [])].sort((a, b) => a.from - b.from);
        for (const [index, { lane, from }] of ordered.entries()) {
          const before = ordered[index - 1];
          if (before === undefined) continue;
          if (from === before.from)
            yield {
              pointer: `${pointer}/thresholds`,
              message: `from ${from} points both "${before.lane}" and "${lane}" are given, so the first never is`,
              fix: 'Give each lane points of its own.',
            };
          const [milder, stricter] = [strictnessOf(profile, before.lane), strictnessOf(profile, lane)];
          if (milder !== undefined && stricter !== undefined && stricter < milder)
            yield {
              pointer: `${pointer}/thresholds`,
              message: `from ${from} points "${lane}" is given, milder than "${before.lane}" from ${before.from}`,
            };
        }
      }
    },
  },
  {
    code: 'SP007',
    severity: 'warning',
    about: 'a random share is there, without which nobody learns what the criteria miss',
    fix: 'Draw a small share at random (customs-practice 5.15); it is the measure of every rule.',
    *check(profile) {
      for (const { pointer, layer } of layersOf(profile))
        if (pointer === '' ? sum(layer.random ?? []) === 0 : layer.random && sum(layer.random) === 0)
          yield { pointer: `${pointer}/random`, message: 'nothing is drawn at random' };
    },
  },
  {
    code: 'SP008',
    severity: 'warning',
    about: 'an expected rate is no less than the random rate of the same lane',
    fix: 'Raise the expected rate, or lower the random one.',
    *check(profile) {
      for (const { pointer, layer } of layersOf(profile))
        for (const [index, { lane, rate }] of (layer.expected ?? []).entries()) {
          const random = (layer.random ?? profile.random ?? []).find((each) => each.lane === lane)?.rate ?? 0;
          if (rate < random)
            yield {
              pointer: `${pointer}/expected/${index}/rate`,
              message: `${rate} of "${lane}" is expected, and ${random} is drawn at random alone`,
            };
        }
    },
  },
  {
    code: 'SP009',
    severity: 'warning',
    about: 'an override says something, and no later one makes it idle',
    fix: 'Take it out, or narrow the later one.',
    *check({ overrides = [] }) {
      const keysOf = (override: object) =>
        Object.keys(override).filter((key) => key !== 'office' && key !== 'flow');
      for (const [index, override] of overrides.entries()) {
        const keys = keysOf(override);
        const hidden = (by: (typeof overrides)[number]) =>
          keys.every((key) => Object.hasOwn(by, key)) &&
          (by.office === undefined || override.office?.every((one) => by.office!.includes(one)) === true) &&
          (by.flow === undefined || override.flow?.every((one) => by.flow!.includes(one)) === true);
        if (keys.length === 0)
          yield { pointer: `/overrides/${index}`, message: 'the override changes nothing' };
        else if (overrides.slice(index + 1).some(hidden))
          yield { pointer: `/overrides/${index}`, message: 'a later override takes the whole of its place' };
      }
    },
  },
  {
    code: 'SP010',
    severity: 'warning',
    about: 'the fallback asks for a control: a fault must not be a way to go free',
    fix: 'Let the fallback be a lane with a control.',
    *check({ fallback, lanes }) {
      if (lanes.find(({ code }) => code === fallback)?.control === 'none')
        yield { pointer: '/fallback', message: `"${fallback}" asks for no control` };
    },
  },
  {
    code: 'SP011',
    severity: 'warning',
    about: 'titles and instructions are there in English and French',
    fix: 'Write the missing text.',
    *check({ title, lanes }) {
      for (const language of ['en', 'fr']) {
        if (title[language] === undefined)
          yield { pointer: '/title', message: `the title is not there in "${language}"` };
        for (const [index, lane] of lanes.entries())
          for (const key of ['title', 'instruction'] as const)
            if (lane[key] !== undefined && lane[key][language] === undefined)
              yield { pointer: `/lanes/${index}/${key}`, message: `it is not there in "${language}"` };
      }
    },
  },
  {
    code: 'SP012',
    severity: 'warning',
    about: 'the rates are looked at again: a review date that has passed',
    fix: 'Look at what the lanes found (`crosscheck rules effectiveness`), then set the next date.',
    *check({ review }, { today }) {
      if (review !== undefined && today !== undefined && review < today)
        yield { pointer: '/review', message: `the review was due on ${review}` };
    },
  },
  {
    code: 'SP013',
    severity: 'warning',
    about: 'a selection percentage is that of a rule that is there and forces a lane',
    fix: 'Name a rule of the rulebook that has a `lane`, or take the entry out.',
    *check(profile, { rules }) {
      if (rules === undefined) return;
      const laneOf = new Map(rules.map(({ id, lane }) => [id, lane]));
      const forcing = rules.filter(({ lane }) => lane !== undefined).map(({ id }) => id);
      for (const { pointer, layer } of layersOf(profile))
        for (const [index, { rule }] of (layer.criteria ?? []).entries()) {
          const at = `${pointer}/criteria/${index}/rule`;
          if (!laneOf.has(rule)) {
            const fix = didYouMean(rule, forcing);
            yield {
              pointer: at,
              message: `there is no rule "${rule}"`,
              ...(fix === undefined ? {} : { fix }),
            };
          } else if (laneOf.get(rule) === undefined)
            yield { pointer: at, message: `rule "${rule}" forces no lane, so its percentage says nothing` };
        }
    },
  },
  {
    code: 'SP014',
    severity: 'error',
    about: 'time zones are those of the IANA database, and an offset is one that clocks have',
    fix: 'Write a zone as the IANA database names it, such as Africa/Nairobi, or an offset such as +03:00.',
    *check({ utcOffset, timeZone, timeZones = {} }) {
      if (utcOffset !== undefined && !/^[+-](0\d|1[0-4]):[0-5]\d$/.test(utcOffset))
        yield { pointer: '/utcOffset', message: `no clock is ${utcOffset} from UTC` };
      if (timeZone !== undefined && !isZone(timeZone))
        yield { pointer: '/timeZone', message: `there is no time zone "${timeZone}"` };
      for (const [office, zone] of Object.entries(timeZones))
        if (!isZone(zone))
          yield { pointer: `/timeZones/${office}`, message: `there is no time zone "${zone}"` };
    },
  },
  {
    code: 'SP015',
    severity: 'warning',
    about:
      'what is drawn, filled or given for hits and points is not the lane of what goes free, nor a milder one',
    fix: 'Name a stricter lane, or take the entry out; `default` is the mildest lane that anything asks for.',
    *check(profile) {
      const free = strictnessOf(profile, profile.default);
      if (free === undefined) return;
      const isAbove = (lane: string, least: number): boolean =>
        (strictnessOf(profile, lane) ?? free + least) >= free + least;
      for (const { pointer, layer } of layersOf(profile)) {
        const named = [
          ...(['random', 'expected'] as const).flatMap((key) =>
            (layer[key] ?? []).map(({ lane }, index) => ({ at: `${key}/${index}/lane`, lane, least: 1 })),
          ),
          ...(layer.maximumHits === undefined
            ? []
            : [{ at: 'maximumHits/lane', lane: layer.maximumHits.lane, least: 1 }]),
          // Points may be given the lane of what goes free by name; that asks for nothing.
          ...(layer.thresholds ?? []).map(({ lane }, index) => ({
            at: `thresholds/${index}/lane`,
            lane,
            least: 0,
          })),
        ];
        for (const { at, lane, least } of named)
          if (!isAbove(lane, least))
            yield {
              pointer: `${pointer}/${at}`,
              message: `"${lane}" is ${lane === profile.default ? 'what goes free already' : `milder than "${profile.default}", the lane of what nothing selects`}`,
            };
      }
    },
  },
  {
    code: 'SP016',
    severity: 'warning',
    about: 'a lane that a rule forces is one of the profile’s',
    fix: 'Correct the `lane` of the rule, or add it to `lanes`.',
    *check({ lanes }, { rules = [] }) {
      const codes = new Set(lanes.map(({ code }) => code));
      const by = new Map<string, string[]>();
      for (const { id, lane } of rules)
        if (lane !== undefined && !codes.has(lane)) by.set(lane, [...(by.get(lane) ?? []), id]);
      for (const [lane, ids] of by)
        yield {
          pointer: '/lanes',
          message: `there is no lane "${lane}", so these rules force nothing: ${ids.join(', ')}`,
        };
    },
  },
];

/** In the order of the codes. */
export const lintProfile = (profile: Profile, against: Against = {}): ProfileComplaint[] =>
  profileLints.flatMap(({ code, severity, fix, check }) =>
    [...check(profile, against)].map((found) => ({ code, severity, fix, ...found })),
  );
