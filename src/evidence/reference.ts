/**
 * Reference records followed in the store and held in memory as a whole, with what is made of them: the tariff, calendars,
 * registers, completeness. Each is asked for as it was known at the check; only a record of its own kinds makes it anew.
 */
import { countryIds } from '../declaration/country-profile.ts';
import type { ListFile } from '../facts/list/model.ts';
import type { FactSources } from '../facts/sources.ts';
import { type WatermarkDocument, watermarks } from '../sources/completeness.ts';
import { asKnown, openBook, type ReferenceBook, type ReferenceDocument } from '../sources/reference/book.ts';
import { references } from '../sources/reference/store.ts';
import { type NationalTariff, nationalTariff } from '../sources/tariff/country.ts';
import type { Store } from '../store/port.ts';
import type { BillIndex } from './cargo.ts';
import { type Moments, momentOf, moments, remembered } from './epochs.ts';
import { plain } from './links.ts';
import { calendarsOf, completenessOf } from './offices.ts';
import { type ProgrammesOf, programmesOf } from './programmes.ts';
import { registersOf } from './registers.ts';

/** Kinds of which the same things are made. */
const groups = {
  tariff: ['tariff-line', 'tariff-rate', 'tariff-measure'],
  rates: ['exchange-rate', 'redenomination'],
  offices: ['office', 'calendar', 'holiday'],
  registers: ['trader', 'broker', 'programme'],
  completeness: ['complete', 'office'],
} as const;
type Group = keyof typeof groups;

export interface KnownReference {
  /** Takes in what was recorded since. */
  follow(): Promise<void>;
  bookAt(asOf: string): ReferenceBook;
  /** With the instant since which they are as they are, `''` before the first record. */
  registersAt(asOf: string): { since: string; lists: readonly ListFile[] };
  tariffOf(country: string | undefined, asOf: string): NationalTariff | undefined;
  calendar: NonNullable<FactSources['calendar']>;
  completeTo: NonNullable<FactSources['completeTo']>;
  bills: BillIndex;
  programmes: ProgrammesOf;
}

const pageSize = 10_000;
/** Nothing was known yet. */
const never = '';

const bare = (text: string): string => plain(text).replace(/[^\p{L}\p{N}]/gu, '');

export function followReference(store: Store | undefined): KnownReference {
  const book = openBook([]);
  const since = Object.fromEntries(Object.keys(groups).map((name) => [name, moments()])) as Record<
    Group,
    Moments
  >;
  const groupsOf = new Map<string, Group[]>();
  for (const [name, kinds] of Object.entries(groups) as [Group, readonly string[]][])
    for (const kind of kinds) groupsOf.set(kind, [...(groupsOf.get(kind) ?? []), name]);
  const bills = new Map<string, string[]>();
  let marks: WatermarkDocument[] = [];
  let cursor = 0;
  let markCursor = 0;

  /** What an import recorded at the instant of its checks is known to them. */
  const then = (moment: string): ReferenceBook => asKnown(book, moment);
  const of = (key: string): ReferenceBook => then(momentOf(key));
  const last = (group: Group, asOf: string): string => since[group].upTo(asOf);

  const tariffs = remembered(8, (key) => {
    const [country, moment] = key.split('|') as [string, string];
    return nationalTariff(country, of(moment)).tariff;
  });
  const nationals = remembered(16, (key): NationalTariff => {
    const [country, lines, rates] = key.split('|') as [string, string, string];
    return { ...nationalTariff(country, of(rates)), tariff: tariffs(`${country}|${lines}`) };
  });
  const registers = remembered(4, (moment) => registersOf(of(moment)));
  const calendars = remembered(8, (key) => {
    const [moment, day] = key.split('|') as [string, string];
    return calendarsOf(of(moment), `${day}T12:00:00.000Z`);
  });
  const completeness = remembered(16, (moment) =>
    completenessOf(
      of(moment),
      marks.filter(({ recordedAt }) => recordedAt <= momentOf(moment)),
    ),
  );

  function take(document: ReferenceDocument): void {
    for (const group of groupsOf.get(document.kind) ?? []) since[group].add(document.recordedAt);
    if (document.kind !== 'bill') return;
    const reference = bare(String(document.record.bill ?? ''));
    const keys = bills.get(reference) ?? [];
    bills.set(reference, keys);
    if (!keys.includes(document.key)) keys.push(document.key);
  }

  return {
    async follow() {
      if (store === undefined) return;
      const records = store.collection<ReferenceDocument>(references);
      for (;;) {
        const batch = await records.since(cursor, pageSize);
        book.add(batch.map(({ doc }) => doc));
        for (const { doc, seq } of batch) {
          take(doc);
          cursor = Math.max(cursor, seq);
        }
        if (batch.length < pageSize) break;
      }
      const known = store.collection<WatermarkDocument>(watermarks);
      for (;;) {
        const batch = await known.since(markCursor, pageSize);
        for (const { doc, seq } of batch) {
          marks = [...marks.filter(({ id }) => id !== doc.id), doc];
          since.completeness.add(doc.recordedAt);
          markCursor = Math.max(markCursor, seq);
        }
        if (batch.length < pageSize) return;
      }
    },

    bookAt: then,

    registersAt(asOf) {
      const moment = last('registers', asOf);
      return { since: moment, lists: registers(moment) };
    },

    tariffOf(country, asOf) {
      if (country === undefined || !countryIds().includes(country)) return undefined;
      const [lines, rates] = [last('tariff', asOf), last('rates', asOf)];
      if (lines === never && rates === never) return undefined;
      return nationals(`${country}|${lines}|${rates}`);
    },

    calendar: (office, country, asOf) =>
      calendars(`${last('offices', asOf)}|${asOf.slice(0, 10)}`)(office, country),
    completeTo: (declaration, what, asOf) => completeness(last('completeness', asOf))(declaration, what),
    bills: { keys: (reference) => bills.get(reference) ?? [] },
    programmes: programmesOf(book),
  };
}
