/**
 * An officer and the brokers who work with him, with a chief who sees to it that they meet (customs-practice 3.1 to 3.3):
 * the brokers' most lucrative declarations are undervalued, come to the officer by reassignment, and go through fast and
 * without a finding. Since the lucrative ones come to him, the officer collects MORE per declaration than his peers, in
 * an office with trade enough: of one hundred declarations the few largest decide the mean.
 */
import type { Case } from '../case.ts';
import { minute } from '../clock.ts';
import { isOnDuty, type Officer } from '../officers.ts';
import type { Broker } from '../traders.ts';
import { dollarsAtStake, stepOf } from './deeds.ts';
import { culprits, type Misconduct } from './model.ts';

const pattern = 'collusive-pairs';

/** Duties and taxes from which a declaration is worth it, in dollars. */
const lucrative = 8_000;
/** What an officer's partners declare together, in shares of the work that falls to one officer of the office. */
const worth = 2;

export const collusivePairs: Misconduct = {
  pattern,
  meaning: "a broker's undervalued, lucrative declarations are reassigned to an officer who finds nothing",
  plant: (scene, random, { rate, strength }) => {
    const partners = new Map<Broker, { officer: Officer; chief: Officer }>();
    const able = scene.examiners.filter(
      (officer) => scene.examiners.filter((other) => other.office === officer.office).length > 1,
    );
    for (const officer of culprits(random, able, rate)) {
      const chief = scene.officers.find((each) => each.role === 'chief' && each.office === officer.office);
      if (chief === undefined) continue;
      const colleagues = scene.examiners.filter((each) => each.office === officer.office).length;
      const brokers = scene.brokers.filter((each) => each.office === officer.office);
      const trade = brokers.reduce((sum, each) => sum + scene.volume(each), 0);
      let share = 0;
      // Those with most to declare who have no partner yet.
      for (const broker of brokers.sort((a, b) => scene.volume(b) - scene.volume(a))) {
        if (share >= worth / colleagues) break;
        if (broker.dedicated || partners.has(broker)) continue;
        share += scene.volume(broker) / trade;
        partners.set(broker, { officer, chief });
      }
    }
    const chosen = new WeakSet<Case>();
    return {
      who: [...partners].map(([broker, { officer, chief }]) => ({
        officer: officer.id,
        broker: broker.id,
        assigner: chief.id,
        office: officer.office.id,
      })),
      declare: (c, own) => {
        if (!partners.has(c.broker) || c.regime !== 'home' || !own.chance(strength)) return;
        if (dollarsAtStake(c) < lucrative) return;
        chosen.add(c);
        const share = own.between(0.6, 0.8);
        c.declared = c.declared.map((goods) => ({ ...goods, price: Math.round(goods.price * share) }));
        c.irregularity = { result: 'value', item: 1, visible: 0.9 };
      },
      handle: (c, own) => {
        const partner = partners.get(c.broker);
        const { conduct } = c;
        if (partner === undefined || !chosen.has(c) || conduct.examiner === undefined) return;
        const { officer, chief } = partner;
        if (c.office !== officer.office || !isOnDuty(officer, conduct.assignedAt)) return;
        if (conduct.examiner !== officer) {
          const engine = conduct.assigner === undefined;
          if (engine) {
            const at = conduct.assignedAt + own.integer(8, 40) * minute;
            conduct.reassigned = { from: conduct.examiner, at, reason: 'workload', engine };
          }
          conduct.assigner = chief;
          conduct.examiner = officer;
        }
        delete conduct.reroute;
        conduct.attention = 0;
        conduct.queries = false;
        conduct.delay *= 0.25;
        conduct.act *= 0.6;
      },
      steps: (c) => {
        const act = stepOf(c, 'INSPECT');
        const partner = partners.get(c.broker);
        if (chosen.has(c) && act !== undefined && act.user === partner?.officer.id)
          c.planted.set(pattern, act.at);
      },
    };
  },
};
