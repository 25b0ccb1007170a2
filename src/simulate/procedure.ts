/**
 * The procedure: from lodgement to exit as the office's rules have it, every step by someone who is there to do it.
 * Reads the case's conduct and writes its steps, findings and versions. All of it is lawful for a lawful conduct.
 */
import { audit } from './audit.ts';
import type { Case, LaneCode } from './case.ts';
import { hour, minute, type WallTime } from './clock.ts';
import { control } from './control.ts';
import { openAgain } from './exceptions.ts';
import { afterOpening, afterWork, type Officer } from './officers.ts';
import { regimes } from './papers.ts';
import {
  addVersion,
  agency,
  by,
  cashier,
  declarant,
  present,
  type Staff,
  standing,
  system,
  take,
  taxOf,
} from './steps.ts';

export function runProcedure(c: Case, staff: Staff): void {
  const { conduct } = c;
  let now = lodge(c);
  if (conduct.cancels === 'before-lane') {
    cancel(c, staff, now, 'lodged twice by mistake');
    return;
  }
  take(c, 'LANE', now, system(c), {
    to: conduct.lane,
    cause: conduct.laneCause,
    ...(conduct.criterion === undefined ? {} : { criterion: conduct.criterion }),
  });
  const cleared = holds(c, now);
  const treated = treat(c, now);
  take(
    c,
    'ASSESS',
    treated.at,
    conduct.examiner === undefined ? system(c) : by(conduct.examiner, 'assessor'),
    {
      tax: taxOf(c),
    },
  );
  now = openAgain(c, treated.at);
  if (conduct.cancels === 'after-assessment') {
    cancel(c, staff, afterOpening(c.office, now, 16 * hour), 'goods refused by the consignee');
    return;
  }
  const paid = pay(c, now);
  if (paid === undefined) return;
  const left = leave(c, staff, Math.max(paid, cleared));
  if (c.flow === 'import') audit(c, staff.auditors, treated.lane, left);
}

/** Manifest, arrival, lodgement, registration, and now and then a slip that the declarant mends; answers when selectivity runs. */
function lodge(c: Case): WallTime {
  const { shipment, random, declared } = c;
  if (shipment.manifest !== undefined) {
    take(c, 'MANIFEST', shipment.voyage.manifestAt, agency(c, 'CARRIER'));
    take(c, 'ARRIVE', shipment.voyage.arrivedAt, system(c));
  }
  take(c, 'LODGE', c.lodgedAt, declarant(c));
  take(c, 'REGISTER', c.registeredAt, system(c));
  if (!random.chance(0.012) || declared[0]!.writesOff !== undefined) {
    addVersion(c, c.lodgedAt, declared);
    return c.registeredAt + minute;
  }
  const slip = declared.map((goods, i) => (i === 0 ? { ...goods, price: goods.price * 10 } : goods));
  addVersion(c, c.lodgedAt, slip);
  const taxBefore = taxOf(c);
  const at = c.registeredAt + Math.floor(random.between(10, 50)) * minute;
  addVersion(c, at, declared);
  take(c, 'AMEND', at, declarant(c), {
    version: 2,
    taxBefore,
    tax: taxOf(c),
    reason: 'item 1: price mistyped',
  });
  return at + minute;
}

/** The goods' own agency looks at a quarter of what needs its permit; answers when nothing is held any more. */
function holds(c: Case, laneAt: WallTime): WallTime {
  const licence = c.declared.find((item) => item.line.licence !== undefined)?.line.licence;
  if (c.flow !== 'import' || licence === undefined || !c.random.chance(0.25)) return c.registeredAt;
  take(c, 'HOLD', laneAt + 2 * minute, agency(c, licence.agency), {
    reason: 'sanitary or technical control',
  });
  const cleared = afterOpening(c.office, laneAt, c.random.lognormal(9, 0.6) * hour);
  take(c, 'UNHOLD', cleared, agency(c, licence.agency), {
    user: `${licence.agency.toLowerCase()}01`,
    result: 'conform',
  });
  return cleared;
}

/** Re-routing, assignment and control; answers the lane in which it was treated and when it can be assessed. */
function treat(c: Case, laneAt: WallTime): { lane: LaneCode; at: WallTime } {
  const { conduct, random } = c;
  const { reroute, examiner } = conduct;
  let now = laneAt;
  let lane = conduct.lane;
  const move = (): void => {
    if (reroute === undefined) return;
    now = afterWork(reroute.by, Math.max(now, conduct.assignedAt), random.between(8, 30) * minute);
    take(c, 'REROUTE', now, by(reroute.by, 'rerouter'), {
      from: lane,
      to: reroute.to,
      cause: reroute.kind,
      ...(reroute.reason === undefined ? {} : { reason: reroute.reason }),
    });
    lane = reroute.to;
  };
  // Up comes before there is an examiner, down is an officer's own move once there is one.
  if (reroute?.kind === 'up') move();
  if (examiner === undefined) return { lane, at: now + minute };
  now = assign(c, examiner, Math.max(now, conduct.assignedAt));
  if (reroute?.kind === 'discretionary-down') move();
  now = Math.max(now, c.shipment.voyage.arrivedAt);
  if (lane === 'red' || lane === 'yellow') return { lane, at: control(c, examiner, lane, now) };
  return { lane, at: afterWork(examiner, now, 10 * minute) };
}

/** The engine's or the chief's choice, and a later change of it; answers when the examiner has the declaration. */
function assign(c: Case, examiner: Officer, at: WallTime): WallTime {
  const { assigner, reassigned } = c.conduct;
  const chosen = reassigned?.from ?? examiner;
  const byChief = assigner !== undefined && reassigned?.engine !== true;
  take(c, 'ASSIGN', at, byChief ? by(assigner, 'assigner') : system(c), {
    to: chosen.id,
    section: chosen.section,
    cause: byChief ? 'manual' : 'engine',
  });
  if (reassigned === undefined || assigner === undefined) return at;
  const then = Math.max(at + 10 * minute, reassigned.at);
  take(c, 'ASSIGN', then, by(assigner, 'assigner'), {
    from: reassigned.from.id,
    to: examiner.id,
    section: examiner.section,
    cause: 'manual',
    reason: reassigned.reason,
  });
  return then;
}

/** The chief cancels at the declarant's request. */
function cancel(c: Case, staff: Staff, at: WallTime, reason: string): void {
  const [chief, then] = present(staff.chiefs, afterOpening(c.office, at, 20 * minute));
  take(c, 'CANCEL', then, by(chief, 'canceller'), { reason });
}

/** Guarantee or payment; answers when it is there, or undefined where it never comes. */
function pay(c: Case, assessedAt: WallTime): WallTime | undefined {
  if (regimes[c.regime].duties === 'suspended') {
    const at = afterOpening(c.office, assessedAt, c.random.lognormal(1, 0.5) * hour);
    take(c, 'GUARANTEE', at, cashier(c), { tax: standing(c).totals?.guaranteed?.amount ?? 0 });
    return at;
  }
  const tax = taxOf(c);
  if (tax === 0) return assessedAt;
  if (!c.conduct.pays) return undefined;
  const at = afterOpening(c.office, assessedAt, c.random.lognormal(7, 0.8) * hour);
  take(c, 'PAY', at, cashier(c), { tax });
  return at;
}

/** Release and exit; answers when the goods are gone. Where no officer had it, the system releases by itself. */
function leave(c: Case, staff: Staff, ready: WallTime): WallTime {
  const { random, office, shipment } = c;
  let now = shipment.manifest === undefined ? ready : Math.max(ready, shipment.voyage.arrivedAt);
  if (c.conduct.examiner === undefined) {
    now += 2 * minute;
    take(c, 'RELEASE', now, system(c));
  } else {
    const asked = afterOpening(office, now, random.between(10, 90) * minute);
    const [releaser, at] = present(staff.releasers, asked);
    now = at;
    take(c, 'RELEASE', now, by(releaser, 'releaser'));
  }
  const transit = c.regime === 'transit';
  now += (transit ? random.between(30, 110) : random.lognormal(14, 0.8)) * hour;
  take(c, 'EXIT', now, system(c), {
    ...(transit ? { office: `${office.id}X`, result: 'discharged' } : {}),
    ...(shipment.seals.length === 0 ? {} : { seals: shipment.seals }),
  });
  return now;
}
