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
import { eligibleFor, firstEligible, rules, type Workload } from './assignment.ts';
import type { Case, Conduct, Goods, Regime, Registration, SuspenseEntry } from './case.ts';
import { referenceOf, untouched } from './case.ts';
import { day, dayIndexOf, hour, minute, type WallTime, weekdayOf, yearOf } from './clock.ts';
import { letPass } from './exceptions.ts';
import { makeGoods, makeShipment } from './goods.ts';
import { certificateFor, misdeclare } from './irregularity.ts';
import type { MisconductOrder, Plant, Scene } from './misconduct/model.ts';
import { patternOf } from './misconduct/table.ts';
import { afterWork, dutyOn, makeOfficers, type Officer } from './officers.ts';
import { makeOffices, type Office } from './offices.ts';
import type { SimulationOptions } from './options.ts';
import { regimes } from './papers.ts';
import { runProcedure } from './procedure.ts';
import { Random } from './random.ts';
import { recordsOf } from './records.ts';
import { selectLane } from './selection.ts';
import { addToLedger, dueWithdrawals, withdrawalOf } from './suspense.ts';
import { centsForDollar, currencies, isPreferential } from './tariff.ts';
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
  /** National units for one unit of a foreign currency on a day; rates change on Mondays. */
  rateOn: (currency: string, dayIndex: number) => number;
  records: () => AsyncGenerator<DeclarationRecord>;
  plants: readonly { order: MisconductOrder; plant: Plant }[];
  truth: () => Truth[];
}

/** Relative activity by month, January first: a quiet start, a rush before the end of the year (customs-practice 2.4). */
const months = [0.9, 0.92, 1, 0.98, 1, 0.97, 0.95, 0.96, 1.02, 1.08, 1.12, 1.1];
/** By weekday, Sunday first. */
const weekdays = [0.25, 1.15, 1.1, 1.05, 1.05, 1, 0.5];

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

function exchangeRates(seed: string, start: number): Simulation['rateOn'] {
  const weeks = new Map<string, number[]>();
  return (code, dayIndex) => {
    const currency = currencies.find((each) => each.code === code) ?? currencies[0];
    let rates = weeks.get(currency.code);
    if (rates === undefined) {
      rates = [currency.rate];
      weeks.set(currency.code, rates);
    }
    // Mondays: day 4 of 1970 was one.
    const week = Math.max(0, Math.floor((dayIndex - 4) / 7) - Math.floor((start - 4) / 7));
    while (rates.length <= week) {
      const random = Random.of(seed, 'rate', currency.code, rates.length);
      const last = rates[rates.length - 1]!;
      rates.push(Math.round(last * (1 + currency.drift * random.normal()) * 10_000) / 10_000);
    }
    return rates[week]!;
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

interface Order {
  office: Office;
  lodgedAt: WallTime;
  withdrawal?: SuspenseEntry;
  number: number;
}

async function* work(
  scene: Scene,
  traders: Traders,
  rateOn: Simulation['rateOn'],
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

/** Expected share of the period's declarations that one office has on one day. */
function dailyShares(scene: Scene): (office: Office, dayIndex: number) => number {
  const weight = (office: Office, dayIndex: number): number => {
    if (office.shifts(weekdayOf(dayIndex)).length === 0) return 0;
    const month = Number(new Date(dayIndex * day * 1000).getUTCMonth());
    return office.weight * months[month]! * weekdays[weekdayOf(dayIndex)]!;
  };
  let total = 0;
  for (let dayIndex = scene.start; dayIndex <= scene.end; dayIndex++) {
    for (const office of scene.offices) total += weight(office, dayIndex);
  }
  return (office, dayIndex) => weight(office, dayIndex) / total;
}

/** Declarations come over the wire in and around opening hours, more of them in the morning. */
function lodgement(random: Random, office: Office, dayIndex: number): WallTime {
  const shifts = office.shifts(weekdayOf(dayIndex));
  const from = (shifts[0]?.from ?? 8 * hour) - 30 * minute;
  const to = (shifts[shifts.length - 1]?.to ?? 17 * hour) + hour;
  const early = Math.min(random.uniform(), random.uniform());
  return dayIndex * day + Math.floor(from + (to - from) * (random.chance(0.6) ? early : random.uniform()));
}

/** The consignment and what is declared of it, before anybody at customs has seen it. */
function begin(
  seed: string,
  order: Order,
  clients: { importers: readonly Trader[]; exporters: readonly Trader[] },
  rateOn: Simulation['rateOn'],
): Case | undefined {
  const { office, lodgedAt, number } = order;
  const random = Random.of(seed, 'case', number);
  const entry = order.withdrawal;
  const flow =
    entry !== undefined
      ? undefined
      : random.chance(clients.exporters.length > 0 ? 0.14 : 0)
        ? 'export'
        : 'import';
  const among = flow === 'export' ? clients.exporters : clients.importers;
  if (entry === undefined && among.length === 0) return undefined;
  const trader = entry?.trader ?? random.weighted(among, (each) => each.weight);
  const broker = entry?.broker ?? random.pick(trader.brokers);
  const currency = entry?.shipment.currency ?? random.weighted(currencies, (each) => each.share).code;
  const dayIndex = Math.floor(lodgedAt / day);
  const goods: Goods[] =
    entry === undefined
      ? makeGoods(random, trader, office, dayIndex, centsForDollar(currency))
      : withdrawalOf(entry, dayIndex);
  if (goods.length === 0) return undefined;
  const shipment = makeShipment(random, {
    seed,
    office,
    trader,
    goods,
    currency,
    lodgedAt,
    number,
  });
  if (entry !== undefined) {
    // Goods that are in the country already: no manifest, no containers, and the charges went into the entry's value.
    Object.assign(shipment, { ...entry.shipment, bill: shipment.bill, containers: [], seals: [] });
    delete shipment.manifest;
  }
  let regime: Regime = flow === 'export' ? 'export' : 'home';
  if (entry !== undefined) {
    const out = entry.regime === 'temporary' || random.chance(0.1);
    regime = out ? 're-export' : 'ex-warehouse';
  } else if (flow === 'import') {
    const draw = random.uniform();
    if (draw < 0.07) regime = 'transit';
    else if (draw < 0.07 + trader.suspense) regime = random.chance(0.75) ? 'warehouse' : 'temporary';
  }
  const c: Case = {
    number,
    random,
    exceptions: Random.of(seed, 'exception', number),
    office,
    regime,
    flow:
      regime === 'transit' ? 'transit' : regime === 're-export' || flow === 'export' ? 'export' : 'import',
    trader,
    broker,
    shipment,
    rate: rateOn(currency, dayIndex),
    actual: goods,
    declared: goods.map((item) => ({ ...item })),
    lodgedAt,
    registeredAt: lodgedAt + minute,
    registration: { serial: '', number: '', year: '' } satisfies Registration,
    localReference: '',
    conduct: untouched,
    steps: [],
    findings: [],
    versions: [],
    planted: new Map(),
  };
  if (regime === 'home') {
    goods.forEach((item, i) => {
      // A preference is for goods that come straight from where they were made.
      const direct = item.origin === shipment.dispatch && item.line.duty > 0;
      if (isPreferential(item.origin) && direct && random.chance(0.85)) {
        item.certificate = certificateFor(c, item.origin, i + 1);
        c.declared[i]!.certificate = item.certificate;
      }
    });
  }
  const risk = trader.propensity * broker.care * Math.max(...goods.map((item) => item.line.risk));
  const wrong = random.chance(Math.min(0.6, risk));
  if (wrong && entry === undefined && regime !== 'transit')
    misdeclare(c, Random.of(seed, 'irregular', number));
  return c;
}

/** How the people on the case would lawfully act. Minutes of duty, medians: 150 to a look at documents, 360 to an examination. */
function conductOf(
  c: Case,
  staff: { here: readonly Officer[]; chiefs: readonly Officer[] },
  workload: Workload,
): void {
  const { random, office } = c;
  const selected = selectLane(c, random);
  const [assignedAt, eligible] = firstEligible(c, staff.here, c.registeredAt + 3 * minute);
  const controlled = selected.lane === 'red' || selected.lane === 'yellow';
  const byChief = office.assignment === 'chief' && office.kind !== 'post';
  const suspicious = c.irregularity === undefined ? 0.008 : 0.05;
  const draws = Array.from({ length: 8 }, () => random.uniform());
  const up = !controlled && draws[0]! < suspicious && c.flow === 'import';
  const assigned = (controlled || up) && eligible.length > 0;
  const examiner = assigned ? rules[office.assignment](eligible, c, random, workload, assignedAt) : undefined;
  const chief = staff.chiefs.find((each) => dutyOn(each, Math.floor(assignedAt / day)) !== undefined);
  const red = selected.lane === 'red' || up;
  const conduct: Conduct = {
    ...selected,
    eligible: assigned ? eligible : [],
    assignedAt,
    ...(examiner === undefined ? {} : { examiner }),
    ...(byChief && assigned && chief !== undefined ? { assigner: chief } : {}),
    delay: random.lognormal(red ? 360 : 150, 0.9),
    act: random.lognormal(red ? 75 : 18, 0.4) * (examiner?.pace ?? 1),
    attention: 1,
    queries: controlled && draws[1]! < (red ? 0.08 : 0.15),
    pays: draws[2]! >= 0.008,
    conformText: '',
  };
  conduct.conformText = conformText(c, red, random);
  if (up && examiner !== undefined) {
    conduct.reroute = {
      to: 'red',
      kind: 'up',
      by: examiner,
      reason: 'weight and packing do not go together',
    };
  } else if (selected.lane === 'yellow' && draws[3]! < 0.02 && examiner !== undefined) {
    conduct.reroute = {
      to: 'green',
      kind: 'discretionary-down',
      by: examiner,
      reason: 'same goods examined last week, conform',
    };
  }
  if (!controlled && !up && draws[4]! < 0.012) {
    conduct.cancels = draws[5]! < 0.6 ? 'before-lane' : 'after-assessment';
  }
  c.conduct = conduct;
  letPass(c, chief);
  if (examiner !== undefined && conduct.reroute === undefined && chief !== undefined)
    reassignAbsent(c, staff.here, chief);
}

/** Who goes on leave before he gets to it has the declaration taken over: the chief's choice, and a good reason. */
function reassignAbsent(c: Case, here: readonly Officer[], chief: Officer): void {
  const { conduct, random } = c;
  const examiner = conduct.examiner!;
  const begins = afterWork(examiner, conduct.assignedAt, conduct.delay * minute);
  if (begins - conduct.assignedAt < 7 * day) return;
  const at = afterWork(chief, conduct.assignedAt + day, 30 * minute);
  const others = eligibleFor(c, here, at).filter((officer) => officer !== examiner);
  if (others.length === 0) return;
  conduct.reassigned = {
    from: examiner,
    at,
    reason: `${examiner.id} is absent`,
    engine: conduct.assigner === undefined,
  };
  conduct.assigner = chief;
  conduct.examiner = random.pick(others);
}

const words = [
  'goods',
  'marks',
  'quantity',
  'packing',
  'weight',
  'documents',
  'seals',
  'labels',
  'origin marks',
];

/** What officers write when all is well: never quite the same twice. */
function conformText(c: Case, red: boolean, random: Random): string {
  const seen = random.sample(words, random.integer(2, 4)).join(', ');
  const share = random.integer(5, 40);
  return red
    ? `${share} of ${c.declared.reduce((sum, goods) => sum + goods.packages, 0)} packages opened, ${seen} conform`
    : `${seen} checked against ${c.shipment.invoice.reference}, conform`;
}

function noteWorkload(c: Case, workload: Workload): void {
  const { examiner } = c.conduct;
  if (examiner === undefined) return;
  const done = c.steps.find((step) => step.kind === 'ASSESS')?.at;
  if (done !== undefined) workload.set(examiner, [...(workload.get(examiner) ?? []), done]);
}
