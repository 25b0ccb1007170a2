/** From findings to a lane: score from weights, thresholds to lanes, the reasons named. Pure: profile and findings in, decision out. */

export interface Reason {
  /** What decided: the score, a rule that forces a lane, a draw, a default. */
  kind: 'score' | 'forced' | 'draw' | 'default';
  lane: string;
  /** Points or threshold, where the score decided. */
  score?: number;
  threshold?: number;
  rules?: string[];
}
