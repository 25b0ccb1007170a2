/**
 * From findings to a lane: a score from weights, thresholds to lanes, rules that force a lane, the draw, and the
 * reasons named. Pure. The order follows ASYCUDA (customs-practice 5.2): criteria first, then the random share;
 * the strictest lane that anything asks for is taken.
 */
import type { Finding } from '../engine/finding.ts';
import type { LoadedProfile } from './profile.ts';

export interface Reason {
  /** What asked for the lane. */
  kind: 'score' | 'forced' | 'draw' | 'kept' | 'default' | 'fallback';
  lane: string;
  /** Points and the threshold that they reached, where the score decided. */
  score?: number;
  threshold?: number;
  rules?: string[];
}

export interface Decision {
  /** Points, 0 upwards. */
  score: number;
  lane: string;
  /** What asked for a control, strictest lane first; the first one decided. */
  reasons: Reason[];
}

export interface Circumstances {
  office: string | undefined;
  flow: string;
  /** A number in [0, 1) from the draw (draw.ts); absent where nothing can be drawn, as on a dry run without a key. */
  draw?: number;
  /** A trader whose programme is valid on the day. */
  trusted?: boolean;
  /** Lane of an earlier version: kept, since a change never lowers a lane by itself. */
  earlierLane?: string;
}

/** Conduct and system findings speak of officers and never select (DESIGN decision 15); shadow rules have no effect. */
export const selects = (finding: Finding): boolean =>
  finding.shadow !== true && (finding.kind === 'consistency' || finding.kind === 'risk');

export function decide(loaded: LoadedProfile, findings: readonly Finding[], about: Circumstances): Decision {
  const settings = loaded.settings(about.office, about.flow);
  const trusted = about.trusted === true ? settings.trusted : undefined;

  // Each rule counts once, however many items it hit: 40 items of the same importer are one suspicion.
  const weights = new Map<string, number>();
  const forced = new Map<string, string[]>();
  for (const finding of findings) {
    if (!selects(finding)) continue;
    weights.set(finding.rule, finding.weight);
    if (finding.lane !== undefined && loaded.strictness.has(finding.lane)) {
      const rules = forced.get(finding.lane) ?? [];
      if (!rules.includes(finding.rule)) rules.push(finding.rule);
      forced.set(finding.lane, rules);
    }
  }
  let score = 0;
  for (const weight of weights.values()) score += weight;
  // A trusted trader's errors in form weigh less; what forces a lane is untouched by trust.
  if (trusted !== undefined) score = Math.round(score * trusted.scoreFactor);

  const reasons: Reason[] = [];
  for (const [lane, rules] of forced) reasons.push({ kind: 'forced', lane, rules });
  const reached = settings.thresholds.filter((threshold) => score >= threshold.from).at(-1);
  if (reached !== undefined && weights.size > 0) {
    const rules = [...weights].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([rule]) => rule);
    reasons.push({ kind: 'score', lane: reached.lane, score, threshold: reached.from, rules });
  }
  const drawn =
    about.draw === undefined ? undefined : drawnLane(settings.random, about.draw, trusted?.randomFactor ?? 1);
  if (drawn !== undefined) reasons.push({ kind: 'draw', lane: drawn });
  if (about.earlierLane !== undefined && loaded.strictness.has(about.earlierLane)) {
    reasons.push({ kind: 'kept', lane: about.earlierLane });
  }
  const strictness = (lane: string) => loaded.strictness.get(lane)!;
  reasons.sort((a, b) => strictness(b.lane) - strictness(a.lane));
  if (reasons.length === 0) reasons.push({ kind: 'default', lane: loaded.profile.default });
  return { score, lane: reasons[0]!.lane, reasons };
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
