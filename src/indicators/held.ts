/**
 * Months of roll-ups held in memory, added up from the table of days when they are first asked for. A year of one is some
 * thousand numbers, which are added up here sooner than a database plans the question; what lies behind them may move at
 * any time, and a month is then to be forgotten.
 */
import { CrosscheckError } from '../errors.ts';
import type { ColumnValue, DerivedTable, Groups, Store } from '../store/port.ts';

/** Sums of whole months to be added up. */
export interface MonthsAsked {
  /** A table of days; its rows are told apart by parts of time and by columns that do not depend on it. */
  table: DerivedTable;
  /** `YYYY-MM`, ascending. */
  months: readonly string[];
  /** Columns of the table. */
  groupBy: readonly string[];
  /** By name in the answer, the table's measure. */
  sums: Readonly<Record<string, { sum: string }>>;
}

export interface HeldMonths {
  /** Undefined where so much cannot be held. */
  tabulate(asked: MonthsAsked): Promise<Groups | undefined>;
  forget(months: Iterable<string>): void;
}

/** Numbers held at most, 64 MB of them: some hundred years of one administration, or some years of a very large one. */
const mostHeld = 8_000_000;

/** Rows of one month, each by the number of its key. */
interface Month {
  keys: Int32Array;
  values: Readonly<Record<string, readonly number[]>>;
}

interface HeldTable {
  measures: readonly string[];
  /** Columns besides time, and the keys in them by number. */
  columns: readonly string[];
  keys: ColumnValue[][];
  numbers: Map<string, number>;
  months: Map<string, Promise<Month>>;
}

const timeColumns: readonly string[] = ['day', 'week', 'month', 'year'];

const none: Month = { keys: new Int32Array(0), values: {} };

export function holdMonths({ derived }: Pick<Store, 'derived'>): HeldMonths {
  const tables = new Map<string, HeldTable>();
  /** Names of tables that are too large by themselves. */
  const refused = new Set<string>();
  let held = 0;

  /** Held apart for each set of measures: a figure asks for a few of a table's many. */
  const open = (table: DerivedTable, measures: readonly string[]): HeldTable => {
    const name = [table.name, ...measures].join();
    const known = tables.get(name);
    if (known !== undefined) return known;
    const columns = table.groupBy.filter((column) => !timeColumns.includes(column));
    const made: HeldTable = { measures, columns, keys: [], numbers: new Map(), months: new Map() };
    tables.set(name, made);
    return made;
  };

  const numberOf = (own: HeldTable, key: ColumnValue[]): number => {
    const text = JSON.stringify(key);
    const known = own.numbers.get(text);
    if (known !== undefined) return known;
    own.numbers.set(text, own.keys.length);
    own.keys.push(key);
    return own.keys.length - 1;
  };

  const read = async (table: DerivedTable, own: HeldTable, months: readonly string[]) => {
    const { measures } = own;
    const groups = await derived.tabulate(table, {
      where: {
        and: [
          { column: 'month', op: 'in', value: months },
          // By day the table is looked up.
          { column: 'day', op: 'ge', value: `${months[0]!}-01` },
          { column: 'day', op: 'le', value: `${months.at(-1)!}-31` },
        ],
      },
      groupBy: ['month', ...own.columns],
      measures: Object.fromEntries(measures.map((name) => [name, { sum: name }])),
    });
    held += groups.count * measures.length;
    const columns = own.columns.map((column) => groups.keys[column]!);
    const rows = new Map<string, number[]>(months.map((month) => [month, []]));
    groups.keys.month!.forEach((month, row) => {
      rows.get(String(month))?.push(row);
    });
    return new Map(
      [...rows].map(([month, picked]): [string, Month] => [
        month,
        picked.length === 0
          ? none
          : {
              keys: Int32Array.from(picked, (row) =>
                numberOf(
                  own,
                  columns.map((column) => column[row]!),
                ),
              ),
              values: Object.fromEntries(
                measures.map((name) => [name, picked.map((row) => groups.values[name]![row]!)]),
              ),
            },
      ]),
    );
  };

  const monthsOf = (table: DerivedTable, own: HeldTable, months: readonly string[]): Promise<Month[]> => {
    const missing = months.filter((month) => !own.months.has(month));
    if (missing.length > 0) {
      const reading = read(table, own, missing);
      for (const month of missing) {
        const one = reading.then((found) => found.get(month)!);
        own.months.set(month, one);
        // What failed is read again.
        one.catch(() => {
          if (own.months.get(month) === one) own.months.delete(month);
        });
      }
    }
    return Promise.all(months.map((month) => own.months.get(month)!));
  };

  return {
    async tabulate({ table, months, groupBy, sums }) {
      if (refused.has(table.name)) return undefined;
      const before = held;
      const own = open(table, [...new Set(Object.values(sums).map(({ sum }) => sum))].sort());
      const found = await monthsOf(table, own, months);
      if (held > mostHeld) {
        if (held - before > mostHeld / 2) refused.add(table.name);
        tables.clear();
        held = 0;
      }
      return addedUp(table.name, own, months, found, groupBy, sums);
    },
    forget(months) {
      const gone = [...months];
      for (const own of tables.values()) for (const month of gone) own.months.delete(month);
    },
  };
}

function addedUp(
  collection: string,
  own: HeldTable,
  months: readonly string[],
  found: readonly Month[],
  groupBy: readonly string[],
  sums: MonthsAsked['sums'],
): Groups {
  const timeOf = timeColumn(groupBy);
  const columns = groupBy.map((column) => own.columns.indexOf(column));
  // Keys that differ in what is not asked for fall together.
  const numbers = new Map<string, number>();
  const groupOf = Int32Array.from(own.keys, (key) => {
    const text = JSON.stringify(columns.map((c) => (c === -1 ? null : key[c]!)));
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  });
  const keyOf: number[] = [];
  groupOf.forEach((group, key) => {
    keyOf[group] ??= key;
  });
  const times = [...new Set(months.map(timeOf))];
  const placeOf = new Int32Array(times.length * keyOf.length).fill(-1);
  const places: { time: string; key: ColumnValue[] }[] = [];
  const targets = found.map(({ keys }, m) => {
    const time = times.indexOf(timeOf(months[m]!));
    return Int32Array.from(keys, (key) => {
      const group = groupOf[key]!;
      const cell = time * keyOf.length + group;
      if (placeOf[cell] === -1) {
        placeOf[cell] = places.length;
        places.push({ time: times[time]!, key: own.keys[keyOf[group]!]! });
      }
      return placeOf[cell]!;
    });
  });
  const added = (name: string, measure: string): number[] => {
    const total = new Array<number>(places.length).fill(0);
    found.forEach(({ values }, m) => {
      const column = values[measure];
      const target = targets[m]!;
      for (let i = 0; i < target.length; i++) total[target[i]!]! += column![i]!;
    });
    if (!total.every(Number.isSafeInteger))
      throw new CrosscheckError('CC_RESULT_TOO_LARGE', { collection, measure: name });
    return total;
  };
  return {
    count: places.length,
    keys: Object.fromEntries(
      groupBy.map((column, i) => [
        column,
        places.map(({ time, key }) =>
          columns[i] !== -1 ? key[columns[i]!]! : column === 'year' ? time.slice(0, 4) : time,
        ),
      ]),
    ),
    within: [],
    values: Object.fromEntries(Object.entries(sums).map(([name, { sum }]) => [name, added(name, sum)])),
    histograms: {},
  };
}

/** By how much of a month's name groups are told apart. */
function timeColumn(groupBy: readonly string[]): (month: string) => string {
  if (groupBy.includes('month')) return (month) => month;
  return groupBy.includes('year') ? (month) => month.slice(0, 4) : () => '';
}
