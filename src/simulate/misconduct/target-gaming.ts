/** Assessed on the day of registration, because that is what is counted, and re-opened when the work is really done. */
import { day, dayOf, minute } from '../clock.ts';
import { dutyOn } from '../officers.ts';
import { stepOf } from './deeds.ts';
import { culprits, type Misconduct } from './model.ts';

const pattern = 'target-gaming';

export const targetGaming: Misconduct = {
  pattern,
  meaning: 'assessed on the day of registration and re-opened later, when the control is made',
  plant: (scene, random, { rate, strength }) => {
    const officers = culprits(random, scene.examiners, rate);
    return {
      who: officers.map((officer) => ({ officer: officer.id, office: officer.office.id })),
      steps: (c, own) => {
        const { examiner } = c.conduct;
        const act = stepOf(c, 'INSPECT');
        const assessed = stepOf(c, 'ASSESS');
        const assigned = c.steps.filter((step) => step.kind === 'ASSIGN').at(-1);
        if (examiner === undefined || act === undefined || assessed === undefined || assigned === undefined)
          return;
        if (!officers.includes(examiner) || assessed.user !== examiner.id || !own.chance(strength)) return;
        const today = dayOf(c.registeredAt);
        const duty = dutyOn(examiner, today);
        if (duty === undefined || dayOf(act.at) === today || dayOf(assigned.at) !== today) return;
        const closing = today * day + duty.to - own.integer(2, 25) * minute;
        if (closing <= assigned.at) return;
        const taxAtFirst = c.versions[0]!.declaration.totals?.taxes?.amount ?? 0;
        c.steps.push({ ...assessed, at: closing, tax: taxAtFirst });
        const again = act.at - 2 * minute;
        const { user, office, section, terminal } = assessed;
        c.steps.push({
          kind: 'REOPEN',
          at: again,
          user,
          role: 'assessor',
          office,
          section,
          terminal,
          reason: 'to be completed',
        });
        c.planted.set(pattern, again);
      },
    };
  },
};
