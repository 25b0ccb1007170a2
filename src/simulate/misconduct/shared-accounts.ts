/** Officers who work under a colleague's account, from their own terminal, while the colleague works too. */
import { day, dayOf, instantText } from '../clock.ts';
import { dutyOn, type Officer } from '../officers.ts';
import type { SystemEvent } from '../reference.ts';
import { culprits, type Misconduct } from './model.ts';

const pattern = 'shared-accounts';

export const sharedAccounts: Misconduct = {
  pattern,
  meaning:
    "an officer's acts are done under a colleague's account, from another terminal than the colleague's",
  plant: (scene, random, { rate, strength }) => {
    const lenders = new Map<Officer, Officer>();
    for (const borrower of culprits(random, scene.examiners, rate)) {
      const lender = scene.examiners.find(
        (each) => each.office === borrower.office && each !== borrower && !lenders.has(each),
      );
      if (lender !== undefined) lenders.set(borrower, lender);
    }
    const days = new Map<Officer, Set<number>>();
    return {
      who: [...lenders].map(([borrower, lender]) => ({ officer: lender.id, borrower: borrower.id })),
      steps: (c, own) => {
        const { examiner } = c.conduct;
        const lender = examiner === undefined ? undefined : lenders.get(examiner);
        if (examiner === undefined || lender === undefined || !own.chance(strength)) return;
        const acts = c.steps.filter((step) => step.user === examiner.id);
        if (acts.length === 0) return;
        const used = days.get(examiner) ?? new Set();
        for (const act of acts) {
          // Under the lender's name, at the borrower's desk.
          act.user = lender.id;
          used.add(dayOf(act.at));
        }
        for (const finding of c.findings) if (finding.user === examiner.id) finding.user = lender.id;
        days.set(examiner, used);
        c.planted.set(pattern, acts[0]!.at);
      },
      systemEvents: () => {
        const events: SystemEvent[] = [];
        for (const [borrower, used] of days) {
          const lender = lenders.get(borrower)!;
          const { offset, id: office } = borrower.office;
          for (const dayIndex of [...used].sort((a, b) => a - b)) {
            const duty = dutyOn(borrower, dayIndex);
            if (duty === undefined || dayIndex > scene.end) continue;
            events.push({
              kind: 'session',
              record: {
                user: lender.id,
                terminal: borrower.terminal,
                office,
                from: instantText(dayIndex * day + duty.from + 600, offset),
                to: instantText(dayIndex * day + duty.to - 600, offset),
              },
            });
          }
        }
        return events;
      },
    };
  },
};
