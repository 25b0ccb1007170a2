/**
 * A second made-up administration that shares no code with src/simulate, and is unlike it: Pareto times, amounts with
 * ties, officers whose habits go with their office, busy Mondays and holidays of one day, declarations without a lane, an
 * officer with one declaration, an office in which nothing ever happens. Writes rows of `clearance` as a fold would.
 */
import type { ClearanceRow } from '../../../src/projections/clearance.ts';
import { tables } from '../../../src/projections/fold.ts';

export interface Habits {
  seed: number;
  /** From the first Monday of 2026 on. */
  days: number;
  /** A declarant whose declarations are steered to an officer with this chance. */
  pair?: { declarant: string; officer: string; chance: number };
}

/** Mulberry32. */
function stream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const nothing = Object.fromEntries(Object.keys(tables.clearance.columns).map((column) => [column, null]));

const offices = [
  // Rates of corrections and of same-day work go with the office and its people together.
  { id: 'N1', officers: 9, perDay: 22, corrected: 0.18, sameDay: 0.55, spread: 0.1 },
  { id: 'N2', officers: 5, perDay: 9, corrected: 0.35, sameDay: 0.8, spread: 0.1 },
  { id: 'N3', officers: 6, perDay: 8, corrected: 0, sameDay: 1, spread: 0 },
  { id: 'N4', officers: 1, perDay: 2, corrected: 0.1, sameDay: 0.3, spread: 0 },
];
const holidays = new Set([9, 23, 24, 38]);
const lanes = ['red', 'yellow', 'yellow', 'green', null];
/** A year holds few amounts: the same invoices come again and again. */
const amounts = [10_000, 10_000, 10_000, 25_000, 25_000, 99_999, 250_000, 1_000_000];

export function otherRows({ seed, days, pair }: Habits): ClearanceRow[] {
  const uniform = stream(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!;
  const rows: ClearanceRow[] = [];
  for (const office of offices) {
    const people = Array.from({ length: office.officers }, (_, i) => ({
      id: `${office.id}-${i + 1}`,
      bent: 1 + office.spread * (uniform() + uniform() - 1),
    }));
    for (let d = 0; d < days; d++) {
      const weekday = d % 7;
      if (weekday > 4 || holidays.has(d)) continue;
      const day = new Date(Date.UTC(2026, 0, 5 + d)).toISOString().slice(0, 10);
      const busy = office.perDay * (weekday === 0 ? 1.8 : weekday === 4 ? 0.6 : 1);
      const count = Math.floor(busy * (0.6 + 0.8 * uniform()));
      // Half the office is away on any day, and never all of it.
      const there = people.filter(() => uniform() < 0.7);
      const onDuty = there.length > 0 ? there : [pick(people)];
      for (let k = 0; k < count; k++) {
        // Zipf: one declarant brings a quarter of everything, most bring a handful.
        const declarant = `D${Math.ceil(40 ** uniform())}`;
        const lane = pick(lanes);
        const selected = lane === 'red' || lane === 'yellow';
        const steered =
          pair !== undefined && pair.declarant === declarant && uniform() < pair.chance
            ? people.find(({ id }) => id === pair.officer)
            : undefined;
        const officer = steered ?? pick(onDuty);
        const seconds = Math.floor(600 / uniform() ** 0.9);
        const sameDay = uniform() < Math.min(1, office.sameDay * officer.bent) ? 1 : 0;
        const corrected = selected && uniform() < office.corrected * officer.bent ? 1 : 0;
        const duty = pick(amounts);
        const n = rows.length + 1;
        rows.push({
          ...nothing,
          id: `X/${n}`,
          declaration: `X/${n}`,
          office: office.id,
          flow: 'import',
          regime: 'IM4',
          procedure: '4000',
          chapter: String(10 + Math.floor(uniform() ** 2 * 30)),
          declarant,
          importer: `M${Math.ceil(200 * uniform() ** 3)}`,
          day,
          week: `2026-W${String(2 + Math.floor(d / 7)).padStart(2, '0')}`,
          month: day.slice(0, 7),
          year: '2026',
          firstLane: lane,
          assigned: officer.id,
          assessor: officer.id,
          controller: selected ? officer.id : null,
          currency: 'EUR',
          registered: 1,
          assessed: 1,
          assessedDay: day,
          assessDays: sameDay === 1 ? 0 : 2,
          sameDay,
          selected: selected ? 1 : 0,
          corrected,
          correction: corrected * Math.floor(duty / 10),
          final: duty,
          declared: duty,
          value: duty * 5,
          handsSeconds: seconds,
          handsCounted: 'open',
          handsBin: 1 + Math.floor(Math.log(seconds) / Math.log(1.02) + 1e-9),
          offences: corrected === 1 && uniform() < 0.3 ? 1 : 0,
          reopens: uniform() < 0.01 ? 1 : 0,
        } as ClearanceRow);
      }
    }
  }
  // One who helped out for a day.
  rows.push({
    ...rows[0]!,
    id: 'X/one',
    declaration: 'X/one',
    assigned: 'N1-guest',
    assessor: 'N1-guest',
    controller: 'N1-guest',
  });
  return rows;
}
