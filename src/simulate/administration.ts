/**
 * A made-up customs administration of the country XX at work, day by day: consignments come, declarations are lodged,
 * selected, controlled, paid and released, by offices, officers, traders and brokers that differ as they do anywhere.
 *
 * `simulate(options)` answers the world (offices, people, traders, tariff) and streams what its clearance system would
 * hand over, in the order of registration. Each record is `{ declaration, trail, outcomes }` in the canonical model,
 * one for each version of a declaration, with the events and outcomes up to the next version: the last record of a
 * declaration has them all, and an event that is there twice has one id.
 * Money is in XTS (ISO 4217's code for tests, no minor unit), instants carry the office's offset. What had not happened
 * by the end of the period is not there: the last declarations are still on their way. After the stream has ended,
 * `truth()` says what was planted, by whom and in which declarations.
 *
 * Equal options give equal records. Nothing is read from outside, and nothing is kept beyond open suspense entries.
 */
import type { DeclarationRecord } from '../declaration/declaration.ts';
import { noteWorkload, type Workload } from './assignment.ts';
import { referenceOf, type SuspenseEntry } from './case.ts';
import { day, dayIndexOf, yearOf } from './clock.ts';
import { conductOf } from './conduct.ts';
import { begin, type Order } from './consignment.ts';
import { exchangeRates, type RateOn } from './exchange-rates.ts';
import type { Plant, Scene } from './misconduct/model.ts';
import { patternOf } from './misconduct/table.ts';
import { makeOfficers, type Officer } from './officers.ts';
import { makeOffices, type Office } from './offices.ts';
import type { MisconductOrder, SimulationOptions } from './options.ts';
import { regimes } from './papers.ts';
import { runProcedure } from './procedure.ts';
import { Random } from './random.ts';
import { recordsOf } from './records.ts';
import { dailyShares, lodgement } from './rhythm.ts';
import { addToLedger, dueWithdrawals } from './suspense.ts';
import { makeTraders, type Trader, type Traders } from './traders.ts';

export interface Truth {
  pattern: string;
  meaning: string;
  rate: number;
  strength: number;
  who: Plant['who'];
  /** References (office/year/serial and number) of the declarations in which it was done, up to the end of the period. */
  declarations: string[];
}

export interface Simulation {
  options: SimulationOptions;
  offices: readonly Office[];
  officers: readonly Officer[];
  traders: Traders;
  /** Day indexes, both included. */
  start: number;
  end: number;
  rateOn: RateOn;
  records: () => AsyncGenerator<DeclarationRecord>;
  plants: readonly { order: MisconductOrder; plant: Plant }[];
  truth: () => Truth[];
}

export function simulate(options: SimulationOptions): Simulation {
  const start = dayIndexOf(options.from);
  const end = start + options.days - 1;
  const offices = makeOffices(options);
  const officers = makeOfficers(options, offices, start);
  const traders = makeTraders(options, offices);
  const rateOn = exchangeRates(options.seed, start);
  const volumes = tradeVolumes(traders);
  const scene: Scene = {
    options,
    offices,
    officers,
    examiners: officers.filter((officer) => officer.role === 'examiner'),
    brokers: traders.brokers,
    importers: traders.importers,
    volume: (of) => volumes.get(of) ?? 0,
    start,
    end,
  };
  // Plants remember what they did, so every run of the stream begins with new ones.
  const sow = (): Simulation['plants'] =>
    options.misconduct.map((order) => ({
      order,
      plant: patternOf
        .get(order.pattern)!
        .plant(scene, Random.of(options.seed, 'plant', order.pattern), order),
    }));
  let plants = sow();
  const deeds = new Map<string, string[]>(options.misconduct.map(({ pattern }) => [pattern, []]));
  return {
    options,
    offices,
    officers,
    traders,
    start,
    end,
    rateOn,
    get plants() {
      return plants;
    },
    records: () => {
      plants = sow();
      return work(scene, traders, rateOn, plants, deeds);
    },
    truth: () =>
      plants.map(({ order, plant }) => ({
        pattern: order.pattern,
        meaning: patternOf.get(order.pattern)!.meaning,
        rate: order.rate,
        strength: order.strength,
        who: plant.who,
        declarations: deeds.get(order.pattern)!,
      })),
  };
}

/** Expected share of the trade of each trader, and of each broker who declares for them. */
function tradeVolumes(traders: Traders): Map<unknown, number> {
  const volumes = new Map<unknown, number>();
  const all = [...traders.importers, ...traders.exporters];
  const total = all.reduce((sum, trader) => sum + trader.weight, 0);
  for (const trader of all) {
    volumes.set(trader, trader.weight / total);
    for (const broker of trader.brokers) {
      const share = trader.weight / total / trader.brokers.length;
      volumes.set(broker, (volumes.get(broker) ?? 0) + share);
    }
  }
  return volumes;
}

/** Numbers of cases that take goods out of suspense begin here. */
const firstWithdrawal = 5_000_000;

async function* work(
  scene: Scene,
  traders: Traders,
  rateOn: RateOn,
  plants: Simulation['plants'],
  deeds: Map<string, string[]>,
): AsyncGenerator<DeclarationRecord> {
  const { options, offices, officers, start, end } = scene;
  const { seed } = options;
  for (const list of deeds.values()) list.length = 0;
  const until = (end + 1) * day;
  const staff = new Map(
    offices.map((office) => {
      const here = officers.filter((officer) => officer.office === office);
      const all = here.filter((officer) => officer.role === 'all');
      const role = (name: Officer['role']) => [...here.filter((officer) => officer.role === name), ...all];
      return [office, { here, chiefs: role('chief'), releasers: role('releaser') }] as const;
    }),
  );
  const auditors = officers.filter((officer) => officer.role === 'auditor');
  const clients = new Map(
    offices.map((office) => {
      const of = (all: readonly Trader[]) => all.filter((trader) => trader.office === office);
      return [office, { importers: of(traders.importers), exporters: of(traders.exporters) }] as const;
    }),
  );
  const workload: Workload = new Map();
  const ledger: SuspenseEntry[] = [];
  const counters = new Map<string, number>();
  // Counted apart, so that what is taken out of suspense does not change what else is declared.
  let cases = 0;
  let withdrawals = firstWithdrawal;
  const share = dailyShares(scene);
  // The longer the period, the more declarations only take out again what an earlier one put under suspense.
  const fresh = 1 / (1 + 0.14 * Math.min(1, options.days / 150));

  for (let dayIndex = start; dayIndex <= end; dayIndex++) {
    const orders: Order[] = [];
    for (const office of offices) {
      const random = Random.of(seed, 'day', office.id, dayIndex);
      const count = random.poisson(options.declarations * fresh * share(office, dayIndex));
      for (let i = 0; i < count; i++) {
        orders.push({ office, lodgedAt: lodgement(random, office, dayIndex), number: ++cases });
      }
    }
    for (const entry of dueWithdrawals(ledger, dayIndex)) {
      const random = Random.of(seed, 'withdrawal', referenceOf(entry.office, entry.registration), dayIndex);
      orders.push({
        office: entry.office,
        lodgedAt: lodgement(random, entry.office, dayIndex),
        withdrawal: entry,
        number: ++withdrawals,
      });
    }
    orders.sort((a, b) => a.lodgedAt - b.lodgedAt || a.number - b.number);

    for (const order of orders) {
      const { office } = order;
      const c = begin(seed, order, clients.get(office)!, rateOn);
      if (c === undefined) continue;
      const year = yearOf(dayIndex);
      const { serial } = regimes[c.regime];
      const key = `${office.id}${year}${serial}`;
      const number = (counters.get(key) ?? 0) + 1;
      counters.set(key, number);
      c.registration = { serial, number: String(number), year };
      c.localReference = `${c.broker.id}-${year.slice(2)}${String(c.number).padStart(7, '0')}`;

      plants.forEach(({ plant, order: { pattern } }) => {
        plant.declare?.(c, Random.of(seed, pattern, 'declare', c.number));
      });
      conductOf(c, staff.get(office)!, workload);
      plants.forEach(({ plant, order: { pattern } }) => {
        plant.handle?.(c, Random.of(seed, pattern, 'handle', c.number));
      });
      runProcedure(c, { ...staff.get(office)!, auditors });
      plants.forEach(({ plant, order: { pattern } }) => {
        plant.steps?.(c, Random.of(seed, pattern, 'steps', c.number));
      });
      noteWorkload(c, workload);
      addToLedger(ledger, c, end);
      for (const [pattern, at] of c.planted) {
        if (at < until) deeds.get(pattern)?.push(referenceOf(office, c.registration));
      }
      yield* recordsOf(c, until);
    }
  }
}
