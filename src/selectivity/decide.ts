/**
 * From findings to a lane, with the reasons named. Pure. The order is ASYCUDA's (customs-practice 5.2): criteria first,
 * then the random share, then what the expected rates still lack, from declarations that would go free; the strictest
 * lane that anything asks for is taken. What the office cannot examine any more today is lowered last, and never where a
 * protected risk, the lot or an earlier version gave the lane.
 */
import type { Finding } from '../engine/finding.ts';
import { type Counts, chanceOf } from './counts.ts';
import type { LaneSettings, LoadedProfile } from './profile.ts';

export interface Reason {
  /** What asked for the lane. */
  kind:
    | 'score'
    | 'forced'
    | 'hits'
    | 'draw'
    | 'expected'
    | 'kept'
    | 'inherited'
    | 'answered'
    | 'default'
    | 'fallback';
  lane: string;
  /** Points and the threshold that they reached, where the score decided. */
  score?: number;
  threshold?: number;
  rules?: string[];
  /** The stricter lane that was asked for, where the office's capacity in it was used up. */
  lowered?: string;
}

export interface Decision {
  /** Points, 0 upwards. */
  score: number;
  lane: string;
  /** What asked for a control, strictest lane first; the first one decided. */
  reasons: Reason[];
  /** The programme under which the trader was treated. */
  programme?: string;
}

/** All that enters a decision beside profile and findings; kept with the check, so that it can be decided again. */
export interface Circumstances {
  office: string | undefined;
  flow: string;
  /** A number in [0, 1) from the draw (draw.ts); absent where nothing can be drawn, as on a dry run without a key. */
  draw?: number | undefined;
  /** Another one, by which expected rates are filled. */
  lot?: number | undefined;
  /** The number by which a rule with a selection percentage selects. */
  ruleLot?: ((rule: string) => number | undefined) | undefined;
  /** Programmes of the trader that are valid on the day. */
  programmes?: readonly string[] | undefined;
  /** What the office was given before; absent where nothing is counted. */
  counts?: Counts | undefined;
  /** Lane of an earlier version: kept, since a change never lowers a lane by itself. */
  earlierLane?: string | undefined;
  /** Lane of another declaration of the same bill or invoice, which this one takes the place of. */
  inheritedLane?: string | undefined;
  /** The fallback lane that was answered before the check came about. */
  answeredLane?: string | undefined;
}

/** Conduct and system findings speak of officers and never select (DESIGN decision 15); shadow rules have no effect. */
export const selects = (finding: Finding): boolean =>
  finding.shadow !== true && (finding.kind === 'consistency' || finding.kind === 'risk');

export function decide(loaded: LoadedProfile, findings: readonly Finding[], about: Circumstances): Decision {
  const settings = loaded.settings(about.office, about.flow);
  const { trusted } = settings;
  const programme = about.programmes?.find((one) => trusted.programmes?.includes(one) ?? true);
  const factor = (of: 'randomFactor' | 'scoreFactor' | 'expectedFactor') =>
    programme === undefined ? 1 : trusted[of];
  const stricter = (a: string, b: string) => (loaded.strictness.get(a)! >= loaded.strictness.get(b)! ? a : b);

  // Without a lot it is selected: what cannot be drawn must not be a way to go free.
  const forces = (rule: string) => {
    const share = settings.criteria.get(rule) ?? 1;
    return share === 1 || (about.ruleLot?.(rule) ?? 0) < share;
  };
  const hits = hitsOf(loaded, findings, forces);
  // A trusted trader's errors in form weigh less; what forces a lane or stands for a protected risk is untouched.
  const score = hits.protectedPoints + Math.round(hits.points * factor('scoreFactor'));
  const reached = (points: number) => settings.thresholds.filter(({ from }) => points >= from).at(-1);

  const asked: Reason[] = [];
  const criteria: Reason[] = [...hits.forced].map(([lane, { rules }]) => ({ kind: 'forced', lane, rules }));
  const threshold = hits.rules.length === 0 ? undefined : reached(score);
  // A threshold may name the lane of what goes free, from no points up: that asks for nothing.
  if (threshold !== undefined && threshold.lane !== loaded.profile.default) {
    criteria.push({
      kind: 'score',
      lane: threshold.lane,
      score,
      threshold: threshold.from,
      rules: hits.rules,
    });
  }
  const { maximumHits, capacity } = settings;
  if (
    criteria.length === 0 &&
    hits.rules.length > 0 &&
    maximumHits !== undefined &&
    (about.counts?.unselected ?? 0) >= maximumHits.count
  ) {
    criteria.push({ kind: 'hits', lane: maximumHits.lane, rules: hits.rules });
  }

  const protectedLane = reached(hits.protectedPoints)?.lane;
  for (const reason of criteria) {
    const isProtected =
      reason.kind === 'forced'
        ? hits.forced.get(reason.lane)!.protected
        : reason.kind === 'hits' && hits.protected;
    if (isProtected) asked.push(reason);
    else {
      let lane = withinCapacity(reason.lane, score, capacity, about.counts);
      if (reason.kind === 'score' && protectedLane !== undefined && hits.protectedPoints > 0)
        lane = stricter(lane, protectedLane);
      asked.push(lane === reason.lane ? reason : { ...reason, lane, lowered: reason.lane });
    }
  }

  const drawn =
    about.draw === undefined ? undefined : drawnLane(settings.random, about.draw, factor('randomFactor'));
  if (drawn !== undefined) asked.push({ kind: 'draw', lane: drawn });
  const before = [
    ['kept', about.earlierLane],
    ['inherited', about.inheritedLane],
    ['answered', about.answeredLane],
  ] as const;
  if (asked.length === 0 && before.every(([, lane]) => lane === undefined)) {
    const filled = filledLane(settings, about, factor('expectedFactor'));
    if (filled !== undefined) asked.push({ kind: 'expected', lane: filled });
  }
  for (const [kind, lane] of before)
    if (lane !== undefined && loaded.strictness.has(lane)) asked.push({ kind, lane });

  asked.sort((a, b) => loaded.strictness.get(b.lane)! - loaded.strictness.get(a.lane)!);
  if (asked.length === 0) asked.push({ kind: 'default', lane: loaded.profile.default });
  return { score, lane: asked[0]!.lane, reasons: asked, ...(programme === undefined ? {} : { programme }) };
}

interface Hits {
  /** Heaviest first. */
  rules: string[];
  /** Of rules whose risk is not protected. */
  points: number;
  protectedPoints: number;
  /** Whether a rule of a protected risk is among them, whatever its points. */
  protected: boolean;
  forced: Map<string, { rules: string[]; protected: boolean }>;
}

/** Each rule counts once, however many items it hit: 40 items of the same importer are one suspicion. */
function hitsOf(
  loaded: LoadedProfile,
  findings: readonly Finding[],
  forces: (rule: string) => boolean,
): Hits {
  const weights = new Map<string, Finding>();
  const forced: Hits['forced'] = new Map();
  for (const finding of findings) {
    if (!selects(finding)) continue;
    weights.set(finding.rule, finding);
    if (finding.lane === undefined || !loaded.strictness.has(finding.lane)) continue;
    if (!loaded.protectedRisks.has(finding.risk) && !forces(finding.rule)) continue;
    const by = forced.get(finding.lane) ?? { rules: [], protected: false };
    if (!by.rules.includes(finding.rule)) by.rules.push(finding.rule);
    by.protected ||= loaded.protectedRisks.has(finding.risk);
    forced.set(finding.lane, by);
  }
  let points = 0;
  let protectedPoints = 0;
  for (const { risk, weight } of weights.values()) {
    if (loaded.protectedRisks.has(risk)) protectedPoints += weight;
    else points += weight;
  }
  const rules = [...weights.values()]
    .sort((a, b) => b.weight - a.weight || (a.rule < b.rule ? -1 : 1))
    .map(({ rule }) => rule);
  const isProtected = [...weights.values()].some(({ risk }) => loaded.protectedRisks.has(risk));
  return { rules, points, protectedPoints, protected: isProtected, forced };
}

/** The lane that is left where the office has taken its day's share of the one that is asked for. */
function withinCapacity(
  asked: string,
  score: number,
  capacity: LaneSettings['capacity'],
  counts: Counts | undefined,
): string {
  let lane = asked;
  if (counts === undefined) return lane;
  for (;;) {
    const limit = capacity.find((each) => each.lane === lane);
    if (limit === undefined || (counts.today[lane] ?? 0) < limit.perDay) return lane;
    if (limit.unlessScore !== undefined && score >= limit.unlessScore) return lane;
    lane = limit.instead;
  }
}

/** The unit interval is cut into one piece per lane, so one number decides between them. */
function drawnLane(
  random: readonly { lane: string; rate: number }[],
  draw: number,
  factor: number,
): string | undefined {
  let edge = 0;
  for (const { lane, rate } of random) {
    edge += rate * factor;
    if (draw < edge) return lane;
  }
  return undefined;
}

/** Likewise for what expected rates lack; a lane whose day is full is not filled. */
function filledLane(
  { expected, capacity }: LaneSettings,
  { lot, counts }: Circumstances,
  factor: number,
): string | undefined {
  if (lot === undefined || counts === undefined) return undefined;
  let edge = 0;
  for (const { lane, rate } of expected) {
    const limit = capacity.find((each) => each.lane === lane);
    if (limit !== undefined && (counts.today[lane] ?? 0) >= limit.perDay) continue;
    edge += (1 - edge) * chanceOf(rate, lane, counts) * factor;
    if (lot < edge) return lane;
  }
  return undefined;
}
