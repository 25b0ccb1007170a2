/** An officer who finds nothing because he looks at nothing: acts of minutes, the same words, always conform. */
import { stepOf } from './deeds.ts';
import { culprits, type Misconduct } from './model.ts';

const pattern = 'rubber-stamping';
const words = 'conform';

export const rubberStamping: Misconduct = {
  pattern,
  meaning: 'acts of a few minutes, in the same words, that never find anything',
  plant: (scene, random, { rate, strength }) => {
    const officers = culprits(random, scene.examiners, rate);
    return {
      who: officers.map((officer) => ({ officer: officer.id, office: officer.office.id })),
      handle: (c, own) => {
        const { conduct } = c;
        if (conduct.examiner === undefined || !officers.includes(conduct.examiner)) return;
        if (!own.chance(strength)) return;
        conduct.attention = 0;
        conduct.queries = false;
        conduct.act = own.between(1, 4);
        conduct.conformText = words;
      },
      steps: (c) => {
        const act = stepOf(c, 'INSPECT');
        if (act?.reason === words) c.planted.set(pattern, act.at);
      },
    };
  },
};
