/**
 * The procedure: from lodgement to exit as the office's rules have it, every step by someone who is there to do it.
 * Reads the case's conduct and writes its steps, findings and versions. All of it is lawful for a lawful conduct.
 */
import type { Case, Finding, Goods, Step } from './case.ts';
import { dayOf, hour, minute, type WallTime } from './clock.ts';
import { chanceToFind } from './irregularity.ts';
import { afterOpening, afterWork, isOnDuty, type Officer } from './officers.ts';
import { drawUp, dueOn, regimes, valuesOf } from './papers.ts';
import { exempt } from './traders.ts';

/** What the procedure needs to know of the office at work. */
export interface Staff {
  chiefs: readonly Officer[];
  releasers: readonly Officer[];
  auditors: readonly Officer[];
  /** National units for one unit of the invoice's currency, on the day of registration. */
  rate: number;
}

/** The first of these who is there, or the one who is there next. */
function present(officers: readonly Officer[], at: WallTime): [Officer, WallTime] {
  const there = officers.find((officer) => isOnDuty(officer, at));
  if (there !== undefined) return [there, at];
  const next = officers.map(
    (officer) => [officer, afterWork(officer, at, 5 * minute)] as [Officer, WallTime],
  );
  return next.reduce((best, each) => (each[1] < best[1] ? each : best));
}

const by = (officer: Officer, role: NonNullable<Step['role']>) => ({
  user: officer.id,
  role,
  office: officer.office.id,
  section: officer.section,
  terminal: officer.terminal,
});

export function runProcedure(c: Case, staff: Staff): void {
  const { random, conduct, office } = c;
  const codes = regimes[c.regime];
  const paying = codes.duties === 'paid' && !(exempt(c.trader) && c.regime === 'home');
  const stake = (goods: readonly Goods[]): number => dueOn(goods, valuesOf(c, goods, staff.rate));
  const push = (step: Step): number => c.steps.push(step);
  const system = { role: 'system', office: office.id } as const;
  const declarant = { user: c.broker.id, role: 'declarant', office: office.id } as const;

  let goods = c.declared;
  let tax = paying ? stake(goods) : 0;
  const addVersion = (at: WallTime, next: Goods[]): void => {
    goods = next;
    c.versions.push({ at, declaration: drawUp(c, next, c.versions.length + 1, staff.rate) });
  };
  addVersion(c.lodgedAt, goods);

  // ── Arrival and lodgement ────────────────────────────────────────────────────────────────────────────────────
  if (c.shipment.manifest !== undefined) {
    const { manifestAt, arrivedAt } = c.shipment.voyage;
    push({ kind: 'MANIFEST', at: manifestAt, role: 'agency', agency: 'CARRIER', office: office.id });
    push({ kind: 'ARRIVE', at: arrivedAt, ...system });
  }
  push({ kind: 'LODGE', at: c.lodgedAt, ...declarant });
  push({ kind: 'REGISTER', at: c.registeredAt, ...system });
  let now = c.registeredAt + minute;
  // The chief cancels at the declarant's request, lane or no lane; nothing of that kind happens to red in good order.
  const cancel = (at: WallTime, reason: string): void => {
    const [chief, then] = present(staff.chiefs, afterOpening(office, at, 20 * minute));
    push({ kind: 'CANCEL', at: then, ...by(chief, 'canceller'), reason });
  };
  if (conduct.cancels === 'before-lane') {
    cancel(now, 'lodged twice by mistake');
    return;
  }

  // ── Selectivity ──────────────────────────────────────────────────────────────────────────────────────────────
  push({
    kind: 'LANE',
    at: now,
    ...system,
    to: conduct.lane,
    cause: conduct.laneCause,
    ...(conduct.criterion === undefined ? {} : { criterion: conduct.criterion }),
  });
  let lane = conduct.lane;
  let clear = c.registeredAt;
  const licence = goods.find((item) => item.line.licence !== undefined)?.line.licence;
  if (c.flow === 'import' && licence !== undefined && random.chance(0.25)) {
    const agency = { role: 'agency', agency: licence.agency, office: office.id } as const;
    push({ kind: 'HOLD', at: now + 2 * minute, ...agency, reason: 'sanitary or technical control' });
    clear = afterOpening(office, now, random.lognormal(9, 0.6) * hour);
    push({
      kind: 'UNHOLD',
      at: clear,
      ...agency,
      user: `${licence.agency.toLowerCase()}01`,
      result: 'conform',
    });
  }

  // ── Control by an officer ────────────────────────────────────────────────────────────────────────────────────
  const { reroute, examiner } = conduct;
  const move = (): void => {
    if (reroute === undefined) return;
    now = afterWork(reroute.by, Math.max(now, conduct.assignedAt), random.between(8, 30) * minute);
    push({
      kind: 'REROUTE',
      at: now,
      ...by(reroute.by, 'rerouter'),
      from: lane,
      to: reroute.to,
      cause: reroute.kind,
      ...(reroute.reason === undefined ? {} : { reason: reroute.reason }),
    });
    lane = reroute.to;
  };
  // Up comes before there is an examiner, down is the examiner's own move.
  if (reroute?.kind === 'up') move();
  if (examiner === undefined) {
    now += minute;
    push({ kind: 'ASSESS', at: now, ...system, tax });
  } else {
    now = assign(c, examiner, Math.max(now, conduct.assignedAt));
    if (reroute?.kind === 'discretionary-down') move();
    now = Math.max(now, c.shipment.voyage.arrivedAt);
    if (lane === 'red' || lane === 'yellow') {
      const context = { tax, stake, paying, addVersion, goods: () => goods, declarant };
      now = control(c, examiner, lane, now, context);
      tax = paying ? stake(goods) : 0;
    } else {
      now = afterWork(examiner, now, 10 * minute);
    }
    push({ kind: 'ASSESS', at: now, ...by(examiner, 'assessor'), tax });
  }
  if (conduct.cancels === 'after-assessment') {
    cancel(afterOpening(office, now, random.lognormal(16, 0.5) * hour), 'goods refused by the consignee');
    return;
  }

  // ── Payment, release, exit ───────────────────────────────────────────────────────────────────────────────────
  if (codes.duties === 'suspended') {
    now = afterOpening(office, now, random.lognormal(1, 0.5) * hour);
    const suspended = c.versions[c.versions.length - 1]!.declaration.totals?.guaranteed?.amount ?? 0;
    push({
      kind: 'GUARANTEE',
      at: now,
      role: 'cashier',
      user: `${office.id}-cash`,
      office: office.id,
      tax: suspended,
    });
  } else if (tax > 0) {
    if (!conduct.pays) return;
    now = afterOpening(office, now, random.lognormal(7, 0.8) * hour);
    push({ kind: 'PAY', at: now, role: 'cashier', user: `${office.id}-cash`, office: office.id, tax });
  }
  now = Math.max(now, clear);
  if (c.shipment.manifest !== undefined) now = Math.max(now, c.shipment.voyage.arrivedAt);
  if (examiner === undefined) {
    now += 2 * minute;
    push({ kind: 'RELEASE', at: now, ...system });
  } else {
    const [releaser, at] = present(
      staff.releasers,
      afterOpening(office, now, random.between(10, 90) * minute),
    );
    now = at;
    push({ kind: 'RELEASE', at: now, ...by(releaser, 'releaser') });
  }
  const away = c.regime === 'transit' ? random.between(30, 110) * hour : random.lognormal(14, 0.8) * hour;
  const exitOffice = c.regime === 'transit' ? `${office.id}X` : office.id;
  push({
    kind: 'EXIT',
    at: now + away,
    role: 'system',
    office: exitOffice,
    ...(c.shipment.seals.length === 0 ? {} : { seals: c.shipment.seals }),
  });
  if (c.flow === 'import') audit(c, staff, lane, now + away, stake(goods), stake);
}

/** The engine's or the chief's choice, and a later change of it; answers when the examiner has the declaration. */
function assign(c: Case, examiner: Officer, at: WallTime): WallTime {
  const { assigner, reassigned } = c.conduct;
  const chosen = reassigned?.from ?? examiner;
  const byChief = assigner !== undefined && reassigned?.engine !== true;
  c.steps.push({
    kind: 'ASSIGN',
    at,
    ...(byChief ? by(assigner, 'assigner') : { role: 'system' as const, office: c.office.id }),
    to: chosen.id,
    section: chosen.section,
    cause: byChief ? 'manual' : 'engine',
  });
  if (reassigned === undefined || assigner === undefined) return at;
  const then = Math.max(at + 10 * minute, reassigned.at);
  c.steps.push({
    kind: 'ASSIGN',
    at: then,
    ...by(assigner, 'assigner'),
    from: reassigned.from.id,
    to: examiner.id,
    section: examiner.section,
    cause: 'manual',
    reason: reassigned.reason,
  });
  return then;
}

interface ControlContext {
  tax: number;
  paying: boolean;
  stake: (goods: readonly Goods[]) => number;
  addVersion: (at: WallTime, goods: Goods[]) => void;
  goods: () => Goods[];
  declarant: { user: string; role: 'declarant'; office: string };
}

const faults: Readonly<Record<Exclude<Finding['result'], 'conform'>, string>> = {
  documents: 'documents incomplete',
  value: 'declared value too low',
  hs: 'classification not accepted',
  origin: 'origin not accepted',
  quantity: 'quantity in excess of the declared',
  undeclared: 'goods not declared',
  prohibited: 'prohibited goods',
};

/** The control of one officer, from scan to the lane's closing; answers when it is over. */
function control(
  c: Case,
  officer: Officer,
  lane: Case['conduct']['lane'],
  start: WallTime,
  context: ControlContext,
): WallTime {
  const { random, conduct, office, irregularity } = c;
  const push = (step: Step): number => c.steps.push(step);
  const kind = lane === 'red' ? 'physical' : 'documents';
  let now = afterWork(officer, start, conduct.delay * minute);
  // What the random stream is asked for does not depend on the answers, so that cases stay comparable across runs.
  const [seen, asked, answered, scan, fineShare, appeal] = Array.from({ length: 6 }, () => random.uniform());
  if (lane === 'red' && office.scanner && c.shipment.containers.length > 0) {
    const end = afterWork(officer, now, (10 + 10 * scan!) * minute);
    push({
      kind: 'SCAN',
      at: now,
      endedAt: end,
      ...by(officer, 'examiner'),
      control: 'scan',
      result: 'no anomaly',
    });
    now = afterWork(officer, end, 20 * minute);
  }
  if (conduct.queries) {
    push({
      kind: 'QUERY',
      at: now,
      ...by(officer, 'examiner'),
      reason: 'please send the contract and proof of payment',
    });
    const back = afterOpening(office, now, (1 + 12 * answered!) * hour);
    push({ kind: 'ANSWER', at: back, ...context.declarant, result: 'documents sent' });
    now = afterWork(officer, back, 30 * minute);
  }
  const end = afterWork(officer, now, conduct.act * minute);
  const skill = officer.diligence * conduct.attention;
  const found = irregularity !== undefined && seen! < chanceToFind(kind, irregularity, skill);
  push({
    kind: 'INSPECT',
    at: now,
    endedAt: end,
    ...by(officer, 'examiner'),
    control: kind,
    result: found ? irregularity.result : 'conform',
    reason: found ? `item ${irregularity.item}: ${faults[irregularity.result]}` : conduct.conformText,
  });
  now = end;
  const finding = { control: kind, user: officer.id, random: conduct.laneCause === 'random' } as const;
  if (!found) {
    c.findings.push({ ...finding, result: 'conform', status: 'final', at: now });
  } else {
    const before = context.paying ? context.tax : 0;
    let gap = 0;
    if (irregularity.result !== 'documents') {
      now = afterWork(officer, now, (20 + 60 * asked!) * minute);
      context.addVersion(now, [...c.actual]);
      const after = context.paying ? context.stake(context.goods()) : 0;
      gap = Math.max(0, after - before);
      push({
        kind: 'AMEND',
        at: now,
        ...by(officer, 'assessor'),
        version: c.versions.length,
        taxBefore: before,
        tax: after,
        reason: `item ${irregularity.item}: ${faults[irregularity.result]}`,
      });
    }
    const fine = gap > 50_000 ? Math.round(gap * (0.3 + 0.7 * fineShare!)) : 0;
    if (fine > 0) {
      now = afterWork(officer, now, 10 * minute);
      push({
        kind: 'OFFENCE',
        at: now,
        ...by(officer, 'assessor'),
        fine,
        reason: faults[irregularity.result],
      });
    }
    const status = appeal! < 0.03 ? 'appealed' : appeal! < 0.05 ? 'annulled' : 'final';
    if (fine > 0 && status !== 'final') {
      push({ kind: 'APPEAL', at: afterOpening(office, now, 20 * hour), ...context.declarant });
    }
    c.findings.push({
      ...finding,
      result: irregularity.result,
      status: fine > 0 ? status : 'final',
      at: now,
      ...(irregularity.item > c.declared.length ? {} : { item: irregularity.item }),
      ...(gap > 0 ? { duty: gap } : {}),
      ...(fine > 0 ? { fine } : {}),
    });
  }
  now = afterWork(officer, now, 5 * minute);
  push({
    kind: 'REROUTE',
    at: now,
    ...by(officer, 'rerouter'),
    from: lane,
    to: 'green',
    cause: 'control-closed',
    reason: 'control ended',
  });
  return afterWork(officer, now, 10 * minute);
}

/** Post-clearance audit: of a third of blue, and of one in fifty of the others. */
function audit(
  c: Case,
  staff: Staff,
  lane: Case['conduct']['lane'],
  releasedAt: WallTime,
  declaredStake: number,
  stake: (goods: readonly Goods[]) => number,
): void {
  const { random, irregularity } = c;
  const chosen = random.chance(lane === 'blue' ? 0.3 : 0.02);
  const wait = random.between(10, 120);
  const seen = random.uniform();
  const auditor = random.pick(staff.auditors);
  if (!chosen) return;
  const at = afterWork(auditor, releasedAt + wait * 24 * hour, 2 * hour);
  const gap = Math.max(0, stake(c.actual) - declaredStake);
  const found =
    irregularity !== undefined && gap > 0 && seen < chanceToFind('post-clearance', irregularity, 1);
  c.steps.push({
    kind: 'PCA',
    at,
    ...by(auditor, 'examiner'),
    control: 'post-clearance',
    result: found ? irregularity.result : 'conform',
    tax: found ? gap : 0,
  });
  c.findings.push({
    control: 'post-clearance',
    result: found ? irregularity.result : 'conform',
    status: 'final',
    at,
    user: auditor.id,
    random: lane !== 'blue',
    ...(found ? { duty: gap } : {}),
  });
}

/** The day on which the last step was taken. */
export const lastDay = (c: Case): number => dayOf(Math.max(...c.steps.map((step) => step.at)));
