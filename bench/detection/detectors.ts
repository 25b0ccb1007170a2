/**
 * One or two detectors a planted pattern: the findings of a shipped rule, or what an indicator says of the cases as they are seen
 * from outside. Answers the names that are flagged: declarations, or persons and firms.
 */
import { binomialLower, binomialUpper } from '../../src/indicators/statistics/binomial.ts';
import { qValues } from '../../src/indicators/statistics/discovery.ts';
import { pairFigures } from '../../src/indicators/statistics/pairs.ts';
import { studentUpper } from '../../src/indicators/statistics/special.ts';
import { usualDiscoveryRate } from '../../src/indicators/statistics/verdict.ts';
import type { Truth } from '../../src/simulate/administration.ts';
import { type Control, eventsOf, type Study } from './cases.ts';
import { families, underpriced, upRouting } from './families.ts';
import type { Findings } from './product.ts';

/** What was seen from outside, and what the product's rules found. */
export interface Observed extends Study {
  found: Findings;
}

export interface Detector {
  /** What is planted. */
  pattern: string;
  /** Check or indicator of the catalogues that looks at it. */
  by: string;
  /** What is flagged: whole declarations, or who did it. */
  unit: 'declaration' | 'pair' | 'officer' | 'trader' | 'account';
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

/** Findings of one shipped rule, of what is in the catalogue of checks under another name. */
const toldBy = (pattern: string, rule: string, check: string): Detector => ({
  pattern,
  by: `${rule} (${check})`,
  unit: 'declaration',
  flag: ({ found }) => new Set(found.told.get(rule)),
  rules: [rule],
  truth: declarations,
});

export const detectors: readonly Detector[] = [
  {
    pattern: 'collusive-pairs',
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
  toldBy('rubber-stamping', 'CON-010', 'H10'),
  {
    pattern: 'rubber-stamping',
    by: 'I17',
    unit: 'officer',
    flag: ({ controls }) => new Set(families['I17 corrections']!(controls).flagged),
    truth: officers,
  },
  {
    pattern: 'fruitless-rerouting',
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
  toldBy('release-before-payment', 'CON-017', 'H17'),
  toldBy('red-without-examination', 'CON-001', 'H01'),
  {
    pattern: 'undervaluation',
    by: 'I32',
    unit: 'trader',
    flag: underpriced,
    truth: traders,
  },
  {
    pattern: 'neighbour-codes',
    by: 'C02 and C05, other goods than the code’s, by importer',
    unit: 'trader',
    flag: (study) => discovered(otherGoods(study)),
    truth: traders,
    alone: (study) => toldAlone(otherGoods(study)),
  },
  toldBy('origin-fraud', 'ORG-007', 'D07'),
  toldBy('reused-certificates', 'ORG-005', 'D05'),
  {
    ...toldBy('overdue-warehouse', 'PRC-005', 'E05'),
    // What came out of the warehouse since the entry was looked at is not overdue.
    flag: ({ found }) => new Set(found.standing.get('PRC-005')),
  },
  toldBy('batch-rerouting', 'CON-005', 'H05'),
  toldBy('night-work', 'CON-014', 'H14'),
  {
    pattern: 'target-gaming',
    by: 'I20 against I05',
    unit: 'officer',
    flag: ({ controls }) =>
      oftener(controls, ({ record, sameDay }) => sameDay && eventsOf(record, 'REOPEN').length > 0),
    truth: officers,
  },
  toldBy('threshold-bunching', 'VAL-014', 'B14'),
  toldBy('shared-accounts', 'SYS-002', 'S02'),
  {
    pattern: 'shared-accounts',
    by: 'SYS-002 (S02), whom it names',
    unit: 'account',
    flag: ({ found }) => new Set(found.named.get('SYS-002')),
    rules: ['SYS-002'],
    truth: officers,
  },
  toldBy('criteria-changed', 'SYS-003', 'S03'),
];
