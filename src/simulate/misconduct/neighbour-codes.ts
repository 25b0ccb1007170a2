/** Importers who declare their goods under the code next door, where the duty is lower. */
import { relabel } from '../irregularity.ts';
import { lineOf } from '../tariff.ts';
import { culprits, type Misconduct } from './model.ts';
import { busy } from './traders.ts';

const pattern = 'neighbour-codes';

export const neighbourCodes: Misconduct = {
  pattern,
  meaning: 'goods are declared under a neighbouring code of lower duty',
  plant: (scene, random, { rate, strength }) => {
    const able = busy(scene, (trader) => trader.lines.some((line) => line.neighbour !== undefined));
    const traders = culprits(random, able, rate);
    return {
      who: traders.map((trader) => ({ trader: trader.id })),
      declare: (c, own) => {
        if (!traders.includes(c.trader) || c.regime !== 'home' || !own.chance(strength)) return;
        let item = 0;
        c.declared = c.declared.map((goods, i) => {
          const neighbour = lineOf.get(goods.line.neighbour ?? '');
          if (neighbour === undefined) return goods;
          item ||= i + 1;
          return relabel(goods, neighbour);
        });
        if (item === 0) return;
        c.irregularity = { result: 'hs', item, visible: 0.7 };
        c.planted.set(pattern, c.lodgedAt);
      },
    };
  },
};
