/** Goods that leave before the duties are paid; some of the duties never are. */
import { day, hour } from '../clock.ts';
import { afterWork } from '../officers.ts';
import { delayFrom, drop, stepOf } from './deeds.ts';
import { culprits, type Misconduct } from './model.ts';

const pattern = 'release-before-payment';

export const releaseBeforePayment: Misconduct = {
  pattern,
  meaning: 'release precedes payment, without credit, and some of it is never paid',
  plant: (scene, random, { rate, strength }) => {
    const able = scene.officers.filter((officer) => officer.role === 'releaser' || officer.role === 'all');
    const officers = culprits(random, able, rate);
    return {
      who: officers.map((officer) => ({ officer: officer.id, office: officer.office.id })),
      steps: (c, own) => {
        const release = stepOf(c, 'RELEASE');
        const payment = stepOf(c, 'PAY');
        const assessed = stepOf(c, 'ASSESS');
        const officer = officers.find((each) => each.id === release?.user);
        if (officer === undefined || release === undefined || payment === undefined || assessed === undefined)
          return;
        if (!own.chance(0.4 * strength)) return;
        const held = stepOf(c, 'UNHOLD')?.at ?? 0;
        const at = afterWork(officer, Math.max(assessed.at, held), own.between(0.3, 2) * hour);
        if (at >= payment.at) delayFrom(c, payment.at, at - payment.at + own.between(1, 12) * day);
        else payment.at += own.between(1, 12) * day;
        release.at = at;
        const exit = stepOf(c, 'EXIT');
        if (exit !== undefined) exit.at = at + own.between(2, 20) * hour;
        if (own.chance(0.3)) drop(c, (step) => step === payment);
        c.planted.set(pattern, at);
      },
    };
  },
};
