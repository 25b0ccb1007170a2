/** Goods that are put into a warehouse and on the books never come out again. */
import { day, dayOf } from '../clock.ts';
import { suspenseDays } from '../papers.ts';
import { culprits, type Misconduct } from './model.ts';
import { busy } from './traders.ts';

const pattern = 'overdue-warehouse';

export const overdueWarehouse: Misconduct = {
  pattern,
  meaning: 'warehoused goods are neither taken out nor re-exported by the end of the period allowed',
  plant: (scene, random, { rate, strength }) => {
    const traders = culprits(
      random,
      busy(scene, (trader) => trader.suspense > 0),
      rate,
    );
    return {
      who: traders.map((trader) => ({ trader: trader.id })),
      steps: (c, own) => {
        if (c.regime !== 'warehouse' || !traders.includes(c.trader) || !own.chance(strength)) return;
        c.stays = true;
        c.planted.set(pattern, (dayOf(c.registeredAt) + suspenseDays.warehouse + 1) * day);
      },
    };
  },
};
