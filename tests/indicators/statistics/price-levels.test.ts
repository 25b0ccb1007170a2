/**
 * Price levels: against the same arithmetic in plain loops, and on made-up importers of whom it is known who is honest.
 * Each model of honest prices is one in which a simpler test would accuse.
 */
import { describe, expect, it } from 'vitest';
import { qValues } from '../../../src/indicators/statistics/discovery.ts';
import {
  type Good,
  levelChances,
  type PriceLevel,
  priceLevels,
} from '../../../src/indicators/statistics/price-levels.ts';
import { Random } from '../../../src/simulate/random.ts';

const scale = { step: Math.log(1.02), furthest: Math.log(4) };

/** Declared prices: who, of what good, ln of the price. */
interface Declared {
  unit: number;
  good: string;
  price: number;
}

function goodsOf(declared: readonly Declared[]): Good[] {
  const goods = new Map<string, Map<number, Map<number, number>>>();
  for (const { unit, good, price } of declared) {
    const units = goods.get(good) ?? new Map<number, Map<number, number>>();
    goods.set(good, units);
    const bins = units.get(unit) ?? new Map<number, number>();
    units.set(unit, bins);
    const bin = Math.floor(price / scale.step);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return [...goods.values()].map((units) => ({
    units: [...units.keys()],
    prices: [...units.values()].map((own) => {
      const bins = [...own.keys()].sort((a, b) => a - b);
      return { bins, counts: bins.map((bin) => own.get(bin)!) };
    }),
  }));
}

interface Model {
  /** Of an importer in all he ships, of him in one good, of a declaration, of one item: distances in ln. */
  importer: (random: Random) => number;
  good: (random: Random, good: number) => number;
  declaration?: (random: Random) => number;
  item: (random: Random, good: number) => number;
}

const wide = (good: number): boolean => good % 5 === 0;
const honest: Readonly<Record<string, Model>> = {
  'differ a little in all they ship': {
    importer: (r) => 0.06 * r.normal(),
    good: () => 0,
    item: (r) => 0.15 * r.normal(),
  },
  'deal in better and worse of each good': {
    importer: (r) => 0.05 * r.normal(),
    good: (r) => 0.2 * r.normal(),
    item: (r) => 0.2 * r.normal(),
  },
  'deal in goods of which some differ ten times as much as others': {
    importer: (r) => 0.03 * r.normal(),
    good: (r, good) => (wide(good) ? 0.5 : 0.05) * r.normal(),
    item: (r, good) => (wide(good) ? 0.5 : 0.08) * r.normal(),
  },
  'price a declaration as a whole': {
    importer: (r) => 0.08 * r.normal(),
    good: (r) => 0.1 * r.normal(),
    declaration: (r) => 0.2 * r.normal(),
    item: (r) => 0.1 * r.normal(),
  },
};

/** Importers of one to eight goods in two origins, ten declarations and more each; the first `low` pay half. */
function declare(random: Random, model: Model, importers: number, low = 0): Declared[] {
  const goods = Math.round(importers / 4);
  const declared: Declared[] = [];
  for (let unit = 0; unit < importers; unit++) {
    const level = model.importer(random) + (unit < low ? Math.log(0.5) : 0);
    const lines = Array.from({ length: random.integer(1, 8) }, () => {
      const good = random.integer(0, goods - 1);
      return { good, name: `${good} ${random.integer(1, 2)}`, level: model.good(random, good) };
    });
    const declarations = Math.round(10 * Math.exp(1.2 * Math.abs(random.normal())));
    for (let i = 0; i < declarations; i++) {
      const ofDeclaration = model.declaration?.(random) ?? 0;
      for (let item = random.integer(1, 5); item > 0; item--) {
        const { good, name, level: ofGood } = random.pick(lines);
        const price = 10 + level + ofGood + ofDeclaration + model.item(random, good);
        declared.push({ unit, good: name, price });
      }
    }
  }
  return declared;
}

/** Who is flagged, at a false discovery rate of 5 %. */
function flagged(declared: readonly Declared[], importers: number): { tested: number; units: number[] } {
  const levels = priceLevels(goodsOf(declared), importers, scale);
  const tested = levels.flatMap((level, unit) => (level !== undefined && level.prices >= 10 ? [unit] : []));
  const qs = qValues(
    levelChances(
      tested.map((unit) => levels[unit]!),
      'both',
    ),
  );
  return { tested: tested.length, units: tested.filter((_, i) => qs[i]! <= 0.05) };
}

describe('importers who are honest and', () => {
  it.each(Object.entries(honest))('%s are flagged in hardly any family', (name, model) => {
    const families = 60;
    let accused = 0;
    let tested = 0;
    for (let family = 0; family < families; family++) {
      const told = flagged(declare(Random.of(`${name} ${family}`), model, 60), 60);
      accused += told.units.length > 0 ? 1 : 0;
      tested += told.tested;
    }
    expect(tested).toBeGreaterThan(families * 45);
    // Of 60 families at the stated rate of 5 %, eight and more come in one of a hundred such tests.
    expect(accused).toBeLessThan(8);
  });
});

describe('importers who declare half', () => {
  it('are told, high prices as well as low ones', () => {
    const model = honest['differ a little in all they ship']!;
    let [told, low] = [0, 0];
    for (let family = 0; family < 20; family++) {
      const declared = declare(Random.of(`low ${family}`), model, 60, 3);
      const { units } = flagged(declared, 60);
      told += units.filter((unit) => unit < 3).length;
      low += 3;
      const mirrored = declared.map((each) => ({ ...each, price: 20 - each.price }));
      const high = flagged(mirrored, 60).units;
      expect(high.filter((unit) => unit < 3).length).toBeGreaterThan(0);
    }
    expect(told / low).toBeGreaterThan(0.7);
  });
  it('are told by how far they lie from the others, in whose middle they have no part', () => {
    // Of 100 prices of each good 70 are his: a median of everybody would be his own.
    const declared: Declared[] = [];
    const random = Random.of('great');
    for (let good = 0; good < 12; good++)
      for (let unit = 0; unit < 7; unit++)
        for (let i = 0; i < (unit === 0 ? 70 : 5); i++)
          declared.push({
            unit,
            good: String(good),
            price: 10 + (unit === 0 ? -0.6 : 0) + 0.1 * random.normal(),
          });
    const [his, ...others] = priceLevels(goodsOf(declared), 7, scale);
    expect(his!.apart).toBeCloseTo(-0.6, 1);
    expect(his!.score).toBeLessThan(-2);
    for (const { apart } of others as PriceLevel[]) expect(Math.abs(apart)).toBeLessThan(0.15);
  });
});

describe('nothing is told', () => {
  const of = (unit: number, good: string, n: number, price = 10): Declared[] =>
    Array.from({ length: n }, () => ({ unit, good, price }));
  it('of who has no good that three others have as well', () => {
    const shared = [0, 1, 2, 3].flatMap((unit) => of(unit, 'rice', 20));
    const pair = [4, 5, 6].flatMap((unit) => of(unit, 'pearls', 20, unit === 4 ? 5 : 10));
    const levels = priceLevels(goodsOf([...shared, ...pair]), 7, scale);
    expect(levels.map((level) => level?.goods)).toEqual([1, 1, 1, 1, undefined, undefined, undefined]);
  });
  it('of levels that lie less than 15 % apart, however sure they are', () => {
    const alike = Array.from(
      { length: 40 },
      (): PriceLevel => ({ apart: 0, score: 0, variance: 0.01, prices: 500, goods: 50 }),
    );
    const at = (apart: number) =>
      levelChances([...alike, { ...alike[0]!, apart, score: apart * 100 }], 'both').at(-1)!;
    expect(at(-0.149)).toBe(1);
    expect(at(0.149)).toBe(1);
    expect(at(-0.151)).toBeLessThan(1e-6);
    expect(at(0.151)).toBeLessThan(1e-6);
  });
  it('of a single one', () => {
    expect(levelChances([{ apart: -2, score: -9, variance: 0.1, prices: 99, goods: 9 }], 'both')).toEqual([
      1,
    ]);
  });
  it('of prices that are all the same', () => {
    const levels = priceLevels(goodsOf([0, 1, 2, 3, 4].flatMap((unit) => of(unit, 'rice', 9))), 5, scale);
    expect(levelChances(levels as PriceLevel[], 'both')).toEqual([1, 1, 1, 1, 1]);
  });
});

describe('a tail', () => {
  const levels = Array.from({ length: 41 }, (_, i): PriceLevel => {
    const score = i === 0 ? -3 : ((i % 5) - 2) / 4;
    return { apart: score / 4, score, variance: 0.05, prices: 100, goods: 9 };
  });
  it('looks at low prices, at high ones, or at twice the smaller', () => {
    const [low] = levelChances(levels, 'lower');
    const [high] = levelChances(levels, 'upper');
    expect(low! + high!).toBeCloseTo(1, 12);
    expect(levelChances(levels, 'both')[0]).toBeCloseTo(2 * low!, 12);
  });
});

describe('the same in plain loops', () => {
  it.each([1, 2, 3, 4, 5])('answers the same levels, of importers %i', (seed) => {
    const model = Object.values(honest)[seed % 4]!;
    const goods = goodsOf(declare(Random.of(`plain ${seed}`), model, 40, 2));
    const fast = priceLevels(goods, 40, scale);
    const plain = plainLevels(goods, 40);
    expect(fast.map((level) => level?.goods)).toEqual(plain.map((level) => level?.goods));
    fast.forEach((level, unit) => {
      if (level === undefined) return;
      expect(level.apart).toBeCloseTo(plain[unit]!.apart, 10);
      expect(level.score).toBeCloseTo(plain[unit]!.score, 5);
      expect(level.variance).toBeCloseTo(plain[unit]!.variance, 10);
    });
  });
});

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
const middle = (numbers: readonly number[]): number => {
  const list = sorted(numbers);
  const half = list.length >> 1;
  return list.length % 2 === 1 ? list[half]! : (list[half - 1]! + list[half]!) / 2;
};
const lowerMiddle = (numbers: readonly number[]): number =>
  sorted(numbers)[Math.ceil(numbers.length / 2) - 1]!;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** As the module's head says it, value by value, without anything kept in order or counted up. */
function plainLevels(
  goods: readonly Good[],
  units: number,
): ({ apart: number; score: number; variance: number; goods: number } | undefined)[] {
  const cut = 70;
  const spread = (values: readonly number[]): number => {
    const centre = lowerMiddle(values);
    const distances = sorted(values.map((value) => Math.abs(value - centre)));
    return Math.max(1, (1.4826 * distances[Math.ceil(values.length / 2) - 1]!) ** 2);
  };
  const usable = goods
    .filter((good) => good.units.length > 3)
    .map((good) => {
      const list = good.prices.map(({ bins, counts }, own) => ({
        unit: good.units[own]!,
        values: bins.flatMap((bin, i) => Array<number>(counts[i]!).fill(bin)),
      }));
      const everybody = list.flatMap(({ values }) => values);
      const centre = lowerMiddle(everybody);
      return {
        spread: spread(everybody),
        dealers: list.map(({ unit, values }) => {
          const near = values.map((value) => Math.max(-cut, Math.min(cut, value - centre)));
          const mean = sum(near) / near.length;
          return { unit, values, mean, squares: sum(near.map((each) => (each - mean) ** 2)) };
        }),
      };
    });
  const degrees = sum(usable.flatMap(({ dealers }) => dealers.map(({ values }) => values.length - 1)));
  const within = sum(usable.map((good) => sum(good.dealers.map(({ squares }) => squares)) / good.spread));
  const between = Math.min(0.9, Math.max(0.1, 1 - within / degrees));
  const root = (n: number): number => Math.sqrt(between + (1 - between) / n);
  // What goods have in common, worked out from what chance makes of a variance: by bisection on numbers summed by hand.
  const psi = (x: number): number =>
    x < 40 ? psi(x + 1) - 1 / x : Math.log(x) - 1 / (2 * x) - 1 / (12 * x * x);
  const slope = (x: number): number =>
    x < 40 ? slope(x + 1) + 1 / (x * x) : 1 / x + 1 / (2 * x * x) + 1 / (6 * x ** 3);
  const logs = usable.map(({ spread: s, dealers }) => {
    const centre = middle(dealers.map(({ mean }) => mean));
    const far = middle(dealers.map(({ mean, values }) => Math.abs(mean - centre) / root(values.length)));
    const d = 0.37 * (dealers.length - 1);
    return {
      log: Math.log((1.4826 * far) ** 2 / s + 0.01) - psi(d / 2) + Math.log(d / 2),
      slope: slope(d / 2),
    };
  });
  const mean = sum(logs.map(({ log }) => log)) / logs.length;
  const over =
    sum(logs.map(({ log }) => (log - mean) ** 2)) / (logs.length - 1) -
    sum(logs.map((each) => each.slope)) / logs.length;
  let borrowed = 8;
  if (over > slope(4)) {
    let [low, high] = [1e-3, 8];
    for (let i = 0; i < 60; i++) {
      const half = (low + high) / 2;
      if (slope(half) > over) low = half;
      else high = half;
    }
    borrowed = Math.min(8, 2 * low);
  }
  const common = Math.exp(mean + psi(borrowed / 2) - Math.log(borrowed / 2));
  return Array.from({ length: units }, (_, unit) => {
    const told = usable.flatMap(({ dealers }) => {
      const own = dealers.find((dealer) => dealer.unit === unit);
      if (own === undefined) return [];
      const others = dealers.filter((dealer) => dealer !== own);
      const centre = middle(others.map((other) => other.mean));
      const s = spread(others.flatMap(({ values }) => values));
      const far = middle(others.map((o) => Math.abs(o.mean - centre) / root(o.values.length)));
      const d = 0.37 * (others.length - 1);
      const moderated = (d * ((1.4826 * far) ** 2 / s + 0.01) + borrowed * common) / (d + borrowed);
      const n = own.values.length;
      const t =
        (own.mean - centre) / (Math.sqrt(moderated * s * (1 + Math.PI / 2 / others.length)) * root(n));
      const total = Math.max(1, d + borrowed);
      const z =
        (Math.sign(t) * (8 * total + 1) * Math.sqrt(total * Math.log(1 + (t * t) / total))) / (8 * total + 3);
      return [{ n, apart: own.mean - centre, z }];
    });
    if (told.length === 0) return undefined;
    const prices = sum(told.map(({ n }) => n));
    const weights = sum(told.map(({ n }) => Math.sqrt(n)));
    return {
      apart: (scale.step * sum(told.map(({ n, apart }) => n * apart))) / prices,
      score: sum(told.map(({ n, z }) => Math.sqrt(n) * z)) / weights,
      variance: prices / weights ** 2,
      goods: told.length,
    };
  });
}
