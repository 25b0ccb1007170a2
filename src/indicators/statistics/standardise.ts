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
  /** Of each cell the number of its leaf stratum, and the leaves' paths by number. */
  leaves: Int32Array;
  paths: readonly (readonly string[])[];
  n: Float64Array;
  observed: Float64Array;
}

/** The strata as a tree: of each node its parent and level, of each leaf the nodes on its path, the root first. */
interface Tree {
  nodes: readonly Int32Array[];
  parents: number[];
  levels: number[];
}

function growTree(paths: readonly (readonly string[])[]): Tree {
  const parents = [-1];
  const levels = [0];
  const children: Map<string, number>[] = [new Map()];
  const nodes = paths.map((path) => {
    const own = new Int32Array(path.length + 1);
    path.forEach((part, i) => {
      const parent = own[i]!;
      let node = children[parent]!.get(part);
      if (node === undefined) {
        node = parents.length;
        children[parent]!.set(part, node);
        parents.push(parent);
        levels.push(i + 1);
        children.push(new Map());
      }
      own[i + 1] = node;
    });
    return own;
  });
  return { nodes, parents, levels };
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
    paths: sorted.map(({ strata }) => strata),
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
export function hasPeers({ starts, leaves, paths, n }: CellColumns): boolean[] {
  const all = new Map<string, number>();
  const of = (from: number, to: number): Map<string, number> => {
    const sums = new Map<string, number>();
    for (let cell = from; cell < to; cell++) {
      const coarsest = paths[leaves[cell]!]![0] ?? '';
      sums.set(coarsest, (sums.get(coarsest) ?? 0) + n[cell]!);
    }
    return sums;
  };
  for (const [coarsest, cases] of of(0, leaves.length)) all.set(coarsest, cases);
  return Array.from({ length: starts.length - 1 }, (_, unit) => {
    let cases = 0;
    let beside = 0;
    for (const [coarsest, own] of of(starts[unit]!, starts[unit + 1]!)) {
      cases += own;
      if (all.get(coarsest)! - own >= fewestOthers) beside += own;
    }
    return beside * 2 > cases;
  });
}

/** Of each cell what the others show in its stratum (NaN where there are no others), and how many cases of theirs lie in it. */
export function peerRates(
  { starts, leaves, paths, n, observed }: CellColumns,
  likeness?: number,
): { rates: Float64Array; peers: Float64Array; inflation: Float64Array } {
  const tree = growTree(paths);
  const count = tree.parents.length;
  const allN = new Float64Array(count);
  const allX = new Float64Array(count);
  for (let cell = 0; cell < leaves.length; cell++) {
    for (const node of tree.nodes[leaves[cell]!]!) {
      allN[node]! += n[cell]!;
      allX[node]! += observed[cell]!;
    }
  }
  const weights = likeness === undefined ? likenesses(tree, allN, allX) : undefined;
  const rates = new Float64Array(leaves.length);
  const peers = new Float64Array(leaves.length);

  // One unit after the other: its own sums by node are laid over the tree and taken off again.
  const inflation = new Float64Array(starts.length - 1).fill(1);
  const parts = new Float64Array(count);
  const ownN = new Float64Array(count);
  const ownX = new Float64Array(count);
  for (let unit = 0; unit < starts.length - 1; unit++) {
    const [from, to] = [starts[unit]!, starts[unit + 1]!];
    for (let cell = from; cell < to; cell++) {
      for (const node of tree.nodes[leaves[cell]!]!) {
        ownN[node]! += n[cell]!;
        ownX[node]! += observed[cell]!;
      }
    }
    for (let cell = from; cell < to; cell++) {
      const nodes = tree.nodes[leaves[cell]!]!;
      let others = allN[0]! - ownN[0]!;
      let rate = others === 0 ? Number.NaN : (allX[0]! - ownX[0]!) / others;
      for (let level = 1; level < nodes.length; level++) {
        const node = nodes[level]!;
        others = allN[node]! - ownN[node]!;
        const weight = weights?.[level] ?? likeness!;
        if (others + weight > 0) rate = (allX[node]! - ownX[node]! + weight * rate) / (others + weight);
      }
      rates[cell] = rate;
      peers[cell] = others;
    }
    inflation[unit] = inflationOf(unit);
    for (let cell = from; cell < to; cell++) {
      for (const node of tree.nodes[leaves[cell]!]!) {
        ownN[node] = 0;
        ownX[node] = 0;
      }
    }
  }
  return { rates, peers, inflation };

  /**
   * The expected count is a sum over nodes of the peers' rates there, each by how much of the unit's cases rests on it: a
   * leaf keeps N / (N + weight) of its own and passes the rest on to its parent, up to the root.
   */
  function inflationOf(unit: number): number {
    const touched = new Set<number>();
    let cases = 0;
    for (let cell = starts[unit]!; cell < starts[unit + 1]!; cell++) {
      const nodes = tree.nodes[leaves[cell]!]!;
      for (const node of nodes) touched.add(node);
      parts[nodes[nodes.length - 1]!]! += n[cell]!;
      cases += n[cell]!;
    }
    let variance = 0;
    for (const node of [...touched].sort((a, b) => tree.levels[b]! - tree.levels[a]!)) {
      const part = parts[node]!;
      parts[node] = 0;
      const others = allN[node]! - ownN[node]!;
      const weight = node === 0 ? 0 : (weights?.[tree.levels[node]!] ?? likeness!);
      if (others + weight === 0) {
        if (node !== 0) parts[tree.parents[node]!]! += part;
        continue;
      }
      variance += (part * part * others) / (others + weight) ** 2;
      if (node !== 0) parts[tree.parents[node]!]! += (part * weight) / (others + weight);
    }
    return cases === 0 ? 1 : 1 + variance / cases;
  }
}

/** Of each level below the root. */
function likenesses({ levels, parents }: Tree, n: Float64Array, x: Float64Array): number[] {
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
