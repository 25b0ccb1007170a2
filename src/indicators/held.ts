/**
 * Sums and bins of whole months held in memory, read from what makes them (a table of days, or the rows) once and then
 * added up here sooner than a database plans the question. What lies behind a month may move at any time, and it is then
 * to be forgotten; `renew` reads again what was held of it, so that nobody waits for it.
 */
import type { ColumnValue, Filter, Groups } from '../store/port.ts';
import { addedUp, type HeldAsked, type Holding, type Part, type Rows } from './held-sums.ts';
import { type Packed, packed } from './packed-bins.ts';

export interface Held {
  /** Undefined where so much cannot be held. */
  tabulate(asked: HeldAsked): Promise<Groups | undefined>;
  /** Reads all there is of a holding, so that its first question finds it here. */
  warm(holding: Holding): Promise<void>;
  forget(months: Iterable<string>): void;
  /** Reads again what was forgotten of holdings that are kept warm, or were asked for since the last time. */
  renew(): Promise<void>;
}

/** Numbers held at most, 64 MB of them: some hundred years of one administration, or some years of a very large one. */
const mostHeld = 8_000_000;

interface Kept extends Rows {
  keys: ColumnValue[][];
  numbers: Map<string, number>;
  months: Map<string, Promise<Part>>;
  /** All months were read: one that is not here has no rows, unless it was forgotten. */
  whole: boolean;
  /** Months to be read again. */
  forgotten: Set<string>;
  asked: boolean;
  /** Numbers held of each month. */
  sizes: Map<string, number>;
}

const nothing: Part = { times: [], keys: new Int32Array(0), values: {}, histograms: {} };

const inMonths = (months: readonly string[]): Filter => ({
  and: [
    { column: 'month', op: 'in', value: months },
    // By day tables are looked up.
    { column: 'day', op: 'ge', value: `${months[0]!}-01` },
    { column: 'day', op: 'le', value: `${months.at(-1)!}-31` },
  ],
});

export function holdMonths(most = mostHeld): Held {
  /** The one that was asked for last comes last. */
  const kept = new Map<string, Kept>();
  /** Names of what is too large by itself. */
  const refused = new Set<string>();

  const open = (holding: Holding): Kept => {
    const made: Kept = kept.get(holding.name) ?? {
      holding,
      keys: [],
      numbers: new Map(),
      groupings: new Map(),
      months: new Map(),
      whole: false,
      forgotten: new Set(),
      asked: false,
      sizes: new Map(),
    };
    kept.delete(holding.name);
    kept.set(holding.name, made);
    return made;
  };

  /** Lets go of what was not asked for longest. */
  const makeRoom = (): void => {
    const sizeOf = ({ sizes }: Kept): number => [...sizes.values()].reduce((sum, size) => sum + size, 0);
    let held = [...kept.values()].reduce((sum, own) => sum + sizeOf(own), 0);
    for (const [name, own] of kept) {
      if (held <= most) return;
      const size = sizeOf(own);
      if (size > most / 2) refused.add(name);
      kept.delete(name);
      held -= size;
    }
  };

  const numberOf = (own: Kept, key: ColumnValue[]): number => {
    const text = JSON.stringify(key);
    const known = own.numbers.get(text);
    if (known !== undefined) return known;
    own.numbers.set(text, own.keys.length);
    own.keys.push(key);
    return own.keys.length - 1;
  };

  const partsOf = (own: Kept, groups: Groups): Map<string, Part> => {
    const times = groups.keys[own.holding.unit]!;
    const columns = own.holding.columns.map((column) => groups.keys[column]!);
    const byMonth = new Map<string, number[]>();
    times.forEach((time, row) => {
      // What has no day is in no period.
      if (time === null) return;
      const month = String(time).slice(0, 7);
      const known = byMonth.get(month);
      if (known === undefined) byMonth.set(month, [row]);
      else known.push(row);
    });
    const parts = new Map<string, Part>();
    for (const [month, rows] of byMonth) {
      const histograms = Object.entries(groups.histograms).map(([name, all]): [string, Packed] => [
        name,
        packed(rows.map((row) => all[row]!)),
      ]);
      const numbers = rows.length * (1 + Object.keys(groups.values).length);
      own.sizes.set(
        month,
        histograms.reduce((sum, [, { bins }]) => sum + bins.length, numbers),
      );
      parts.set(month, {
        times: rows.map((row) => String(times[row])),
        keys: Int32Array.from(rows, (row) =>
          numberOf(
            own,
            columns.map((column) => column[row]!),
          ),
        ),
        values: Object.fromEntries(
          Object.entries(groups.values).map(([name, column]) => [
            name,
            Float64Array.from(rows, (row) => column[row]!),
          ]),
        ),
        histograms: Object.fromEntries(histograms),
      });
    }
    return parts;
  };

  const missing = (own: Kept, months: readonly string[]): string[] =>
    months.filter((month) => !own.months.has(month) && (!own.whole || own.forgotten.has(month)));

  const read = (own: Kept, months: readonly string[]): Promise<unknown> => {
    const reading = own.holding.read(inMonths(months)).then((groups) => partsOf(own, groups));
    for (const month of months) {
      const one = reading.then((found) => found.get(month) ?? nothing);
      own.months.set(month, one);
      own.forgotten.delete(month);
      // What failed is read again.
      one.catch(() => {
        if (own.months.get(month) !== one) return;
        own.months.delete(month);
        own.forgotten.add(month);
      });
    }
    return reading;
  };

  return {
    async tabulate({ holding, months, from, to, groupBy, sums }) {
      if (refused.has(holding.name)) return undefined;
      const own = open(holding);
      own.asked = true;
      const lacking = missing(own, months);
      if (lacking.length > 0) void read(own, lacking).catch(() => {});
      const found = await Promise.all(months.map((month) => own.months.get(month) ?? nothing));
      if (lacking.length > 0) makeRoom();
      return addedUp(own, found, { from, to, groupBy, sums });
    },
    async warm(holding) {
      if (refused.has(holding.name)) return;
      const own = open(holding);
      if (own.whole) return;
      const groups = await holding.read(undefined);
      // Whoever asked meanwhile read newer months, or had some forgotten.
      for (const [month, part] of partsOf(own, groups))
        if (!own.months.has(month)) own.months.set(month, Promise.resolve(part));
      own.whole = true;
      makeRoom();
    },
    forget(months) {
      for (const month of months) {
        for (const own of kept.values()) if (own.months.delete(month) || own.whole) own.forgotten.add(month);
      }
    },
    async renew() {
      const latestFirst = [...kept.values()].reverse();
      for (const own of latestFirst) {
        if (own.forgotten.size === 0 || !(own.whole || own.asked)) continue;
        own.asked = false;
        const months = [...own.forgotten].filter((month) => !own.months.has(month)).sort();
        own.forgotten.clear();
        if (months.length > 0) await read(own, months);
      }
    },
  };
}
