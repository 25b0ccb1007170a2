/** Importers whose values end just under the amount from which a declaration is looked at. */
import { cifOf, inspectionThreshold } from '../selection.ts';
import { culprits, type Misconduct } from './model.ts';
import { busy } from './traders.ts';

const pattern = 'threshold-bunching';

export const thresholdBunching: Misconduct = {
  pattern,
  meaning: 'values of up to twice the inspection threshold are declared just below it',
  plant: (scene, random, { rate, strength }) => {
    // Of those with most to declare: a pattern of amounts takes many amounts.
    const all = busy(scene);
    const traders = culprits(random, all.slice(0, Math.ceil(all.length / 3)), rate);
    return {
      who: traders.map((trader) => ({ trader: trader.id })),
      declare: (c, own) => {
        if (!traders.includes(c.trader) || c.regime !== 'home' || !own.chance(strength)) return;
        const cif = cifOf(c);
        if (cif < inspectionThreshold || cif > 2 * inspectionThreshold) return;
        const share = (inspectionThreshold * own.between(0.97, 0.999)) / cif;
        const { shipment } = c;
        c.declared = c.declared.map((goods) => ({
          ...goods,
          price: Math.max(1, Math.round(goods.price * share)),
        }));
        // The charges go down with the price: they are on the same invoice.
        shipment.freight = Math.round(shipment.freight * share);
        shipment.insurance = Math.round(shipment.insurance * share);
        shipment.otherCosts = Math.round(shipment.otherCosts * share);
        c.irregularity = { result: 'value', item: 1, visible: 0.8 };
        c.planted.set(pattern, c.lodgedAt);
      },
    };
  },
};
