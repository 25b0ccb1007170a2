/** What the rows of each kind add to the running sums of their day, by the names by which facts ask for these. */
import type { Add, Adds } from './daily.ts';
import type { Names } from './names.ts';
import type { Controls, Items, Trace, TraceKind } from './trace.ts';

/** Names of sums that go by the number of a name, made once for each. */
function sumsOf(prefix: string): (name: number) => string {
  const known = new Map<number, string>();
  return (name) => {
    let sum = known.get(name);
    if (sum === undefined) {
      sum = `${prefix} ${name}`;
      known.set(name, sum);
    }
    return sum;
  };
}

/** Customs value under a general procedure, minor units. */
export const procedureSum = sumsOf('procedure');
const controls = [sumsOf('controls selected'), sumsOf('controls random')] as const;
const found = [sumsOf('found selected'), sumsOf('found random')] as const;
/** Acts of a kind of control, by the name of the kind: all, or those that found something. */
export const controlsSum = (of: 'controls' | 'found', control: number, random: boolean): string =>
  (of === 'controls' ? controls : found)[random ? 1 : 0](control);

/** The rows that are added up. */
interface History {
  items: Items;
  outcomes: Controls;
  trace(kind: TraceKind): Trace;
}

/** Kinds of rows of which facts ask for no sums have none. */
export function addingOf(traces: History, names: Names): Partial<Record<TraceKind, Adds>> {
  const { items, outcomes, trace } = traces;

  const weighed = ({ value, grams }: Trace) => {
    return (row: number, add: Add): void => {
      const [worth, mass] = [value(row), grams(row)];
      add('value', worth);
      if (Number.isNaN(worth) || Number.isNaN(mass)) return;
      add('weighedValue', worth);
      add('grams', mass);
    };
  };
  const one = (_: number, add: Add): void => add('count', 1);
  const nothing = (): void => undefined;
  const controlled = (act: number, add: Add): void => {
    const random = outcomes.random.at(act) === 1;
    add(controlsSum('controls', outcomes.control.at(act), random), 1);
    if (outcomes.found.at(act) === 1) add(controlsSum('found', outcomes.control.at(act), random), 1);
  };
  const weighedItem = weighed(trace('item'));
  const actOfGoods = trace('outcomeGoods').act;
  let homeUse = -1;

  return {
    declared: { unit: (row) => row, ofRow: weighed(trace('declared')), ofUnit: one },
    item: {
      unit: items.version.at,
      ofUnit: one,
      ofRow(row, add) {
        weighedItem(row, add);
        const value = items.value.at(row);
        const procedure = items.procedure.at(row);
        add(procedureSum(procedure), value);
        if (homeUse < 0) homeUse = names.find('4');
        if (homeUse < 0 || procedure !== homeUse || items.exempt.at(row) < 0) return;
        add('home', value);
        if (items.exempt.at(row) === 1) add('exempt', value);
      },
    },
    outcome: { unit: trace('outcome').act, ofRow: nothing, ofUnit: controlled },
    outcomeGoods: {
      unit: actOfGoods,
      ofRow: nothing,
      ofUnit: (row, add) => controlled(actOfGoods(row), add),
    },
    // Facts ask how many different declarations there are with an event, which are counted apart.
    event: { unit: (row) => row, ofRow: nothing, ofUnit: nothing },
    eventGoods: { unit: (row) => row, ofRow: nothing, ofUnit: nothing },
  };
}
