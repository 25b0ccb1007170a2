/**
 * What a pattern of misconduct is: a file that changes cases at their stages, and says what it did. Each draws from a
 * stream of its own, so that planting one leaves everything else as it was.
 */
import type { Case } from '../case.ts';
import type { Officer } from '../officers.ts';
import type { Office } from '../offices.ts';
import type { MisconductOrder, SimulationOptions } from '../options.ts';
import type { Random } from '../random.ts';
import type { SystemEvent } from '../system-event.ts';
import type { Broker, Trader } from '../traders.ts';

/** What misconduct may look at and choose its people from. */
export interface Scene {
  options: SimulationOptions;
  offices: readonly Office[];
  officers: readonly Officer[];
  examiners: readonly Officer[];
  brokers: readonly Broker[];
  importers: readonly Trader[];
  /** Share of the trade of a broker or trader, for choosing those with enough of it to matter. */
  volume: (of: Broker | Trader) => number;
  /** First and last day index of the period. */
  start: number;
  end: number;
}

/** Who does it, by role; what is not a person has no role here. */
export interface Culprit {
  officer?: string;
  assigner?: string;
  /** Who works under the officer's account. */
  borrower?: string;
  broker?: string;
  trader?: string;
  office?: string;
}

/** One pattern at work in one run. Each stage is optional; `mark` on the case says that it was a deed. */
export interface Plant {
  who: Culprit[];
  /** The declaration is about to be drawn up: change what is declared. */
  declare?: (c: Case, random: Random) => void;
  /** The lane is chosen and the officers are assigned: change who does what, and how. */
  handle?: (c: Case, random: Random) => void;
  /** The steps are there: change their order, time or user. */
  steps?: (c: Case, random: Random) => void;
  /** What it leaves in the logs of the system itself. */
  systemEvents?: () => SystemEvent[];
}

export interface Misconduct {
  pattern: string;
  /** One sentence on what is done, for the truth file and docs/detection.md. */
  meaning: string;
  plant: (scene: Scene, random: Random, order: MisconductOrder) => Plant;
}

/** As many of these as the rate says, and at least one. */
export const culprits = <T>(random: Random, among: readonly T[], rate: number): T[] =>
  random.sample(among, Math.max(1, Math.round(among.length * rate)));
