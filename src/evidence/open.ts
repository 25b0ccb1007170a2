/**
 * Where the facts of a service or a command come from: procedure files, lists, reference records and the store. Reference
 * records are read into memory as a whole and looked up there, so a check costs no read for them; `refresh` takes in what
 * was recorded since.
 */

import { countryIds } from '../declaration/country-profile.ts';
import { nationalCurrency, scaleOf } from '../facts/computed/amounts.ts';
import type { ListFile } from '../facts/list/model.ts';
import type { FactSources } from '../facts/sources.ts';
import type { FactSubject } from '../facts/subject.ts';
import type { WatermarkDocument } from '../sources/completeness.ts';
import { watermarks } from '../sources/completeness.ts';
import { openBook, type ReferenceBook, type ReferenceDocument } from '../sources/reference/book.ts';
import { references } from '../sources/reference/store.ts';
import { type NationalTariff, nationalTariff } from '../sources/tariff/country.ts';
import type { Store } from '../store/port.ts';
import { baselineResolver } from './baselines.ts';
import { historyResolver } from './history.ts';
import { listBook, shippedLists } from './lists.ts';
import { type Memory, openMemory } from './memory.ts';
import { calendarsOf, completenessOf } from './offices.ts';
import { procedureOf, readProcedures } from './procedures.ts';
import { type ProgrammesOf, programmesOf } from './programmes.ts';
import { registersOf } from './registers.ts';
import { relatedResolver } from './related.ts';
import { systemResolver } from './system.ts';
import { tariffResolver } from './tariff.ts';

const scaleOfSubject = ({ declaration }: FactSubject): number =>
  scaleOf(nationalCurrency(declaration) ?? 'XXX');

export interface EvidenceOptions {
  /** Without a store only what is shipped is known. */
  store?: Store;
  /** Lists of the administration, which replace shipped ones of the same id. */
  lists?: readonly ListFile[];
  now?: () => Date;
}

export interface Evidence {
  /** Always what was known at the last refresh. */
  sources: FactSources;
  programmes: ProgrammesOf;
  /** What was declared before; absent without a store. */
  memory?: Memory;
  refresh(): Promise<void>;
}

export async function openEvidence(options: EvidenceOptions = {}): Promise<Evidence> {
  const { store, lists = [], now = () => new Date() } = options;
  const shipped = shippedLists();
  const procedure = procedureOf(readProcedures());
  const memory = store === undefined ? undefined : openMemory(store);
  const documents = new Map<string, ReferenceDocument>();
  let cursor = 0;
  let current: FactSources | undefined;
  let programmes: ProgrammesOf = () => [];

  async function takeIn(): Promise<boolean> {
    if (store === undefined) return false;
    const collection = store.collection<ReferenceDocument>(references);
    let changed = false;
    for (;;) {
      const batch = await collection.since(cursor, 10_000);
      for (const { doc, seq } of batch) {
        documents.set(doc.id, doc);
        cursor = Math.max(cursor, seq);
      }
      changed ||= batch.length > 0;
      if (batch.length === 0) return changed;
    }
  }

  async function marks(): Promise<WatermarkDocument[]> {
    if (store === undefined) return [];
    const page = await store.collection<WatermarkDocument>(watermarks).find({ limit: 10_000 });
    return page.docs;
  }

  function made(book: ReferenceBook, known: WatermarkDocument[]): FactSources {
    const tariffs = new Map<string, NationalTariff>();
    const hasTariff = book.has('tariff-line') || book.has('exchange-rate');
    const tariffOf = (country: string | undefined): NationalTariff | undefined => {
      if (!hasTariff || country === undefined || !countryIds().includes(country)) return undefined;
      const found = tariffs.get(country) ?? nationalTariff(country, book);
      tariffs.set(country, found);
      return found;
    };
    return {
      procedure,
      lists: listBook([...shipped, ...registersOf(book), ...lists]),
      calendar: calendarsOf(book, now().toISOString()),
      completeTo: completenessOf(book, known),
      families: {
        tariff: tariffResolver(tariffOf),
        system: systemResolver(book),
        ...(memory === undefined
          ? {}
          : {
              history: historyResolver(memory, scaleOfSubject),
              related: relatedResolver(memory, scaleOfSubject),
              baseline: baselineResolver(memory),
            }),
      },
    };
  }

  async function refresh(): Promise<void> {
    const changed = await takeIn();
    if (changed || current === undefined || store !== undefined) {
      const known = await marks();
      if (changed || current === undefined) {
        const book = openBook(documents.values());
        current = made(book, known);
        programmes = programmesOf(book);
      } else current = { ...current, completeTo: completenessOf(openBook(documents.values()), known) };
    }
  }

  await refresh();
  return {
    sources: live(() => current!),
    programmes: (trader, at) => programmes(trader, at),
    ...(memory === undefined ? {} : { memory }),
    refresh,
  };
}

/** One object for a desk that is made once: its members are those of the present knowledge. */
const live = (current: () => FactSources): FactSources => ({
  get procedure() {
    return current().procedure;
  },
  get lists() {
    return current().lists;
  },
  get calendar() {
    return current().calendar;
  },
  get completeTo() {
    return current().completeTo;
  },
  get families() {
    return current().families;
  },
});
