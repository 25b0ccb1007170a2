/** What a trader ships: goods, prices, charges and the journey; all of it true. Misdeclaration comes later, and apart. */
import type { Goods, Shipment } from './case.ts';
import { day, dayOf, hour, monthOf, type WallTime } from './clock.ts';
import { containerNumber } from './container.ts';
import type { Office } from './offices.ts';
import { Random } from './random.ts';
import { isPreferential, loadingPlace, type TariffLine } from './tariff.ts';
import { supplierOf, type Trader } from './traders.ts';

const grams = (kilograms: number): number => Math.round(kilograms * 1000) / 1000;

/** How many items: nearly half have one, few have many. */
export function itemCount(random: Random): number {
  const draw = random.uniform();
  if (draw < 0.45) return 1;
  if (draw < 0.8) return random.integer(2, 5);
  if (draw < 0.95) return random.integer(6, 15);
  return random.integer(16, 40);
}

/** Relative demand for these goods in this month, 1 on average. */
export const seasonOf = (line: TariffLine, dayIndex: number): number =>
  line.season === undefined
    ? 1
    : 1 + line.season.height * Math.cos(((monthOf(dayIndex) - line.season.peak) / 12) * 2 * Math.PI);

export function makeGoods(
  random: Random,
  trader: Trader,
  office: Office,
  dayIndex: number,
  toCurrency: number,
): Goods[] {
  const count = trader.flow === 'export' ? random.integer(1, 2) : itemCount(random);
  const main = random.weighted(trader.lines, (line) => line.weight * seasonOf(line, dayIndex));
  const mainOrigin = random.weighted(main.origins, (origin) => 1 / (1 + main.origins.indexOf(origin)));
  const scale = (office.mode === '4' ? 0.05 : office.mode === '3' ? 0.5 : 1) / Math.sqrt(count);
  return Array.from({ length: count }, (_, i) => {
    const line = i === 0 ? main : random.pick(trader.lines);
    const origin = line.origins.includes(mainOrigin) ? mainOrigin : random.pick(line.origins);
    return makeItem(random, trader, line, origin, line.lot * scale * random.lognormal(0.8, 0.5), toCurrency);
  });
}

/** `toCurrency`: minor units of the invoice's currency for one dollar. */
export function makeItem(
  random: Random,
  trader: Trader,
  line: TariffLine,
  origin: string,
  lot: number,
  toCurrency: number,
): Goods {
  const counted = line.unit !== undefined;
  const quantity = counted ? Math.max(1, Math.round(lot)) : 0;
  const net = grams(
    counted ? quantity * (line.unitMass ?? 1) * random.lognormal(1, 0.03) : Math.max(5, Math.round(lot)),
  );
  const unitValue = line.unitValue * trader.price * random.lognormal(1, line.spread / 2);
  return {
    line,
    origin,
    quantity,
    net,
    gross: grams(net * random.between(1.03, 1.09)),
    packages: Math.max(1, Math.min(99_999, Math.round(net / line.pack.mass))),
    price: Math.max(100, Math.round(unitValue * (counted ? quantity : net) * toCurrency)),
  };
}

/** Shares of the goods' price, low and high, by mode of transport. */
const freightShare: Readonly<Record<Office['mode'], readonly [number, number]>> = {
  '1': [0.04, 0.09],
  '3': [0.02, 0.05],
  '4': [0.08, 0.18],
};

const vessels = [
  'Amber Star',
  'Blue Heron',
  'Cape Verity',
  'Dawn Trader',
  'Evening Tide',
  'Fair Winds',
  'Grey Gull',
];

/** The journeys to an office: up to three a day, with the same papers for everyone whose goods are on board. */
function voyageOf(
  seed: string,
  office: Office,
  arrivalDay: number,
  choice: number,
): Shipment['voyage'] & { id: string } {
  const random = Random.of(seed, 'voyage', office.id, arrivalDay, choice);
  const arrivedAt: WallTime = arrivalDay * day + random.integer(1 * hour, 22 * hour);
  const identity = {
    '1': () => random.pick(vessels),
    '3': () => `XX ${random.integer(1000, 9999)} ${String.fromCharCode(65 + random.integer(0, 25))}`,
    '4': () => `QX${random.integer(100, 999)}`,
  }[office.mode]();
  const notice =
    office.mode === '1' ? random.integer(24 * hour, 72 * hour) : random.integer(2 * hour, 8 * hour);
  return {
    id: `${office.id}${arrivalDay}${choice}`,
    identity,
    nationality: random.pick(['PA', 'LR', 'MH', 'FR', 'NL']),
    manifestAt: arrivedAt - notice,
    arrivedAt,
  };
}

export interface Journey {
  seed: string;
  office: Office;
  trader: Trader;
  goods: readonly Goods[];
  currency: string;
  lodgedAt: WallTime;
  /** Numbers the case, for references that must not repeat. */
  number: number;
}

export function makeShipment(random: Random, journey: Journey): Shipment {
  const { seed, office, trader, goods, lodgedAt, number } = journey;
  const main = goods[0]!;
  const exported = trader.flow === 'export';
  const supplier = supplierOf(seed, trader, main.line, main.origin, random.integer(1, 3));
  const price = goods.reduce((sum, item) => sum + item.price, 0);
  const incoterm = random.weighted(
    office.mode === '1' ? ['FOB', 'CIF', 'CFR', 'EXW'] : ['FCA', 'CIP', 'CPT', 'EXW'],
    (term) => ({ FOB: 5, FCA: 5, CIF: 3, CIP: 3, CFR: 1, CPT: 1 })[term] ?? 0.5,
  );
  const [low, high] = freightShare[office.mode];
  const freightPaid = incoterm === 'CIF' || incoterm === 'CIP' || incoterm === 'CFR' || incoterm === 'CPT';
  const insured = incoterm === 'CIF' || incoterm === 'CIP';
  // Four in five are lodged some days after arrival, the others up to three days before it.
  const lag = random.chance(0.8) ? Math.round(random.lognormal(4, 0.7)) : -random.integer(0, 3);
  const voyage = voyageOf(seed, office, dayOf(lodgedAt) - lag, random.integer(1, 3));
  // A manifest has to be there before a declaration can name it.
  if (voyage.manifestAt > lodgedAt) voyage.manifestAt = lodgedAt - 2 * hour;
  const gross = goods.reduce((sum, item) => sum + item.gross, 0);
  const boxed = office.mode === '1' && main.line.pack.kind !== 'VN' && gross < 500_000;
  const boxes = boxed ? Math.ceil(gross / 24_000) : 0;
  const containers = Array.from({ length: boxes }, (_, i) => containerNumber(number * 32 + i));
  // Transshipment, mostly in Europe; never for goods that claim a preference, which must come directly.
  const via = !exported && !isPreferential(main.origin) && random.chance(0.08) ? 'NL' : main.origin;
  const tag = Math.imul(number, 7919) % 100_000;
  return {
    supplier,
    currency: journey.currency,
    incoterm: exported ? 'FOB' : incoterm,
    freight: exported || freightPaid ? 0 : Math.round(price * random.between(low, high)),
    insurance: exported || insured ? 0 : Math.max(1, Math.round(price * random.between(0.004, 0.008))),
    otherCosts: incoterm === 'EXW' && !exported ? Math.round(price * random.between(0.01, 0.02)) : 0,
    invoice: {
      reference: `${supplier.id}/${number}`,
      issued: dayOf(Math.min(voyage.manifestAt, lodgedAt)) - random.integer(5, 25),
    },
    bill: `${voyage.id}-${String(number).padStart(6, '0')}`,
    ...(exported ? {} : { manifest: voyage.id }),
    voyage,
    dispatch: via,
    loadingPlace: exported ? 'XXPRT' : loadingPlace(via, office.mode),
    containers,
    seals: containers.map(
      (_, i) => `S${String(tag).padStart(5, '0')}${String(number % 1000).padStart(3, '0')}${i + 1}`,
    ),
  };
}
