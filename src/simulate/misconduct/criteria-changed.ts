/** A selectivity criterion that is switched off for a few hours and then restored: what it would have stopped goes through green. */
import { day, hour, instantText, minute, type WallTime } from '../clock.ts';
import { dutyOn, type Officer } from '../officers.ts';
import { type Criterion, criteria } from '../selection.ts';
import type { SystemEvent } from '../system-event.ts';
import { culprits, type Misconduct } from './model.ts';

const pattern = 'criteria-changed';

interface Window {
  officer: Officer;
  criterion: Criterion;
  from: WallTime;
  to: WallTime;
}

export const criteriaChanged: Misconduct = {
  pattern,
  meaning: 'a criterion is set to select nothing for some hours and then put back',
  plant: (scene, random, { rate, strength }) => {
    const chiefs = culprits(
      random,
      scene.officers.filter((officer) => officer.role === 'chief'),
      rate,
    );
    const windows: Window[] = [];
    for (const officer of chiefs) {
      for (let dayIndex = scene.start; dayIndex <= scene.end; dayIndex++) {
        const duty = dutyOn(officer, dayIndex);
        // At full strength about every other working day.
        if (duty === undefined || !random.chance(0.5 * strength)) continue;
        const criterion = criteria[random.integer(0, 1)]!;
        const from = dayIndex * day + duty.from + random.integer(10, 90) * minute;
        windows.push({ officer, criterion, from, to: from + random.integer(2, 5) * hour });
      }
    }
    return {
      who: chiefs.map((officer) => ({ officer: officer.id, office: officer.office.id })),
      handle: (c) => {
        const { conduct } = c;
        const open = windows.find(
          ({ officer, criterion, from, to }) =>
            officer.office === c.office &&
            criterion.id === conduct.criterion &&
            c.registeredAt >= from &&
            c.registeredAt < to,
        );
        if (open === undefined) return;
        conduct.lane = 'green';
        conduct.laneCause = 'quota';
        delete conduct.criterion;
        delete conduct.examiner;
        delete conduct.assigner;
        delete conduct.reassigned;
        delete conduct.reroute;
        conduct.eligible = [];
        conduct.queries = false;
        c.planted.set(pattern, c.registeredAt);
      },
      systemEvents: () =>
        windows.flatMap(({ officer, criterion, from, to }): SystemEvent[] => {
          const { offset, id: office } = officer.office;
          const { id, text, lane } = criterion;
          // A log of changes keeps the criterion as it then was, whole.
          const state = (share: number, since: WallTime) => ({
            criterion: id,
            office,
            lane,
            share,
            active: true,
            text,
            user: officer.id,
            from: instantText(since, offset),
          });
          return [
            { kind: 'criterion', record: { ...state(0, from), to: instantText(to, offset) } },
            { kind: 'criterion', record: state(criterion.share, to) },
          ];
        }),
    };
  },
};
