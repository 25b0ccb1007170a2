/** Importers who show the same certificate of origin again and again. */
import type { Goods } from '../case.ts';
import { certificateFor } from '../irregularity.ts';
import { isPreferential, preference } from '../tariff.ts';
import type { Trader } from '../traders.ts';
import { culprits, type Misconduct } from './model.ts';
import { busy } from './traders.ts';

const pattern = 'reused-certificates';

export const reusedCertificates: Misconduct = {
  pattern,
  meaning: 'one certificate of origin is shown for consignment after consignment',
  plant: (scene, random, { rate, strength }) => {
    const able = busy(scene, (trader) => trader.lines.some((line) => line.duty >= 0.1));
    const traders = culprits(random, able, rate);
    const shown = new Map<Trader, NonNullable<Goods['certificate']>>();
    return {
      who: traders.map((trader) => ({ trader: trader.id })),
      declare: (c, own) => {
        if (!traders.includes(c.trader) || c.regime !== 'home' || !own.chance(strength)) return;
        const item = c.declared.findIndex((goods) => goods.line.duty >= 0.1);
        if (item < 0) return;
        const goods = c.declared[item]!;
        const origin = isPreferential(goods.origin) ? goods.origin : preference.countries[0];
        const again = shown.get(c.trader);
        const certificate = again ?? certificateFor(c, origin, item + 1);
        shown.set(c.trader, certificate);
        c.declared[item] = { ...goods, origin, certificate };
        if (origin !== goods.origin) c.irregularity = { result: 'origin', item: item + 1, visible: 0.8 };
        // The first time it is a certificate like any other.
        if (again !== undefined) c.planted.set(pattern, c.lodgedAt);
      },
    };
  },
};
