/** Importers who claim an origin that is free of duty, with a certificate made for it, for goods that came straight from somewhere else. */
import { certificateFor } from '../irregularity.ts';
import { isPreferential, preference } from '../tariff.ts';
import { culprits, type Misconduct } from './model.ts';
import { busy } from './traders.ts';

const pattern = 'origin-fraud';

export const originFraud: Misconduct = {
  pattern,
  meaning: 'a preferential origin is claimed for goods dispatched from elsewhere',
  plant: (scene, random, { rate, strength }) => {
    const able = busy(scene, (trader) => trader.lines.some((line) => line.duty >= 0.1));
    const traders = culprits(random, able, rate);
    return {
      who: traders.map((trader) => ({ trader: trader.id })),
      declare: (c, own) => {
        if (!traders.includes(c.trader) || c.regime !== 'home' || !own.chance(strength)) return;
        const origin = preference.countries[0];
        let item = 0;
        c.declared = c.declared.map((goods, i) => {
          if (goods.line.duty < 0.1 || isPreferential(goods.origin)) return goods;
          item ||= i + 1;
          return { ...goods, origin, certificate: certificateFor(c, origin, i + 1) };
        });
        if (item === 0) return;
        c.irregularity = { result: 'origin', item, visible: 0.8 };
        c.planted.set(pattern, c.lodgedAt);
      },
    };
  },
};
