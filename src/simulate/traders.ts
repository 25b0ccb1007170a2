/** Importers, exporters, their suppliers, and the brokers who declare for them. All names are made up. */
import type { Office } from './offices.ts';
import type { SimulationOptions } from './options.ts';
import { Random } from './random.ts';
import { exports, imports, type TariffLine } from './tariff.ts';

export interface Broker {
  id: string;
  name: string;
  /** Declares for one trader alone (a firm's own declarant). */
  dedicated: boolean;
  /** The office where it mostly works. */
  office: Office;
  /** How carefully it prepares: a factor on innocent errors. */
  care: number;
}

export interface Trader {
  id: string;
  /** From 1, the largest first. */
  number: number;
  name: string;
  address: string;
  flow: 'import' | 'export';
  lines: TariffLine[];
  office: Office;
  brokers: Broker[];
  /** Relative volume: a few traders have most of the trade. */
  weight: number;
  /** Chance that a declaration holds something wrong, before the goods' own risk. */
  propensity: number;
  /** Authorised economic operator: blue lane instead of yellow. */
  authorised: boolean;
  /** Share of imports that enter a suspense regime first. */
  suspense: number;
  /** Factor on the market's unit value: what this trader honestly pays. */
  price: number;
}

const first = [
  'Alba',
  'Baobab',
  'Cedar',
  'Delta',
  'Equator',
  'Falcon',
  'Gala',
  'Harbour',
  'Indigo',
  'Jasmin',
];
const second = [
  'Agro',
  'Auto',
  'Commerce',
  'Distribution',
  'Foods',
  'Import',
  'Industries',
  'Retail',
  'Trading',
];
const streets = ['Market Street', 'Harbour Road', 'Station Avenue', 'Mill Lane', 'Independence Square'];

const nameOf = (random: Random, kind: string): string =>
  `${random.pick(first)} ${random.pick(second)} ${String.fromCharCode(65 + random.integer(0, 25))}${String.fromCharCode(65 + random.integer(0, 25))} ${kind}`;

export interface Traders {
  brokers: Broker[];
  importers: Trader[];
  exporters: Trader[];
}

export function makeTraders(options: SimulationOptions, offices: readonly Office[]): Traders {
  const importerCount = Math.round(Math.max(24, Math.min(3_000, options.declarations / 30)));
  const exporterCount = Math.max(6, Math.round(importerCount / 6));
  const brokers: Broker[] = [];
  const addBroker = (office: Office, dedicated: boolean): Broker => {
    const number = brokers.length + 1;
    const random = Random.of(options.seed, 'broker', number);
    const broker: Broker = {
      id: `B${String(number).padStart(4, '0')}`,
      name: nameOf(random, 'Customs Brokers'),
      dedicated,
      office,
      care: random.lognormal(1, 0.25),
    };
    brokers.push(broker);
    return broker;
  };
  // Every office has its brokers: about one for eight importers, and never fewer than three, or two at a post.
  const weight = offices.reduce((sum, office) => sum + office.weight, 0);
  const local = new Map<Office, Broker[]>();
  for (const office of offices) {
    const least = office.kind === 'post' ? 2 : 3;
    const count = Math.max(least, Math.round(((importerCount / 8) * office.weight) / weight));
    local.set(
      office,
      Array.from({ length: count }, () => addBroker(office, false)),
    );
  }

  const make = (flow: Trader['flow'], number: number, count: number): Trader => {
    const random = Random.of(options.seed, flow, number);
    // The first traders take the offices in turn, so that none is without trade.
    const office =
      number <= offices.length ? offices[number - 1]! : random.weighted(offices, (each) => each.weight);
    const lines: TariffLine[] = [];
    const all = flow === 'import' ? imports : exports;
    // What goes by air is worth its freight.
    const dear = all.filter((line) => line.unitValue / (line.unitMass ?? 1) > 4);
    const table = office.mode === '4' && dear.length > 0 ? dear : all;
    const wanted = flow === 'import' ? random.integer(2, 6) : random.integer(1, 2);
    while (lines.length < wanted) {
      const line = random.weighted(table, (each) => each.weight);
      if (!lines.includes(line)) lines.push(line);
    }
    const dedicated = flow === 'import' && random.chance(0.12);
    const common = random.sample(local.get(office)!, random.chance(0.6) ? 1 : 2);
    return {
      id: `${flow === 'import' ? 'M' : 'X'}${String(1_000_000 + number * 37).slice(1)}${String.fromCharCode(65 + ((number * 7) % 26))}`,
      number,
      name: nameOf(random, flow === 'import' ? 'Ltd' : 'Exports Ltd'),
      address: `${random.integer(1, 240)} ${random.pick(streets)}\nXX-${random.integer(10, 99)}000`,
      flow,
      lines,
      office,
      brokers: dedicated ? [addBroker(office, true)] : common,
      weight: 1 / (3 + number) + 0.3 / count,
      propensity: 0.13 * random.lognormal(1, 0.5),
      authorised: flow === 'import' && number <= count / 8 && random.chance(0.5),
      suspense: flow === 'import' && random.chance(0.3) ? random.between(0.1, 0.4) : 0,
      price: random.lognormal(1, 0.06),
    };
  };
  return {
    brokers,
    importers: Array.from({ length: importerCount }, (_, i) => make('import', i + 1, importerCount)),
    exporters: Array.from({ length: exporterCount }, (_, i) => make('export', i + 1, exporterCount)),
  };
}

/** Embassies, aid organisations and the like: about one trader in sixty brings in goods free of duty. */
export const exempt = (trader: Trader): boolean => trader.flow === 'import' && trader.number % 61 === 17;

export interface Supplier {
  id: string;
  name: string;
  country: string;
}

/** One of a few suppliers that this trader has in this country for these goods. */
export function supplierOf(
  seed: string,
  trader: Trader,
  line: TariffLine,
  origin: string,
  choice: number,
): Supplier {
  const random = Random.of(seed, 'supplier', trader.id, line.hs.slice(0, 4), origin, choice);
  const number = random.integer(10_000, 99_999);
  return { id: `${origin}${number}`, name: nameOf(random, 'Co.'), country: origin };
}
