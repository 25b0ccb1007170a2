/**
 * Country profiles (profiles/countries/ID.yaml): what a message does not say itself and a reader must not guess - the
 * national currency, the clock of the offices, the order of dates, whether a tax rate of 0.2 is a fifth or a fifth of a
 * percent - and the national parameters and tax formulas that rules read. `ZZ` is the profile of a country not known:
 * it claims nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { parseDocument } from 'yaml';
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import { fromRoot } from '../ground/paths.ts';
import { isZone } from '../ground/zones.ts';
import { validator } from './validate.ts';

const closed = <P extends Record<string, Type.TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

const both = closed({ en: Type.String({ minLength: 1 }), fr: Type.String({ minLength: 1 }) });
const origin = Type.String({
  minLength: 1,
  description: 'where the value is from: a legal text, a measurement, an assumption named as such',
});

export const rateKinds = ['fraction', 'percent', 'specific', 'unknown'] as const;
export type RateKind = (typeof rateKinds)[number];

/** A national value that rules read by name, with its unit and where it is from. */
export const CountryParameter = closed({
  value: Type.Union([
    Type.Number(),
    Type.String(),
    Type.Boolean(),
    Type.Array(Type.String()),
    Type.Array(Type.Number()),
  ]),
  unit: Type.String({ minLength: 1 }),
  origin,
});
export type CountryParameter = Static<typeof CountryParameter>;

/** How a duty or tax is worked out: CEL over the item's facts, in national currency. */
export const TaxFormula = closed({
  name: both,
  base: Type.String({ minLength: 1, description: 'CEL over facts of the item' }),
  amount: Type.Optional(
    Type.String({ minLength: 1, description: 'CEL; the rates of the tariff on the base where absent' }),
  ),
  relief: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'CEL: share of the amount that is forgiven, a fraction of one',
    }),
  ),
  payable: Type.Optional(
    Type.String({ minLength: 1, description: 'CEL: false where the tax is suspended; true where absent' }),
  ),
  tolerance: Type.Optional(Type.Number({ minimum: 0, description: 'national currency an item' })),
  least: Type.Optional(
    Type.Boolean({
      description: 'costs that the declaration does not state may raise it: more than this is no mistake',
    }),
  ),
  origin,
});
export type TaxFormula = Static<typeof TaxFormula>;

export const CountryProfile = closed({
  id: Type.String({
    pattern: '^[A-Z]{2}$',
    description: 'ISO 3166 alpha-2; ZZ where unknown, XX for the made-up country of samples',
  }),
  name: both,
  currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217; XXX where unknown' }),
  timeZone: Type.String({ description: 'IANA zone of the customs offices' }),
  dateOrder: Type.Enum(['mdy', 'dmy', 'ymd'], { description: 'of dates written with slashes or points' }),
  rates: closed({
    default: Type.Enum([...rateKinds]),
    codes: Type.Optional(Type.Record(Type.String(), Type.Enum([...rateKinds]))),
    origin,
  }),
  parameters: Type.Optional(Type.Record(Type.String(), CountryParameter)),
  taxes: Type.Optional(Type.Record(Type.String(), TaxFormula)),
  /** Countries that rates and measures of the tariff name together. */
  groups: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String({ pattern: '^[A-Z]{2}$' })))),
});
export type CountryProfile = Static<typeof CountryProfile> & {
  /** Hash of the content, recorded with every check. */
  readonly version: string;
};

const folder = fromRoot('profiles', 'countries');

let ids: readonly string[] | undefined;

/** Ids of the shipped profiles, read once: each message asks. */
export function countryIds(): readonly string[] {
  ids ??= readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
  return ids;
}

/** The profile in a YAML text; `file` is named in errors. Throws CC_PROFILE_INVALID with line and pointer. */
export function parseCountryProfile(text: string, file: string): CountryProfile {
  const document = parseDocument(text, { uniqueKeys: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const [position] = broken.linePos ?? [];
    throw new CrosscheckError(
      'CC_PROFILE_INVALID',
      { file, pointer: '/', problem: broken.message.split('\n')[0]! },
      { file, line: position?.line, column: position?.col },
    );
  }
  const value: unknown = document.toJS();
  const profile = validator(CountryProfile, 'CC_PROFILE_INVALID', { file })(value);
  if (!isZone(profile.timeZone)) {
    const problem = `'${profile.timeZone}' is not an IANA time zone`;
    throw new CrosscheckError('CC_PROFILE_INVALID', { file, pointer: '/timeZone', problem }, { file });
  }
  return { ...profile, version: contentHash(profile) };
}

const loaded = new Map<string, CountryProfile>();

/** The shipped profile of a country. Throws CC_NOT_FOUND where there is none; nothing falls back to another country. */
export function countryProfile(id: string): CountryProfile {
  const known = loaded.get(id);
  if (known !== undefined) return known;
  const file = `${id}.yaml`;
  // The id comes from options and messages; only names that the folder lists are opened.
  if (!countryIds().includes(id)) throw new CrosscheckError('CC_NOT_FOUND', { what: 'country profile', id });
  const profile = parseCountryProfile(readFileSync(fromRoot('profiles', 'countries', file), 'utf8'), file);
  if (profile.id !== id) {
    const problem = `is '${profile.id}', the file is named ${file}`;
    throw new CrosscheckError('CC_PROFILE_INVALID', { file, pointer: '/id', problem }, { file });
  }
  loaded.set(id, profile);
  return profile;
}

export const rateKindOf = (profile: CountryProfile, taxCode: string | undefined): RateKind =>
  (taxCode === undefined ? undefined : profile.rates.codes?.[taxCode]) ?? profile.rates.default;
