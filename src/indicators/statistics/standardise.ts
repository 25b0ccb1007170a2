/**
 * Indirect standardisation: what would be expected of a unit had it done as its peers do with the same mix of work.
 * Strata form a path from coarse to fine (office, lane, flow, chapter, ...); a stratum with little data borrows from its
 * parent, by as much as siblings differ no more than chance would make them (customs-practice 6.4, 6.5).
 *
 * A unit's own data are left out of the rates it is held against: in an office of six, an officer would otherwise be
 * a sixth of his own benchmark.
 */

/** Counts of one unit in one leaf stratum. */
export interface Cell {
  unit: string;
  /** From coarse to fine. */
  strata: readonly string[];
  n: number;
  observed: number;
}

export interface Standardised {
  unit: string;
  n: number;
  observed: number;
  /** Sum over the strata of n times the peers' rate. */
  expected: number;
  /** Variance of `observed` if each case were an independent trial at the peers' rate. */
  variance: number;
  /** Cases in strata where no peer has any, which the parent's rate had to speak for. */
  borrowed: number;
}

interface Sum {
  n: number;
  x: number;
}

const separator = '\u001f';

/** `likeness` is how many cases of the parent weigh as much as the stratum's own; estimated for each level where absent. */
export function standardise(cells: readonly Cell[], likeness?: number): Standardised[] {
  const depth = cells.reduce((most, cell) => Math.max(most, cell.strata.length), 0);
  // Level 0 is everything; level k holds the first k parts of the path.
  const totals: Map<string, Sum>[] = Array.from({ length: depth + 1 }, () => new Map());
  const own: Map<string, Map<string, Sum>>[] = Array.from({ length: depth + 1 }, () => new Map());
  const keyOf = (cell: Cell, level: number): string => cell.strata.slice(0, level).join(separator);
  const add = (map: Map<string, Sum>, key: string, cell: Cell): void => {
    const sum = map.get(key) ?? { n: 0, x: 0 };
    sum.n += cell.n;
    sum.x += cell.observed;
    map.set(key, sum);
  };
  for (const cell of cells) {
    for (let level = 0; level <= cell.strata.length; level++) {
      const key = keyOf(cell, level);
      add(totals[level]!, key, cell);
      let units = own[level]!.get(cell.unit);
      if (units === undefined) {
        units = new Map();
        own[level]!.set(cell.unit, units);
      }
      add(units, key, cell);
    }
  }
  const weights = totals.map((level, i) => (i === 0 ? 0 : (likeness ?? likenessOf(level, totals[i - 1]!))));

  const rates = new Map<string, { rate: number; peers: number }>();
  const rateOf = (cell: Cell): { rate: number; peers: number } => {
    const cached = `${cell.unit}${separator}${keyOf(cell, cell.strata.length)}`;
    const known = rates.get(cached);
    if (known !== undefined) return known;
    let rate = Number.NaN;
    let peers = 0;
    for (let level = 0; level <= cell.strata.length; level++) {
      const key = keyOf(cell, level);
      const all = totals[level]!.get(key)!;
      const mine = own[level]!.get(cell.unit)!.get(key)!;
      peers = all.n - mine.n;
      const found = all.x - mine.x;
      if (level === 0) rate = peers === 0 ? Number.NaN : found / peers;
      else {
        const weight = weights[level]!;
        if (peers + weight > 0) rate = (found + weight * rate) / (peers + weight);
      }
    }
    rates.set(cached, { rate, peers });
    return { rate, peers };
  };

  const units = new Map<string, Standardised>();
  for (const cell of cells) {
    const unit = units.get(cell.unit) ?? {
      unit: cell.unit,
      n: 0,
      observed: 0,
      expected: 0,
      variance: 0,
      borrowed: 0,
    };
    const { rate, peers } = rateOf(cell);
    unit.n += cell.n;
    unit.observed += cell.observed;
    unit.expected += cell.n * rate;
    unit.variance += cell.n * rate * (1 - rate);
    if (peers === 0) unit.borrowed += cell.n;
    units.set(cell.unit, unit);
  }
  return [...units.values()];
}

/**
 * Prior size of a level by moments: with ρ the share of variance between siblings that chance does not explain, a
 * stratum's parent weighs (1 − ρ)/ρ cases (Kleinman, JASA 68, 1973). Kept from 5 to 10,000.
 */
function likenessOf(level: ReadonlyMap<string, Sum>, parents: ReadonlyMap<string, Sum>): number {
  let between = 0;
  let chance = 0;
  let spread = 0;
  for (const [key, { n, x }] of level) {
    const parent = parents.get(key.split(separator).slice(0, -1).join(separator));
    if (parent === undefined || n === 0 || parent.n === n) continue;
    const rate = parent.x / parent.n;
    const one = rate * (1 - rate);
    const left = 1 - n / parent.n;
    between += n * (x / n - rate) ** 2;
    chance += one * left;
    spread += one * (n - 1) * left;
  }
  const rho = spread > 0 ? (between - chance) / spread : 0;
  if (rho <= 0) return 10_000;
  return Math.min(10_000, Math.max(5, (1 - rho) / rho));
}
