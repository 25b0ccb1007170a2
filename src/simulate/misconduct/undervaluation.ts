/** Importers who declare half of what they paid, always. */
import { culprits, type Misconduct } from './model.ts';
import { busy } from './traders.ts';

const pattern = 'undervaluation';

export const undervaluation: Misconduct = {
  pattern,
  meaning: 'importers declare 45 to 70 % of the price they paid',
  plant: (scene, random, { rate, strength }) => {
    const traders = culprits(random, busy(scene), rate);
    return {
      who: traders.map((trader) => ({ trader: trader.id })),
      declare: (c, own) => {
        if (!traders.includes(c.trader) || c.regime !== 'home' || !own.chance(strength)) return;
        const share = own.between(0.45, 0.7);
        c.declared = c.declared.map((goods) => ({
          ...goods,
          price: Math.max(1, Math.round(goods.price * share)),
        }));
        c.irregularity = { result: 'value', item: own.integer(1, c.declared.length), visible: 0.8 };
        c.planted.set(pattern, c.lodgedAt);
      },
    };
  },
};
