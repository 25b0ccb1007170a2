/** One declaration to all its rows: the whole of what the projections know about it. */
import { type ActRow, act, foldActs } from './act.ts';
import { type ClearanceRow, clearance, foldClearance } from './clearance.ts';
import { type ClearanceItemRow, clearanceItem, foldClearanceItems } from './clearance-item.ts';
import { digestOf } from './digest.ts';
import { type FindingRow, finding, foldFindings } from './finding.ts';
import type { FoldContext, History } from './history.ts';
import { onOfficeClock } from './office-clock.ts';

/** Every projected table by name; indicators plan over these. */
export const tables = {
  clearance,
  clearance_item: clearanceItem,
  act,
  finding,
} as const;
export type TableName = keyof typeof tables;

export interface Rows {
  clearance: ClearanceRow[];
  clearance_item: ClearanceItemRow[];
  act: ActRow[];
  finding: FindingRow[];
}

export function fold(known: History, context: FoldContext): Rows {
  const history = onOfficeClock(known, context);
  const digest = digestOf(history, context);
  const row = foldClearance(history, digest, context);
  return {
    clearance: [row],
    clearance_item: foldClearanceItems(history, digest, context),
    act: foldActs(history, digest, row.breached === 1),
    finding: foldFindings(history, digest),
  };
}
