/**
 * One declaration on its way through the office: what the goods really are, what is declared, what the people on it
 * do, and the steps that follow. Misconduct changes a case at its stages; the lawful procedure never knows of it.
 */
import type { Declaration } from '../declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import type { WallTime } from './clock.ts';
import type { Officer } from './officers.ts';
import type { Office } from './offices.ts';
import type { Random } from './random.ts';
import type { TariffLine } from './tariff.ts';
import type { Broker, Supplier, Trader } from './traders.ts';

export type Regime = 'home' | 'warehouse' | 'temporary' | 'ex-warehouse' | 're-export' | 'transit' | 'export';

/** The goods of one item: as they are, or as they are declared. */
export interface Goods {
  line: TariffLine;
  origin: string;
  /** In units of the tariff line; 0 where it asks for none. */
  quantity: number;
  /** Kilograms, three decimals. */
  net: number;
  gross: number;
  packages: number;
  /** Minor units of the invoice's currency. */
  price: number;
  /** The proof of origin under which a preference is claimed. */
  certificate?: { reference: string; issued: number };
  /** The item of a suspense declaration that this one writes off, wholly or in part. */
  writesOff?: { entry: SuspenseEntry; line: SuspenseLine };
}

/** What stays open of one item under suspense. */
export interface SuspenseLine {
  item: number;
  goods: Goods;
  net: number;
  quantity: number;
  packages: number;
}

export interface SuspenseEntry {
  office: Office;
  registration: Registration;
  trader: Trader;
  broker: Broker;
  shipment: Shipment;
  regime: 'warehouse' | 'temporary';
  lines: SuspenseLine[];
  /** Day index by which it must be discharged. */
  limit: number;
  /** Day indexes on which the rest is taken out, the last taking all of it. */
  withdrawals: number[];
}

/** What all items have in common. */
export interface Shipment {
  supplier: Supplier;
  currency: string;
  incoterm: string;
  /** Minor units of the invoice's currency. */
  freight: number;
  insurance: number;
  otherCosts: number;
  invoice: { reference: string; issued: number };
  bill: string;
  manifest?: string;
  voyage: { identity: string; nationality: string; manifestAt: WallTime; arrivedAt: WallTime };
  /** Country of dispatch; differs from the origin where goods are transshipped. */
  dispatch: string;
  loadingPlace: string;
  containers: string[];
  seals: string[];
}

export interface Registration {
  serial: string;
  number: string;
  year: string;
}

export type LaneCode = 'green' | 'blue' | 'yellow' | 'red';

/** What is wrong with a declaration, and what finding it brings. */
export interface Irregularity {
  result: Exclude<Outcome['result'], 'conform'>;
  /** 1-based. */
  item: number;
  /** How hard it is to see, as a factor on the chance to find it. */
  visible: number;
}

/** What the people on the case do. Drawn lawfully first; misconduct then changes it. */
export interface Conduct {
  lane: LaneCode;
  laneCause: 'criterion' | 'random' | 'quota';
  criterion?: string;
  examiner?: Officer;
  /** Those among whom the rule could choose; empty where nobody was assigned. */
  eligible: readonly Officer[];
  assignedAt: WallTime;
  /** The chief's choice, where the rule or a reassignment makes it his. */
  assigner?: Officer;
  /** `engine` where the first choice was the rule's and not the chief's. */
  reassigned?: { from: Officer; at: WallTime; reason: string; engine: boolean };
  /** Minutes of duty until the act begins, and that the act takes. */
  delay: number;
  act: number;
  /** Factor on the chance that what is wrong is found; 0 finds nothing. */
  attention: number;
  queries: boolean;
  /** An officer's own move to a stricter or a milder lane before any control. */
  reroute?: { to: LaneCode; kind: 'up' | 'discretionary-down'; by: Officer; reason?: string };
  pays: boolean;
  cancels?: 'before-lane' | 'after-assessment';
  /** What an act concludes in words, where nothing was found. */
  conformText: string;
}

/** Before anybody at customs has seen the case. */
export const untouched: Conduct = {
  lane: 'green',
  laneCause: 'quota',
  eligible: [],
  assignedAt: 0,
  delay: 0,
  act: 0,
  attention: 1,
  queries: false,
  pays: true,
  conformText: '',
};

/** A step of the trail with its time still a number; `at` gets its offset when it is written. */
export type Step = Omit<TrailEvent, 'at' | 'endedAt' | 'enteredAt' | 'id' | 'tax' | 'taxBefore' | 'fine'> & {
  at: WallTime;
  endedAt?: WallTime;
  enteredAt?: WallTime;
  /** Units of the national currency. */
  tax?: number;
  taxBefore?: number;
  fine?: number;
};

export type Finding = Omit<Outcome, 'at' | 'enteredAt' | 'id' | 'duty' | 'fine'> & {
  at: WallTime;
  duty?: number;
  fine?: number;
};

export interface Case {
  /** Counts the declarations of the run, from 1; those that take goods out of suspense apart. */
  number: number;
  /** This case's own stream of random numbers. */
  random: Random;
  /** The stream for what is out of the ordinary (exceptions.ts). */
  exceptions: Random;
  office: Office;
  regime: Regime;
  flow: 'import' | 'export' | 'transit';
  trader: Trader;
  broker: Broker;
  shipment: Shipment;
  /** National units for one unit of the invoice's currency, on the day of registration. */
  rate: number;
  actual: Goods[];
  declared: Goods[];
  irregularity?: Irregularity;
  lodgedAt: WallTime;
  registeredAt: WallTime;
  registration: Registration;
  localReference: string;
  conduct: Conduct;
  steps: Step[];
  findings: Finding[];
  /** Each version with the moment from which it counts. */
  versions: { at: WallTime; declaration: Declaration; goods: readonly Goods[] }[];
  /** The goods are not taken out of suspense, whatever the limit. */
  stays?: boolean;
  /** Misconduct that was planted here, with the moment of the deed. */
  planted: Map<string, WallTime>;
}

/** The reference under which intake knows the declaration (intake/identity.ts), and the truth file speaks of it. */
export const referenceOf = (office: Office, { year, serial, number }: Registration): string =>
  `${office.id}/${year}/${serial}${number}`;
