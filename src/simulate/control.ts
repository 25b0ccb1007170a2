/** The control of one officer: scan, query, act, and what follows when something is found. */
import type { Case, Finding, LaneCode } from './case.ts';
import { hour, minute, type WallTime } from './clock.ts';
import { awaitInVain } from './exceptions.ts';
import { chanceToFind } from './irregularity.ts';
import { afterOpening, afterWork, type Officer } from './officers.ts';
import { addVersion, by, declarant, take, taxOf } from './steps.ts';

const faults: Readonly<Record<Exclude<Finding['result'], 'conform'>, string>> = {
  documents: 'documents incomplete',
  value: 'declared value too low',
  hs: 'classification not accepted',
  origin: 'origin not accepted',
  quantity: 'quantity in excess of the declared',
  undeclared: 'goods not declared',
  prohibited: 'prohibited goods',
};

/** Shortfalls above this many units of the national currency are an offence, below a mere correction. */
const offenceFrom = 50_000;

/** Answers when the control is over and its lane closed. */
export function control(c: Case, officer: Officer, lane: LaneCode, start: WallTime): WallTime {
  const { random, conduct, office, irregularity } = c;
  const physical = lane === 'red';
  let now = afterWork(officer, start, conduct.delay * minute);
  // What the random stream is asked for does not depend on the answers, so that cases stay comparable across runs.
  const draws = Array.from({ length: 6 }, () => random.uniform());
  if (physical && office.scanner && c.shipment.containers.length > 0) {
    const end = afterWork(officer, now, (10 + 10 * draws[0]!) * minute);
    take(c, 'SCAN', now, by(officer, 'examiner'), { endedAt: end, control: 'scan', result: 'no anomaly' });
    now = afterWork(officer, end, 20 * minute);
  }
  if (conduct.queries) {
    take(c, 'QUERY', now, by(officer, 'examiner'), {
      reason: 'please send the contract and proof of payment',
    });
    const late = lane === 'yellow' ? awaitInVain(c, now) : undefined;
    if (late !== undefined) return afterWork(officer, late, conduct.act * minute);
    const back = afterOpening(office, now, (1 + 12 * draws[1]!) * hour);
    take(c, 'ANSWER', back, declarant(c), { result: 'documents sent' });
    now = afterWork(officer, back, 30 * minute);
  }
  const end = afterWork(officer, now, conduct.act * minute);
  const kind = physical ? 'physical' : 'documents';
  const found =
    irregularity !== undefined &&
    draws[2]! < chanceToFind(kind, irregularity, officer.diligence * conduct.attention);
  take(c, 'INSPECT', now, by(officer, 'examiner'), {
    endedAt: end,
    control: kind,
    result: found ? irregularity.result : 'conform',
    reason: found ? `item ${irregularity.item}: ${faults[irregularity.result]}` : conduct.conformText,
  });
  now = end;
  const finding = { control: kind, user: officer.id, random: conduct.laneCause === 'random' } as const;
  if (!found) c.findings.push({ ...finding, result: 'conform', status: 'final', at: now });
  else now = correct(c, officer, finding, irregularity, now, draws);
  now = afterWork(officer, now, 5 * minute);
  take(c, 'REROUTE', now, by(officer, 'rerouter'), {
    from: lane,
    to: 'green',
    cause: 'control-closed',
    reason: 'control ended',
  });
  return afterWork(officer, now, 10 * minute);
}

/** The declaration is put right, and where much was short, an offence is recorded and sometimes appealed. */
function correct(
  c: Case,
  officer: Officer,
  finding: Pick<Finding, 'control' | 'user' | 'random'>,
  { result, item }: NonNullable<Case['irregularity']>,
  start: WallTime,
  draws: readonly number[],
): WallTime {
  const reason = `item ${item}: ${faults[result]}`;
  const taxBefore = taxOf(c);
  let now = start;
  let duty = 0;
  if (result !== 'documents') {
    now = afterWork(officer, now, (20 + 60 * draws[3]!) * minute);
    addVersion(c, now, c.actual);
    const tax = taxOf(c);
    duty = Math.max(0, tax - taxBefore);
    take(c, 'AMEND', now, by(officer, 'assessor'), { version: c.versions.length, taxBefore, tax, reason });
  }
  const fine = duty > offenceFrom ? Math.round(duty * (0.3 + 0.7 * draws[4]!)) : 0;
  let status: Finding['status'] = 'final';
  if (fine > 0) {
    now = afterWork(officer, now, 10 * minute);
    take(c, 'OFFENCE', now, by(officer, 'assessor'), { fine, reason: faults[result] });
    if (draws[5]! < 0.05) {
      status = draws[5]! < 0.03 ? 'appealed' : 'annulled';
      take(c, 'APPEAL', afterOpening(c.office, now, 20 * hour), declarant(c));
    }
  }
  c.findings.push({
    ...finding,
    result,
    status,
    at: now,
    ...(item > c.declared.length ? {} : { item }),
    ...(duty > 0 ? { duty } : {}),
    ...(fine > 0 ? { fine } : {}),
  });
  return now;
}
