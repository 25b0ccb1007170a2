/** Officers who work under a colleague's account, from their own terminal, while the colleague works too. */
import { day, dayOf, instantText, minute, type WallTime } from '../clock.ts';
import { dutyOn, type Officer } from '../officers.ts';
import type { SystemEvent } from '../system-event.ts';
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
    /** First and last act of each day. */
    const days = new Map<Officer, Map<number, { first: WallTime; last: WallTime }>>();
    return {
      who: [...lenders].map(([borrower, lender]) => ({ officer: lender.id, borrower: borrower.id })),
      steps: (c, own) => {
        const { examiner } = c.conduct;
        const lender = examiner === undefined ? undefined : lenders.get(examiner);
        if (examiner === undefined || lender === undefined || !own.chance(strength)) return;
        const acts = c.steps.filter((step) => step.user === examiner.id);
        if (acts.length === 0) return;
        const used = days.get(examiner) ?? new Map();
        for (const act of acts) {
          // Under the lender's name, at the borrower's desk.
          act.user = lender.id;
          const { first = act.at, last = act.at } = used.get(dayOf(act.at)) ?? {};
          used.set(dayOf(act.at), { first: Math.min(first, act.at), last: Math.max(last, act.at) });
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
          for (const [dayIndex, { first, last }] of [...used].sort(([a], [b]) => a - b)) {
            if (dayIndex > scene.end) continue;
            const { from, to } = dutyOn(borrower, dayIndex) ?? { from: day, to: 0 };
            // Whoever acts is logged in: by the rule a little after he comes and until a little before he goes.
            events.push({
              kind: 'session',
              record: {
                user: lender.id,
                terminal: borrower.terminal,
                office,
                from: instantText(Math.min(dayIndex * day + from + 600, first - minute), offset),
                to: instantText(Math.max(dayIndex * day + to - 600, last + minute), offset),
              },
            });
          }
        }
        return events;
      },
    };
  },
};
