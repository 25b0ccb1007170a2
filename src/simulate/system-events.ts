/** The log of the clearance system itself: a session a day and officer on duty, and whatever misconduct left there. */
import type { Simulation } from './administration.ts';
import { day, instantText, minute } from './clock.ts';
import { dutyOn } from './officers.ts';
import { Random } from './random.ts';
import type { SystemEvent } from './reference.ts';

export function* systemEventsOf({
  officers,
  start,
  end,
  plants,
  options,
}: Simulation): Generator<SystemEvent> {
  for (let dayIndex = start; dayIndex <= end; dayIndex++) {
    for (const officer of officers) {
      const duty = dutyOn(officer, dayIndex);
      if (duty === undefined) continue;
      const random = Random.of(options.seed, 'session', officer.id, dayIndex);
      const { offset } = officer.office;
      yield {
        kind: 'session',
        at: instantText(dayIndex * day + duty.from - random.integer(0, 15) * minute, offset),
        endedAt: instantText(dayIndex * day + duty.to + random.integer(0, 20) * minute, offset),
        user: officer.id,
        office: officer.office.id,
        terminal: officer.terminal,
      };
    }
  }
  for (const { plant } of plants) yield* plant.systemEvents?.() ?? [];
}
