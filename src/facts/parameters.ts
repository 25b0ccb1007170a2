/**
 * Named parameters: what a country's law or administration sets, such as tolerances, days and rates. Each is a fact
 * `parameter.<name>` of the declaration, so rules read them like any other and the linter knows their names. A country
 * profile (profiles/countries/<id>.yaml, `parameters`) gives its own value; the default here states where it comes from.
 */
import type { FactDefinition, FactType, FactValue, Unit } from './model.ts';

interface Parameter {
  type: FactType;
  unit: Unit;
  en: string;
  fr: string;
  /** Absent: without a country's own value every rule that needs it is not evaluated. */
  default?: FactValue;
  /** Where the default comes from, or who has to set it. */
  origin: string;
}

export const parameterTable = {
  moneyTolerance: {
    type: 'number',
    unit: 'money',
    en: 'difference between two totals of money that rounding explains, apart from the items',
    fr: "écart entre deux totaux de monnaie que l'arrondi explique, hors articles",
    default: 1,
    origin: 'one national unit: amounts are rounded to the unit in some systems (measured on real messages)',
  },
  moneyTolerancePerItem: {
    type: 'number',
    unit: 'money',
    en: 'difference between totals of money that rounding explains, for each item',
    fr: "écart entre totaux de monnaie que l'arrondi explique, par article",
    default: 0.5,
    origin: 'half a national unit an item: each item is rounded by itself (measured on real messages)',
  },
  massTolerance: {
    type: 'number',
    unit: 'kg',
    en: 'difference between two masses that rounding explains',
    fr: "écart entre deux masses que l'arrondi explique",
    default: 0.01,
    origin: 'masses are written with up to three decimals (measured on real messages)',
  },
  massTolerancePerItem: {
    type: 'number',
    unit: 'kg',
    en: 'difference between a total mass and its items that rounding explains, for each item',
    fr: "écart entre une masse totale et ses articles que l'arrondi explique, par article",
    default: 0.5,
    origin:
      'half a kilogram an item: masses above a kilogram may be rounded to whole ones, item by item (unverified)',
  },
  massToleranceShare: {
    type: 'number',
    unit: 'fraction',
    en: 'share by which two weighings of the same goods differ',
    fr: 'part dont diffèrent deux pesées des mêmes marchandises',
    default: 0.005,
    origin:
      'half a percent: what a draught survey of bulk cargo is good for (UN/ECE Code of Uniform Standards for Draught Surveys, 1992; unverified, cited without the text at hand)',
  },
  valueWithoutFreight: {
    type: 'list<text>',
    unit: 'none',
    en: 'countries whose customs value leaves out freight and insurance from abroad',
    fr: "pays dont la valeur en douane ne comprend ni fret ni assurance de l'étranger",
    default: ['AU', 'BW', 'CA', 'LS', 'NA', 'NZ', 'SZ', 'US', 'ZA'],
    origin:
      'WTO Valuation Agreement, Article 8.2, leaves it to each country. CA: CBSA Memorandum D13-3-3; NZ: Customs and Excise Act 2018, Schedule 4; BW, LS, NA, SZ: with ZA by the SACU Agreement of 2002, Article 22. Unverified, cited without the text at hand: AU: Customs Act 1901, s. 161; US: 19 CFR 152.103; ZA: Customs and Excise Act 91 of 1964, s. 67',
  },
  rateOfExportation: {
    type: 'list<text>',
    unit: 'none',
    en: 'countries that convert invoices at the rate of the day of exportation',
    fr: "pays convertissant les factures au taux du jour d'exportation",
    default: ['AU', 'BW', 'CA', 'LS', 'NA', 'SZ', 'US', 'ZA'],
    origin:
      'WTO Valuation Agreement, Article 9.2, leaves the day to each country. AU: Customs Act 1901, s. 161J (day of exportation); CA: CBSA Memorandum D13-2-3 of 25 February 2014 (date of direct shipment); ZA: Customs and Excise Act 91 of 1964, s. 73 (date of shipment); BW, LS, NA, SZ: with ZA by the SACU Agreement of 2002, Article 22. NZ converts at the day of the first entry (Customs and Excise Act 2018, s. 434). Unverified, cited without the text at hand: US: 19 CFR 159.32',
  },
  rateToleranceShare: {
    type: 'number',
    unit: 'fraction',
    en: 'share of an amount that rounding of its exchange rate explains',
    fr: "part d'un montant que l'arrondi de son taux de change explique",
    default: 0.001,
    origin: 'unverified assumption: rates are printed with four digits or more',
  },
  taxToleranceShare: {
    type: 'number',
    unit: 'fraction',
    en: 'share of a tax amount that rounding of its base explains',
    fr: "part d'un montant de taxe que l'arrondi de sa base explique",
    default: 0.001,
    origin: 'bases are printed rounded (measured on real messages)',
  },
  valueThreshold: {
    type: 'number',
    unit: 'money',
    en: 'customs value from which a stricter treatment begins',
    fr: 'valeur en douane à partir de laquelle commence un traitement plus strict',
    origin:
      'national: the threshold of pre-shipment inspection, of a criterion or of formal entry; none without a country value',
  },
  ordinaryPreferences: {
    type: 'list<text>',
    unit: 'none',
    en: 'preference codes that claim no preference',
    fr: 'codes de préférence ne demandant aucune préférence',
    default: [
      ...['100', '110', '115', '118', '119', '120', '123', '125', '128', '140', '145', '150'],
      ...['000', '0', 'NONE'],
    ],
    origin:
      'EU and UK Tariff DE 4/17: codes that begin with 1 are tariff arrangements open to every origin; the others are common writings of none',
  },
  originProofDocuments: {
    type: 'list<text>',
    unit: 'none',
    en: 'document codes that are proofs of origin',
    fr: "codes de documents valant preuve d'origine",
    origin: 'national: document codes differ; none without a country value',
  },
  directTransportDocuments: {
    type: 'list<text>',
    unit: 'none',
    en: 'document codes that are evidence of direct transport',
    fr: 'codes de documents prouvant le transport direct',
    origin: 'national: document codes differ; none without a country value',
  },
  invoiceDocuments: {
    type: 'list<text>',
    unit: 'none',
    en: 'document codes that are invoices',
    fr: 'codes de documents valant facture',
    default: ['N380', '380', 'N325', '325'],
    origin: 'UN/EDIFACT 1001: 380 commercial invoice, 325 proforma invoice',
  },
  warehouseDays: {
    type: 'number',
    unit: 'days',
    en: 'days that goods may stay in a warehouse',
    fr: 'jours admis en entrepôt',
    default: 720,
    origin: '720 days in one country of ASYCUDA World (Saint Lucia, WHLC); set by each country',
  },
  temporaryDays: {
    type: 'number',
    unit: 'days',
    en: 'days that goods may stay under temporary admission or exportation',
    fr: 'jours admis en admission ou exportation temporaire',
    default: 730,
    origin:
      '24 months in the EU (Regulation (EU) No 952/2013, Article 251; unverified, cited without the text at hand); set by each country',
  },
  transitDays: {
    type: 'number',
    unit: 'days',
    en: 'days from release to the end of a transit',
    fr: 'jours de la mainlevée à la fin du transit',
    default: 90,
    origin: 'India: proofs missing after 90 days (customs-practice 5.19); set by each country',
  },
  exportExitDays: {
    type: 'number',
    unit: 'days',
    en: 'days from release of an export to its exit',
    fr: "jours de la mainlevée d'une exportation à sa sortie",
    default: 150,
    origin:
      '150 days in the EU (Delegated Regulation (EU) 2015/2446, Article 248; unverified, cited without the text at hand); set by each country',
  },
  preArrivalDays: {
    type: 'number',
    unit: 'days',
    en: 'days from lodgement to arrival',
    fr: "jours du dépôt à l'arrivée",
    default: 30,
    origin: 'UK CDS, error CDS12031: 30 days; set by each country',
  },
  guaranteeRequired: {
    type: 'boolean',
    unit: 'none',
    en: 'suspense declarations must be secured',
    fr: 'les déclarations suspensives doivent être garanties',
    origin: 'national: guarantees may be waived; none without a country value',
  },
  paymentDays: {
    type: 'number',
    unit: 'days',
    en: 'days allowed from assessment to payment',
    fr: 'jours admis de la liquidation au paiement',
    default: 30,
    origin: 'unverified assumption: a month; set by each country',
  },
  licenceTolerance: {
    type: 'number',
    unit: 'fraction',
    en: 'share by which a licensed quantity may be exceeded',
    fr: 'part dont une quantité sous licence peut être dépassée',
    default: 0.1,
    origin:
      'UCP 600, Article 30 (a): "about" a quantity allows ten percent more or less; that licences do is an unverified assumption; set by each country',
  },
  inspectionHours: {
    type: 'number',
    unit: 'hours',
    en: 'least time of a physical inspection, in hours',
    fr: "durée minimale d'une visite, en heures",
    default: 0.1,
    origin: 'unverified assumption: six minutes; set by each country',
  },
  citesDocuments: {
    type: 'list<text>',
    unit: 'none',
    en: 'document codes that are CITES permits and certificates',
    fr: 'codes de documents valant permis ou certificat CITES',
    default: ['C400', 'N022', 'CITES'],
    origin: 'UK and EU document codes (C400, N022), and the word itself; set by each country',
  },
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof parameterTable;
/** As a country profile has them. */
export type Parameters = Readonly<Record<string, { readonly value: FactValue }>>;

export const parameterFacts: readonly FactDefinition[] = Object.entries(parameterTable).map(
  ([name, { type, unit, en, fr, origin }]) => ({
    name: `parameter.${name}`,
    family: 'computed',
    scope: 'declaration',
    type,
    unit,
    meaning: { en, fr },
    source: `country profile; default: ${origin}`,
  }),
);

const names = Object.keys(parameterTable) as ParameterName[];
const defaults: readonly [string, FactValue][] = names.map((name) => [
  `parameter.${name}`,
  (parameterTable[name] as Parameter).default,
]);

/** Every parameter as the fact it is, in the table's order: the country's value, else the default, else missing. */
export function parameterValues(own: Parameters): Record<string, FactValue> {
  const values: Record<string, FactValue> = {};
  for (const [index, [fact, standard]] of defaults.entries())
    values[fact] = own[names[index]!]?.value ?? standard;
  return values;
}
