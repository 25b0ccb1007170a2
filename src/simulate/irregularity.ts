/** Ordinary non-compliance: what goes wrong, or is made to, without anybody in the office being part of it; and how well each control sees it. */
import type { Outcome } from '../declaration/trail.ts';
import type { Case, Goods, Irregularity } from './case.ts';
import { dayOf } from './clock.ts';
import type { Random } from './random.ts';
import { isPreferential, lineOf, preference, type TariffLine } from './tariff.ts';

type Result = Irregularity['result'];
type Control = Outcome['control'];

/** Chance that an attentive officer finds it, by control. */
const detection: Readonly<Record<Control, Readonly<Record<Result, number>>>> = {
  documents: {
    documents: 0.8,
    value: 0.35,
    hs: 0.3,
    origin: 0.4,
    quantity: 0.05,
    undeclared: 0.02,
    prohibited: 0.02,
  },
  scan: {
    documents: 0,
    value: 0,
    hs: 0.1,
    origin: 0,
    quantity: 0.25,
    undeclared: 0.4,
    prohibited: 0.5,
  },
  physical: {
    documents: 0.8,
    value: 0.45,
    hs: 0.75,
    origin: 0.4,
    quantity: 0.8,
    undeclared: 0.85,
    prohibited: 0.9,
  },
  'post-clearance': {
    documents: 0.5,
    value: 0.7,
    hs: 0.5,
    origin: 0.6,
    quantity: 0.1,
    undeclared: 0.05,
    prohibited: 0,
  },
};

export function chanceToFind(control: Control, irregularity: Irregularity, skill: number): number {
  return Math.min(0.97, detection[control][irregularity.result] * irregularity.visible * skill);
}

/** The goods declared under another code; the quantity is given where that code asks for it. */
export function relabel(goods: Goods, line: TariffLine): Goods {
  const counted = line.unit !== undefined;
  const quantity = counted ? goods.quantity || Math.max(1, Math.round(goods.net / (line.unitMass ?? 1))) : 0;
  return { ...goods, line, quantity };
}

const scale = (goods: Goods, share: number): Goods => ({
  ...goods,
  quantity: goods.quantity === 0 ? 0 : Math.max(1, Math.round(goods.quantity * share)),
  net: Math.round(goods.net * share * 1000) / 1000,
  gross: Math.round(goods.gross * share * 1000) / 1000,
  packages: Math.max(1, Math.round(goods.packages * share)),
  price: Math.max(1, Math.round(goods.price * share)),
});

const kinds: readonly { result: Result; weight: number }[] = [
  { result: 'value', weight: 40 },
  { result: 'hs', weight: 20 },
  { result: 'documents', weight: 18 },
  { result: 'quantity', weight: 12 },
  { result: 'origin', weight: 6 },
  { result: 'undeclared', weight: 4 },
];

/** A certificate of origin for an item of this case; its number is used nowhere else. */
export const certificateFor = (c: Case, origin: string, item: number) => ({
  reference: `${origin}-${String(c.number).padStart(7, '0')}-${item}`,
  issued: Math.min(dayOf(c.shipment.voyage.manifestAt) - 2, dayOf(c.lodgedAt) - 1),
});

/** Makes the declared goods differ from the actual ones in one item, in a way that the law would call an error or an offence. */
export function misdeclare(c: Case, random: Random): void {
  const index = random.integer(0, c.declared.length - 1);
  const goods = c.declared[index]!;
  const neighbour = goods.line.neighbour === undefined ? undefined : lineOf.get(goods.line.neighbour);
  let { result } = random.weighted(kinds, (kind) => kind.weight);
  // What these goods do not lend themselves to becomes a matter of value.
  if (result === 'hs' && neighbour === undefined) result = 'value';
  const claimable = c.regime === 'home' && goods.line.duty > 0 && !isPreferential(goods.origin);
  if (result === 'origin' && !claimable) result = 'value';
  const changed: Partial<Record<Result, () => Goods>> = {
    value: () => ({ ...goods, price: Math.max(1, Math.round(goods.price * random.between(0.55, 0.88))) }),
    hs: () => relabel(goods, neighbour!),
    quantity: () => scale(goods, random.between(0.6, 0.9)),
    origin: () => ({
      ...goods,
      origin: preference.countries[0],
      certificate: certificateFor(c, preference.countries[0], index + 1),
    }),
  };
  if (result === 'undeclared') {
    c.actual.push(scale(goods, random.between(0.1, 0.4)));
  } else {
    c.declared[index] = changed[result]?.() ?? goods;
  }
  c.irregularity = { result, item: index + 1, visible: 1 };
}
