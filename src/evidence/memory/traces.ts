/**
 * What history is looked up in: a row for each version of a declaration, each of its items, each final outcome of a
 * control and each amendment, cancellation and offence, with the instants from which and to which it was known.
 */
import type { Collections, EventDocument, OutcomeDocument } from '../../check/collections.ts';
import { numberedAct } from '../../check/words.ts';
import type { Item } from '../../declaration/declaration.ts';
import { dayOf } from '../../declaration/form.ts';
import { type Measure, measures } from '../../facts/baseline/definitions.ts';
import { measuresOf } from '../../facts/baseline/measures.ts';
import { nationalCurrency } from '../../facts/computed/amounts.ts';
import { type Column, flag, flags, integers, real, reals } from './columns.ts';
import { type Indexes, openIndexes } from './indexes.ts';
import { type Names, noName } from './names.ts';
import type { Controls, Items, Party, Trace, TraceKind, Versions } from './trace.ts';

export const dayNumber = (day: string): number =>
  Math.floor(Date.parse(`${day.slice(0, 10)}T00:00:00Z`) / 86_400_000);

const customsValue = (item: Item, currency: string | undefined): number | undefined => {
  const money = item.cif ?? item.statisticalValue;
  return money === undefined || money.currency !== currency ? undefined : money.amount;
};

const total = (values: readonly (number | undefined)[]): number | undefined =>
  values.reduce((sum, one) => (one === undefined ? sum : (sum ?? 0) + one), undefined);

/** Every tax line is marked as not payable or amounts to nothing; unknown without lines. */
const exempt = ({ taxes, taxTotal }: Item): boolean | undefined => {
  if (taxes === undefined || taxes.length === 0)
    return taxTotal === undefined ? undefined : taxTotal.amount === 0;
  return taxes.every(({ payable, amount }) => payable === false || amount?.amount === 0);
};

const gramsOf = (kilograms: number): number => Math.round(kilograms * 1000);

export interface Traces extends Indexes {
  takeVersion(doc: Collections['declaration']): void;
  /** Of a declaration that is here. */
  takeOutcome(outcome: OutcomeDocument, reference: number): void;
  takeEvent(event: EventDocument, reference: number): void;
  /** The row of the newest version of a declaration, -1 where none is here. */
  newest(reference: number): number;
  /** The version that was known just before an instant, -1 where none was. */
  versionAt(reference: number, asOf: number): number;
  versions: Versions;
  items: Items;
  trace(kind: TraceKind): Trace;
  outcomes: Controls;
  events: { kind: Column };
  bytes(): number;
}

const none = () => noName;
const nan = () => Number.NaN;

export function openTraces(names: Names): Traces {
  const versions: Versions = {
    reference: integers(),
    number: integers(),
    from: reals(),
    to: reals(),
    day: integers(),
    made: reals(),
    declarant: integers(),
    consignee: integers(),
    consignor: integers(),
    office: integers(),
    value: reals(),
    grams: reals(),
    firstItem: integers(),
    before: integers(),
  };
  const items: Items = {
    version: integers(),
    hs6: integers(),
    origin: integers(),
    consignee: integers(),
    consignor: integers(),
    value: reals(),
    netMass: reals(),
    procedure: integers(),
    exempt: flags(),
    measures: Object.fromEntries(measures.map((name) => [name, reals()])) as Record<Measure, Column>,
  };
  const newest = new Map<number, number>();
  const outcomes = acts({ found: flags(), random: flags(), control: integers() });
  const events = acts({ kind: integers() });
  /** The word that stands on each act of control. */
  const standing = new Map<string, number>();

  const endOfItems = (version: number): number =>
    version + 1 < versions.firstItem.length() ? versions.firstItem.at(version + 1) : items.version.length();

  /** What was done, with the goods it was about: one item, else all of the version that was known then. */
  function acts<C extends Record<string, Column>>(more: C) {
    const table = {
      reference: integers(),
      version: integers(),
      from: reals(),
      to: reals(),
      examiner: integers(),
      firstGoods: integers(),
      ...more,
    };
    const goods = { act: integers(), item: integers() };
    return {
      table,
      goods,
      push(version: number, from: number, examiner: number, item: number | undefined): number {
        const act = table.reference.length();
        table.reference.push(versions.reference.at(version));
        table.version.push(version);
        table.from.push(from);
        table.to.push(Number.POSITIVE_INFINITY);
        table.examiner.push(examiner);
        table.firstGoods.push(goods.act.length());
        const first = versions.firstItem.at(version);
        const end = endOfItems(version);
        for (let row = first; row < end; row++) {
          if (item !== undefined && row !== first + item - 1) continue;
          goods.act.push(act);
          goods.item.push(row);
        }
        return act;
      },
    };
  }

  function versionAt(reference: number, asOf: number): number {
    let row = newest.get(reference) ?? -1;
    while (row >= 0 && versions.from.at(row) >= asOf) row = versions.before.at(row);
    return row;
  }

  /** What came before its declaration is known with it, beside the version that was here first. */
  function placeOf(reference: number, recordedAt: string): { version: number; from: number } {
    const from = Date.parse(recordedAt);
    // Together with a version recorded at the same instant: it came with it.
    const version = versionAt(reference, from + 1);
    if (version >= 0) return { version, from };
    let first = newest.get(reference)!;
    while (versions.before.at(first) >= 0) first = versions.before.at(first);
    return { version: first, from: versions.from.at(first) };
  }

  const partyOfVersion = (party: Party, version: number): number =>
    party === 'declarant' || party === 'consignee' || party === 'consignor' || party === 'office'
      ? versions[party].at(version)
      : noName;
  const partyOfItem = (party: Party, row: number): number =>
    party === 'hs6' || party === 'origin' || party === 'consignee' || party === 'consignor'
      ? items[party].at(row)
      : partyOfVersion(party, items.version.at(row));

  const versionKnown = (version: number, asOf: number): boolean =>
    versions.from.at(version) < asOf && !(versions.to.at(version) < asOf);

  const noGoods = { value: nan, netMass: nan, grams: nan, procedure: none, exempt: none };
  const traces: Record<TraceKind, Trace> = {
    declared: {
      ...noGoods,
      length: () => versions.reference.length(),
      known: versionKnown,
      from: (row) => versions.from.at(row),
      to: (row) => versions.to.at(row),
      reference: (row) => versions.reference.at(row),
      day: (row) => versions.day.at(row),
      party: partyOfVersion,
      value: (row) => versions.value.at(row),
      grams: (row) => versions.grams.at(row),
      act: none,
    },
    item: {
      length: () => items.version.length(),
      known: (row, asOf) => versionKnown(items.version.at(row), asOf),
      from: (row) => versions.from.at(items.version.at(row)),
      to: (row) => versions.to.at(items.version.at(row)),
      reference: (row) => versions.reference.at(items.version.at(row)),
      day: (row) => versions.day.at(items.version.at(row)),
      party: partyOfItem,
      value: (row) => items.value.at(row),
      netMass: (row) => items.netMass.at(row),
      grams: (row) => gramsOf(items.netMass.at(row)),
      procedure: (row) => items.procedure.at(row),
      exempt: (row) => items.exempt.at(row),
      act: none,
    },
    ...actTraces('outcome', outcomes),
    ...actTraces('event', events),
  } as Record<TraceKind, Trace>;

  function actTraces(
    name: 'outcome' | 'event',
    { table, goods }: Pick<ReturnType<typeof acts>, 'table' | 'goods'>,
  ): Partial<Record<TraceKind, Trace>> {
    const known = (act: number, asOf: number): boolean =>
      table.from.at(act) < asOf && !(table.to.at(act) < asOf);
    return {
      [name]: {
        ...noGoods,
        length: () => table.reference.length(),
        known,
        from: (act: number) => table.from.at(act),
        to: (act: number) => table.to.at(act),
        reference: (act: number) => table.reference.at(act),
        day: (act: number) => versions.day.at(table.version.at(act)),
        party: (party: Party, act: number) =>
          party === 'examiner' ? table.examiner.at(act) : partyOfVersion(party, table.version.at(act)),
        act: (act: number) => act,
      },
      [`${name}Goods`]: {
        ...noGoods,
        length: () => goods.act.length(),
        known: (row: number, asOf: number) => known(goods.act.at(row), asOf),
        from: (row: number) => table.from.at(goods.act.at(row)),
        to: (row: number) => table.to.at(goods.act.at(row)),
        reference: (row: number) => table.reference.at(goods.act.at(row)),
        day: (row: number) => versions.day.at(table.version.at(goods.act.at(row))),
        party: (party: Party, row: number) =>
          party === 'examiner'
            ? table.examiner.at(goods.act.at(row))
            : partyOfItem(party, goods.item.at(row)),
        act: (row: number) => goods.act.at(row),
      },
    };
  }

  /** Rows that are no longer known, in the order in which that was told. */
  const closed: Record<TraceKind, number[]> = {
    declared: [],
    item: [],
    outcome: [],
    outcomeGoods: [],
    event: [],
    eventGoods: [],
  };

  const trace = (kind: TraceKind): Trace => traces[kind];
  const indexes = openIndexes({ items, outcomes: outcomes.table }, trace, closed, names);

  return {
    versions,
    items,
    versionAt,
    outcomes: outcomes.table,
    events: events.table,
    newest: (reference) => newest.get(reference) ?? -1,
    trace,
    prepare: indexes.prepare,
    rows: indexes.rows,
    rowsOf: indexes.rowsOf,
    daily: indexes.daily,

    takeVersion(doc) {
      const { declaration } = doc;
      const reference = names.of(doc.reference);
      const from = Date.parse(doc.recordedAt);
      const before = newest.get(reference) ?? -1;
      // Told again after it was replaced, as a store does with what it moved: it is known already.
      if (before >= 0 && versions.number.at(before) >= doc.version) return;
      if (before >= 0) {
        versions.to.set(before, from);
        closed.declared.push(before);
        for (let row = versions.firstItem.at(before); row < endOfItems(before); row++) closed.item.push(row);
      }
      const currency = nationalCurrency(declaration);
      const values = declaration.items.map((item) => customsValue(item, currency));
      const version = versions.reference.length();
      const consignee = names.of(doc.consignee);
      const consignor = names.of(doc.consignor);
      versions.reference.push(reference);
      versions.number.push(doc.version);
      versions.from.push(from);
      versions.to.push(Number.POSITIVE_INFINITY);
      versions.day.push(dayNumber(dayOf(declaration) ?? doc.occurredAt));
      versions.made.push(Date.parse(doc.occurredAt));
      versions.declarant.push(names.of(doc.declarant));
      versions.consignee.push(consignee);
      versions.consignor.push(consignor);
      versions.office.push(names.of(doc.office));
      versions.value.push(real(total(values)));
      versions.grams.push(
        real(
          total(
            declaration.items.map(({ netMass }) => (netMass === undefined ? undefined : gramsOf(netMass))),
          ),
        ),
      );
      versions.firstItem.push(items.version.length());
      versions.before.push(before);
      for (const [index, item] of declaration.items.entries()) {
        items.version.push(version);
        items.hs6.push(item.hs === undefined || item.hs.length < 6 ? noName : names.of(item.hs.slice(0, 6)));
        items.origin.push(names.of(item.origin));
        items.consignee.push(item.consignee?.id === undefined ? consignee : names.of(item.consignee.id));
        items.consignor.push(item.consignor?.id === undefined ? consignor : names.of(item.consignor.id));
        items.value.push(real(values[index]));
        items.netMass.push(real(item.netMass));
        items.procedure.push(names.of(item.procedure?.slice(0, 1)));
        items.exempt.push(flag(exempt(item)));
        const measured = measuresOf(item, currency);
        for (const name of measures) items.measures[name].push(real(measured[name]));
      }
      newest.set(reference, version);
    },

    /** A later word on the same act of control takes the place of the earlier one; only final ones count while they stand. */
    takeOutcome(outcome, reference) {
      const { version, from } = placeOf(reference, outcome.recordedAt);
      const acts = [
        // As its source numbers it, where it does; else by what was done when.
        `${reference}|${numberedAct(outcome.id)}`,
        `${reference}|${outcome.control}|${outcome.item ?? ''}|${outcome.at}`,
      ];
      const before = acts.map((act) => standing.get(act)).find((row) => row !== undefined);
      if (before !== undefined) {
        outcomes.table.to.set(before, from);
        closed.outcome.push(before);
        const { act } = outcomes.goods;
        for (let row = outcomes.table.firstGoods.at(before); act.at(row) === before; row++)
          closed.outcomeGoods.push(row);
      }
      for (const act of acts) standing.delete(act);
      if (outcome.status !== 'final' || outcome.verdict === 'refuted') return;
      const row = outcomes.push(version, from, names.of(outcome.officer), outcome.item);
      outcomes.table.found.push(flag(outcome.result !== 'conform'));
      outcomes.table.random.push(flag(outcome.random === true));
      outcomes.table.control.push(names.of(outcome.control));
      for (const act of acts) standing.set(act, row);
    },

    takeEvent(event, reference) {
      const { version, from } = placeOf(reference, event.recordedAt);
      events.push(version, from, noName, event.item);
      events.table.kind.push(names.of(event.kind));
    },

    bytes: () =>
      [
        ...Object.values(versions),
        ...Object.values(items).flatMap((column) => ('at' in column ? [column] : Object.values(column))),
        ...Object.values(outcomes.table),
        ...Object.values(outcomes.goods),
        ...Object.values(events.table),
        ...Object.values(events.goods),
      ].reduce((sum, column: Column) => sum + column.bytes(), indexes.bytes()),
  };
}
