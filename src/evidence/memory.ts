/**
 * The memory in which history and related declarations are looked up: small rows made of what was written, each with the
 * time from which and to which it was known. So a question as of an instant sees what was recorded by then and nothing
 * that came later, in a live check and in a backtest alike. It follows the store by `since` and keeps nothing of its own:
 * about a kilobyte a declaration, made again at the first question after a start.
 */
import {
  type Collections,
  declarations,
  type EventDocument,
  events,
  type OutcomeDocument,
  outcomes,
} from '../check/collections.ts';
import type { Item } from '../declaration/declaration.ts';
import { type Measures, measuresOf } from '../facts/baseline/measures.ts';
import { nationalCurrency } from '../facts/computed/amounts.ts';
import { dayOf } from '../facts/computed/item.ts';
import { headerKeys, itemKeys, officerKeys } from '../facts/history/definitions.ts';
import type { Store } from '../store/port.ts';
import { keysOf } from './links.ts';

/** Columns that a history may be asked of, alone or together. */
export type Party = 'declarant' | 'consignee' | 'consignor' | 'office' | 'hs6' | 'origin' | 'examiner';

/** When it was known: from its record on, until another word took its place. */
interface Span {
  from: string;
  to: string | null;
}

export interface TraceRow extends Span {
  reference: string;
  /** Days since 1970. */
  day: number;
  parties: Partial<Record<Party, string>>;
  /** Minor units of the national currency. */
  value?: number;
  grams?: number;
  /** First digit of the procedure. */
  procedure?: string;
  /** Nothing was payable on it. */
  exempt?: boolean;
  netMass?: number;
  measures?: Measures;
  /** Of outcomes: the control, and whether it found something or came from the draw. */
  control?: string;
  found?: boolean;
  random?: boolean;
  event?: string;
}
export type TraceKind = 'declared' | 'item' | 'outcome' | 'event';

export interface LinkRow extends Span {
  reference: string;
  /** When the declaration was made, milliseconds since 1970. */
  at: number;
  value?: number;
  consignee?: string;
  declarant?: string;
  office?: string;
}

export interface Memory {
  /** Takes in what was written since; callers at one time share one run. */
  follow(): Promise<void>;
  /** In the order in which they were recorded. */
  rows(kind: TraceKind, of: string, values: readonly string[]): readonly TraceRow[];
  /** Whether a version of the declaration is among what was taken in. */
  holds(reference: string): boolean;
  links(by: string, key: string): readonly LinkRow[];
}

export const wasKnown = (row: Span, asOf: string): boolean =>
  row.from <= asOf && (row.to === null || row.to > asOf);

export const dayNumber = (day: string): number =>
  Math.floor(Date.parse(`${day.slice(0, 10)}T00:00:00Z`) / 86_400_000);

const value = (item: Item, currency: string | undefined): number | undefined => {
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

/** Which sets of columns rows of a kind are kept under. Controls and events are of a declaration, not of its goods. */
const sets: Readonly<Record<TraceKind, readonly string[]>> = {
  declared: headerKeys,
  item: [...headerKeys, ...itemKeys],
  outcome: [...headerKeys, ...officerKeys, 'consignee+consignor', 'declarant'],
  event: headerKeys,
};

/** What is kept of a declaration, to close its rows when more is learnt. */
interface Kept {
  last: { doc: Pick<Collections['declaration'], 'occurredAt'>; row: TraceRow };
  open: Span[];
  links: LinkRow[];
  acts: Map<string, TraceRow | undefined>;
  examiner?: string;
  /** When its cancellation was recorded. */
  cancelled?: string;
}

export function openMemory(store: Store): Memory {
  const traces = new Map<string, TraceRow[]>();
  const linked = new Map<string, LinkRow[]>();
  const kept = new Map<string, Kept>();
  /** Events and outcomes whose declaration is not here yet. */
  const waiting = new Map<string, (() => void)[]>();
  const position = { declaration: 0, event: 0, outcome: 0 };
  let running: Promise<void> | undefined;

  const push = <T>(map: Map<string, T[]>, key: string, row: T): void => {
    const rows = map.get(key);
    if (rows === undefined) map.set(key, [row]);
    else rows.push(row);
  };

  function remember(kind: TraceKind, row: TraceRow): void {
    for (const of of new Set(sets[kind])) {
      const values = of.split('+').map((party) => row.parties[party as Party]);
      if (values.every((one) => one !== undefined)) push(traces, keyOf(kind, of, values as string[]), row);
    }
  }

  function takeVersion(doc: Collections['declaration']): void {
    const { declaration, reference, recordedAt } = doc;
    const before = kept.get(reference);
    for (const row of before?.open ?? []) row.to = recordedAt;
    for (const row of before?.links ?? []) row.to ??= recordedAt;
    const currency = nationalCurrency(declaration);
    const values = declaration.items.map((item) => value(item, currency));
    const parties = {
      ...(doc.declarant === null ? {} : { declarant: doc.declarant }),
      ...(doc.consignee === null ? {} : { consignee: doc.consignee }),
      ...(doc.consignor === null ? {} : { consignor: doc.consignor }),
      ...(doc.office === null ? {} : { office: doc.office }),
    };
    const span = {
      reference,
      day: dayNumber(dayOf(declaration) ?? doc.occurredAt),
      from: recordedAt,
      to: null,
    };
    const grams = total(declaration.items.map(({ netMass }) => netMass && Math.round(netMass * 1000)));
    const row: TraceRow = { ...span, parties, value: total(values), grams };
    remember('declared', row);
    const open: Span[] = [row];
    for (const [index, item] of declaration.items.entries()) {
      const goods: TraceRow = {
        ...span,
        parties: {
          ...parties,
          ...(item.consignee?.id === undefined ? {} : { consignee: item.consignee.id }),
          ...(item.consignor?.id === undefined ? {} : { consignor: item.consignor.id }),
          ...(item.hs === undefined || item.hs.length < 6 ? {} : { hs6: item.hs.slice(0, 6) }),
          ...(item.origin === undefined ? {} : { origin: item.origin }),
        },
        value: values[index],
        grams: item.netMass && Math.round(item.netMass * 1000),
        netMass: item.netMass,
        procedure: item.procedure?.slice(0, 1),
        exempt: exempt(item),
        measures: measuresOf(item, currency),
      };
      remember('item', goods);
      open.push(goods);
    }
    const links = keysOf(declaration).map(({ by, key }): LinkRow => {
      const link: LinkRow = {
        reference,
        at: Date.parse(doc.occurredAt),
        from: recordedAt,
        to: before?.cancelled ?? null,
        value: row.value,
        consignee: parties.consignee,
        declarant: parties.declarant,
        office: parties.office,
      };
      push(linked, `${by}|${key}`, link);
      return link;
    });
    kept.set(reference, {
      last: { doc, row },
      open,
      links,
      acts: before?.acts ?? new Map(),
      ...(before?.examiner === undefined ? {} : { examiner: before.examiner }),
      ...(before?.cancelled === undefined ? {} : { cancelled: before.cancelled }),
    });
    for (const late of waiting.get(reference) ?? []) late();
    waiting.delete(reference);
  }

  /** Now, or when the declaration has come. */
  function whenKnown(reference: string, take: (known: Kept) => void): void {
    const known = kept.get(reference);
    if (known !== undefined) take(known);
    else push(waiting, reference, () => take(kept.get(reference)!));
  }

  function takeEvent(event: EventDocument): void {
    if (event.kind === 'INSPECT' && event.officer !== null)
      whenKnown(event.declaration, (known) => {
        known.examiner = event.officer!;
      });
    if (event.kind !== 'AMEND' && event.kind !== 'CANCEL' && event.kind !== 'OFFENCE') return;
    whenKnown(event.declaration, (known) => {
      const { reference, day, parties } = known.last.row;
      remember('event', { reference, day, parties, from: event.recordedAt, to: null, event: event.kind });
      // What is cancelled is related to nothing any more.
      if (event.kind !== 'CANCEL') return;
      known.cancelled ??= event.recordedAt;
      for (const row of known.links) row.to ??= event.recordedAt;
    });
  }

  /** A later word on the same act of control takes the place of the earlier one; only final ones count while they stand. */
  function takeOutcome(outcome: OutcomeDocument): void {
    whenKnown(outcome.declaration, (known) => {
      const act = `${outcome.control}|${outcome.item ?? ''}|${outcome.at}`;
      const before = known.acts.get(act);
      if (before !== undefined) before.to = outcome.recordedAt;
      known.acts.set(act, undefined);
      if (outcome.status !== 'final' || outcome.verdict === 'refuted') return;
      const { reference, day, parties } = known.last.row;
      const examiner = outcome.officer ?? known.examiner;
      const row: TraceRow = {
        reference,
        day,
        parties: examiner === undefined ? parties : { ...parties, examiner },
        from: outcome.recordedAt,
        to: null,
        control: outcome.control,
        found: outcome.result !== 'conform',
        random: outcome.random === true,
      };
      known.acts.set(act, row);
      remember('outcome', row);
    });
  }

  async function run(): Promise<void> {
    const read = async <K extends keyof typeof position>(
      name: K,
      spec: typeof declarations,
      take: (doc: Collections[K]) => void,
    ): Promise<void> => {
      for (;;) {
        const batch = await store.collection<Collections[K]>(spec).since(position[name], readBatch);
        for (const { doc, seq } of batch) {
          take(doc);
          position[name] = Math.max(position[name], seq);
        }
        if (batch.length < readBatch) return;
      }
    };
    // Declarations first: what is said of one is put beside its newest version.
    await read('declaration', declarations, takeVersion);
    await read('event', events, takeEvent);
    await read('outcome', outcomes, takeOutcome);
  }

  return {
    follow() {
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
    rows: (kind, of, values) => traces.get(keyOf(kind, of, values)) ?? [],
    holds: (reference) => kept.has(reference),
    links: (by, key) => linked.get(`${by}|${key}`) ?? [],
  };
}

const readBatch = 2_000;
const keyOf = (kind: TraceKind, of: string, values: readonly string[]): string =>
  `${kind}|${of}|${values.join('\u0000')}`;
