/** An officer who re-routes to red what is green, over and over, and never finds anything: an examination is a nuisance that can be bought off. */
import { dayOf } from '../clock.ts';
import { isOnDuty } from '../officers.ts';
import { stepOf } from './deeds.ts';
import { culprits, type Misconduct } from './model.ts';

const pattern = 'fruitless-rerouting';

export const fruitlessRerouting: Misconduct = {
  pattern,
  meaning: 'green declarations are re-routed to red without ground, and nothing is found',
  plant: (scene, random, { rate, strength }) => {
    const officers = culprits(random, scene.examiners, rate);
    return {
      who: officers.map((officer) => ({ officer: officer.id, office: officer.office.id })),
      handle: (c, own) => {
        const { conduct } = c;
        if (conduct.examiner !== undefined || conduct.cancels !== undefined || c.flow !== 'import') return;
        const officer = officers.find(
          (each) => each.office === c.office && isOnDuty(each, conduct.assignedAt),
        );
        // Even at full strength he stops one in five of what passes while he is there.
        if (officer === undefined || !own.chance(0.2 * strength)) return;
        if (dayOf(conduct.assignedAt) > scene.end) return;
        conduct.reroute = { to: 'red', kind: 'up', by: officer, reason: 'to be verified' };
        conduct.examiner = officer;
        conduct.eligible = [officer];
        conduct.attention = 0;
        conduct.delay = own.lognormal(360, 0.9);
        conduct.act = own.lognormal(75, 0.4) * officer.pace;
        conduct.conformText = 'verified, conform';
      },
      steps: (c) => {
        const move = stepOf(c, 'REROUTE');
        if (move?.reason === 'to be verified') c.planted.set(pattern, move.at);
      },
    };
  },
};
