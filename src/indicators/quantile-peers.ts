/**
 * Times against the peers' times: a sign test on bins, plain or within strata, where each stratum is told by the others on
 * the same work, and by what it is part of where these are few. Pure; what it answers is judged by judge.ts.
 */
import type { Bins } from '../store/port.ts';
import { type Candidate, type Compared, cumulated, deflated, type Totals, totalsOf } from './compared.ts';
import { type Cell, type Evidence, innerSeparator, mergeBins } from './methods/method.ts';
import { countOf } from './methods/quantile.ts';
import { strataOf } from './statistics/standardise.ts';

/** The sign test: how many of one's values lie above the others' quantile, in whose own bin nothing is told apart. */
export function quantileUnit(
  { histogram, at }: Extract<Evidence, { kind: 'quantile' }>,
  group: readonly Candidate[],
): Compared | undefined {
  const peers = peersBeside(histogram, totalsOf(group), at);
  return peers === undefined ? undefined : signTest(histogram, peers);
}

/** Others' values below which a stratum is told by what it is part of, and others to whom they must belong: two are no peers. */
const fewestPeers = 30;
const fewestColleagues = 3;
/** Levels that may be given up: an office and a section, whose work is another, are left to themselves. */
const mostBorrowed = 4;

/** Everybody's histograms by stratum and by what it is part of, as nodes of a tree. */
interface Tree {
  /** Nodes of a stratum's own path, the finest first. */
  nodesOf(inner: string): Int32Array;
  /** By node: values, and people who have any. */
  n: Float64Array;
  people: Int32Array;
  /** Whether there can be enough others in a node for anybody. */
  serves(node: number): boolean;
  /** Of a node that serves. */
  totals(node: number): Pick<Totals, 'bins' | 'upTo'>;
}
const trees = new WeakMap<readonly Candidate[], Tree>();

function treeOf(group: readonly Candidate[]): Tree {
  const known = trees.get(group);
  if (known !== undefined) return known;
  const cells = group.map(({ evidence }) => (evidence?.kind === 'quantile' ? (evidence.strata ?? []) : []));
  const leaves = new Map<string, number>();
  for (const own of cells)
    for (const { inner } of own) if (!leaves.has(inner)) leaves.set(inner, leaves.size);
  const strata = strataOf([...leaves.keys()].map((inner) => inner.split(innerSeparator)));
  const paths = Array.from({ length: leaves.size }, (_, leaf) => {
    const [root, end] = [strata.starts[leaf]!, strata.starts[leaf + 1]!];
    return strata.nodes.slice(Math.max(root + 1, end - 1 - mostBorrowed), end).reverse();
  });
  const nodesOf = (inner: string): Int32Array => paths[leaves.get(inner)!]!;
  const n = new Float64Array(strata.parents.length);
  const people = new Int32Array(n.length);
  const last = new Int32Array(n.length).fill(-1);
  cells.forEach((own, person) => {
    for (const { inner, histogram } of own) {
      const count = countOf(histogram);
      if (count === 0) continue;
      for (const node of nodesOf(inner)) {
        n[node]! += count;
        if (last[node] !== person) people[node]! += 1;
        last[node] = person;
      }
    }
  });
  const serves = (node: number): boolean => people[node]! > fewestColleagues && n[node]! >= fewestPeers;
  // Most of the finest strata serve nobody: their bins are not added up.
  const lists = new Map<number, Bins[]>();
  for (const own of cells) {
    for (const { inner, histogram } of own) {
      for (const node of nodesOf(inner)) {
        if (!serves(node)) continue;
        const list = lists.get(node);
        if (list === undefined) lists.set(node, [histogram]);
        else list.push(histogram);
      }
    }
  }
  const made = new Map<number, Pick<Totals, 'bins' | 'upTo'>>();
  const totals = (node: number): Pick<Totals, 'bins' | 'upTo'> => {
    const found = made.get(node);
    if (found !== undefined) return found;
    const { bins, counts } = mergeBins(lists.get(node)!);
    const fresh = { bins, upTo: cumulated(counts) };
    made.set(node, fresh);
    return fresh;
  };
  const tree: Tree = { nodesOf, n, people, serves, totals };
  trees.set(group, tree);
  return tree;
}

/** Some that are taken apart from everybody, told once for all that is held against the rest. */
interface Peers {
  n: number;
  /** The bin of their quantile, and how many of theirs lie in it or below. */
  middle: number;
  seen: number;
  /** Of theirs, outside the quantile's own bin. */
  outside: number;
}

/** The sign test stratum by stratum, each against the others on the same work; where these are few, on what is like it. */
export function quantileUnitOn(
  strata: readonly Cell[],
  at: number,
  group: readonly Candidate[],
): Compared | undefined {
  const tree = treeOf(group);
  const own = new Map<number, Bins[]>();
  const paths = strata.map(({ inner }) => tree.nodesOf(inner));
  strata.forEach(({ histogram }, s) => {
    for (const node of paths[s]!) {
      if (!tree.serves(node)) continue;
      const list = own.get(node);
      if (list === undefined) own.set(node, [histogram]);
      else list.push(histogram);
    }
  });
  /** By node, as soon as a stratum asks for it; undefined where the others are too few. */
  const known = new Map<number, Peers | undefined>();
  const peersOn = (node: number): Peers | undefined => {
    if (known.has(node)) return known.get(node);
    const mine = own.get(node) ?? [];
    const others = tree.n[node]! - mine.reduce((sum, histogram) => sum + countOf(histogram), 0);
    const enough = tree.serves(node) && others >= fewestPeers;
    const peers = enough ? peersBeside(mergeBins(mine), tree.totals(node), at) : undefined;
    known.set(node, peers);
    return peers;
  };
  const sum = { observed: 0, size: 0, expected: 0 };
  const byNode = new Map<number, number>();
  strata.forEach(({ histogram }, s) => {
    const node = paths[s]!.find((each) => peersOn(each) !== undefined);
    if (node === undefined) return;
    const told = signTest(histogram, peersOn(node)!);
    if (told === undefined) return;
    byNode.set(node, (byNode.get(node) ?? 0) + told.size);
    sum.observed += told.observed;
    sum.size += told.size;
    sum.expected += told.size * told.target;
  });
  if (sum.size === 0) return undefined;
  const { observed, size, expected } = sum;
  // What the others' quantile is not known by, in the same terms.
  let variance = 0;
  for (const [node, part] of byNode) variance += (part * part) / known.get(node)!.n;
  const unit = { kind: 'share', observed, size, target: expected / size, adjusted: true } as const;
  return deflated(unit, 1 + variance / size);
}

/** @param within those among everybody who are no peers; undefined where nobody else has a value. */
function peersBeside(
  within: Bins,
  { bins, upTo }: Pick<Totals, 'bins' | 'upTo'>,
  at: number,
): Peers | undefined {
  const n = (upTo.at(-1) ?? 0) - countOf(within);
  if (n <= 0) return undefined;
  let [own, inside, before, place] = [0, 0, 0, 0];
  for (; ; place++) {
    for (; own < within.bins.length && within.bins[own]! <= bins[place]!; own++)
      inside += within.counts[own]!;
    const seen = upTo[place]! - inside;
    if (seen >= at * n) return { n, middle: bins[place]!, seen, outside: n - (seen - before) };
    before = seen;
  }
}

function signTest({ bins, counts }: Bins, { n, middle, seen, outside }: Peers): Compared | undefined {
  let [above, below] = [0, 0];
  for (let i = 0; i < bins.length; i++) {
    if (bins[i]! > middle) above += counts[i]!;
    else if (bins[i]! < middle) below += counts[i]!;
  }
  const size = above + below;
  if (size === 0 || outside === 0) return undefined;
  return { kind: 'share', observed: above, size, target: (n - seen) / outside };
}
