/** A consignment and what is declared of it, before anybody at customs has seen it: who sends what to whom under which regime. */
import type { Case, Goods, Regime, Registration, SuspenseEntry } from './case.ts';
import { untouched } from './case.ts';
import { day, minute, type WallTime } from './clock.ts';
import type { RateOn } from './exchange-rates.ts';
import { makeGoods, makeShipment } from './goods.ts';
import { certificateFor, misdeclare } from './irregularity.ts';
import type { Office } from './offices.ts';
import { Random } from './random.ts';
import { withdrawalOf } from './suspense.ts';
import { centsForDollar, currencies, isPreferential } from './tariff.ts';
import type { Trader } from './traders.ts';

/** That something is to be declared, and where. */
export interface Order {
  office: Office;
  lodgedAt: WallTime;
  withdrawal?: SuspenseEntry;
  number: number;
}

/** Undefined where nobody is there to declare it, or nothing is left to take out of suspense. */
export function begin(
  seed: string,
  order: Order,
  clients: { importers: readonly Trader[]; exporters: readonly Trader[] },
  rateOn: RateOn,
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
