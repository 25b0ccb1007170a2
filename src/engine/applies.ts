/**
 * The index on `applies`: which rules can concern a declaration, before any condition is asked. Rules with the same
 * `applies` and scope are one group and one bit. Each dimension remembers, for every value it has met, the groups that
 * accept it; a declaration's groups are the conjunction of a few remembered bit sets.
 *
 * A rule on the declaration applies where its procedure and commodity meet one and the same item. What is missing from
 * the declaration leaves a group undecided: its rules are reported as not evaluated.
 */
import type { FactSheet, FactValue } from '../facts/model.ts';
import type { Applies, Rule } from '../rules/model.ts';
import type { Scope } from './slot.ts';

interface Dimension {
  fact: string;
  scope: Scope;
  /** Undefined where the rule does not restrict it. */
  accepts(applies: Applies): ((value: string) => boolean) | undefined;
}

const matches = (patterns: readonly string[]) => (value: string) =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern,
  );
const oneOf = (patterns: readonly string[] | undefined) =>
  patterns === undefined ? undefined : matches(patterns);

export const dimensions: readonly Dimension[] = [
  { fact: 'declaration.flow', scope: 'declaration', accepts: ({ flow }) => oneOf(flow) },
  { fact: 'declaration.office', scope: 'declaration', accepts: ({ office }) => oneOf(office) },
  { fact: 'declaration.format', scope: 'declaration', accepts: ({ format }) => oneOf(format) },
  { fact: 'declaration.country', scope: 'declaration', accepts: ({ country }) => oneOf(country) },
  {
    fact: 'declaration.date',
    scope: 'declaration',
    accepts: ({ from, to }) =>
      from === undefined && to === undefined
        ? undefined
        : (day) => (from === undefined || day >= from) && (to === undefined || day <= to),
  },
  { fact: 'item.procedure', scope: 'item', accepts: ({ procedure }) => oneOf(procedure) },
  {
    fact: 'item.hs',
    scope: 'item',
    // A commodity code names all codes below it: 0207 and 0207* are the same.
    accepts: ({ hs }) =>
      hs === undefined ? undefined : matches(hs.map((code) => `${code.replace('*', '')}*`)),
  },
];

/** The facts that the index reads for a rule. */
export const factsOfApplies = (applies: Applies | undefined): string[] =>
  applies === undefined
    ? []
    : dimensions.filter(({ accepts }) => accepts(applies) !== undefined).map(({ fact }) => fact);

/** One bit a group. */
export type Bits = Uint32Array;
export const hasBit = (bits: Bits, group: number): boolean =>
  (bits[group >>> 5]! & (1 << (group & 31))) !== 0;

export interface Selection {
  /** Groups that apply to the declaration: of either scope. */
  yes: Bits;
  /** Groups of rules on items, item by item; undefined where no rule asks about items. */
  items: readonly Bits[] | undefined;
  /** Groups that a missing fact leaves undecided; undefined where there are none. */
  undecided: Bits | undefined;
  /** The same item by item. */
  undecidedItems: readonly Bits[] | undefined;
}

interface Accepted {
  yes: Bits;
  /** Groups that accept the value, or would if it were there. */
  possible: Bits;
}

export interface Group {
  applies: Applies;
  scope: Scope;
  /** Places in the rulebook. */
  rules: number[];
}

// Commodity codes are the dimension with the most values; a nation uses some ten thousand.
const remembered = 20_000;

type Accepts = ReturnType<Dimension['accepts']>;

/** A dimension that some rule restricts, with the groups that accept each value met so far. */
interface Remembered {
  fact: string;
  accepted(value: FactValue): Accepted;
}

export class AppliesIndex {
  readonly groups: readonly Group[];
  /** Group of each rule. */
  readonly groupOf: readonly number[];
  private readonly words: number;
  private readonly all: Bits;
  private readonly freeOfItems: Bits;
  private readonly declaration: readonly Remembered[];
  private readonly item: readonly Remembered[];

  constructor(rules: readonly Pick<Rule, 'applies' | 'scope'>[]) {
    const groups: Group[] = [];
    const numbers = new Map<string, number>();
    this.groupOf = rules.map(({ applies = {}, scope }, rule) => {
      const key = `${scope} ${keyOf(applies)}`;
      const known = numbers.get(key);
      const group = known ?? groups.push({ applies, scope, rules: [] }) - 1;
      numbers.set(key, group);
      groups[group]!.rules.push(rule);
      return group;
    });
    this.groups = groups;
    this.words = Math.max(1, Math.ceil(groups.length / 32));
    this.all = this.bitsOf(() => true);
    const inScope = (scope: Scope) =>
      dimensions
        .filter((dimension) => dimension.scope === scope)
        .map(({ fact, accepts }) => ({ fact, tests: groups.map(({ applies }) => accepts(applies)) }))
        .filter(({ tests }) => tests.some((test) => test !== undefined));
    const items = inScope('item');
    this.freeOfItems = this.bitsOf((group) => items.every(({ tests }) => tests[group] === undefined));
    this.declaration = inScope('declaration').map(({ fact, tests }) => this.remember(fact, tests));
    this.item = items.map(({ fact, tests }) => this.remember(fact, tests));
  }

  /** True where every rule applies to every declaration. */
  get isTrivial(): boolean {
    return this.declaration.length === 0 && this.item.length === 0;
  }

  select({ header, items }: FactSheet): Selection {
    const yes = this.all.slice();
    const possible = this.all.slice();
    for (const { fact, accepted } of this.declaration) narrow(yes, possible, accepted(header[fact]));
    if (this.item.length === 0) {
      const undecided = difference(possible, yes);
      return { yes, items: undefined, undecided, undecidedItems: undefined };
    }
    const yesItems: Bits[] = [];
    const undecidedItems: Bits[] = [];
    // Groups that ask nothing of items need none.
    const anyYes = intersection(yes, this.freeOfItems);
    const anyPossible = intersection(possible, this.freeOfItems);
    let undecided = false;
    let before: (typeof items)[number] | undefined;
    for (const item of items) {
      if (before !== undefined && this.item.every(({ fact }) => item[fact] === before![fact])) {
        yesItems.push(yesItems.at(-1)!);
        undecidedItems.push(undecidedItems.at(-1)!);
        continue;
      }
      before = item;
      const itemYes = yes.slice();
      const itemPossible = possible.slice();
      for (const { fact, accepted } of this.item) narrow(itemYes, itemPossible, accepted(item[fact]));
      for (let w = 0; w < this.words; w++) {
        anyYes[w]! |= itemYes[w]!;
        anyPossible[w]! |= itemPossible[w]!;
        itemPossible[w]! &= ~itemYes[w]!;
        if (itemPossible[w] !== 0) undecided = true;
      }
      yesItems.push(itemYes);
      undecidedItems.push(itemPossible);
    }
    return {
      yes: anyYes,
      items: yesItems,
      undecided: difference(anyPossible, anyYes),
      undecidedItems: undecided ? undecidedItems : undefined,
    };
  }

  /** The facts whose absence leaves a group undecided: of the declaration, and of one item or, at -1, of any. */
  missing(group: number, { header, items }: FactSheet, index: number): string[] {
    const { applies } = this.groups[group]!;
    const among = index < 0 ? items : [items[index]!];
    return dimensions
      .filter(({ fact, scope, accepts }) => {
        if (accepts(applies) === undefined) return false;
        return scope === 'declaration'
          ? typeof header[fact] !== 'string'
          : among.some((item) => typeof item[fact] !== 'string');
      })
      .map(({ fact }) => fact);
  }

  private bitsOf(holds: (group: number) => boolean): Bits {
    const bits = new Uint32Array(this.words);
    for (let group = 0; group < this.groups.length; group++)
      if (holds(group)) bits[group >>> 5]! |= 1 << (group & 31);
    return bits;
  }

  private remember(fact: string, tests: readonly Accepts[]): Remembered {
    const missing: Accepted = {
      yes: this.bitsOf((group) => tests[group] === undefined),
      possible: this.all,
    };
    const known = new Map<string, Accepted>();
    const accepted = (value: FactValue): Accepted => {
      if (typeof value !== 'string') return missing;
      const met = known.get(value);
      if (met !== undefined) return met;
      const yes = this.bitsOf((group) => tests[group]?.(value) ?? true);
      if (known.size >= remembered) known.clear();
      known.set(value, { yes, possible: yes });
      return known.get(value)!;
    };
    return { fact, accepted };
  }
}

function narrow(yes: Bits, possible: Bits, accepted: Accepted): void {
  for (let w = 0; w < yes.length; w++) {
    yes[w]! &= accepted.yes[w]!;
    possible[w]! &= accepted.possible[w]!;
  }
}

/** Undefined where nothing is left. */
function difference(possible: Bits, yes: Bits): Bits | undefined {
  for (let w = 0; w < yes.length; w++)
    if ((possible[w]! & ~yes[w]!) !== 0) return possible.map((word, i) => word & ~yes[i]!);
  return undefined;
}

const intersection = (one: Bits, other: Bits): Bits => one.map((word, w) => word & other[w]!);

const keyOf = (applies: Applies): string =>
  JSON.stringify(
    Object.entries(applies)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, Array.isArray(value) ? [...value].sort() : value]),
  );
