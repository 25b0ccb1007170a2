/** The patterns that can be planted, by name. */
import { batchRerouting } from './batch-rerouting.ts';
import { collusivePairs } from './collusive-pairs.ts';
import { criteriaChanged } from './criteria-changed.ts';
import { fruitlessRerouting } from './fruitless-rerouting.ts';
import type { Misconduct } from './model.ts';
import { neighbourCodes } from './neighbour-codes.ts';
import { nightWork } from './night-work.ts';
import { originFraud } from './origin-fraud.ts';
import { overdueWarehouse } from './overdue-warehouse.ts';
import { redWithoutExamination } from './red-without-examination.ts';
import { releaseBeforePayment } from './release-before-payment.ts';
import { reusedCertificates } from './reused-certificates.ts';
import { rubberStamping } from './rubber-stamping.ts';
import { sharedAccounts } from './shared-accounts.ts';
import { targetGaming } from './target-gaming.ts';
import { thresholdBunching } from './threshold-bunching.ts';
import { undervaluation } from './undervaluation.ts';

export const patterns: readonly Misconduct[] = [
  collusivePairs,
  rubberStamping,
  fruitlessRerouting,
  releaseBeforePayment,
  redWithoutExamination,
  undervaluation,
  neighbourCodes,
  originFraud,
  reusedCertificates,
  overdueWarehouse,
  batchRerouting,
  nightWork,
  targetGaming,
  thresholdBunching,
  sharedAccounts,
  criteriaChanged,
];

export const patternOf: ReadonlyMap<string, Misconduct> = new Map(
  patterns.map((misconduct) => [misconduct.pattern, misconduct]),
);
