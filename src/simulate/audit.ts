/** Post-clearance audit: of a third of blue, and of one in fifty of the other imports, by auditors who saw none of it before. */
import type { Case, LaneCode } from './case.ts';
import { day, hour, type WallTime } from './clock.ts';
import { chanceToFind } from './irregularity.ts';
import { afterWork, type Officer } from './officers.ts';
import { stakeOf } from './papers.ts';
import { by, take, taxOf } from './steps.ts';

export function audit(c: Case, auditors: readonly Officer[], lane: LaneCode, leftAt: WallTime): void {
  const { random, irregularity } = c;
  const chosen = random.chance(lane === 'blue' ? 0.3 : 0.02);
  const wait = random.between(10, 120) * day;
  const seen = random.uniform();
  const auditor = random.pick(auditors);
  if (!chosen) return;
  const at = afterWork(auditor, leftAt + wait, 2 * hour);
  const gap = taxOf(c) === 0 ? 0 : Math.max(0, stakeOf(c, c.actual) - taxOf(c));
  // A few units are rounding, not a finding.
  const found =
    irregularity !== undefined && gap > 100 && seen < chanceToFind('post-clearance', irregularity, 1);
  const result = found ? irregularity.result : 'conform';
  take(c, 'PCA', at, by(auditor, 'examiner'), { control: 'post-clearance', result, tax: found ? gap : 0 });
  c.findings.push({
    control: 'post-clearance',
    result,
    status: 'final',
    at,
    user: auditor.id,
    random: lane !== 'blue',
    ...(found ? { duty: gap } : {}),
  });
}
