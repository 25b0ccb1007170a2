/** Declarations that are re-routed to green by the dozen, within seconds, before any control and without a reason. */
import { day, dayOf, minute, type WallTime } from '../clock.ts';
import { dutyOn, isOnDuty, type Officer } from '../officers.ts';
import { delayFrom, stepOf } from './deeds.ts';
import { culprits, type Misconduct } from './model.ts';

const pattern = 'batch-rerouting';

/** Ten minutes before the officer's day ends, on every fifth day or the next on which he is there: they are let to gather. */
function batchTime(officer: Officer, from: WallTime): WallTime {
  for (let dayIndex = dayOf(from) + 4 - ((dayOf(from) + 4) % 5); ; dayIndex++) {
    const duty = dutyOn(officer, dayIndex);
    if (duty === undefined) continue;
    const at = dayIndex * day + duty.to - 10 * minute;
    if (at >= from) return at;
  }
}

export const batchRerouting: Misconduct = {
  pattern,
  meaning: 'selected declarations are re-routed to green in batches, seconds apart and without a reason',
  plant: (scene, random, { rate, strength }) => {
    const officers = culprits(random, scene.examiners, rate);
    const places = new Map<WallTime, number>();
    return {
      who: officers.map((officer) => ({ officer: officer.id, office: officer.office.id })),
      handle: (c, own) => {
        const { conduct } = c;
        if (conduct.examiner === undefined || (conduct.lane !== 'yellow' && conduct.lane !== 'red')) return;
        const officer = officers.find(
          (each) => each.office === c.office && isOnDuty(each, conduct.assignedAt),
        );
        if (officer === undefined || !own.chance(0.5 * strength)) return;
        conduct.reroute = { to: 'green', kind: 'discretionary-down', by: officer };
        conduct.queries = false;
      },
      steps: (c) => {
        const move = stepOf(c, 'REROUTE');
        const officer = officers.find((each) => each.id === move?.user);
        if (move === undefined || officer === undefined || move.cause !== 'discretionary-down') return;
        if (move.reason !== undefined) return;
        const batch = batchTime(officer, move.at);
        const place = places.get(batch) ?? 0;
        places.set(batch, place + 1);
        delayFrom(c, move.at, batch + 3 * place - move.at);
        c.planted.set(pattern, move.at);
      },
    };
  },
};
