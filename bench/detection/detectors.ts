/**
 * One detector a planted pattern: what the product's check or indicator of that name looks at, told from the records,
 * the roster and the system's logs alone. Answers the names that are flagged: declarations, or persons and firms.
 */
import type { DeclarationRecord } from '../../src/declaration/declaration.ts';
import { binomialLower, binomialUpper } from '../../src/indicators/statistics/binomial.ts';
import { qValues } from '../../src/indicators/statistics/discovery.ts';
import { pairFigures } from '../../src/indicators/statistics/pairs.ts';
import { studentUpper } from '../../src/indicators/statistics/special.ts';
import { usualDiscoveryRate } from '../../src/indicators/statistics/verdict.ts';
import type { Truth } from '../../src/simulate/administration.ts';
import { suspenseDays } from '../../src/simulate/papers.ts';
import { referenceRecords } from '../../src/simulate/reference.ts';
import { inspectionThreshold } from '../../src/simulate/selection.ts';
import { at, type Control, eventsOf, type Study } from './cases.ts';
import { underpriced, upRouting } from './families.ts';
import type { Findings } from './product.ts';

/** What was seen from outside, and what the product's rules found. */
export interface Observed extends Study {
  found: Findings;
}

export interface Detector {
  /** Check or indicator of the catalogues that looks at it. */
  by: string;
  /** What is flagged: whole declarations, or who did it. */
  unit: 'declaration' | 'pair' | 'officer' | 'trader' | 'account' | 'criterion';
  flag: (study: Observed) => Set<string>;
  /** Shipped rules whose findings it counts, where that is all it does. */
  rules?: readonly string[];
  /** The names that should be flagged: of those who were to do it, those who met an occasion. */
  truth: (truth: Truth, study: Study) => string[];
  /**
   * The names that a test of each alone, at 5 % and without minimum numbers, tells: whom even who knows where to look does
   * not find there, is not to be found with so few occasions.
   */
  alone?: (study: Study) => Set<string>;
}

const day = 86_400_000;
const declarations = ({ declarations }: Truth): string[] => declarations;
const officers = ({ who }: Truth): string[] => who.map(({ officer }) => officer!);
/** Those of them who did it at all: most traders have few declarations, and some none of the kind. */
const traders = ({ who, declarations: deeds }: Truth, { declared }: Study): string[] => {
  const active = new Set(deeds.map((reference) => declared.get(reference)?.declaration.consignee?.id));
  return who.map(({ trader }) => trader!).filter((trader) => active.has(trader));
};

interface Test {
  unit: string;
  p: number;
}

/** Units whose p-value survives the false discovery rate in their family. */
function discovered(tests: readonly Test[]): Set<string> {
  const q = qValues(tests.map(({ p }) => p));
  return new Set(tests.filter((_, i) => q[i]! <= usualDiscoveryRate).map(({ unit }) => unit));
}

const ownLevel = 0.05;
/** Units that are told by a test of their own, the questions asked of one unit together. */
const toldAlone = (tests: readonly Test[]): Set<string> =>
  new Set(
    [...grouped(tests, ({ unit }) => unit)]
      .filter(([, own]) => own.length * Math.min(...own.map(({ p }) => p)) <= ownLevel)
      .map(([unit]) => unit),
  );

function grouped<T>(rows: readonly T[], key: (row: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const name = key(row);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}

const dollars: Readonly<Record<string, number>> = { USD: 1, EUR: 1.085, CNY: 0.139 };

const controlled = (study: Study): Control[] =>
  study.controls.filter(({ record }) => (record.outcomes ?? []).length > 0);

/** Officers who do it oftener than all others together, by the binomial. */
function oftener(controls: readonly Control[], is: (control: Control) => boolean, least = 10): Set<string> {
  const tests = [...grouped(controls, ({ officer }) => officer)].map(([unit, own]) => {
    const others = controls.length - own.length;
    const hits = own.filter(is).length;
    const rate = (controls.filter(is).length - hits + 1) / (others + 2);
    return { unit, p: own.length < least ? 1 : binomialUpper(hits, own.length, rate) };
  });
  return discovered(tests);
}

/** Of importers: how much of what lies around the threshold lies just below it, as B14 has it, against all others'. */
function bunching({ declared }: Study): (Test & { near: number })[] {
  const rows = [...declared.values()]
    .filter(({ declaration }) => declaration.generalProcedure === '4')
    .map(({ declaration }) => ({
      trader: declaration.consignee!.id!,
      ratio: (declaration.valuation?.cif?.amount ?? 0) / inspectionThreshold,
    }))
    .filter(({ ratio }) => ratio > 0.6 && ratio < 2);
  const below = ({ ratio }: { ratio: number }): boolean => ratio >= 0.97 && ratio < 1;
  const all = rows.filter(below).length;
  return [...grouped(rows, ({ trader }) => trader)].map(([unit, own]) => {
    const hits = own.filter(below).length;
    const rate = (all - hits + 1) / (rows.length - own.length + 2);
    return { unit, near: own.length, p: binomialUpper(hits, own.length, rate) };
  });
}

/** Codes next to a dearer one. */
const cheapCodes = new Set([
  '10064000',
  '22089000',
  '33074900',
  '40112000',
  '64041900',
  '84159000',
  '85177900',
  '85285200',
  '87032200',
]);

/**
 * Importers whose goods under a cheap code are others than everybody's: dearer, cheaper, heavier or lighter. The
 * importer is what is counted: his mean of a code against the other importers' means, since each has goods and prices of
 * his own, however many items he declares.
 */
function otherGoods({ declared }: Study): Test[] {
  const rows: { trader: string; code: string; value: number }[] = [];
  for (const { declaration } of declared.values()) {
    if (declaration.generalProcedure !== '4') continue;
    const trader = declaration.consignee!.id!;
    for (const [hs, items] of grouped(declaration.items, ({ hs }) => hs)) {
      if (!cheapCodes.has(hs)) continue;
      const sum = (of: (item: (typeof items)[number]) => number): number =>
        items.reduce((total, item) => total + of(item), 0);
      const mass = sum(({ netMass }) => netMass!);
      const units = sum(({ supplementaryUnits }) => supplementaryUnits?.[0]?.quantity ?? 0);
      const price = sum((item) => (item.price!.amount / 100) * dollars[item.price!.currency]!);
      rows.push({ trader, code: `${hs} price of a kilogram`, value: Math.log(price / mass) });
      if (units > 0) rows.push({ trader, code: `${hs} mass of a unit`, value: Math.log(mass / units) });
    }
  }
  const tests: Test[] = [];
  for (const own of grouped(rows, ({ code }) => code).values()) {
    const means = [...grouped(own, ({ trader }) => trader)]
      .filter(([, list]) => list.length >= 3)
      .map(([trader, list]) => ({
        trader,
        mean: list.reduce((sum, { value }) => sum + value, 0) / list.length,
      }));
    for (const { trader, mean } of means) {
      const others = means.filter((each) => each.trader !== trader).map((each) => each.mean);
      if (others.length < 5) continue;
      const centre = median(others);
      // From the median distance, so that others who are to be found do not widen it; never less than five percent.
      const spread = Math.max(0.05, 1.4826 * median(others.map((each) => Math.abs(each - centre))));
      // A median distance tells as much of the spread as a standard deviation of 0.37 times as many would.
      const degrees = 0.37 * (others.length - 1);
      tests.push({
        unit: trader,
        p: Math.min(1, 2 * studentUpper(Math.abs(mean - centre) / spread, degrees)),
      });
    }
  }
  return tests;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

const minutesOfAct = ({ record }: Control): number => {
  const [act] = eventsOf(record, 'INSPECT');
  return act === undefined ? Number.POSITIVE_INFINITY : (Date.parse(act.endedAt!) - at(act)) / 60_000;
};

export const detectors: Readonly<Record<string, Detector>> = {
  'collusive-pairs': {
    by: 'I29',
    unit: 'pair',
    flag: ({ controls }) =>
      new Set(
        pairFigures(controls.map(({ assigned }) => assigned))
          .pairs.filter(({ verdict }) => verdict === 'look closer')
          .map(({ officer, declarant }) => `${officer} ${declarant}`),
      ),
    truth: ({ who, declarations: deeds }, { declarations: all }) => {
      const steered = new Set(deeds.map((reference) => all.get(reference)?.declaration.declarant?.id));
      return who
        .filter(({ broker }) => steered.has(broker))
        .map(({ officer, broker }) => `${officer} ${broker}`);
    },
    // A rate that nobody reaches: no declarant is taken out, and each p-value is of the pair as it stands.
    alone: ({ controls }) =>
      new Set(
        pairFigures(
          controls.map(({ assigned }) => assigned),
          { minimum: { n: 1, expected: 0 }, discoveryRate: 0 },
        )
          .pairs.filter(({ p }) => p <= ownLevel)
          .map(({ officer, declarant }) => `${officer} ${declarant}`),
      ),
  },
  'rubber-stamping': {
    by: 'H10 by officer',
    unit: 'officer',
    flag: (study) => oftener(controlled(study), (control) => minutesOfAct(control) < 5),
    truth: officers,
  },
  'fruitless-rerouting': {
    by: 'I13',
    unit: 'officer',
    flag: (study) => new Set(upRouting(controlled(study).filter(({ up }) => up)).flagged),
    truth: officers,
    alone: (study) => {
      const moved = controlled(study).filter(({ up }) => up);
      const found = (list: readonly Control[]): number => list.filter((control) => control.found).length;
      return toldAlone(
        [...grouped(moved, ({ officer }) => officer)].map(([unit, own]) => ({
          unit,
          p: binomialLower(
            found(own),
            own.length,
            (found(moved) - found(own) + 1) / (moved.length - own.length + 2),
          ),
        })),
      );
    },
  },
  'release-before-payment': {
    by: 'CON-017 (H17)',
    unit: 'declaration',
    flag: ({ found }) => new Set(found.get('CON-017')),
    rules: ['CON-017'],
    truth: declarations,
  },
  'red-without-examination': {
    by: 'CON-001 (H01)',
    unit: 'declaration',
    flag: ({ found }) => new Set(found.get('CON-001')),
    rules: ['CON-001'],
    truth: declarations,
  },
  undervaluation: {
    by: 'I32',
    unit: 'trader',
    flag: underpriced,
    truth: traders,
  },
  'neighbour-codes': {
    by: 'C02 and C05, other goods than the code’s, by importer',
    unit: 'trader',
    flag: (study) => discovered(otherGoods(study)),
    truth: traders,
    alone: (study) => toldAlone(otherGoods(study)),
  },
  'origin-fraud': {
    by: 'ORG-007 (D07)',
    unit: 'declaration',
    flag: ({ found }) => new Set(found.get('ORG-007')),
    rules: ['ORG-007'],
    truth: declarations,
  },
  'reused-certificates': {
    by: 'ORG-005 (D05)',
    unit: 'declaration',
    flag: ({ found }) => new Set(found.get('ORG-005')),
    rules: ['ORG-005'],
    truth: declarations,
  },
  'overdue-warehouse': {
    by: 'E05',
    unit: 'declaration',
    flag: ({ declarations, simulation }) => {
      const left = new Map<string, number>();
      const packages = (record: DeclarationRecord): number => record.declaration.totals?.packages ?? 0;
      for (const [reference, record] of declarations) {
        const procedure = record.declaration.items[0]?.procedure;
        if (procedure === '7100' && eventsOf(record, 'RELEASE').length > 0)
          left.set(reference, packages(record));
        for (const { previous = [] } of record.declaration.items) {
          for (const link of previous) {
            const key = `${link.office}/${link.year}/${link.serial}${link.number}`;
            if (left.has(key)) left.set(key, left.get(key)! - (link.packagesWrittenOff ?? 0));
          }
        }
      }
      const end = (simulation.end + 1) * day;
      const overdue = (reference: string): boolean =>
        Date.parse(declarations.get(reference)!.declaration.acceptedAt!) +
          (suspenseDays.warehouse + 1) * day <
        end;
      return new Set([...left].filter(([key, rest]) => rest > 0 && overdue(key)).map(([key]) => key));
    },
    truth: declarations,
  },
  'batch-rerouting': {
    by: 'CON-005 (H05)',
    unit: 'declaration',
    flag: ({ found }) => new Set(found.get('CON-005')),
    rules: ['CON-005'],
    truth: declarations,
  },
  'night-work': {
    by: 'CON-014 (H14)',
    unit: 'declaration',
    flag: ({ found }) => new Set(found.get('CON-014')),
    rules: ['CON-014'],
    truth: declarations,
  },
  'target-gaming': {
    by: 'I20 against I05',
    unit: 'officer',
    flag: ({ controls }) =>
      oftener(controls, ({ record, sameDay }) => sameDay && eventsOf(record, 'REOPEN').length > 0),
    truth: officers,
  },
  'threshold-bunching': {
    by: 'B14 by importer',
    unit: 'trader',
    flag: (study) => discovered(bunching(study).filter(({ near }) => near >= 3)),
    truth: traders,
    alone: (study) => toldAlone(bunching(study)),
  },
  'shared-accounts': {
    by: 'S02',
    unit: 'account',
    flag: ({ simulation }) => {
      const flagged = new Set<string>();
      const open = new Map<string, { terminal: unknown; from: number; to: number }[]>();
      for (const session of referenceRecords.session!(simulation)) {
        const key = `${session.user} ${String(session.from).slice(0, 10)}`;
        const own = {
          terminal: session.terminal,
          from: Date.parse(String(session.from)),
          to: Date.parse(String(session.to)),
        };
        const others = open.get(key) ?? [];
        const overlaps = others.some(
          (other) => other.terminal !== own.terminal && other.from < own.to && own.from < other.to,
        );
        if (overlaps) flagged.add(String(session.user));
        open.set(key, [...others, own]);
      }
      return flagged;
    },
    truth: officers,
  },
  'criteria-changed': {
    by: 'S03',
    unit: 'account',
    flag: ({ simulation }) => {
      const changes = [...referenceRecords.criterion!(simulation)].filter(({ user }) => user !== undefined);
      const brief = changes.filter(
        ({ from, to }) => to !== undefined && Date.parse(String(to)) - Date.parse(String(from)) < day,
      );
      return new Set(brief.map(({ user }) => String(user)));
    },
    truth: officers,
  },
};
