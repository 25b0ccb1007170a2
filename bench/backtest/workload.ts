/** A made-up history as NDJSON and 100 rules over the project's own facts, four leaves each, a quarter of them on items. */

import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import type { Declaration, DeclarationRecord } from '../../src/declaration/declaration.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import type { Condition, Leaf, Rule } from '../../src/rules/model.ts';

/** Mulberry32: seeded, so that every run measures the same. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const origins = ['CN', 'VN', 'IN', 'TR', 'DE', 'FR', 'US', 'BR'];
const terms = ['FOB', 'CIF', 'EXW', 'CFR', 'CIP', 'DAP'];
const headings = ['85171300', '61091000', '87032310', '10063000', '84713000'];

/** One record: a declaration of five items with a trail of six steps and, for every third, the outcome of a control. */
function recordOf(base: Declaration, ordinal: number, random: () => number): DeclarationRecord {
  const amount = (most: number) => ({ amount: Math.round(random() * most * 100), currency: 'EUR' });
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const day = `2026-${String(1 + (ordinal % 12)).padStart(2, '0')}-${String(1 + (ordinal % 28)).padStart(2, '0')}`;
  const at = (hour: number) => `${day}T${String(hour).padStart(2, '0')}:00:00Z`;
  const declaration: Declaration = {
    ...base,
    office: `XX${String(ordinal % 20).padStart(3, '0')}`,
    acceptedAt: day,
    registration: { serial: 'C', number: String(ordinal), date: day },
    terms: { incoterm: pick(terms), place: 'Port' },
    valuation: { ...base.valuation, cif: amount(100_000), invoice: { national: amount(90_000) } },
    totals: { ...base.totals, packages: Math.floor(random() * 500), grossMass: random() * 20_000 },
    items: Array.from({ length: 5 }, (_, i) => ({
      ...base.items[0]!,
      number: i + 1,
      hs: pick(headings),
      origin: pick(origins),
      grossMass: random() * 4000,
      netMass: random() * 3800,
      cif: amount(20_000),
    })),
  };
  const officer = `officer${ordinal % 50}`;
  return {
    declaration,
    trail: [
      { kind: 'REGISTER', at: at(8), user: 'broker' },
      { kind: 'LANE', at: at(9), to: 'red' },
      { kind: 'ASSIGN', at: at(9), to: officer },
      { kind: 'INSPECT', at: at(12), user: officer },
      { kind: 'PAY', at: at(15) },
      { kind: 'RELEASE', at: at(16), user: officer },
    ],
    outcomes:
      ordinal % 3 === 0
        ? [
            {
              control: 'physical',
              result: random() < 0.2 ? 'value' : 'conform',
              status: 'final',
              at: at(13),
              user: officer,
            },
          ]
        : [],
  };
}

const readBase = (): Declaration =>
  JSON.parse(readFileSync(fromRoot('rules', 'base', 'import.json'), 'utf8'));

export function benchRecords(count: number): DeclarationRecord[] {
  const [base, random] = [readBase(), seeded(1)];
  return Array.from({ length: count }, (_, i) => recordOf(base, i, random));
}

export async function writeHistory(file: string, count: number): Promise<void> {
  const [base, random] = [readBase(), seeded(1)];
  const out = createWriteStream(file);
  for (let i = 0; i < count; i++)
    if (!out.write(`${JSON.stringify(recordOf(base, i, random))}\n`)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

const headerNumbers: [string, number][] = [
  ['valuation.cif', 100_000],
  ['valuation.invoice', 90_000],
  ['totals.packages', 500],
  ['totals.grossMass', 20_000],
  ['items.count', 10],
];
const itemNumbers: [string, number][] = [
  ['item.grossMass', 4000],
  ['item.netMass', 3800],
  ['item.cif', 20_000],
];

export function benchRules(count: number): Rule[] {
  const random = seeded(2);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const leaf = (numbers: [string, number][], onItem: boolean): Leaf => {
    const draw = random();
    if (draw < 0.6) {
      const [fact, most] = pick(numbers);
      return { fact, operator: pick(['greaterThan', 'lessThan']), value: Math.round(random() * most) };
    }
    if (onItem) return { fact: 'item.origin', operator: 'in', value: [pick(origins), pick(origins)] };
    return { fact: 'terms.incoterm', operator: pick(['equal', 'notEqual']), value: pick(terms) };
  };
  const shapes: ((leaves: Leaf[]) => Condition)[] = [
    (leaves) => ({ all: leaves }),
    ([a, b, c, d]) => ({ all: [a!, b!, { any: [c!, d!] }] }),
    ([a, b, c, d]) => ({ any: [{ all: [a!, b!] }, { all: [c!, d!] }] }),
    ([a, b, c, d]) => ({ all: [{ any: [a!, b!] }, { any: [c!, d!] }] }),
  ];
  return Array.from({ length: count }, (_, i): Rule => {
    const onItem = i % 4 === 3;
    const text = { en: `rule ${i}`, fr: `règle ${i}` };
    return {
      id: `BEN-${String(i).padStart(3, '0')}`,
      version: 1,
      title: text,
      kind: 'risk',
      class: 'risk',
      risk: 'revenue',
      jurisdiction: 'any',
      scope: onItem ? 'item' : 'declaration',
      status: 'active',
      weight: 1 + (i % 20),
      purpose: text,
      source: 'benchmark',
      owner: 'benchmark',
      review: '2099-12-31',
      conditions: shapes[i % shapes.length]!(
        Array.from({ length: 4 }, () => leaf(onItem ? itemNumbers : headerNumbers, onItem)),
      ),
      message: text,
      examples: [{ title: 'benchmark', given: {}, expect: 'none' }],
    };
  });
}
