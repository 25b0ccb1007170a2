/**
 * Cargo: manifests, the bills of lading in them, containers, vehicles and arrivals. A bill that is sent again with something else
 * in it is kept beside the first, so that what was changed after the goods arrived can be told.
 */
import Type from 'typebox';
import { timeSchema } from '../../declaration/dates.ts';
import { code, kindOf, maybe, texts } from './kind.ts';

const day = (description: string) => timeSchema('day', description);
const count = (description: string) => Type.Optional(Type.Integer({ minimum: 0, description }));
const mass = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }));

/** What names a manifest: office, voyage and day of departure, as ASYCUDA keys it. */
const voyage = {
  office: code('office'),
  voyage: code('voyage or flight number'),
  departure: day('day of departure'),
};

export const manifest = kindOf('manifest', 'Cargo manifest', ['office', 'voyage', 'departure'], {
  ...voyage,
  registration: maybe('registration as declarations name it'),
  arrival: Type.Optional(
    Type.String({ maxLength: 40, description: 'expected or real arrival, day or instant' }),
  ),
  carrier: maybe('carrier'),
  agent: maybe('shipping agent'),
  vessel: maybe('means of transport'),
  nationality: maybe('its country'),
  mode: maybe('mode of transport'),
  loadingPlace: maybe('place of departure'),
  unloadingPlace: maybe('place of destination'),
  bills: count('number of bills as summed up'),
  packages: Type.Optional(Type.Number({ minimum: 0, description: 'packages as summed up' })),
  containers: count('containers as summed up'),
  grossMass: mass('kg as summed up'),
});

export const bill = kindOf('bill', 'Bill of lading', ['office', 'voyage', 'departure', 'bill'], {
  ...voyage,
  bill: code('reference'),
  line: count('line in the manifest'),
  nature: maybe('22 export, 23 import, 24 transit, 28 transhipment'),
  type: maybe('type of bill'),
  master: maybe('bill of which this one is a part, after degroupage'),
  consignee: maybe('consignee: identification, else name'),
  consigneeName: maybe('name of the consignee'),
  exporter: maybe('exporter'),
  notify: maybe('party to notify'),
  loadingPlace: maybe('place of loading'),
  unloadingPlace: maybe('place of unloading'),
  location: maybe('location of the goods'),
  packages: Type.Optional(Type.Number({ minimum: 0, description: 'number of packages' })),
  packageKind: maybe('kind of package'),
  grossMass: mass('kg'),
  volume: mass('cubic metres'),
  description: Type.Optional(Type.String({ maxLength: 10_000, description: 'goods as described' })),
  marks: Type.Optional(Type.String({ maxLength: 10_000, description: 'marks' })),
  hs: texts('HS codes'),
  seals: texts('seals'),
  status: maybe('status in the cargo system'),
});

export const billContainer = kindOf(
  'bill-container',
  'Container of a bill',
  ['office', 'voyage', 'departure', 'bill', 'container'],
  {
    ...voyage,
    bill: code('bill'),
    container: code('ISO 6346 identification'),
    type: maybe('size and type'),
    load: maybe('empty or full'),
    packages: Type.Optional(Type.Number({ minimum: 0, description: 'packages inside' })),
    goodsMass: mass('kg of the goods'),
    emptyMass: mass('kg of the container'),
    seals: texts('seals'),
  },
);

export const billVehicle = kindOf(
  'bill-vehicle',
  'Vehicle of a bill',
  ['office', 'voyage', 'departure', 'bill', 'chassis'],
  {
    ...voyage,
    bill: code('bill'),
    chassis: code('chassis or vehicle identification number, as written'),
    make: maybe('make'),
    model: maybe('model'),
    year: Type.Optional(
      Type.Integer({ minimum: 1880, maximum: 2200, description: 'year of make or of model' }),
    ),
    colour: maybe('colour'),
    engine: maybe('engine number'),
    type: maybe('kind of vehicle or body'),
    hs: maybe('HS code'),
    grossMass: mass('kg'),
  },
);

export const arrival = kindOf(
  'arrival',
  'Arrival of a means of transport',
  ['office', 'voyage', 'departure'],
  {
    ...voyage,
    vessel: maybe('means of transport'),
    at: timeSchema('moment', 'when it arrived'),
  },
);
