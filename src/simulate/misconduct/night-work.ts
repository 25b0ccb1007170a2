/** Acts and assessments typed in the night, when nobody is there to see whose goods they are for. */
import { day, dayOf, hour } from '../clock.ts';
import { delayFrom, stepOf } from './deeds.ts';
import { culprits, type Misconduct } from './model.ts';

const pattern = 'night-work';

export const nightWork: Misconduct = {
  pattern,
  meaning: 'acts and assessments are done in the night, outside office hours and roster',
  plant: (scene, random, { rate, strength }) => {
    const officers = culprits(random, scene.examiners, rate);
    return {
      who: officers.map((officer) => ({ officer: officer.id, office: officer.office.id })),
      steps: (c, own) => {
        const act = stepOf(c, 'INSPECT');
        if (act === undefined || !officers.some((each) => each.id === act.user)) return;
        if (!own.chance(0.5 * strength)) return;
        const night = dayOf(act.at) * day + own.between(22.2, 25) * hour;
        if (night <= act.at) return;
        delayFrom(c, act.at, Math.round(night - act.at));
        c.planted.set(pattern, act.at);
      },
    };
  },
};
