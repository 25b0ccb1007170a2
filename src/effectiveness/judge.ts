/**
 * How rules do (T06; customs-practice 5.12, 5.13): hit rate with exact limits, lift over what chance finds, what is due
 * for review, what is weak, and weights that the outcomes would suggest. Pure: from counts and the rulebook to a report.
 */
import { clopperPearson } from '../indicators/statistics/binomial.ts';
import { type Limits, usualLevel } from '../indicators/statistics/limits.ts';
import { normalOf } from '../indicators/statistics/special.ts';
import type { Rule } from '../rules/model.ts';
import type { Measured, RuleCounts, Sample } from './measure.ts';
import { type Suggested, suggestWeights } from './weights.ts';

export interface Estimate extends Limits {
  value: number;
}

export interface RuleReport extends Omit<RuleCounts, 'random'> {
  title?: Rule['title'];
  status?: Rule['status'];
  owner?: string;
  /** Of the judged; absent where none was. */
  hitRate?: Estimate;
  /** Hit rate over that of the random sample; 1 is no better than chance. */
  lift?: Estimate;
  /** Days since this version first came into force; absent where the store has not seen it. */
  age?: number;
  /** The next review that the rule file names, and how many days it is past. */
  review?: string;
  overdue?: number;
  /** Points now, and as the outcomes suggest; never applied by itself. */
  weight?: number;
  suggested?: Omit<Suggested, 'rule'>;
}

export interface Remark {
  rule: string;
  version: number;
  why: string;
}

export interface Report {
  from?: string;
  to?: string;
  /** What controls of the random draw found: the level that chance finds. */
  random: Sample & { rate?: Estimate };
  all: Sample;
  /** The declarations on which suggested weights rest. */
  basis: 'random' | 'controlled' | 'none';
  rules: RuleReport[];
  dueForReview: Remark[];
  /** No better than chance, although enough was controlled and nothing was seized. */
  weak: Remark[];
  /** In force and without a hit in the period; none where nothing was declared, such as at an office that there is not. */
  silent: Remark[];
}

export interface JudgeOptions {
  today: string;
  from?: string | undefined;
  to?: string | undefined;
  rules: readonly Rule[];
  /** Day on which each `rule@version` first came into force. */
  since: ReadonlyMap<string, string>;
}

/** Controlled hits before a rule is called weak, and random controls before a weight rests on them alone. */
const enough = { controlled: 30, random: 200, randomIrregular: 20 };
/** A version this old is looked at again, whatever its file says. */
const oldAfterDays = 365;

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

const rateOf = (x: number, n: number): Estimate | undefined =>
  n === 0 ? undefined : { value: x / n, ...clopperPearson(x, n) };

/** A ratio of two shares with limits on its logarithm (Katz, Biometrics 34, 1978); half a case is added where there is none. */
function liftOf(x: number, n: number, { irregular, judged }: Sample): Estimate | undefined {
  if (n === 0 || judged === 0 || irregular === 0) return undefined;
  const hits = x === 0 ? 0.5 : x;
  const error = Math.sqrt(Math.max(0, 1 / hits - 1 / n + 1 / irregular - 1 / judged));
  const width = Math.exp(normalOf(usualLevel) * error);
  const level = irregular / judged;
  return { value: x / n / level, low: hits / n / level / width, high: (hits / n / level) * width };
}

const selecting = (kind: Rule['kind']): boolean => kind === 'consistency' || kind === 'risk';

export function judge(measured: Measured, options: JudgeOptions): Report {
  const { today, since } = options;
  const current = new Map(options.rules.map((rule) => [rule.id, rule]));
  const { random, all } = measured;
  const basis = basisOf(measured);
  const suggested = suggestionsOf(measured, basis, current);

  const rules = measured.rules
    .map((counts): RuleReport => {
      const rule = current.get(counts.rule);
      const isCurrent = rule?.version === counts.version;
      const { random: _, ...shown } = counts;
      const began = since.get(`${counts.rule}@${counts.version}`);
      const lift = selecting(counts.kind) ? liftOf(counts.confirmed, counts.judged, random) : undefined;
      const hitRate = rateOf(counts.confirmed, counts.judged);
      const suggestion = isCurrent ? suggested.get(counts.rule) : undefined;
      return {
        ...shown,
        ...(rule === undefined ? {} : { title: rule.title, status: rule.status, owner: rule.owner }),
        ...(hitRate === undefined ? {} : { hitRate }),
        ...(lift === undefined ? {} : { lift }),
        ...(began === undefined ? {} : { age: daysBetween(began, today) }),
        ...(rule === undefined || !isCurrent
          ? {}
          : {
              review: rule.review,
              overdue: Math.max(0, daysBetween(rule.review, today)),
              weight: rule.weight,
            }),
        ...(suggestion === undefined ? {} : { suggested: suggestion }),
      };
    })
    .sort((a, b) => b.hits - a.hits || (a.rule < b.rule ? -1 : 1) || b.version - a.version);

  const inForce = options.rules.filter(({ status }) => status === 'active' || status === 'shadow');
  const hit = new Set(measured.rules.map(({ rule, version }) => `${rule}@${version}`));
  const remark = ({ id, version }: Rule, why: string): Remark => ({ rule: id, version, why });
  return {
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.to === undefined ? {} : { to: options.to }),
    random: { ...random, ...present('rate', rateOf(random.irregular, random.judged)) },
    all,
    basis,
    rules,
    dueForReview: inForce.flatMap((rule) => {
      const began = since.get(`${rule.id}@${rule.version}`);
      const age = began === undefined ? 0 : daysBetween(began, today);
      if (rule.review < today) return [remark(rule, `its review was due on ${rule.review}`)];
      if (age > oldAfterDays) return [remark(rule, `its version has been in force for ${age} days`)];
      return [];
    }),
    weak: rules.flatMap((report) => {
      const why = current.get(report.rule)?.version === report.version ? weakness(report) : undefined;
      return why === undefined ? [] : [{ rule: report.rule, version: report.version, why }];
    }),
    silent: inForce
      .filter(({ id, version }) => measured.declared > 0 && !hit.has(`${id}@${version}`))
      .map((rule) => remark(rule, 'it hit nothing in the period')),
  };
}

const present = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };

/** Seizures and prohibited goods count without money and without number: such a rule is not weak. */
function weakness({
  kind,
  judged,
  confirmed,
  hitRate,
  lift,
  seizures,
  prohibited,
}: RuleReport): string | undefined {
  if (!selecting(kind) || judged < enough.controlled || seizures + prohibited > 0) return undefined;
  const told = `${confirmed} of ${judged} controlled hits confirmed`;
  if (lift !== undefined) {
    return lift.high < 1 ? `${told}: fewer than chance finds (lift ${lift.value.toFixed(2)})` : undefined;
  }
  return hitRate!.high < 0.05 ? `${told}, and no random sample to hold it against` : undefined;
}

function basisOf({ random, all }: Measured): Report['basis'] {
  const conform = random.judged - random.irregular;
  if (
    random.judged >= enough.random &&
    random.irregular >= enough.randomIrregular &&
    conform >= enough.randomIrregular
  )
    return 'random';
  return all.irregular > 0 && all.irregular < all.judged ? 'controlled' : 'none';
}

function suggestionsOf(
  { rules, random, all }: Measured,
  basis: Report['basis'],
  current: ReadonlyMap<string, Rule>,
): ReadonlyMap<string, Omit<Suggested, 'rule'>> {
  if (basis === 'none') return new Map();
  // Shadow versions are judged as well: that is what they are there for.
  const speaking = rules.filter(
    ({ rule, version, kind }) => selecting(kind) && current.get(rule)?.version === version,
  );
  const hits = speaking.map(({ rule, judged, irregular, random: drawn }) => ({
    rule,
    weight: current.get(rule)!.weight,
    hit: basis === 'random' ? drawn : { judged, irregular },
  }));
  const made = suggestWeights(basis === 'random' ? random : all, hits) ?? [];
  return new Map(made.map(({ rule, ...suggestion }) => [rule, suggestion]));
}
