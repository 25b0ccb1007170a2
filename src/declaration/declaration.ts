/**
 * The canonical declaration: what every reader in intake/ produces and everything below reads. One TypeBox source gives
 * the type, the Ajv validation and the published schema (schemas/declaration.json).
 *
 * Masses are kilograms, rates are fractions of one (0.15 is 15 %), dates `YYYY-MM-DD`, money integer minor units.
 * What a source says and this model has no place for is kept under `extra`, by its source path.
 */
import Type, { type Static, type TSchema } from 'typebox';
import { timeSchema } from './dates.ts';
import { Money } from './money.ts';
import { Outcome, TrailEvent } from './trail.ts';

const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);
const closed = <P extends Record<string, TSchema>>(properties: P, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

const code = (description: string) => optional(Type.String({ maxLength: 80, description }));
const text = (description: string) => optional(Type.String({ maxLength: 10_000, description }));
const date = (description: string) => optional(timeSchema('day', description));
const number = (description: string) => optional(Type.Number({ description }));
const count = (description: string) => optional(Type.Integer({ description }));
const extra = optional(
  Type.Record(Type.String(), Type.Unknown(), {
    description: 'what the source said beyond the model, by its path',
  }),
);

export const flows = ['import', 'export', 'transit'] as const;
export const sourceFormats = ['asycuda-sad', 'wco-dm', 'json', 'csv', 'extract', 'simulated'] as const;

/** A number of the declaration's life in the source system: registration, assessment, receipt. */
export const Stamp = closed({ serial: code('serial letter'), number: code('number'), date: date('day') });

export const Party = closed({
  id: code('identification number: TIN, EORI, licence'),
  name: text('name'),
  address: text('address, lines separated by newlines'),
  country: code('ISO 3166 alpha-2, or the code of the source'),
  representative: text('person who signed'),
  extra,
});
export type Party = Static<typeof Party>;

export const Means = closed({
  identity: code('vessel, flight, vehicle'),
  identityType: code('type of the identity; its first digit is the mode (UN/EDIFACT 8067, EU)'),
  nationality: code('country of registration'),
  mode: code('mode of transport, UN Recommendation 19'),
});

/** One part of the valuation note. */
export const Charge = closed({
  national: optional(Money),
  foreign: optional(Money),
  rate: number('national units for one foreign unit'),
});
export type Charge = Static<typeof Charge>;

const charges = {
  invoice: optional(Charge),
  externalFreight: optional(Charge),
  internalFreight: optional(Charge),
  insurance: optional(Charge),
  otherCosts: optional(Charge),
  deductions: optional(Charge),
};

export const Valuation = closed({
  ...charges,
  cif: optional(Money),
  fob: optional(Money),
  /** ASYCUDA `Total_cost`: the sum of the costs added to the invoice. */
  totalCosts: optional(Money),
});
export type Valuation = Static<typeof Valuation>;

export const Document = closed({
  code: code('type of document, national or UN/EDIFACT 1001'),
  name: text('what it is'),
  reference: code('number of the document'),
  date: date('day of issue'),
  status: code('status or reason code'),
  rule: code('rule of the source system that asked for it'),
  holder: code('identification of the holder'),
  quantity: number('quantity written off'),
  extra,
});
export type Document = Static<typeof Document>;

export const TaxLine = closed({
  code: code('duty or tax code'),
  base: number('tax base, in national currency or in the unit of a specific duty'),
  baseUnit: code('unit of the base where it is not money'),
  rate: number('as printed in the source'),
  rateKind: optional(
    Type.Enum(['fraction', 'percent', 'specific', 'unknown'], {
      description: 'how `rate` is meant, by the country profile',
    }),
  ),
  amount: optional(Money),
  method: code('type of calculation or method of payment as the source writes it'),
  payable: optional(Type.Boolean({ description: 'false where suspended or relieved (ASYCUDA MP 0)' })),
  extra,
});
export type TaxLine = Static<typeof TaxLine>;

export const PreviousDeclaration = closed({
  type: code('type of previous document'),
  reference: code('reference as written'),
  office: code('office'),
  year: code('year of registration'),
  serial: code('serial letter'),
  number: code('registration number'),
  item: count('item number'),
  hs: code('commodity code'),
  origin: code('country of origin'),
  netMass: number('kg entered'),
  quantity: number('supplementary quantity entered'),
  packages: number('packages entered'),
  netMassWrittenOff: number('kg discharged by this item'),
  quantityWrittenOff: number('supplementary quantity discharged'),
  packagesWrittenOff: number('packages discharged'),
  valueWrittenOff: optional(Money),
  extra,
});
export type PreviousDeclaration = Static<typeof PreviousDeclaration>;

export const Packages = closed({
  count: number('number of packages'),
  kind: code('kind of package, UN Recommendation 21 or the code of the source'),
  marks: text('marks and numbers'),
  pieces: number('pieces, for unpacked goods'),
});
export type Packages = Static<typeof Packages>;

export const SupplementaryUnit = closed({ code: code('unit'), quantity: number('quantity') });

export const Item = closed({
  number: Type.Integer({
    minimum: 1,
    description: 'item number; the position where the source does not number its items',
  }),
  hs: code('commodity code without precisions, digits only'),
  precisions: optional(
    Type.Array(Type.String({ maxLength: 80 }), {
      maxItems: 8,
      description: 'national precisions in their order; "" for an empty one',
    }),
  ),
  additionalCodes: optional(Type.Array(Type.String({ maxLength: 20 }), { maxItems: 99 })),
  description: text('goods as described'),
  commercialDescription: text('trade description'),
  origin: code('country of origin'),
  preferentialOrigin: code('country of preferential origin where it is given apart'),
  dispatch: code('country of dispatch where given by item'),
  preference: code('preference code'),
  quota: code('quota order number'),
  procedure: optional(
    Type.String({ maxLength: 8, description: 'extended procedure, 4 digits: requested + previous' }),
  ),
  nationalProcedure: code('national or additional procedure, the first one'),
  additionalProcedures: optional(
    Type.Array(Type.String({ maxLength: 20 }), { maxItems: 99, description: 'all of them in their order' }),
  ),
  previous: optional(Type.Array(PreviousDeclaration, { maxItems: 9_999 })),
  grossMass: number('kg'),
  netMass: number('kg'),
  supplementaryUnits: optional(Type.Array(SupplementaryUnit, { maxItems: 9 })),
  packages: optional(Type.Array(Packages, { maxItems: 999 })),
  price: optional(Money),
  cif: optional(Money),
  statisticalValue: optional(Money),
  valuationMethod: code('WTO valuation method, 1 to 6'),
  valuation: optional(closed(charges)),
  adjustment: number('rate of adjustment'),
  taxes: optional(Type.Array(TaxLine, { maxItems: 99 })),
  taxTotal: optional(Money),
  taxGuaranteed: optional(Money),
  documents: optional(Type.Array(Document, { maxItems: 999 })),
  consignee: optional(Party),
  consignor: optional(Party),
  containers: optional(Type.Array(Type.String({ maxLength: 40 }), { maxItems: 999 })),
  billOfLading: code('transport document or summary declaration of the item'),
  marketValuer: code('market valuer, where ASYCUDA names one'),
  extra,
});
export type Item = Static<typeof Item>;

export const Container = closed({
  number: code('ISO 6346 identification'),
  type: code('size and type'),
  load: code('empty or full'),
  item: count('item it belongs to'),
  packages: number('packages inside'),
  grossMass: number('kg'),
  seals: optional(Type.Array(Type.String({ maxLength: 40 }), { maxItems: 99 })),
});
export type Container = Static<typeof Container>;

export const Declaration = closed(
  {
    format: Type.Enum([...sourceFormats], { default: 'json' }),
    country: code('country profile under which it is read, ISO 3166 alpha-2'),
    office: code('customs office of the declaration'),
    officeName: text('its name'),
    flow: Type.Enum([...flows]),
    type: code('type of declaration: IM, EX, IMA, ...'),
    generalProcedure: code('first digit of the requested procedure, SAD box 1'),
    localReference: code("declarant's own reference (LRN)"),
    mrn: code('movement reference number given by the system'),
    registration: optional(Stamp),
    assessment: optional(Stamp),
    receipt: optional(Stamp),
    version: optional(Type.Integer({ minimum: 1, description: 'version as the source counts it' })),
    lodgedAt: optional(
      timeSchema('moment', 'of lodgement, with the offset of the office where it names a time'),
    ),
    acceptedAt: date('day whose law, rates and lists apply'),
    currency: optional(
      Type.String({ pattern: '^[A-Z]{3}$', description: 'national currency; XXX where unknown' }),
    ),
    manifest: code('manifest or cargo reference'),
    billOfLading: code('transport document of the whole declaration'),
    declarant: optional(Party),
    consignee: optional(Party),
    consignor: optional(Party),
    financial: optional(Party),
    countries: optional(
      closed({
        dispatch: code('country of export or dispatch'),
        destination: code('country of destination'),
        trading: code('trading country'),
        firstDestination: code('country of first destination or last consignment'),
        origin: code('origin of all goods, or the word the source uses for several'),
      }),
    ),
    transport: optional(
      closed({
        arrival: optional(Means),
        border: optional(Means),
        inlandMode: code('inland mode of transport'),
        containerised: optional(Type.Boolean({ description: 'container flag' })),
        loadingPlace: code('place of loading, UN/LOCODE or the code of the source'),
        loadingCountry: code('country of loading'),
        location: code('location of goods'),
        borderOffice: code('office at the border'),
        exitOffice: code('office of exit'),
      }),
    ),
    containers: optional(Type.Array(Container, { maxItems: 9_999 })),
    seals: optional(Type.Array(Type.String({ maxLength: 40 }), { maxItems: 999 })),
    sealCount: count('number of seals as declared'),
    terms: optional(
      closed({
        incoterm: code('delivery terms, Incoterms code as written'),
        place: text('place'),
        payment: code('terms of payment'),
        paymentMode: code('mode of payment'),
        deferment: code('deferred payment account'),
      }),
    ),
    valuation: optional(Valuation),
    totals: optional(
      closed({
        items: count('number of items as declared'),
        packages: number('packages as declared'),
        grossMass: number('kg as declared'),
        netMass: number('kg as declared'),
        invoice: optional(Money),
        taxes: optional(Money),
        globalTaxes: optional(Money),
        manualTaxes: optional(Money),
        guaranteed: optional(Money),
      }),
    ),
    warehouse: optional(closed({ id: code('warehouse'), delay: count('days allowed'), type: code('type') })),
    transit: optional(
      closed({
        principal: optional(Party),
        destinationOffice: code('office of destination'),
        destinationCountry: code('country of destination'),
        offices: optional(
          Type.Array(Type.String({ maxLength: 40 }), {
            maxItems: 99,
            description: 'offices of transit in their order',
          }),
        ),
        timeLimit: date('last day to arrive'),
        controlResult: code('result of control at departure'),
        arrivalEstimate: date('expected arrival'),
      }),
    ),
    guarantee: optional(
      closed({
        type: code('type'),
        reference: code('reference'),
        amount: optional(Money),
        date: date('day'),
      }),
    ),
    documents: optional(Type.Array(Document, { maxItems: 999 })),
    previous: optional(Type.Array(PreviousDeclaration, { maxItems: 9_999 })),
    items: Type.Array(Item, {
      maxItems: 9_999,
      description: 'EU customs data model: up to 9,999 goods items',
    }),
    extra,
  },
  { $id: 'declaration', title: 'Declaration', description: 'a customs declaration in the canonical model' },
);
export type Declaration = Static<typeof Declaration>;

/** A JSON record: a declaration that may bring its trail and outcomes with it. */
export const DeclarationRecord = Type.Object(
  {
    declaration: Declaration,
    trail: Type.Optional(Type.Array(TrailEvent, { maxItems: 10_000 })),
    outcomes: Type.Optional(Type.Array(Outcome, { maxItems: 1_000 })),
  },
  { additionalProperties: false },
);
export type DeclarationRecord = Static<typeof DeclarationRecord>;

/** A JSON record that answers a declaration held elsewhere, named by its reference or by an alias (LRN, MRN). */
export const AnswerRecord = Type.Object(
  {
    reference: Type.String({ minLength: 1, maxLength: 200 }),
    trail: Type.Optional(Type.Array(TrailEvent, { maxItems: 10_000 })),
    outcomes: Type.Optional(Type.Array(Outcome, { maxItems: 1_000 })),
  },
  { additionalProperties: false },
);
export type AnswerRecord = Static<typeof AnswerRecord>;
