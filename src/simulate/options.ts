/** What is asked of the simulator, with the small form as its default and the sample of `npm start`. */

/** How declarations come to officers (checks.md H08, I28 to I31); declared per office and period. */
export const assignmentRules = ['random', 'workload', 'section', 'chief'] as const;
export type AssignmentRule = (typeof assignmentRules)[number];

/** Misconduct that is ordered: `rate` is the share of those who could that do it, `strength` the share of occasions they take. */
export interface MisconductOrder {
  pattern: string;
  /** In (0, 1]. */
  rate: number;
  /** In (0, 1]. */
  strength: number;
}

export interface SimulationOptions {
  /** Everything follows from it: equal options give equal bytes. */
  seed: string;
  /** First day, `YYYY-MM-DD`. */
  from: string;
  /** Calendar days. */
  days: number;
  offices: number;
  /** Over all offices; a post has one. */
  officers: number;
  /** About how many declarations are lodged in the period. */
  declarations: number;
  /** The same rule for every office; by default offices differ. */
  assignment?: AssignmentRule;
  misconduct: readonly MisconductOrder[];
}

export const smallForm: SimulationOptions = {
  seed: 'crosscheck',
  from: '2026-03-02',
  days: 30,
  offices: 3,
  officers: 12,
  declarations: 600,
  misconduct: [],
};

/** What `npm start` loads into an empty store: a month in which something is to be found. */
export const sampleForm: SimulationOptions = {
  ...smallForm,
  misconduct: [
    { pattern: 'undervaluation', rate: 0.1, strength: 0.7 },
    { pattern: 'reused-certificates', rate: 0.1, strength: 0.5 },
    { pattern: 'release-before-payment', rate: 0.4, strength: 0.3 },
    { pattern: 'red-without-examination', rate: 0.2, strength: 0.5 },
    { pattern: 'batch-rerouting', rate: 0.1, strength: 0.5 },
    { pattern: 'night-work', rate: 0.1, strength: 0.6 },
  ],
};
