/** What several folds need of one declaration, worked out once. */
import type { Finding } from '../engine/finding.ts';
import { type Amounts, foldAmounts } from './amounts.ts';
import { isBreach } from './breach.ts';
import type { FoldContext, History } from './history.ts';
import { type Judged, judgedOf } from './judged.ts';
import { foldLanes, type Lanes } from './lanes.ts';
import { examinersOf, type Officers, officersOf } from './officers.ts';
import { type Found, foldOutcomes } from './outcomes.ts';
import { type Place, placeOf } from './place.ts';

export interface Digest {
  place: Place;
  officers: Officers;
  /** People who examined. */
  examiners: number;
  lanes: Lanes;
  amounts: Amounts;
  found: Found;
  /** What all controls say, audits after release among them. */
  judged: Judged;
  /** Who brought about the first change of duty by a control. */
  instigator: string | null;
  /** The random draw chose the lane or the control. */
  random: boolean;
  /** Failures of class error in the check that speaks now, shadow rules left out. */
  failures: Finding[];
  /** Of the same check, those that mean a mandatory step before release is lacking. */
  breaches: Finding[];
}

export function digestOf(history: History, context: FoldContext): Digest {
  const amounts = foldAmounts(history, context);
  const lanes = foldLanes(history, context);
  const found = foldOutcomes(history, amounts.currency);
  const findings = history.checks.at(-1)?.findings ?? [];
  return {
    place: placeOf(history),
    officers: officersOf(history),
    examiners: examinersOf(history),
    lanes,
    amounts,
    found,
    judged: judgedOf(history, amounts.currency),
    instigator: amounts.steps.find((step) => !step.voluntary)?.instigator ?? null,
    random: found.random || lanes.choice?.cause === 'random',
    failures: findings.filter((finding) => finding.class === 'error' && finding.shadow !== true),
    breaches: findings.filter(isBreach),
  };
}
