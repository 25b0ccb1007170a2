/**
 * Indirect standardisation: what would be expected of a unit had it done as its peers do with the same mix of work.
 * Strata form a path from coarse to fine (office, lane, flow, chapter, ...); a stratum with little data borrows from its
 * parent, by as much as siblings differ no more than chance would make them (customs-practice 6.4, 6.5).
 *
 * A unit's own data are left out of the rates it is held against: in an office of six, an officer would otherwise be
 * a sixth of his own benchmark.
 */

/** Cases of the parent stratum that weigh as much as a stratum's own: what is seldom done borrows from what is like it. */
export const usualLikeness = 5;

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
  /**
   * Variance of observed less expected over that of observed alone: near 1 where peers have far more cases of the same
   * work, 2 where they have as many. What one colleague shows is not known any better than what oneself does.
   */
  inflation: number;
}

interface Sum {
  n: number;
  x: number;
}

/** The same cells column by column, for hundreds of thousands of them. */
export interface CellColumns {
  /** Cells of unit u lie from `starts[u]` to `starts[u + 1]`. */
  starts: Int32Array;
  /** Of each cell the number of its leaf stratum. */
  leaves: Int32Array;
  strata: Strata;
  n: Float64Array;
  observed: Float64Array;
}

/** The leaf strata as a tree. Nodes are numbered from the root, 0, a parent before its children. */
export interface Strata {
  /** Nodes on the path of leaf l, the root first, lie in `nodes` from `starts[l]` to `starts[l + 1]`. */
  starts: Int32Array;
  nodes: Int32Array;
  /** Of each node. */
  parents: Int32Array;
  levels: Int32Array;
}

/** @param paths of the leaves, from coarse to fine. In one piece of memory each: there may be hundreds of thousands. */
export function strataOf(paths: readonly (readonly string[])[]): Strata {
  const starts = new Int32Array(paths.length + 1);
  paths.forEach((path, leaf) => {
    starts[leaf + 1] = starts[leaf]! + path.length + 1;
  });
  const nodes = new Int32Array(starts[paths.length]!);
  const parents = [-1];
  const levels = [0];
  const children: (Map<string, number> | undefined)[] = [undefined];
  let before: readonly string[] = [];
  paths.forEach((path, leaf) => {
    const start = starts[leaf]!;
    // Paths mostly come in order, and begin like the one before.
    let same = leaf > 0;
    path.forEach((part, i) => {
      same = same && before[i] === part;
      nodes[start + i + 1] = same
        ? nodes[starts[leaf - 1]! + i + 1]!
        : childOf(nodes[start + i]!, part, i + 1);
    });
    before = path;
  });
  return { starts, nodes, parents: Int32Array.from(parents), levels: Int32Array.from(levels) };

  function childOf(parent: number, part: string, level: number): number {
    children[parent] ??= new Map();
    const known = children[parent].get(part);
    if (known !== undefined) return known;
    const node = parents.length;
    children[parent].set(part, node);
    parents.push(parent);
    levels.push(level);
    children.push(undefined);
    return node;
  }
}

/** Texts by their number, and of each leaf the number of its own. */
export interface Level {
  texts: readonly string[];
  of: Int32Array;
}

/** The same of leaves whose paths are told level by level, by numbers. */
export function strataOfLevels(leaves: number, columns: readonly Level[]): Strata {
  const depth = columns.length;
  const starts = new Int32Array(leaves + 1);
  for (let leaf = 0; leaf < leaves; leaf++) starts[leaf + 1] = starts[leaf]! + depth + 1;
  const nodes = new Int32Array(starts[leaves]!);
  const parents = [-1];
  const levels = [0];
  /** Of each level the nodes by their parents and their own texts' numbers. */
  const known = columns.map(() => new Map<number, number>());
  for (let leaf = 0; leaf < leaves; leaf++) {
    const start = starts[leaf]!;
    // Paths mostly come in order, and begin like the one before.
    let same = leaf > 0;
    for (let level = 0; level < depth; level++) {
      const { texts, of } = columns[level]!;
      same = same && of[leaf] === of[leaf - 1];
      if (same) {
        nodes[start + level + 1] = nodes[starts[leaf - 1]! + level + 1]!;
        continue;
      }
      const parent = nodes[start + level]!;
      const name = parent * texts.length + of[leaf]!;
      let node = known[level]!.get(name);
      if (node === undefined) {
        node = parents.length;
        known[level]!.set(name, node);
        parents.push(parent);
        levels.push(level + 1);
      }
      nodes[start + level + 1] = node;
    }
  }
  return { starts, nodes, parents: Int32Array.from(parents), levels: Int32Array.from(levels) };
}

/** Units in the order of their first cells. */
export function standardise(cells: readonly Cell[], likeness?: number): Standardised[] {
  const byUnit = new Map<string, Cell[]>();
  for (const cell of cells) {
    const own = byUnit.get(cell.unit);
    if (own === undefined) byUnit.set(cell.unit, [cell]);
    else own.push(cell);
  }
  const sorted = [...byUnit.values()].flat();
  const starts = new Int32Array(byUnit.size + 1);
  [...byUnit.values()].forEach((own, unit) => {
    starts[unit + 1] = starts[unit]! + own.length;
  });
  const columns: CellColumns = {
    starts,
    leaves: Int32Array.from(sorted, (_, i) => i),
    strata: strataOf(sorted.map(({ strata }) => strata)),
    n: Float64Array.from(sorted, ({ n }) => n),
    observed: Float64Array.from(sorted, ({ observed }) => observed),
  };
  const units = [...byUnit.keys()];
  return standardiseColumns(columns, likeness).map((told, unit) => ({ unit: units[unit]!, ...told }));
}

/** `likeness` is how many cases of the parent weigh as much as the stratum's own; estimated for each level where absent. */
export function standardiseColumns(columns: CellColumns, likeness?: number): Omit<Standardised, 'unit'>[] {
  const { starts, n, observed } = columns;
  const { rates, peers, inflation } = peerRates(columns, likeness);
  return Array.from({ length: starts.length - 1 }, (_, unit) => {
    const told = { n: 0, observed: 0, expected: 0, variance: 0, borrowed: 0, inflation: inflation[unit]! };
    for (let cell = starts[unit]!; cell < starts[unit + 1]!; cell++) {
      const rate = rates[cell]!;
      told.n += n[cell]!;
      told.observed += observed[cell]!;
      told.expected += n[cell]! * rate;
      told.variance += n[cell]! * rate * (1 - rate);
      if (peers[cell] === 0) told.borrowed += n[cell]!;
    }
    return told;
  });
}

/** Cases of others in the coarsest stratum below which it holds no peers of anybody. */
const fewestOthers = 10;

/**
 * Of each unit whether most of its cases lie where others have any: who is alone in his office is not held against
 * other offices, however well their rates would serve to expect something of him.
 */
export function hasPeers({ starts, leaves, strata, n }: CellColumns): boolean[] {
  /** A leaf without a path is one with the root. */
  const coarsestOf = (cell: number): number => {
    const leaf = leaves[cell]!;
    const first = strata.starts[leaf]!;
    return strata.nodes[Math.min(first + 1, strata.starts[leaf + 1]! - 1)]!;
  };
  const all = new Float64Array(strata.parents.length);
  for (let cell = 0; cell < leaves.length; cell++) all[coarsestOf(cell)]! += n[cell]!;
  return Array.from({ length: starts.length - 1 }, (_, unit) => {
    const own = new Map<number, number>();
    for (let cell = starts[unit]!; cell < starts[unit + 1]!; cell++) {
      const coarsest = coarsestOf(cell);
      own.set(coarsest, (own.get(coarsest) ?? 0) + n[cell]!);
    }
    let cases = 0;
    let beside = 0;
    for (const [coarsest, here] of own) {
      cases += here;
      if (all[coarsest]! - here >= fewestOthers) beside += here;
    }
    return beside * 2 > cases;
  });
}

/** Of each cell what the others show in its stratum (NaN where there are no others), and how many cases of theirs lie in it. */
export function peerRates(
  { starts, leaves, strata, n, observed }: CellColumns,
  likeness?: number,
): { rates: Float64Array; peers: Float64Array; inflation: Float64Array } {
  const { nodes, parents, levels } = strata;
  const count = parents.length;
  const [allN, allX] = [new Float64Array(count), new Float64Array(count)];
  // One unit after the other: its own sums by node are laid over the tree and taken off again.
  const [ownN, ownX] = [new Float64Array(count), new Float64Array(count)];
  const add = (from: number, to: number, sumN: Float64Array, sumX: Float64Array): void => {
    for (let cell = from; cell < to; cell++) {
      const leaf = leaves[cell]!;
      for (let at = strata.starts[leaf]!; at < strata.starts[leaf + 1]!; at++) {
        sumN[nodes[at]!]! += n[cell]!;
        sumX[nodes[at]!]! += observed[cell]!;
      }
    }
  };
  add(0, leaves.length, allN, allX);
  const weights = likeness === undefined ? likenesses(strata, allN, allX) : undefined;
  const rates = new Float64Array(leaves.length);
  const peers = new Float64Array(leaves.length);
  const inflation = new Float64Array(starts.length - 1).fill(1);
  const parts = new Float64Array(count);
  /** Nodes that a unit has cases in, each once. */
  const touched = new Int32Array(count);
  const touchedBy = new Int32Array(count).fill(-1);
  for (let unit = 0; unit < starts.length - 1; unit++) {
    const [from, to] = [starts[unit]!, starts[unit + 1]!];
    add(from, to, ownN, ownX);
    for (let cell = from; cell < to; cell++) {
      const leaf = leaves[cell]!;
      let others = allN[0]! - ownN[0]!;
      let rate = others === 0 ? Number.NaN : (allX[0]! - ownX[0]!) / others;
      for (let at = strata.starts[leaf]! + 1; at < strata.starts[leaf + 1]!; at++) {
        const node = nodes[at]!;
        others = allN[node]! - ownN[node]!;
        const weight = weights?.[levels[node]!] ?? likeness!;
        if (others + weight > 0) rate = (allX[node]! - ownX[node]! + weight * rate) / (others + weight);
      }
      rates[cell] = rate;
      peers[cell] = others;
    }
    inflation[unit] = inflationOf(unit);
  }
  return { rates, peers, inflation };

  /**
   * The expected count is a sum over nodes of the peers' rates there, each by how much of the unit's cases rests on it: a
   * leaf keeps N / (N + weight) of its own and passes the rest on to its parent, up to the root. Takes the unit's sums off.
   */
  function inflationOf(unit: number): number {
    let reached = 0;
    let cases = 0;
    for (let cell = starts[unit]!; cell < starts[unit + 1]!; cell++) {
      const leaf = leaves[cell]!;
      const last = strata.starts[leaf + 1]! - 1;
      for (let at = strata.starts[leaf]!; at <= last; at++) {
        const node = nodes[at]!;
        if (touchedBy[node] === unit) continue;
        touchedBy[node] = unit;
        touched[reached] = node;
        reached += 1;
      }
      parts[nodes[last]!]! += n[cell]!;
      cases += n[cell]!;
    }
    // A child's number is above its parent's, which must have what all its children pass on.
    const upwards = touched.subarray(0, reached).sort().reverse();
    let variance = 0;
    for (const node of upwards) {
      const part = parts[node]!;
      parts[node] = 0;
      const others = allN[node]! - ownN[node]!;
      ownN[node] = 0;
      ownX[node] = 0;
      const weight = node === 0 ? 0 : (weights?.[levels[node]!] ?? likeness!);
      if (others + weight === 0) {
        if (node !== 0) parts[parents[node]!]! += part;
        continue;
      }
      variance += (part * part * others) / (others + weight) ** 2;
      if (node !== 0) parts[parents[node]!]! += (part * weight) / (others + weight);
    }
    return cases === 0 ? 1 : 1 + variance / cases;
  }
}

/** Of each level below the root. */
function likenesses({ levels, parents }: Strata, n: Float64Array, x: Float64Array): number[] {
  const byLevel: [Sum, Sum][][] = [];
  levels.forEach((level, node) => {
    byLevel[level] ??= [];
    const parent = parents[node]!;
    if (level > 0)
      byLevel[level].push([
        { n: n[node]!, x: x[node]! },
        { n: n[parent]!, x: x[parent]! },
      ]);
  });
  return byLevel.map((nodes, level) => (level === 0 ? 0 : likenessOf(nodes)));
}

/**
 * Prior size of a level by moments: with ρ the share of variance between siblings that chance does not explain, a
 * stratum's parent weighs (1 − ρ)/ρ cases (Kleinman, JASA 68, 1973). Kept from 5 to 10,000.
 */
function likenessOf(strata: readonly [Sum, Sum][]): number {
  let between = 0;
  let chance = 0;
  let spread = 0;
  for (const [{ n, x }, parent] of strata) {
    if (n === 0 || parent.n === n) continue;
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
