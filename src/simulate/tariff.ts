/**
 * The made-up country's tariff and trade: what is traded, what it costs and weighs, and what is due on it. Codes are
 * real six-digit subheadings of HS 2022 with a national `00`; duty rates and prices are invented, of a usual size.
 *
 * A `neighbour` is the code next door, with a lower duty, under which the same goods could be declared.
 */

export interface TariffLine {
  /** National code, 8 digits. */
  hs: string;
  description: string;
  /** Fractions of one. */
  duty: number;
  vat: number;
  /** On CIF and duty, a fraction of one. */
  excise?: number;
  /** Unit of quantity that the tariff asks for; without it goods are counted by net mass alone. */
  unit?: 'NMB' | 'PR' | 'LTR';
  /** Net kilograms of one unit. */
  unitMass?: number;
  /** USD, of one unit, or of one kilogram where there is no unit. */
  unitValue: number;
  /** Standard deviation of the logarithm of honest unit values: how alike the goods of one code are. */
  spread: number;
  /** Usual quantity in one item: units or kilograms. */
  lot: number;
  /** Kind of package, UN Recommendation 21, and kilograms in one. */
  pack: { kind: string; mass: number };
  /** Where the goods come from, likeliest first. */
  origins: readonly string[];
  neighbour?: string;
  /** Document that the goods' own agency asks for, with the agency. */
  licence?: { document: string; agency: 'FOOD' | 'PHARMA' | 'STANDARDS' };
  /** Month of the peak, 1 to 12, and its height over the mean, a fraction. */
  season?: { peak: number; height: number };
  /** Share of trade, relative. */
  weight: number;
  /** Relative propensity to be misdeclared. */
  risk: number;
}

const food = { document: '853', agency: 'FOOD' } as const;
const pharma = { document: '859', agency: 'PHARMA' } as const;
const standards = { document: '003', agency: 'STANDARDS' } as const;
const carton = (mass: number) => ({ kind: 'CT', mass });
const bag = (mass: number) => ({ kind: 'BG', mass });

/** Goods that the country imports. */
// biome-ignore format: a table is read by its columns
export const imports: readonly TariffLine[] = [
  { hs: '02071400', description: 'Frozen cuts and offal of fowl', duty: 0.2, vat: 0, unitValue: 1.3, spread: 0.12, lot: 24_000, pack: carton(10), origins: ['BR', 'US', 'NL'], licence: food, weight: 5, risk: 1.1 },
  { hs: '03035500', description: 'Frozen horse mackerel', duty: 0.1, vat: 0, unitValue: 1.4, spread: 0.1, lot: 25_000, pack: carton(20), origins: ['NL', 'MA', 'CN'], licence: food, weight: 4, risk: 0.7 },
  { hs: '04022100', description: 'Milk powder, unsweetened, over 1.5 % fat', duty: 0.05, vat: 0, unitValue: 4.1, spread: 0.1, lot: 18_000, pack: bag(25), origins: ['NL', 'FR', 'NZ'], licence: food, weight: 4, risk: 0.5 },
  { hs: '10019900', description: 'Wheat and meslin, other', duty: 0.05, vat: 0, unitValue: 0.33, spread: 0.06, lot: 250_000, pack: bag(50), origins: ['FR', 'CA', 'RO'], licence: food, weight: 2, risk: 0.3 },
  { hs: '10063000', description: 'Semi-milled or wholly milled rice', duty: 0.1, vat: 0, unitValue: 0.62, spread: 0.12, lot: 100_000, pack: bag(50), origins: ['TH', 'IN', 'VN'], neighbour: '10064000', licence: food, season: { peak: 7, height: 0.3 }, weight: 6, risk: 0.9 },
  { hs: '10064000', description: 'Broken rice', duty: 0.05, vat: 0, unitValue: 0.52, spread: 0.1, lot: 100_000, pack: bag(50), origins: ['TH', 'IN', 'PK'], licence: food, weight: 3, risk: 0.5 },
  { hs: '15119000', description: 'Palm oil, refined', duty: 0.1, vat: 0.18, unitValue: 1.05, spread: 0.1, lot: 40_000, pack: { kind: 'JY', mass: 23 }, origins: ['MY', 'ID', 'CI'], licence: food, weight: 3, risk: 0.7 },
  { hs: '16041300', description: 'Sardines, prepared or preserved', duty: 0.2, vat: 0.18, unitValue: 2.3, spread: 0.14, lot: 16_000, pack: carton(12), origins: ['MA', 'TH', 'CN'], licence: food, weight: 3, risk: 0.8 },
  { hs: '17019900', description: 'White sugar', duty: 0.2, vat: 0.18, unitValue: 0.58, spread: 0.08, lot: 100_000, pack: bag(50), origins: ['BR', 'IN', 'TH'], licence: food, season: { peak: 3, height: 0.5 }, weight: 4, risk: 0.8 },
  { hs: '19023000', description: 'Pasta, other', duty: 0.2, vat: 0.18, unitValue: 1.1, spread: 0.16, lot: 18_000, pack: carton(10), origins: ['TR', 'IT', 'EG'], licence: food, weight: 3, risk: 0.8 },
  { hs: '21069000', description: 'Food preparations, other', duty: 0.2, vat: 0.18, unitValue: 3.4, spread: 0.4, lot: 6_000, pack: carton(12), origins: ['FR', 'TR', 'CN'], licence: food, weight: 4, risk: 1.2 },
  { hs: '22021000', description: 'Waters, sweetened or flavoured', duty: 0.2, vat: 0.18, excise: 0.05, unit: 'LTR', unitMass: 1.03, unitValue: 0.7, spread: 0.2, lot: 20_000, pack: carton(12), origins: ['TR', 'AE', 'FR'], licence: food, weight: 3, risk: 1 },
  { hs: '22030000', description: 'Beer made from malt', duty: 0.2, vat: 0.18, excise: 0.2, unit: 'LTR', unitMass: 1.02, unitValue: 1.05, spread: 0.15, lot: 18_000, pack: carton(9), origins: ['BE', 'NL', 'DE'], licence: food, season: { peak: 11, height: 0.6 }, weight: 3, risk: 1.1 },
  { hs: '22083000', description: 'Whiskies', duty: 0.2, vat: 0.18, excise: 0.45, unit: 'LTR', unitMass: 0.95, unitValue: 9.5, spread: 0.3, lot: 6_000, pack: carton(9), origins: ['GB', 'FR', 'US'], neighbour: '22089000', licence: food, season: { peak: 11, height: 0.7 }, weight: 2, risk: 1.6 },
  { hs: '22089000', description: 'Spirituous beverages, other', duty: 0.2, vat: 0.18, excise: 0.25, unit: 'LTR', unitMass: 0.95, unitValue: 4.2, spread: 0.3, lot: 6_000, pack: carton(9), origins: ['FR', 'IT', 'GB'], licence: food, weight: 1, risk: 1.1 },
  { hs: '25232900', description: 'Portland cement, other', duty: 0.1, vat: 0.18, unitValue: 0.075, spread: 0.06, lot: 400_000, pack: bag(50), origins: ['TR', 'VN', 'EG'], licence: standards, weight: 2, risk: 0.4 },
  { hs: '27101900', description: 'Petroleum oils other than light, in drums', duty: 0.1, vat: 0.18, unit: 'LTR', unitMass: 0.84, unitValue: 0.95, spread: 0.1, lot: 34_000, pack: { kind: 'DR', mass: 168 }, origins: ['NL', 'AE', 'IN'], weight: 1, risk: 0.4 },
  { hs: '30049000', description: 'Medicaments, packaged for retail sale', duty: 0, vat: 0, unitValue: 38, spread: 0.5, lot: 1_500, pack: carton(8), origins: ['IN', 'FR', 'CN'], licence: pharma, weight: 6, risk: 0.6 },
  { hs: '31021000', description: 'Urea', duty: 0, vat: 0, unitValue: 0.38, spread: 0.07, lot: 150_000, pack: bag(50), origins: ['CN', 'EG', 'RU'], season: { peak: 4, height: 0.8 }, weight: 2, risk: 0.3 },
  { hs: '33030000', description: 'Perfumes and toilet waters', duty: 0.2, vat: 0.18, unitValue: 14, spread: 0.5, lot: 2_500, pack: carton(10), origins: ['FR', 'AE', 'CN'], neighbour: '33074900', season: { peak: 11, height: 0.5 }, weight: 3, risk: 1.5 },
  { hs: '33074900', description: 'Preparations for perfuming or deodorising rooms', duty: 0.1, vat: 0.18, unitValue: 3.6, spread: 0.3, lot: 3_000, pack: carton(10), origins: ['CN', 'TR', 'ES'], weight: 1, risk: 0.8 },
  { hs: '34013000', description: 'Organic surface-active preparations for washing the skin', duty: 0.2, vat: 0.18, unitValue: 2.3, spread: 0.3, lot: 9_000, pack: carton(12), origins: ['TR', 'CN', 'FR'], weight: 3, risk: 0.9 },
  { hs: '39233000', description: 'Carboys, bottles and flasks of plastics', duty: 0.1, vat: 0.18, unitValue: 2.6, spread: 0.25, lot: 6_000, pack: carton(9), origins: ['CN', 'TR', 'IN'], weight: 3, risk: 0.7 },
  { hs: '40111000', description: 'New pneumatic tyres for motor cars', duty: 0.2, vat: 0.18, unit: 'NMB', unitMass: 9, unitValue: 31, spread: 0.25, lot: 900, pack: { kind: 'PP', mass: 9 }, origins: ['CN', 'TH', 'KR'], neighbour: '40112000', licence: standards, weight: 4, risk: 1.2 },
  { hs: '40112000', description: 'New pneumatic tyres for buses or lorries', duty: 0.1, vat: 0.18, unit: 'NMB', unitMass: 52, unitValue: 130, spread: 0.2, lot: 240, pack: { kind: 'PP', mass: 52 }, origins: ['CN', 'TH', 'IN'], licence: standards, weight: 2, risk: 0.8 },
  { hs: '48191000', description: 'Cartons and boxes of corrugated paper', duty: 0.1, vat: 0.18, unitValue: 1.4, spread: 0.2, lot: 12_000, pack: { kind: 'BL', mass: 25 }, origins: ['CN', 'TR', 'EG'], weight: 3, risk: 0.5 },
  { hs: '52085200', description: 'Printed woven fabrics of cotton, plain weave', duty: 0.2, vat: 0.18, unitValue: 6.2, spread: 0.35, lot: 7_000, pack: { kind: 'BL', mass: 60 }, origins: ['CN', 'IN', 'NL'], season: { peak: 10, height: 0.4 }, weight: 4, risk: 1.4 },
  { hs: '61091000', description: 'T-shirts of cotton, knitted', duty: 0.2, vat: 0.18, unit: 'NMB', unitMass: 0.16, unitValue: 2.2, spread: 0.45, lot: 30_000, pack: carton(18), origins: ['CN', 'BD', 'TR'], weight: 5, risk: 1.5 },
  { hs: '62034200', description: "Men's trousers of cotton", duty: 0.2, vat: 0.18, unit: 'NMB', unitMass: 0.45, unitValue: 5.2, spread: 0.4, lot: 12_000, pack: carton(20), origins: ['CN', 'BD', 'TR'], season: { peak: 10, height: 0.4 }, weight: 4, risk: 1.5 },
  { hs: '63090000', description: 'Worn clothing and other worn articles', duty: 0.2, vat: 0.18, unitValue: 1, spread: 0.25, lot: 22_000, pack: { kind: 'BL', mass: 55 }, origins: ['GB', 'DE', 'CN'], weight: 4, risk: 1.2 },
  { hs: '64039900', description: 'Footwear with leather uppers', duty: 0.2, vat: 0.18, unit: 'PR', unitMass: 0.9, unitValue: 11, spread: 0.4, lot: 5_000, pack: carton(12), origins: ['CN', 'IT', 'TR'], neighbour: '64041900', weight: 3, risk: 1.5 },
  { hs: '64041900', description: 'Footwear with textile uppers', duty: 0.1, vat: 0.18, unit: 'PR', unitMass: 0.6, unitValue: 4.8, spread: 0.35, lot: 9_000, pack: carton(12), origins: ['CN', 'VN', 'IN'], weight: 3, risk: 1.1 },
  { hs: '69072100', description: 'Ceramic flags and tiles', duty: 0.2, vat: 0.18, unitValue: 0.38, spread: 0.22, lot: 27_000, pack: { kind: 'PX', mass: 900 }, origins: ['CN', 'ES', 'IN'], licence: standards, weight: 4, risk: 1.1 },
  { hs: '72142000', description: 'Bars and rods of iron, with deformations', duty: 0.1, vat: 0.18, unitValue: 0.7, spread: 0.1, lot: 100_000, pack: { kind: 'BE', mass: 2_000 }, origins: ['TR', 'UA', 'CN'], licence: standards, weight: 3, risk: 0.6 },
  { hs: '73239300', description: 'Table and kitchen articles of stainless steel', duty: 0.2, vat: 0.18, unitValue: 4.8, spread: 0.35, lot: 6_000, pack: carton(15), origins: ['CN', 'IN', 'TR'], weight: 3, risk: 1.2 },
  { hs: '84151000', description: 'Air conditioning machines, wall or split', duty: 0.2, vat: 0.18, unit: 'NMB', unitMass: 38, unitValue: 165, spread: 0.25, lot: 260, pack: carton(38), origins: ['CN', 'TH', 'KR'], neighbour: '84159000', licence: standards, season: { peak: 2, height: 0.6 }, weight: 4, risk: 1.4 },
  { hs: '84159000', description: 'Parts of air conditioning machines', duty: 0.05, vat: 0.18, unitValue: 6.5, spread: 0.4, lot: 3_000, pack: carton(20), origins: ['CN', 'TH', 'IT'], weight: 2, risk: 0.9 },
  { hs: '84713000', description: 'Portable computers', duty: 0.05, vat: 0.18, unit: 'NMB', unitMass: 2.4, unitValue: 390, spread: 0.35, lot: 250, pack: carton(12), origins: ['CN', 'TW', 'US'], weight: 3, risk: 0.9 },
  { hs: '85171300', description: 'Smartphones', duty: 0.1, vat: 0.18, unit: 'NMB', unitMass: 0.35, unitValue: 115, spread: 0.45, lot: 1_200, pack: carton(10), origins: ['CN', 'VN', 'IN'], neighbour: '85177900', season: { peak: 11, height: 0.4 }, weight: 4, risk: 1.5 },
  { hs: '85177900', description: 'Parts of telephones and communication apparatus', duty: 0, vat: 0.18, unitValue: 44, spread: 0.5, lot: 500, pack: carton(8), origins: ['CN', 'VN', 'SE'], weight: 2, risk: 0.8 },
  { hs: '85287200', description: 'Television receivers, colour', duty: 0.2, vat: 0.18, unit: 'NMB', unitMass: 11, unitValue: 140, spread: 0.35, lot: 500, pack: carton(12), origins: ['CN', 'TR', 'KR'], neighbour: '85285200', season: { peak: 11, height: 0.4 }, weight: 4, risk: 1.4 },
  { hs: '85285200', description: 'Monitors connectable to a computer', duty: 0.05, vat: 0.18, unit: 'NMB', unitMass: 6, unitValue: 95, spread: 0.3, lot: 400, pack: carton(7), origins: ['CN', 'KR', 'TW'], weight: 2, risk: 0.9 },
  { hs: '85414300', description: 'Photovoltaic cells assembled in panels', duty: 0, vat: 0, unit: 'NMB', unitMass: 22, unitValue: 85, spread: 0.25, lot: 600, pack: { kind: 'PX', mass: 660 }, origins: ['CN', 'VN', 'DE'], weight: 3, risk: 0.6 },
  { hs: '87032300', description: 'Motor cars, spark-ignition, over 1,500 to 3,000 cm3', duty: 0.2, vat: 0.18, excise: 0.1, unit: 'NMB', unitMass: 1_420, unitValue: 8_200, spread: 0.4, lot: 3, pack: { kind: 'VN', mass: 1_420 }, origins: ['JP', 'DE', 'US'], neighbour: '87032200', weight: 5, risk: 1.6 },
  { hs: '87032200', description: 'Motor cars, spark-ignition, over 1,000 to 1,500 cm3', duty: 0.1, vat: 0.18, unit: 'NMB', unitMass: 1_060, unitValue: 5_600, spread: 0.35, lot: 3, pack: { kind: 'VN', mass: 1_060 }, origins: ['JP', 'KR', 'IN'], weight: 4, risk: 1.1 },
  { hs: '87042100', description: 'Goods vehicles, diesel, up to 5 tonnes', duty: 0.1, vat: 0.18, unit: 'NMB', unitMass: 1_950, unitValue: 14_500, spread: 0.3, lot: 2, pack: { kind: 'VN', mass: 1_950 }, origins: ['JP', 'TH', 'CN'], weight: 2, risk: 0.9 },
  { hs: '87112000', description: 'Motorcycles, over 50 to 250 cm3', duty: 0.1, vat: 0.18, unit: 'NMB', unitMass: 105, unitValue: 440, spread: 0.2, lot: 120, pack: { kind: 'CR', mass: 105 }, origins: ['CN', 'IN', 'TH'], season: { peak: 12, height: 0.4 }, weight: 4, risk: 1 },
  { hs: '94036000', description: 'Wooden furniture, other', duty: 0.2, vat: 0.18, unit: 'NMB', unitMass: 24, unitValue: 62, spread: 0.5, lot: 300, pack: carton(24), origins: ['CN', 'TR', 'IT'], weight: 3, risk: 1.3 },
];

/** Goods that the country exports; no duty is due on them. */
// biome-ignore format: a table is read by its columns
export const exports: readonly TariffLine[] = [
  { hs: '08039000', description: 'Bananas, other than plantains', duty: 0, vat: 0, unitValue: 0.62, spread: 0.08, lot: 42_000, pack: carton(18), origins: ['XX'], weight: 4, risk: 0.4 },
  { hs: '09011100', description: 'Coffee, not roasted, not decaffeinated', duty: 0, vat: 0, unitValue: 2.6, spread: 0.12, lot: 19_000, pack: bag(60), origins: ['XX'], season: { peak: 3, height: 0.6 }, weight: 4, risk: 0.7 },
  { hs: '12074000', description: 'Sesame seeds', duty: 0, vat: 0, unitValue: 1.6, spread: 0.1, lot: 19_000, pack: bag(50), origins: ['XX'], season: { peak: 1, height: 0.8 }, weight: 2, risk: 0.5 },
  { hs: '18010000', description: 'Cocoa beans, raw', duty: 0, vat: 0, unitValue: 3.1, spread: 0.08, lot: 25_000, pack: bag(65), origins: ['XX'], season: { peak: 12, height: 0.9 }, weight: 6, risk: 0.7 },
  { hs: '40012200', description: 'Technically specified natural rubber', duty: 0, vat: 0, unitValue: 1.5, spread: 0.08, lot: 20_000, pack: { kind: 'PX', mass: 1_200 }, origins: ['XX'], weight: 3, risk: 0.4 },
  { hs: '44072700', description: 'Sapelli wood, sawn', duty: 0, vat: 0, unitValue: 0.95, spread: 0.15, lot: 22_000, pack: { kind: 'BE', mass: 1_800 }, origins: ['XX'], weight: 4, risk: 1.3 },
  { hs: '52010000', description: 'Cotton, not carded or combed', duty: 0, vat: 0, unitValue: 1.75, spread: 0.07, lot: 24_000, pack: { kind: 'BL', mass: 220 }, origins: ['XX'], season: { peak: 2, height: 0.7 }, weight: 3, risk: 0.4 },
];

export const lineOf: ReadonlyMap<string, TariffLine> = new Map(
  [...imports, ...exports].map((line) => [line.hs, line]),
);

/** Countries whose goods enter free of duty against a proof of origin, and the code that claims it. */
export const preference = { code: '100', document: '954', countries: ['MA', 'EG', 'CI'] } as const;

export const isPreferential = (origin: string): boolean =>
  (preference.countries as readonly string[]).includes(origin);

/** Ports and airports of loading by country, UN/LOCODE; where a country has none here, its goods go by way of Antwerp. */
const loading: Readonly<Record<string, { sea?: string; air: string }>> = {
  AE: { sea: 'AEJEA', air: 'AEDXB' },
  BE: { sea: 'BEANR', air: 'BEBRU' },
  BR: { sea: 'BRSSZ', air: 'BRGRU' },
  CI: { sea: 'CIABJ', air: 'CIABJ' },
  CN: { sea: 'CNSHA', air: 'CNCAN' },
  DE: { sea: 'DEHAM', air: 'DEFRA' },
  EG: { sea: 'EGALY', air: 'EGCAI' },
  ES: { sea: 'ESVLC', air: 'ESMAD' },
  FR: { sea: 'FRLEH', air: 'FRCDG' },
  GB: { sea: 'GBFXT', air: 'GBLHR' },
  IN: { sea: 'INNSA', air: 'INBOM' },
  IT: { sea: 'ITGOA', air: 'ITMXP' },
  JP: { sea: 'JPYOK', air: 'JPNRT' },
  KR: { sea: 'KRPUS', air: 'KRICN' },
  MA: { sea: 'MAPTM', air: 'MACMN' },
  NL: { sea: 'NLRTM', air: 'NLAMS' },
  TH: { sea: 'THLCH', air: 'THBKK' },
  TR: { sea: 'TRMER', air: 'TRIST' },
  US: { sea: 'USNYC', air: 'USJFK' },
  VN: { sea: 'VNSGN', air: 'VNSGN' },
};

/** Where goods of this country are loaded, by mode of transport (1 sea, 4 air; other modes come from next door). */
export function loadingPlace(country: string, mode: '1' | '3' | '4'): string {
  const places = loading[country] ?? loading.BE!;
  return mode === '4' ? places.air : (places.sea ?? 'BEANR');
}

/** Currencies in which invoices are made out, with national units for one of theirs at the start and their weekly drift. */
export const currencies = [
  { code: 'USD', rate: 604.5, drift: 0.006, share: 0.62 },
  { code: 'EUR', rate: 655.957, drift: 0.003, share: 0.26 },
  { code: 'CNY', rate: 84.2, drift: 0.006, share: 0.12 },
] as const;

export type CurrencyCode = (typeof currencies)[number]['code'];

/** Minor units of this currency for one dollar, at the rates of the start: for prices, which do not follow the weeks. */
export const centsForDollar = (code: string): number =>
  (100 * currencies[0].rate) / (currencies.find((each) => each.code === code) ?? currencies[0]).rate;

/** The national currency: ISO 4217's code for tests, which has no minor unit. */
export const nationalCurrency = 'XTS';

/** The country: ISO 3166 leaves XX to its users. */
export const country = 'XX';
